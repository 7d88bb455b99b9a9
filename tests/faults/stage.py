"""Where the drills play: the real service with an embedded PostgreSQL that syncs, people with bookings, and kiosks."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import asyncpg

from booking import wiring
from booking.kit import db, installation
from booking.kit.postgres_server import PostgresServer
from booking.kit.tokens import digest, new_id
from tests.bench.door import FACILITY, KIOSK, MEMBER, PASS, SESSION, Crowd, populate
from tests.bench.pgbench import uuid_for
from tests.bench.report import own_directory, say
from tests.faults.kiosk import Kiosk
from tests.served import BOOKING, Served, environment, free_port

WORKERS = "2"


@dataclass
class Door:
    """One facility of the stage, with the people who have booked there."""

    number: int
    people: list[int]
    token: str
    out_token: str

    @property
    def facility(self) -> UUID:
        """Its id."""
        return uuid_for(FACILITY, self.number)

    @property
    def code(self) -> str:
        """Its code."""
        return f"bench-{self.number}"

    @property
    def session(self) -> UUID:
        """The session everybody here has booked."""
        return uuid_for(SESSION, self.number)

    @property
    def kiosk(self) -> UUID:
        """The kiosk of the entrance."""
        return uuid_for(KIOSK, self.number)


@dataclass
class Stage:
    """The running service and what is known about it."""

    directory: Path
    crowd: Crowd
    is_short: bool
    port: int = field(default_factory=free_port)
    codes: list[str] = field(default_factory=list)
    served: Served | None = None
    _doors: Iterator[int] = field(default_factory=count)

    @property
    def server(self) -> PostgresServer:
        """Its PostgreSQL."""
        return PostgresServer(self.directory)

    def take_door(self, people: int) -> Door:
        """A facility nobody has played with yet."""
        number = next(self._doors)
        if number >= self.crowd.facilities:
            raise AssertionError("the stage has no more facilities")
        mine = range(number, self.crowd.members, self.crowd.facilities)
        return Door(number, list(mine)[:people], self.crowd.token(number), f"kt_out{number}")

    def entrance(self, door: Door, port: int | None = None, clock_error: timedelta = timedelta()) -> Kiosk:
        """The kiosk where people come in."""
        return Kiosk(port or self.port, door.token, "in", clock_error)

    def exit(self, door: Door, port: int | None = None) -> Kiosk:
        """The kiosk where people leave."""
        return Kiosk(port or self.port, door.out_token, "out")

    def start(self) -> None:
        """Serve, on the same address every time."""
        words = [*BOOKING, "serve", "--port", str(self.port), "--workers", WORKERS]
        self.served = Served(words, self.port, environment(self.directory))

    async def is_up(self) -> None:
        """Wait until it answers."""
        assert self.served is not None
        await asyncio.to_thread(self.served.wait_until_ready)

    async def kill_service(self) -> None:
        """SIGKILL the service; its workers end by themselves when their parent is gone."""
        assert self.served is not None
        await asyncio.to_thread(self.served.kill)

    def kill_worker(self) -> bool:
        """SIGKILL one worker; whether there was one."""
        assert self.served is not None
        parent = self.served.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        workers = [int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]
        if workers:
            os.kill(workers[0], signal.SIGKILL)
        return bool(workers)

    def kill_postgres(self) -> None:
        """SIGKILL the database server; its backends notice and end."""
        pid = self.server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection of our own."""
        connection = await asyncpg.connect(self.server.dsn)
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def house(self) -> AsyncIterator[None]:
        """The service's own verbs in this process, on the same database."""
        db.learn_constraints(wiring.gather_named("errors", "BY_CONSTRAINT"))
        chosen = installation.chosen_settings({"BOOKING_DATA_DIR": str(self.directory)})
        with installation.running(chosen, progress=say):
            async with db.pool(self.server.dsn, 2):
                yield


def member(person: int) -> UUID:
    """The member id of a person of the crowd."""
    return uuid_for(MEMBER, person)


def pass_of(person: int) -> UUID:
    """The pass id of a person of the crowd."""
    return uuid_for(PASS, person)


@asynccontextmanager
async def stage(*, facilities: int, people: int, is_short: bool) -> AsyncIterator[Stage]:
    """A service with so many facilities, each with so many people who have booked the session going on there."""
    crowd = Crowd(facilities * people, facilities, datetime.now(UTC))
    with own_directory() as directory:
        made = Stage(directory, crowd, is_short)
        made.start()
        try:
            await made.is_up()
            async with made.house(), made.database() as connection:
                made.codes = await populate(connection, crowd)
                await _settle(connection, crowd)
            yield made
        finally:
            if made.served is not None:
                await asyncio.to_thread(_end, made.served)


async def _settle(connection: asyncpg.Connection, crowd: Crowd) -> None:
    """Sessions have just begun, nobody has been here before, and every facility has a kiosk at its exit."""
    assert await connection.fetchval("show fsync") == "on"
    await connection.execute("delete from visit")
    await connection.execute(
        "update session set starts_at = $1, roll_over_at = $1, booking_closes_at = $1, cancel_until = $1,"
        " held_on = ($1::timestamptz at time zone 'Asia/Tokyo')::date where id = any($2)",
        *(crowd.started_at - timedelta(minutes=5), [uuid_for(SESSION, one) for one in range(crowd.facilities)]),
    )
    for number in range(crowd.facilities):
        kiosk = new_id()
        await connection.execute(
            "insert into kiosk (id, name, token_digest, direction, language, created_at, paired_at)"
            " values ($1, 'exit', $2, 'out', 'ja', $3, $3)",
            *(kiosk, digest(f"kt_out{number}"), crowd.started_at),
        )
        await connection.execute(
            "insert into kiosk_facility (id, kiosk, facility) values ($1, $2, $3)",
            *(new_id(), kiosk, uuid_for(FACILITY, number)),
        )


def _end(served: Served) -> None:
    try:
        if served.process.poll() is None:
            served.stop()
    finally:
        served.kill()
