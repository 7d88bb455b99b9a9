"""Reads of roll calls: who is inside a place, who has been ticked, and which kiosk means whom."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.visits.errors import RollCallUnknown
from booking.visits.schemas_roll import RollCallView, RollRow

_ROLL_CALL = "select id, place as place_id, began_at, ended_at from roll_call"
_ROWS = """
select v.id, v.member as member_id, v.kind, v.heads, v.party, f.code as facility_code, f.name as facility_name,
       v.entered_at, v.left_at, v.closed_by, mark.how, mark.marked_at, mark.by_name,
       coalesce(mark.kiosk is not null, false) as by_kiosk
  from visit v join facility f on f.id = v.facility
  left join lateral (
    select how, marked_at, by_name, kiosk from roll_call_mark
     where roll_call_mark.visit = v.id and roll_call_mark.roll_call = $3
     order by marked_at desc, roll_call_mark.id desc limit 1) mark on true
 where v.facility = any($1) and v.visited_on = $2 and v.voided_at is null
   and (v.left_at is null or v.left_at >= $4::timestamptz or mark.how is not null)
   and ($5::timestamptz is null or v.entered_at < $5)
 order by v.entered_at, v.id"""


async def list_rows(facility_ids: Iterable[UUID], day: date, roll_call: RollCallView | None) -> list[RollRow]:
    """Who is inside; in a roll call also who left since it began or was ticked, with the last tick of each."""
    call = (None, None, None) if roll_call is None else (roll_call.id, roll_call.began_at, roll_call.ended_at)
    rows = await db.fetch(_ROWS, list(facility_ids), day, *call)
    return [msgspec.convert(dict(row), RollRow) for row in rows]


async def find_roll_call(place_id: UUID) -> RollCallView | None:
    """The roll call that is going on at a place; one that nobody ended is over with its day."""
    row = await db.fetchrow(
        f"{_ROLL_CALL} where place = $1 and ended_at is null and began_at >= $2",
        *(place_id, clock.day_span(clock.today())[0]),
    )
    return None if row is None else RollCallView(**row)


async def list_roll_calls(place_id: UUID, day: date) -> list[RollCallView]:
    """The roll calls of a local day at a place, newest first."""
    since, until = clock.day_span(day)
    rows = await db.fetch(
        f"{_ROLL_CALL} where place = $1 and began_at >= $2 and began_at < $3 order by began_at desc, id",
        *(place_id, since, until),
    )
    return [RollCallView(**row) for row in rows]


async def get_roll_call(roll_call_id: UUID) -> RollCallView:
    """One roll call. Raises: RollCallUnknown."""
    row = await db.fetchrow(f"{_ROLL_CALL} where id = $1", roll_call_id)
    if row is None:
        raise RollCallUnknown
    return RollCallView(**row)


async def lock_roll_call(roll_call_id: UUID) -> RollCallView:
    """Lock a roll call until the transaction ends and read it as it is then. Raises: RollCallUnknown."""
    row = await db.fetchrow(f"{_ROLL_CALL} where id = $1 for no key update", roll_call_id)
    if row is None:
        raise RollCallUnknown
    return RollCallView(**row)


async def list_fresh(nonces: Sequence[UUID], kiosk_id: UUID, code: str) -> set[UUID]:
    """Those of the nonces under which neither a tick nor a flag of this code is kept."""
    rows = await db.fetch(
        "select nonce from roll_call_mark where nonce = any($1) union"
        " select (detail->>'nonce')::uuid from door_flag where kiosk = $2 and code = $3"
        "    and detail->>'nonce' = any($4)",
        *(nonces, kiosk_id, code, [str(one) for one in nonces]),
    )
    return set(nonces) - {row["nonce"] for row in rows}


async def list_known(kiosk_id: UUID, keys: Sequence[UUID]) -> dict[UUID, UUID]:
    """The members whom a kiosk knows under these keys."""
    rows = await db.fetch(
        "select member_key, member from kiosk_member where kiosk = $1 and member_key = any($2)"
        " union all select member_key, member from kiosk_member_former where kiosk = $1 and member_key = any($2)",
        *(kiosk_id, keys),
    )
    return {row["member_key"]: row["member"] for row in rows}


async def list_last_visits(
    facility_ids: Sequence[UUID], day: date, member_ids: Iterable[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Of each member the visit that is open at a place, else the last one of the day."""
    rows = await db.fetch(
        "select distinct on (member) member, id, facility, left_at, closed_by from visit where facility = any($1)"
        "   and visited_on = $2 and member = any($3) and voided_at is null"
        " order by member, left_at is not null, entered_at desc",
        *(facility_ids, day, list(member_ids)),
    )
    return {row["member"]: dict(row) for row in rows}


async def list_unseen(actor_id: UUID | None, member_ids: Iterable[UUID], what: str, since: datetime) -> list[UUID]:
    """Those of the members whose view by this reader is not in the log yet: a page that renews itself logs once."""
    ids = list(member_ids)
    rows = await db.fetch(
        "select distinct member_id from personal_data_view where actor_id is not distinct from $1"
        "   and member_id = any($2) and what = $3 and occurred_at >= $4",
        *(actor_id, ids, what, since),
    )
    seen = {row["member_id"] for row in rows}
    return [one for one in ids if one not in seen]


async def list_inside_at(facility_ids: Sequence[UUID], at: datetime) -> list[tuple[UUID, UUID]]:
    """Members who were inside facilities at a moment of its day, each with the facility."""
    rows = await db.fetch(
        "select member, facility from visit where facility = any($1) and visited_on = $2 and member is not null"
        "   and voided_at is null and entered_at <= $3 and (left_at is null or left_at > $3) order by entered_at, id",
        *(facility_ids, clock.local_date(at), at),
    )
    return [(row["member"], row["facility"]) for row in rows]
