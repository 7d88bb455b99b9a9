"""Who is missing from a session, and whether the doors of its place have said all they know."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from booking.kit import db

_DUE = """
from session s join facility f on f.id = s.facility join reservation r on r.session = s.id and r.state = 'confirmed'
cross join lateral (select coalesce(program.no_show_minutes, f.no_show_minutes) * interval '1 minute' as minutes,
                           coalesce(program.entry_opens_minutes, f.entry_opens_minutes) * interval '1 minute' as early
                      from program where program.id = s.program) p
where s.held_on >= $1 and s.state = 'published' and s.starts_at + p.minutes <= $2 and f.closed_now_at is null
  and not exists (
    select 1 from visit v where v.member = r.member and v.voided_at is null
      and (v.session = s.id or (v.facility = s.facility and v.entered_at < s.starts_at + p.minutes
                                and coalesce(v.left_at, 'infinity') > s.starts_at - p.early)))
"""


async def list_places_missing_somebody(first_day: date, now: datetime) -> list[tuple[UUID, UUID]]:
    """Facilities, each with its place, at which the holder of a confirmed reservation has not come in time."""
    rows = await db.fetch(f"select distinct s.facility, f.place {_DUE} order by s.facility", first_day, now)
    return [(row["facility"], row["place"]) for row in rows]


async def list_missing(facility_id: UUID, first_day: date, until: datetime, limit: int) -> list[UUID]:
    """Confirmed reservations that were to be judged up to a moment and whose holders had not come.

    Whoever was inside the facility when the door of the session stood open is not missing, whatever session they came
    for.
    """
    rows = await db.fetch(
        f"select r.id {_DUE} and s.facility = $3 order by s.starts_at, r.id limit $4",
        *(first_day, until, facility_id, limit),
    )
    return [row["id"] for row in rows]


_HEARD = """
select f.place, min(case
    when k.seen_at is null or k.seen_at <= $2 or coalesce(k.queue_length, 1) > 0 then '-infinity'
    else coalesce((k.report->>'heard_at')::timestamptz, '-infinity') end) as until_at
from kiosk k join kiosk_facility kf on kf.kiosk = k.id join facility f on f.id = kf.facility
where k.paired_at is not null and k.revoked_at is null and f.place = any($1) group by f.place
"""


async def heard_until(place_ids: Iterable[UUID], alive_since: datetime) -> dict[UUID, datetime | None]:
    """Until which moment every door of a place has said that nothing waits in it; None while one of them is silent or
    has scans to send. A place without a paired kiosk is not in the answer.
    """
    rows = await db.fetch(
        f"select place, nullif(until_at, '-infinity') as until_at from ({_HEARD}) heard", list(place_ids), alive_since
    )
    return {row["place"]: row["until_at"] for row in rows}


_CAME = """
select distinct on (r.id) r.id as reservation, v.id as visit, v.entered_at
from visit v join scan s on s.id = v.entry_scan
join reservation r on r.member = v.member and r.state in ('released', 'cancelled')
join session seat on seat.id = r.session and (r.state = 'released' or seat.cancelled_at = r.cancelled_at)
where (v.session = seat.id or (v.session is null and v.facility = seat.facility and v.entered_at < seat.ends_at
    and v.entered_at >= seat.starts_at - (select coalesce(program.entry_opens_minutes, facility.entry_opens_minutes)
      * interval '1 minute' from program, facility where program.id = seat.program and facility.id = seat.facility)))
  and v.member = any($1) and v.visited_on = any($2) and v.kind = 'member' and v.voided_at is null
  and v.reservation is null
  and (v.entered_at <= r.released_at or v.entered_at < r.cancelled_at
    or r.state = 'released' and s.told_verdict = 'welcome')
order by r.id, v.entered_at
"""


class Came(Struct, frozen=True, kw_only=True):
    """A visit of somebody whose reservation was released, or called off with its session, before their scan arrived."""

    reservation: UUID
    visit: UUID
    entered_at: datetime


async def list_came(member_ids: Iterable[UUID], days: Iterable[date]) -> list[Came]:
    """Visits that show that a released reservation was used: entered before its release, or welcomed by a kiosk; and
    one called off with its session: entered before that.

    A welcome that named no session, because the seat was given on meanwhile, is for the one whose door stood open.
    """
    return [Came(**row) for row in await db.fetch(_CAME, list(member_ids), list(days))]
