"""The live board of 50 facilities while 200 check-ins a second arrive: how long a reader waits, and how fresh it is.

Over few past visits and over many, made by `booking demo`: the board must not cost more for a longer past.
"""

import asyncio
import json
import multiprocessing
import statistics
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

from booking.kit import db, installation
from booking.kit.postgres_server import PostgresServer
from tests.bench.cost import cpu_of
from tests.bench.door import Crowd, forget_visits, populate, request_of, scan_document
from tests.bench.report import finish, noon_zone, own_directory, percentile, say
from tests.served import BOOKING, ROOT, Served, environment, serving
from tests.served import run as run_command

NAME = "occupancy"
TARGET = {"p95_ms": 20, "fresh_s": 1, "times_slower": 1.3}
FACILITIES, PER_SECOND, SECONDS, ROUNDS = 50, 200, 10, 3
CONNECTIONS, READERS, PAUSE_SECONDS = 32, 4, 0.5
PAGE_PAUSE_SECONDS = 0.7
"""How long a page that hears of a change waits since it last asked (`live.js`)."""
FEW, MANY, MEMBERS = 10_000, 1_000_000, 10_000
BOARD, STREAM = "/api/v1/staff/occupancy", "/api/v1/staff/occupancy/stream"


@dataclass(frozen=True)
class Round:
    """What one round measured. Units: milliseconds, and seconds from a scan until a board showed it."""

    reads: list[float]
    fresh: list[float]
    scans: int
    per_second: float
    cpu_ms: dict[str, float]


def run(visits: int = MANY) -> None:
    """Measure over few past visits and over so many, and print the result."""
    few, many = uvloop.run(_measure(min(FEW, visits))), uvloop.run(_measure(visits))
    p95 = [percentile(each.reads, 0.95) for each in many]
    fresh = [second for each in many for second in each.fresh]
    slower = statistics.median(_middle(many) / _middle([each]) for each in few)
    scans = sum(each.scans for each in many)
    finish(
        NAME,
        unit="ms p95",
        rounds=p95,
        target=TARGET,
        visits=visits,
        fresh_s={"p50": _rounded(fresh, 0.5), "p95": _rounded(fresh, 0.95), "most": round(max(fresh), 3)},
        p50_ms=round(_middle(many), 1),
        few_visits={"visits": min(FEW, visits), "p50_ms": round(_middle(few), 1), "times_slower": round(slower, 2)},
        ours={
            "per_second": round(statistics.median(each.per_second for each in many), 1),
            "cpu_ms_a_scan": many[-1].cpu_ms,
        },
        checked={"scans": scans, "shown": len(fresh), "nothing_lost": scans == len(fresh)},
    )


def _said(one: Round) -> str:
    reads = f"p50 {percentile(one.reads, 0.5):.1f} p95 {percentile(one.reads, 0.95):.1f} ms"
    fresh = f"p50 {percentile(one.fresh, 0.5):.2f} most {max(one.fresh):.2f} s"
    return f"board {reads}, fresh {fresh}, {one.per_second:.0f} scans/s"


def _middle(rounds: Sequence[Round]) -> float:
    return statistics.median(one for each in rounds for one in each.reads)


def _rounded(values: Sequence[float], share: float) -> float:
    return round(percentile(values, share), 3)


async def _measure(visits: int) -> list[Round]:
    zone = noon_zone()
    with own_directory() as directory, serving(directory, "--demo", env=zone) as served:
        folder = directory / "demo"
        crowd = Crowd(PER_SECOND * SECONDS, FACILITIES, datetime.now(UTC))
        codes = await _fill(folder, crowd, zone)
        _make_past(directory, visits, zone)
        made = run_command(
            directory, "token", "new", "--role", "operator", "--label", "bench", env={**zone, "BOOKING_DEMO": "true"}
        )
        token = next(word for word in made.stdout.split() if word.startswith("bt_"))
        server = PostgresServer(folder)
        connection = await asyncpg.connect(server.dsn)
        rounds = []
        for _ in range(ROUNDS):
            await forget_visits(connection)
            with cpu_of(served.process.pid, server.pid) as cpu:
                found = await _round(served, crowd, codes, token)
            costs = {name: round(used * 1000 / found.scans, 2) for name, used in cpu.items()}
            rounds.append(Round(found.reads, found.fresh, found.scans, found.per_second, costs))
            say(f"over {visits} visits: {_said(rounds[-1])}")
        await connection.close()
    return rounds


async def _fill(folder: Path, crowd: Crowd, zone: dict[str, str]) -> list[str]:
    chosen = installation.chosen_settings({"BOOKING_DATA_DIR": str(folder.parent), **zone}, demo=True)
    dsn = PostgresServer(folder).dsn
    with installation.running(chosen, progress=say):
        connection = await asyncpg.connect(dsn)
        async with db.pool(dsn, 1):
            codes = await populate(connection, crowd, has_history=False)
        await connection.close()
    return codes


def _make_past(directory: Path, visits: int, zone: dict[str, str]) -> None:
    began = time.perf_counter()
    command = [sys.executable, *BOOKING, "demo", "--members", str(MEMBERS), "--visits", str(visits)]
    subprocess.run(command, cwd=ROOT, env=environment(directory, zone), check=True, stdout=subprocess.DEVNULL)
    say(f"{visits} past visits after {time.perf_counter() - began:.0f} s")


async def _round(served: Served, crowd: Crowd, codes: list[str], token: str) -> Round:
    """So many seconds of check-ins while boards are read."""
    requests = [
        request_of(served.port, crowd.token(crowd.place_of(n)), [scan_document(codes[n], n)])
        for n in range(crowd.members)
    ]
    board = _Board(served.port, token)
    shown_before = await board.read()
    arriving = asyncio.create_task(asyncio.to_thread(_arrive, served.port, requests))
    readers = [asyncio.create_task(_read_often(served.port, token, arriving)) for _ in range(READERS)]
    seen = await _watch(board, arriving, shown_before + len(requests))
    acknowledged = await arriving
    reads = [one for each in readers for one in await each]
    assert len(acknowledged) == len(requests), f"only {len(acknowledged)} of {len(requests)} scans were welcome"
    lasted = acknowledged[-1][1] - acknowledged[0][0]
    return Round(reads, _fresh(acknowledged, seen, shown_before), len(requests), len(requests) / lasted, {})


def _fresh(acknowledged: list[tuple[float, float]], seen: list[tuple[float, int]], before: int) -> list[float]:
    """For the first, second … scan: seconds from when it was sent until a board had shown so many."""
    counts, found = [count for _, count in seen], []
    for number, (sent, _) in enumerate(acknowledged, start=1):
        at = bisect_left(counts, before + number)
        if at < len(seen):
            found.append(max(seen[at][0] - sent, 0.0))
    return found


class _Board:
    """A reader's connection that is kept, and how many users of the bench's facilities the board has shown today."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.head = f"Host: localhost:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
        self.ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def read(self) -> int:
        """Ask for the board."""
        self.ends = self.ends or await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.ends
        writer.write(f"GET {BOARD} HTTP/1.1\r\n{self.head}".encode())
        board = json.loads(await _answer(reader))
        return sum(place["users_today"] for place in board["places"] if place["code"].startswith("bench-"))


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert b" 200 " in head.partition(b"\r\n")[0], head
    return await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))


async def _read_often(port: int, token: str, until: "asyncio.Task[Any]") -> list[float]:
    """How long each read took, in milliseconds."""
    board, taken = _Board(port, token), []
    await board.read()
    while not until.done():
        await asyncio.sleep(PAUSE_SECONDS)
        began = time.perf_counter()
        await board.read()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


async def _watch(board: _Board, until: "asyncio.Task[Any]", last: int) -> list[tuple[float, int]]:
    """What a page sees: told of a change it asks, but not at once again. When each answer came, and what it showed."""
    changed, seen = asyncio.Event(), [(time.monotonic(), 0)]
    listening = asyncio.create_task(_listen(board, changed))
    deadline = None
    while seen[-1][1] < last and (deadline is None or time.monotonic() < deadline):
        try:
            await asyncio.wait_for(changed.wait(), 1)
        except TimeoutError:
            deadline = time.monotonic() + 2 if until.done() and deadline is None else deadline
            continue
        changed.clear()
        began = time.monotonic()
        count = await board.read()
        seen.append((time.monotonic(), count))
        await asyncio.sleep(max(0.0, began + PAGE_PAUSE_SECONDS - time.monotonic()))
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    return seen


async def _listen(board: _Board, changed: asyncio.Event) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", board.port)
    writer.write(f"GET {STREAM} HTTP/1.1\r\n{board.head}".encode())
    try:
        while line := await reader.readline():
            if line.startswith(b"event: change"):
                changed.set()
    finally:
        writer.close()


def _arrive(port: int, requests: list[bytes]) -> list[tuple[float, float]]:
    """Send the scans from a process of its own, evenly; when each was sent and answered, in the order of answers."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(there, port, requests))
    process.start()
    there.close()
    try:
        found: list[tuple[float, float]] = here.recv()
    finally:
        process.join()
    return found


def _work(answer: Connection, port: int, requests: list[bytes]) -> None:
    answer.send(uvloop.run(_send(port, requests)))


async def _send(port: int, requests: list[bytes]) -> list[tuple[float, float]]:
    began, taken = time.monotonic(), []
    waiting = list(reversed(list(enumerate(requests))))

    async def keep_sending() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            number, request = waiting.pop()
            await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
            sent = time.monotonic()
            writer.write(request)
            if b'"welcome"' in await _answer(reader):
                taken.append((sent, time.monotonic()))
        writer.close()

    await asyncio.gather(*(keep_sending() for _ in range(CONNECTIONS)))
    return sorted(taken, key=lambda one: one[1])
