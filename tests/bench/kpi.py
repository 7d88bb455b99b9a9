"""The annual-users figure over ten years of visits: how long a reader waits, and the plain SQL that must agree."""

import asyncio
import os
import time
from typing import Any

from booking.kit import db
from booking.kit.postgres_server import PostgresServer
from booking.kpi import queries, queries_counting, service, service_fold
from booking.kpi.rules import Unit
from tests.bench.cost import cpu_of
from tests.bench.crowd import crowded
from tests.bench.report import finish, percentile, say

NAME = "kpi"
VISITS = 10_000_000
READS, ROUNDS = 20, 3
FISCAL_YEAR = 2026
TARGET = {"p95_ms": 50, "times_faster": 100, "rebuild_s": 60}


def run(visits: int = VISITS) -> None:
    """Measure, and print the result."""
    asyncio.run(_run(visits))


async def _run(visits: int) -> None:
    async with crowded(visits) as directory:
        postgres = PostgresServer(directory).pid
        began = time.perf_counter()
        with cpu_of(os.getpid(), postgres) as fold_cpu:
            await service_fold.fold_everything()
        fold_s = time.perf_counter() - began
        began = time.perf_counter()
        with cpu_of(os.getpid(), postgres) as rebuild_cpu:
            differences = await service_fold.rebuild()
        rebuild_s = time.perf_counter() - began
        cpu_s = {"fold": round(fold_cpu["postgres"], 1), "rebuild": round(rebuild_cpu["postgres"], 1)}
        say(f"fold {fold_s:.1f} s, rebuild {rebuild_s:.1f} s, {len(differences)} differences; processor {cpu_s}")
        reads = [await _read() for _ in range(ROUNDS)]
        plain_ms, is_equal = await _compare()
    p95 = [percentile(each, 0.95) for each in reads]
    finish(
        NAME,
        unit="ms p95",
        rounds=p95,
        target=TARGET,
        visits=visits,
        plain_ms=round(plain_ms, 1),
        times_faster=round(plain_ms / sorted(p95)[ROUNDS // 2], 1),
        fold_s=round(fold_s, 1),
        rebuild_s=round(rebuild_s, 1),
        postgres_cpu_s=cpu_s,
        checked={"equal_to_plain_sql": is_equal, "differences": len(differences)},
    )


async def _read() -> list[float]:
    """How long each of so many readers waits for the whole answer with its breakdowns, in milliseconds."""
    taken = []
    for _ in range(READS):
        began = time.perf_counter()
        await service.get_annual_users(FISCAL_YEAR)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


async def _compare() -> tuple[float, bool]:
    """How long the plain SQL takes, in milliseconds, and whether the kept figure equals it."""
    figure = await service.get_annual_users(FISCAL_YEAR)
    reading = figure.definition
    rules: tuple[Any, ...] = (reading.places, reading.counts_trials, reading.counts_groups)
    rules = (*rules, reading.counts_staff_entries, reading.counts_imports, reading.min_stay_minutes)
    statement = queries_counting.answer(await queries.find_places())
    began = time.perf_counter()
    async with db.connection() as connection:
        rows = await connection.fetch(statement, *rules, figure.from_on, figure.until_on, "", timeout=600)
    taken = (time.perf_counter() - began) * 1000
    plain = {row["scope"]: {unit.value: int(row[unit.value]) for unit in Unit} for row in rows}
    return taken, figure.values == plain
