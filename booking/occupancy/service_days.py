"""Folding days that are over into what the history is read from, and the course of a day on the live board."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from booking.facilities.schemas import Calendar
from booking.kit import clock, db
from booking.occupancy import queries_days as queries
from booking.occupancy import queries_people, rules
from booking.occupancy.schemas import HourNow
from booking.visits.service_changes import forget_changes

T = TypeVar("T")
BATCH_DAYS = 500
WORK_MEMORY = "64MB"
USUAL_DAYS, USUAL_WEEKS = 8, 16
"""The usual day: of so many days of a weekday, looked for in so many weeks."""


async def fold(limit: int = BATCH_DAYS) -> int:
    """Fold facility-days that are over and that the figure has folded; how many changes were folded.

    Safe: repeated and concurrent. One snapshot reads changes and visits; exactly the rows seen are deleted, first, so
    that a fold with an older snapshot is refused and tried again.
    """
    return await db.in_transaction(partial(_fold_once, limit), isolation="repeatable_read")


async def _fold_once(limit: int) -> int:
    ids, days = await queries.list_kept_changes(clock.today(), limit)
    if ids:
        await db.execute(f"set local work_mem = '{WORK_MEMORY}'")
        await forget_changes(ids)
        await queries.fold_days(days, clock.now())
        await queries_people.fold_people(days)
    return len(ids)


async def fold_everything() -> int:
    """Fold every day that is over into the history; how many changes were folded. Safe: repeated, concurrent."""
    total = 0
    while folded := await fold():
        total += folded
    return total


_usual: dict[UUID, tuple[datetime, list[float]]] = {}
_today: dict[UUID, tuple[datetime, dict[int, int]]] = {}
"""The course of a day is read again every ten minutes (the usual one) or every minute (of the hours that have struck),
so that a board asked for each second costs no more the longer the day."""


async def list_courses(ids: Sequence[UUID], calendar: Calendar, now: datetime) -> dict[UUID, list[HourNow]]:
    """By facility: how many were inside when each hour of today struck, beside the usual day of this weekday."""
    today, minute = clock.local_date(now), now.replace(second=0, microsecond=0)
    usual = await _remembered(_usual, ids, minute - timedelta(minutes=minute.minute % 10), partial(_read_usual, now))
    inside = await _remembered(_today, ids, minute, partial(_read_today, now))
    struck = clock.local(now).hour
    return {
        each: [
            HourNow(
                hour=hour,
                inside=inside[each].get(hour, 0) if hour <= struck else None,
                usual=usual[each][hour] if usual[each] else None,
            )
            for hour in rules.hours_shown(rules.spans_of(calendar, each, today), {*inside[each]})
        ]
        for each in ids
    }


async def _read_usual(now: datetime, ids: list[UUID]) -> dict[UUID, list[float]]:
    today = clock.local_date(now)
    found = await queries.list_usual(ids, today - timedelta(weeks=USUAL_WEEKS), today, now, USUAL_DAYS)
    return {each: found.get(each, []) for each in ids}


async def _read_today(now: datetime, ids: list[UUID]) -> dict[UUID, dict[int, int]]:
    found = await queries.list_today(ids, clock.local_date(now), now)
    return {each: found.get(each, {}) for each in ids}


async def _remembered(
    store: dict[UUID, tuple[datetime, T]],
    ids: Sequence[UUID],
    slot: datetime,
    read: Callable[[list[UUID]], Awaitable[dict[UUID, T]]],
) -> dict[UUID, T]:
    """What is known of each, read again for those of whom it is not of this slot of time."""
    old = [each for each in ids if each not in store or store[each][0] != slot]
    if old:
        store |= {each: (slot, found) for each, found in (await read(old)).items()}
    return {each: store[each][1] for each in ids}
