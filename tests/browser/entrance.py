"""A door that is open day and night, and its members, each with a pass and a booking for every one of some days."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import asyncpg
import pytest

from booking.access.schemas import SYSTEM
from booking.kiosks.service import new_pairing_code
from booking.kit import clock as house_clock
from booking.kit.paths import KIOSK as BUILT
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings, use_settings
from booking.kit.tokens import new_id
from tests.bench.door import FACILITY, KIOSK, MEMBER, PROGRAM, SESSION, Crowd, populate
from tests.bench.pgbench import uuid_for
from tests.browser.moving import Moving, moved, until_morning
from tests.browser.serving import Served, apart, serving

NAMES = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも"


@dataclass
class Entrance:
    """One facility with one kiosk; passes, numbers and shown names in one order."""

    members: int
    days: int
    served: Served = field(init=False)
    pairing_code: str = field(init=False)
    passes: list[str] = field(init=False)
    numbers: list[str] = field(init=False)
    names: list[str] = field(init=False)

    async def fill(self, database_url: str) -> None:
        """Put everything into a seeded database whose pool is started."""
        now = house_clock.now()
        connection = await asyncpg.connect(database_url)
        self.passes = await populate(connection, Crowd(self.members, 1, now))
        self.names = [_name(n) for n in range(self.members)]
        await connection.executemany(
            "update member set shown_name = $2 where id = $1",
            [(uuid_for(MEMBER, n), name) for n, name in enumerate(self.names)],
        )
        rows = await connection.fetch("select number from member where id >= $1 order by id", uuid_for(MEMBER, 0))
        self.numbers = [row["number"] for row in rows][: self.members]
        await connection.execute(
            "update facility set name = 'ためしの館', names = '{\"en\": \"Trial House\"}' where id = $1", _HERE
        )
        for shift in range(self.days):
            await self._open_day(connection, now, shift)
        await connection.close()
        self.pairing_code = (await new_pairing_code(SYSTEM, uuid_for(KIOSK, 0))).code

    async def _open_day(self, connection: asyncpg.Connection, now: datetime, shift: int) -> None:
        """A session from midnight to midnight, booked by everybody."""
        on = house_clock.local_date(now) + timedelta(days=shift)
        starts = house_clock.at_local(on, time(0))
        ends = starts + timedelta(hours=23, minutes=59)
        session = uuid_for(SESSION, shift)
        await connection.execute(
            "insert into session (id, program, facility, held_on, starts_at, ends_at, web_seats, walk_in_seats, state,"
            " booking_opens_at, booking_closes_at, cancel_until, roll_over_at, created_at)"
            " values ($1, $2, $3, $4, $5, $6, 100000, 0, 'published', $7, $5, $5, $5, $7)"
            " on conflict (id) do update set held_on = $4, starts_at = $5, ends_at = $6, booking_closes_at = $5,"
            " cancel_until = $5, roll_over_at = $5",
            *(session, uuid_for(PROGRAM, 0), _HERE, on, starts, ends, now - timedelta(days=7)),
        )
        if shift:
            await connection.copy_records_to_table(
                "reservation",
                columns=["id", "session", "member", "state", "order_id", "booked_at", "booked_by_kind"],
                records=[
                    (new_id(), session, uuid_for(MEMBER, n), "confirmed", new_id(), now, "account")
                    for n in range(self.members)
                ],
            )

    def ask(self, question: str, *values: Any) -> list[Any]:
        """Rows of the service's own database."""

        async def answer() -> list[Any]:
            connection = await asyncpg.connect(self.served.database_url)
            try:
                return list(await connection.fetch(question, *values))
            finally:
                await connection.close()

        return apart(answer)

    @staticmethod
    def now() -> datetime:
        """The time it goes by."""
        return house_clock.now()

    @property
    def kiosk_address(self) -> str:
        """Where the kiosk opens, with its pairing code."""
        return f"{self.served.address}/kiosk/#pair={self.pairing_code}"


_HERE = uuid_for(FACILITY, 0)


def _name(n: int) -> str:
    """A name nobody else here has, plainly made up."""
    return NAMES[n // len(NAMES) % len(NAMES)] + NAMES[n % len(NAMES)] + "太郎"


@contextmanager
def opened(
    server: PostgresServer, template: str, settings: Settings, *, members: int, days: int = 1
) -> Iterator[tuple[Entrance, Moving]]:
    """The entrance, answering until the block ends, and the clock it goes by."""
    if not (BUILT / "index.html").is_file():
        pytest.skip("the door app is not built: npm ci and npm run build in kiosk/")
    use_settings(settings)
    entrance = Entrance(members, days)
    with moved(until_morning()) as moving, serving(server, template, settings, entrance.fill) as served:
        entrance.served = served
        yield entrance, moving
