"""Folding changed facility-days into stored figures, and folding everything again."""

import asyncio
from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

from booking.kit import clock, db
from booking.kpi import queries
from booking.kpi import queries_counting as counting
from booking.kpi.rules import Places
from booking.kpi.service_differences import note_differences
from booking.visits.service_changes import hand_on_changes, note_changes

FOLD_KEY = 0x6B7069
BATCH_DAYS = 500
"""How many changes one transaction folds: seconds at the busiest, and little memory."""
WORK_MEMORY = "64MB"


async def fold(limit: int = BATCH_DAYS) -> int:
    """Fold changed facility-days of one fiscal year into stored figures; how many changes were folded.

    Safe: repeated and concurrent. One snapshot reads the changes and the visits; exactly the rows seen are deleted, so
    a change that commits meanwhile stays for the next fold. Years share nothing, so that two are folded side by side;
    another fold of the same year is waited for.
    """
    while years := await queries.list_changed_years():
        for year in years:
            folded = await db.in_transaction(partial(_fold_once, year, limit), isolation="repeatable_read")
            if folded:
                return folded
        await asyncio.sleep(0.05)
    return 0


async def _fold_once(year: int, limit: int) -> int | None:
    """One fold; None when another is in progress. Changes go first: if another fold has just taken them, the snapshot
    is too old, PostgreSQL says so, and the whole is tried again."""
    if not await db.fetchval("select pg_try_advisory_xact_lock($1, $2)", FOLD_KEY, year):
        return None
    places = await queries.find_places()
    ids, days = await queries.list_changes(*clock.fiscal_span(year), limit)
    if days:
        await db.execute(f"set local work_mem = '{WORK_MEMORY}'")
        await hand_on_changes(ids)
        await _refold(places, year, await _whole_days(places, days))
    return len(days)


async def hold_year(year: int) -> None:
    """Let no fold of a fiscal year run until the caller's transaction ends: what it certifies, the next fold sees."""
    await db.execute("select pg_advisory_xact_lock($1, $2)", FOLD_KEY, year)


async def _whole_days(places: Places, days: list[tuple[UUID, date]]) -> list[tuple[UUID, date]]:
    """Where a person's day is counted once, a change at one facility may move it to another."""
    if places is Places.EACH:
        return days
    return sorted({*days, *await queries.list_facility_days({on for _, on in days})})


async def _refold(places: Places, year: int, days: Sequence[tuple[UUID, date]]) -> None:
    where = ([facility for facility, _ in days], [on for _, on in days])
    await db.execute(counting.TAKE_PEOPLE_OFF, year, *where)
    for statement in (counting.FORGET_PRESENCE, counting.FORGET_FIGURES, counting.fold_days(places)):
        await db.execute(statement, *where)
    for statement in (counting.FORGET_MONTHS, counting.FOLD_MONTHS):
        await db.execute(statement, *where)
    await db.execute(counting.PUT_PEOPLE_ON, year, *where)
    await db.execute(counting.FORGET_PEOPLE, year)
    await note_differences(days)


async def fold_everything() -> int:
    """Fold until nothing is left, two years side by side; how many changes were folded. Safe: repeated, concurrent."""
    return sum(await asyncio.gather(_fold_all(), _fold_all()))


async def _fold_all() -> int:
    total = 0
    while folded := await fold():
        total += folded
    return total


async def refold_all() -> None:
    """Say within the caller's transaction that every facility-day is to be folded again, as when the rules change."""
    await note_changes(await queries.list_days_with_figures())


async def rebuild() -> list[str]:
    """Fold everything again from the visits; the differences found, one sentence each (none, normally)."""
    await fold_everything()
    before = await queries.list_day_sums()
    async with db.transaction():
        await refold_all()
    await fold_everything()
    after = await queries.list_day_sums()
    return [
        f"{where[0]} {where[1]}: {before.get(where, 0)} → {after.get(where, 0)} person-days"
        for where in sorted(before.keys() | after.keys())
        if before.get(where, 0) != after.get(where, 0)
    ]
