"""What two records of one person hold twice."""

from datetime import datetime
from uuid import UUID

import msgspec

from booking.kit import db

# Of two places in one session the one that was used stays, then the surer one, then the first record's.
_RANK = "array_position(array['arrived', 'confirmed', 'offered', 'applied', 'waiting'], {0}.state)"
_DOUBLES = f"""
select case when {_RANK.format("theirs")} < {_RANK.format("mine")} then theirs.id else mine.id end as stays,
       case when {_RANK.format("theirs")} < {_RANK.format("mine")} then mine.id else theirs.id end as goes,
       session.starts_at > $3 and 'arrived' not in (mine.state, theirs.state) as is_ahead
  from reservation mine join reservation theirs on theirs.session = mine.session and theirs.member = $2
  join session on session.id = mine.session
 where mine.member = $1 and {_RANK.format("mine")} > 0 and {_RANK.format("theirs")} > 0
 order by session.starts_at, session.id"""
_PLACES = """
select case when theirs.state = 'enrolled' and mine.state = 'waiting' then mine.id else theirs.id end as goes
  from enrolment mine join enrolment theirs on theirs."group" = mine."group" and theirs.member = $2
 where mine.member = $1 and mine.state in ('enrolled', 'waiting') and theirs.state in ('enrolled', 'waiting')
 order by 1"""


class Double(msgspec.Struct, frozen=True):
    """Two seats of one session. `is_ahead`: whoever waits may still get the one that goes."""

    stays: UUID
    goes: UUID
    is_ahead: bool


async def list_doubles(kept_id: UUID, gone_id: UUID, now: datetime) -> list[Double]:
    """The sessions in which both hold a seat or wait for one."""
    return [Double(**row) for row in await db.fetch(_DOUBLES, kept_id, gone_id, now)]


async def list_double_places(kept_id: UUID, gone_id: UUID) -> list[UUID]:
    """Of the weekly groups in which both are, or wait, the enrolment that goes."""
    return [row["goes"] for row in await db.fetch(_PLACES, kept_id, gone_id)]
