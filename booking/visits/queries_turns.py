"""Numbered turns as they are stored, and visits counted by head."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec
from msgspec import Struct

from booking.kit import clock, db
from booking.visits.rules_turns import CALLED_FOR
from booking.visits.schemas_facts import HeadsFact, TurnFact


class CalledNow(Struct, frozen=True):
    """The numbers called at a facility now, in order, and how many more wait."""

    called: tuple[int, ...] = ()
    waiting: int = 0


_CALLED = """
select facility, coalesce(array_agg(number order by number) filter (where is_called), '{}') as called,
       count(*) filter (where not is_called) as waiting
from (select facility, number, state = 'called' as is_called from turn
       where facility = any($1) and held_on = $2 and (state = 'waiting' or (state = 'called' and called_at > $3))) live
group by facility
"""


async def list_called(facility_ids: Iterable[UUID]) -> dict[UUID, CalledNow]:
    """Whom the wall screen calls at each of these facilities: numbers only."""
    now, ids = clock.now(), list(facility_ids)
    rows = await db.fetch(_CALLED, ids, clock.local_date(now), now - CALLED_FOR)
    found = {row["facility"]: CalledNow(tuple(row["called"]), row["waiting"]) for row in rows}
    return {one: found.get(one, CalledNow()) for one in ids}


_LIVE = """
select id, facility, session, number, member, held_on, taken_at, called_at from turn
where state in ('waiting', 'called') and facility = any($1) order by facility, held_on, number
"""


async def list_live(facility_ids: Iterable[UUID]) -> list[TurnFact]:
    """Every turn of these facilities that is not ended, of whatever day, by number."""
    return [msgspec.convert(dict(row), TurnFact) for row in await db.fetch(_LIVE, list(facility_ids))]


async def list_waiting_facilities() -> list[UUID]:
    """Facilities at which a turn is not ended."""
    rows = await db.fetch("select distinct facility from turn where state in ('waiting', 'called') order by facility")
    return [row["facility"] for row in rows]


_HEADS = """
select id, facility, kind, heads, entered_at, visited_on,
  (select a.request from group_arrival a where a.scan = visit.entry_scan) as request from visit
where facility = any($1) and visited_on = any($2) and left_at is null and voided_at is null and member is null
  and kind in ('group', 'anonymous', 'guardian', 'visitor')
"""


async def list_heads(facility_ids: Iterable[UUID], days: Sequence[date]) -> tuple[HeadsFact, ...]:
    """Open visits of people counted by head."""
    rows = await db.fetch(_HEADS, list(facility_ids), list(days))
    return tuple(msgspec.convert(dict(row), HeadsFact) for row in rows)
