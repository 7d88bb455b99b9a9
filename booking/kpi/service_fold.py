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
from booking.visits.service_changes import forget_changes, note_changes

FOLD_KEY = 0x6B7069


async def fold(limit: int = 5_000) -> int:
    """Fold changed facility-days into stored figures; how many days were folded.

    Safe: repeated and concurrent. One snapshot reads the changes and the visits; exactly the rows seen are deleted, so
    a change that commits meanwhile stays for the next fold. Another fold in progress is waited for.
    """
    while True:
        folded = await db.in_transaction(partial(_fold_once, limit), isolation="repeatable_read")
        if folded is not None:
            return folded
        await asyncio.sleep(0.05)


async def _fold_once(limit: int) -> int | None:
    """One fold; None when another is in progress. Changes go first: if another fold has just taken them, the snapshot
    is too old, PostgreSQL says so, and the whole is tried again."""
    if not await db.fetchval("select pg_try_advisory_xact_lock($1)", FOLD_KEY):
        return None
    places = await queries.find_places()
    ids, days = await queries.list_changes(limit)
    if days:
        await forget_changes(ids)
        await _refold(places, await _whole_days(places, days))
    return len(days)


async def _whole_days(places: Places, days: list[tuple[UUID, date]]) -> list[tuple[UUID, date]]:
    """Where a person's day is counted once, a change at one facility may move it to another."""
    if places is Places.EACH:
        return days
    return sorted({*days, *await queries.list_facility_days({on for _, on in days})})


async def _refold(places: Places, days: Sequence[tuple[UUID, date]]) -> None:
    where = ([facility for facility, _ in days], [on for _, on in days])
    gone = await db.fetch(
        """delete from kpi_presence k using unnest($1::uuid[], $2::date[]) as c(facility, counted_on)
           where k.facility = c.facility and k.counted_on = c.counted_on
           returning k.person_key, k.scope, k.counted_on""",
        *where,
    )
    await db.execute(
        """delete from kpi_figure k using unnest($1::uuid[], $2::date[]) as c(facility, counted_on)
           where k.facility = c.facility and k.counted_on = c.counted_on""",
        *where,
    )
    for statement in (counting.fold_figures(places), counting.fold_presence(places)):
        await db.execute(statement, *where)
    for statement in (counting.FOLD_MONTHS, counting.FOLD_MONTHS_AGAIN):
        await db.execute(statement, *where)
    come = await db.fetch(
        """select k.person_key, k.scope, k.counted_on from kpi_presence k
           join unnest($1::uuid[], $2::date[]) as c(facility, counted_on)
             on k.facility = c.facility and k.counted_on = c.counted_on""",
        *where,
    )
    people = {(row["person_key"], row["scope"], clock.fiscal_year(row["counted_on"])) for row in (*gone, *come)}
    await note_differences(days)
    if people:
        keys, scopes, years = (list(each) for each in zip(*people, strict=True))
        await db.execute(counting.FORGET_PEOPLE, keys, scopes, years)
        await db.execute(counting.FOLD_PEOPLE, keys, scopes, years)


async def fold_everything() -> None:
    """Until nothing is left to be folded."""
    while await fold():
        pass


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
