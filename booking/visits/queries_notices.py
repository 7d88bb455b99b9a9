"""Whether news about somebody may still be on its way."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from booking.kit import db

_DELAYED = """
select exists (
  select 1 from (
    select v.member, v.facility from visit v where v.member = any($1) and v.visited_on = $2 and v.voided_at is null
    union
    select r.member, s.facility from reservation r join session s on s.id = r.session
     where r.member = any($1) and s.held_on = $2 and r.state in ('confirmed', 'arrived', 'released')) here
  join facility f on f.id = here.facility join facility beside on beside.place = f.place
  join kiosk_facility kf on kf.facility = beside.id
  join kiosk k on k.id = kf.kiosk and k.revoked_at is null and k.paired_at is not null
  where k.queue_length > 0 or exists (
    select 1 from kiosk_fault fault where fault.kiosk = k.id and fault.code = 'silent' and fault.ended_at is null))
"""


async def is_news_delayed(member_ids: Iterable[UUID], today: date) -> bool:
    """Whether a door at which one of these members was, or is booked, today is silent or has scans to send."""
    return bool(await db.fetchval(_DELAYED, list(member_ids), today))
