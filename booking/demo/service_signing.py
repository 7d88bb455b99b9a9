"""Past days of the demo are closed (日報), as a well-run centre does: heads are counted once, and somebody signs.

What is signed is what the page of the day reads, so that no figure differs. Rows are written by COPY.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from booking.access.schemas import Actor
from booking.demo import rules, rules_signing
from booking.facilities import queries as facilities
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.fiscal import fiscal_year
from booking.kpi.rules import Period
from booking.kpi.schemas_certifying import Span
from booking.kpi.service_certifying import list_gaps
from booking.visits.queries_day_close import inside_at
from booking.visits.schemas_day_close import DayCloseView, SignedDay
from booking.visits.service_day_close import read_days

OPEN_DAYS_BACK = timedelta(days=3)
"""Today and so many days before it are left for somebody to sign."""
EVENING = time(17)
WRITTEN_AFTER = timedelta(minutes=2)
COUNT_COLUMNS = "id facility counted_on counted_at heads inside by_account made_at"
CLOSE_COLUMNS = "id facility closed_on figures coverage_permille reason signed_by signed_by_name signed_at"
_MOMENTS = """
select visited_on as day,
  date_trunc('minute', percentile_disc(0.5) within group (order by entered_at)) + interval '1 minute' as at
from visit where facility = $1 and visited_on = any($2::date[]) and voided_at is null group by visited_on
"""
"""Of each day a full minute, just after half of its visitors had entered."""


async def sign_past_days(seed: int, since: date, signers: dict[str, Actor]) -> int:
    """Close the days from `since` on that are due and not signed, but a few and the last ones; how many were closed.

    `signers`: who signs, by the code of the body. Safe: what is signed stays as it is.
    """
    span = Span(period=Period.YEAR, starts_on=since, until_on=clock.today() - OPEN_DAYS_BACK, body="")
    _, unsigned, _ = await list_gaps(span)
    days: dict[tuple[str, int], list[date]] = {}
    for gap in unsigned:
        if not rules_signing.is_forgotten(seed, gap.facility, gap.day):
            days.setdefault((gap.facility, fiscal_year(gap.day)), []).append(gap.day)
    places = {each.code: each for each in await facilities.list_facilities()}
    signed = 0
    for (code, _), mine in sorted(days.items()):
        place = places[code]
        if place.body_code in signers:
            await _sign(place, mine, signers[place.body_code], seed)
            signed += len(mine)
    return signed


async def _sign(place: FacilityView, days: Sequence[date], by: Actor, seed: int) -> None:
    """Some days of a facility, in order; all of them or none."""
    chances = {day: rules_signing.chance_of(seed, place.code, day) for day in days}
    async with db.transaction() as connection:
        await _count_heads(connection, place, chances, by)
        views = await read_days(place, days[0], days[-1])
        records = [_close(chances[view.on], view, place.id, by) for view in reversed(views) if view.on in chances]
        await connection.copy_records_to_table("day_close", columns=CLOSE_COLUMNS.split(), records=records)


async def _count_heads(
    connection: asyncpg.Connection, place: FacilityView, chances: dict[date, Random], by: Actor
) -> None:
    """One count a day, where anybody was inside at its moment."""
    moments = await db.fetch(_MOMENTS, place.id, list(chances))
    known = await inside_at(place.id, [row["at"] for row in moments])
    records: list[tuple[Any, ...]] = []
    for row, inside in zip(moments, known, strict=True):
        if inside:
            day, at = row["day"], row["at"]
            heads = rules_signing.count_heads(chances[day], inside)
            found = rules.identify(chances[day], at)
            records.append((found, place.id, day, at, heads, inside, by.id, at + WRITTEN_AFTER))
    await connection.copy_records_to_table("head_count", columns=COUNT_COLUMNS.split(), records=records)


def _close(chance: Random, view: DayCloseView, facility: UUID, by: Actor) -> tuple[Any, ...]:
    """The row of a day, with the figures as the page of the day shows them."""
    at = _evening(view) + rules_signing.signed_after(chance)
    heads, known = sum(one.heads for one in view.counts), sum(one.known for one in view.counts)
    reason = rules_signing.reason_of(chance, heads=heads, known=known) if view.needs_reason else None
    document = msgspec.json.encode(SignedDay(figures=view.figures, counts=view.counts)).decode()
    return (
        *(rules.identify(chance, at), facility, view.on, document, view.coverage_permille, reason),
        *(by.id, by.name, at),
    )


def _evening(view: DayCloseView) -> datetime:
    return max(view.may_sign_from, clock.at_local(view.on, EVENING))
