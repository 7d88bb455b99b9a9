"""Folding changed facility-days into stored figures, and folding everything again."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from booking.kit import clock, db
from booking.kpi import queries
from booking.kpi import queries_counting as counting
from booking.kpi.rules import Places, months_of
from booking.kpi.service_differences import note_days, note_people
from booking.visits.service_changes import hand_on_changes, hand_on_changes_of, note_changes

FOLD_KEY = 0x6B7069
BATCH_DAYS = 500
"""How many changes one transaction folds: seconds at the busiest, and little memory."""
WHOLE_YEAR_DAYS = 500
"""From so many changed facility-days on, a fiscal year is cheaper folded as a whole."""
WORK_MEMORY = "64MB"
PATIENCE_SECONDS = 600


async def fold(limit: int = BATCH_DAYS) -> int:
    """Fold changed facility-days of one fiscal year into stored figures; how many changes were folded.

    Safe: repeated and concurrent. One snapshot reads the changes and the visits; exactly the rows seen are deleted, so
    a change that commits meanwhile stays for the next fold. Years share nothing, so that two are folded side by side;
    another fold of the same year is waited for.
    """
    while years := await queries.list_changed_years():
        for year, days in years:
            if days >= WHOLE_YEAR_DAYS:
                folded = await fold_year(year)
            else:
                folded = await db.in_transaction(partial(_fold_once, year, limit), isolation="repeatable_read")
            if folded:
                return folded
        await asyncio.sleep(0.05)
    return 0


async def fold_year(year: int) -> int | None:
    """Fold a whole fiscal year anew from its visits; how many changes that were. None when it is being folded.

    Safe: concurrent with whoever changes visits. Its changes are handed on first, so that what commits afterwards is
    either counted here and folded again, or folded then; nobody sees a part of it.
    """
    span = clock.fiscal_span(year)
    async with db.transaction() as connection:
        if not await db.fetchval("select pg_try_advisory_xact_lock($1, $2)", FOLD_KEY, year):
            return None
        counted = await hand_on_changes_of(*span)
        places = await queries.find_places()
        await connection.execute(f"set local work_mem = '{WORK_MEMORY}'")
        for statement in counting.FORGET_SPAN:
            await connection.execute(statement, *span, timeout=PATIENCE_SECONDS)
        await connection.execute(counting.FORGET_YEAR, year, timeout=PATIENCE_SECONDS)
        months = months_of(year)
        for month, ends in zip(months, [*months[1:], span[1]], strict=True):
            for statement in (counting.fold_days(places, counting.EVERY_DAY), counting.FOLD_SPAN):
                await connection.execute(statement, month, ends, timeout=PATIENCE_SECONDS)
            await note_days(_days(month, ends))
        await note_people(_days(*span))
        await connection.execute(counting.COUNT_PEOPLE, year, *span, timeout=PATIENCE_SECONDS)
    return counted


def _days(first: date, until: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((until - first).days)]


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
    """Let no fold of a fiscal year run until the caller's transaction ends: what it certifies, the next fold sees.

    Raises: a serialization failure when a fold has ended between the caller's snapshot and now, to be tried again.
    """
    await db.execute("select pg_advisory_xact_lock($1, $2)", FOLD_KEY, year)
    for statement in counting.HOLD_FOLDED:
        await db.execute(statement, *clock.fiscal_span(year))


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
    changed = sorted({on for _, on in days})
    await note_days(changed)
    await note_people(changed)


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
    """Fold every year again from the visits, two side by side; the differences found, one sentence each (none,
    normally)."""
    await fold_everything()
    before = await queries.list_day_sums()
    years = await queries.list_years_with_figures()
    await asyncio.gather(*(_rebuild_years(years) for _ in range(2)))
    after = await queries.list_day_sums()
    return [
        f"{where[0]} {where[1]}: {before.get(where, 0)} → {after.get(where, 0)} person-days"
        for where in sorted(before.keys() | after.keys())
        if before.get(where, 0) != after.get(where, 0)
    ]


async def _rebuild_years(years: list[int]) -> None:
    while years:
        year = years.pop()
        if await fold_year(year) is None:
            years.append(year)
            await asyncio.sleep(0.05)
