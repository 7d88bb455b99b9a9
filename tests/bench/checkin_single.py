"""One scan a request, 32 connections, distinct members over 50 facilities, against the same statements in pgbench.

A NOTIFY in every transaction makes commits wait for each other; the reference is therefore also run without it.
"""

import asyncio
import random
import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
import uvloop

from booking.kit import db, installation
from booking.kit.postgres_server import PostgresServer
from booking.visits import service
from booking.visits.schemas import Scan
from tests.bench.cost import cpu_of, profiled
from tests.bench.door import Crowd, count_admitted, forget_visits, populate, request_of, scan_document
from tests.bench.load import Load, send_all
from tests.bench.pgbench import Recorder, Reference, Script, Statement, pgbench
from tests.bench.report import finish, own_directory, say
from tests.served import Served, serving

NAME = "checkin-single"
TARGET = {"ratio": 0.6, "p99_ratio": 4, "ratio_to_constant": 0.25}
CONNECTIONS = 32
FACILITIES = 50
EACH = 100
SCANS = CONNECTIONS * EACH
SAMPLES = 3
ROUNDS = 3
CONSTANT = ("-m", "tests.bench.constant")


@dataclass(frozen=True)
class Bench:
    """What every round uses."""

    server: PostgresServer
    served: Served
    constant: Served
    connection: asyncpg.Connection
    crowd: Crowd
    codes: list[str]
    script: str
    batch: int


@dataclass(frozen=True)
class Round:
    """What one round measured."""

    reference: Reference
    silent: Reference
    ours: Load
    plain: Load
    checked: dict[str, int]
    cpu_us: dict[str, float]


def run() -> None:
    """Measure, and print the result."""
    measure(NAME, facilities=FACILITIES, target=TARGET)


def measure(name: str, *, facilities: int, target: Mapping[str, Any], batch: int = 1) -> None:
    """Measure the door with so many facilities and scans a request, and print the result under a name."""
    _report(name, target, uvloop.run(_run(facilities, batch)))


async def _run(facilities: int, batch: int) -> list[Round]:
    with own_directory() as directory, serving(directory) as served, serving(None, program=CONSTANT) as constant:
        server = PostgresServer(directory)
        chosen = installation.chosen_settings({"BOOKING_DATA_DIR": str(directory)})
        connection = await asyncpg.connect(server.dsn)
        with installation.running(chosen, progress=say):
            async with db.pool(server.dsn, 1):
                crowd = Crowd(SCANS + SAMPLES, facilities, datetime.now(UTC))
                codes = await populate(connection, crowd)
                script = await _script(crowd, codes)
            say(script)
            bench = Bench(server, served, constant, connection, crowd, codes, script, batch)
            rounds = [await _round(bench) for _ in range(ROUNDS)]
            await forget_visits(connection)
            with profiled(served.process.pid):
                await asyncio.to_thread(_send, served, crowd, codes, batch)
        await connection.close()
    return rounds


async def _script(crowd: Crowd, codes: list[str]) -> str:
    """The statements of one scan, as the service was just seen to run them, as a pgbench script.

    The first samples fill what the service remembers between scans; the last one is what each scan costs.
    """
    assert db.DB.pool is not None
    member = SCANS
    for member in range(SCANS, SCANS + SAMPLES):
        scan = msgspec.convert(scan_document(codes[member], member), Scan)
        async with db.DB.pool.acquire() as proxy:
            raw: Any = proxy._con
        with Recorder(raw) as recorder:
            (verdict,) = await service.record_scans(crowd.token(crowd.place_of(member)), [scan])
        assert verdict.verdict == "welcome", verdict
    statements: list[Statement] = await recorder.statements()
    return Script(crowd.known(member), {}).text(statements, _head(crowd.facilities))


def _head(facilities: int) -> str:
    return f"\\set i :i + 1\n\\set n (:i - 1) * {CONNECTIONS} + :client_id\n\\set f :n % {facilities}\n"


async def _round(bench: Bench) -> Round:
    """The reference, ours, and the constant answer, one after the other on the same data."""
    connection = bench.connection
    reference = await _reference(bench, bench.script)
    silent = await _reference(bench, re.sub(r"select pg_notify\(.*\n", "", bench.script))
    await forget_visits(connection)
    with cpu_of(bench.served.process.pid, bench.server.pid) as cpu:
        ours = await asyncio.to_thread(_send, bench.served, bench.crowd, bench.codes, bench.batch)
    checked = await count_admitted(connection)
    assert not ours.bad_answers, ours.bad_answers
    assert checked == {"visits": SCANS, "people": SCANS, "scans": SCANS, "arrived": SCANS, "flags": 0}, checked
    plain = await asyncio.to_thread(_send, bench.constant, bench.crowd, bench.codes, bench.batch)
    costs = {name: round(seconds / SCANS * 1e6, 1) for name, seconds in cpu.items()}
    say(
        f"pgbench {reference.per_second:.0f}/s (without its NOTIFY {silent.per_second:.0f}/s),"
        f" ours {ours.per_second:.0f}/s ({ours.per_second / reference.per_second:.2f}),"
        f" constant answer {plain.per_second:.0f}/s; CPU a scan: {costs} µs"
    )
    return Round(reference, silent, ours, plain, checked, costs)


async def _reference(bench: Bench, script: str) -> Reference:
    await forget_visits(bench.connection)
    measured = await asyncio.to_thread(pgbench, bench.server, script, clients=CONNECTIONS, each=EACH)
    same = await count_admitted(bench.connection)
    assert same["visits"] == same["arrived"] == SCANS, f"the reference did something else: {same}"
    return measured


def _send(served: Served, crowd: Crowd, codes: list[str], batch: int) -> Load:
    """Everybody's scan, so many in each request, all of a request at one kiosk."""
    requests = []
    for place in range(crowd.facilities):
        people = range(place, SCANS, crowd.facilities)
        for begin in range(0, len(people), batch):
            scans = [scan_document(codes[n], n) for n in people[begin : begin + batch]]
            requests.append(request_of(served.port, crowd.token(place), scans))
    random.Random(1).shuffle(requests)
    return send_all(served.port, requests, connections=CONNECTIONS, expected=b'"welcome"', worth=SCANS)


def _report(name: str, target: Mapping[str, Any], rounds: list[Round]) -> None:
    ratios = [one.ours.per_second / one.reference.per_second for one in rounds]
    tails = [one.ours.summary()["p99_ms"] / one.reference.p99_ms for one in rounds]
    constants = [one.ours.per_second / one.plain.per_second for one in rounds]
    middle = rounds[sorted(range(len(ratios)), key=ratios.__getitem__)[len(ratios) // 2]]
    finish(
        name,
        rounds=ratios,
        reference=middle.reference.summary(),
        ours=middle.ours.summary() | {"cpu_us": middle.cpu_us, "client_cpu_us": middle.ours.client_cpu_us},
        without_notify=middle.silent.summary()
        | {"ratio": round(statistics.median(one.ours.per_second / one.silent.per_second for one in rounds), 3)},
        constant=middle.plain.summary() | {"ratio": round(statistics.median(constants), 3)},
        p99_ratio=round(statistics.median(tails), 2),
        target=target,
        checked=middle.checked,
    )
