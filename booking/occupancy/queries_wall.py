"""What the wall at an entrance shows besides the crowding: the numbered turns called, and how many wait."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from booking.kit import db
from booking.occupancy.schemas import Called

_TURNS = """
select facility, coalesce(array_agg(number order by number) filter (where state = 'called'), '{}') as numbers,
       count(*) filter (where state = 'waiting') as waiting
from turn where facility = any($1) and held_on = $2
  and (state = 'waiting' or (state = 'called' and called_at > $3)) group by facility
"""


async def list_called(facility_ids: Sequence[UUID], day: date, since: datetime) -> dict[UUID, Called]:
    """The numbers called at facilities after a moment, in order, and how many more wait: numbers, never people."""
    rows = await db.fetch(_TURNS, list(facility_ids), day, since)
    found = {row["facility"]: Called(numbers=row["numbers"], waiting=row["waiting"]) for row in rows}
    return {one: found.get(one, Called(numbers=[], waiting=0)) for one in facility_ids}
