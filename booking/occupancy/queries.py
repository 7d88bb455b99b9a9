"""Live reads: from the visits themselves, at a cost that does not grow with the past."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from booking.kit import db
from booking.kit.words import words_sql
from booking.occupancy.queries_days import KINDS
from booking.occupancy.schemas import Now

SILENT_AFTER = timedelta(minutes=2)
SOON = timedelta(minutes=30)

INSIDE = f"""
with here as (
  select facility, person_key, heads, kind in ({KINDS}) as is_user, left_at is null as is_inside
  from visit where facility = any($1::uuid[]) and visited_on = $2 and voided_at is null
),
people as (
  select facility, person_key, is_user, sum(heads) as heads,
    sum(heads) filter (where is_inside) as inside
  from here group by facility, person_key, is_user
),
left_over as (
  select facility, sum(heads) as inside, sum(heads) filter (where kind in ({KINDS})) as users
  from visit where facility = any($1::uuid[]) and visited_on < $2 and left_at is null and voided_at is null
  group by facility
),
today as (
  select facility, sum(inside) as inside, sum(inside) filter (where is_user) as users,
    sum(case when person_key is null then heads else 1 end) filter (where is_user) as users_today
  from people group by facility
)
select f.id, (coalesce(t.inside, 0) + coalesce(o.inside, 0))::int as inside,
  (coalesce(t.users, 0) + coalesce(o.users, 0))::int as users, coalesce(t.users_today, 0)::int as users_today
from unnest($1::uuid[]) as f(id) left join today t on t.facility = f.id left join left_over o on o.facility = f.id
"""

SESSIONS = f"""
select s.id, f.code as facility_code, f.name as facility_name, p.name as program_name,
  {words_sql("p.name", "p.names")} as program_names, s.starts_at, s.ends_at,
  s.web_seats + s.walk_in_seats as seats, r.booked::int as booked, r.arrived::int as arrived,
  (r.booked - r.arrived)::int as missing,
  v.walked_in::int as walked_in
from session s join facility f on f.id = s.facility join program p on p.id = s.program
cross join lateral (
  select count(*) as booked, count(*) filter (where state = 'arrived') as arrived
  from reservation where session = s.id and state in ('confirmed', 'arrived')
) r
cross join lateral (
  select coalesce(sum(heads), 0) as walked_in from visit
  where session = s.id and reservation is null and voided_at is null
) v
where s.facility = any($1::uuid[]) and s.state = 'published' and s.starts_at <= $4 and s.ends_at > $3
order by s.starts_at, f.code
"""

SPACES = f"""
select sp.id, sp.facility, sp.code, sp.name, {words_sql("sp.name", "sp.names")} as names, sp.capacity,
  coalesce(sum(v.heads), 0)::int as inside,
  coalesce(array_agg(distinct u.used_by) filter (where u.used_for = 'session'), '{{}}') as sessions
from space sp
left join space_taken u on u.space = sp.id and tstzrange(u.starts_at, u.ends_at) @> $3::timestamptz
left join lateral (
  select v.heads from visit v where v.session = u.used_by and v.left_at is null and v.voided_at is null
  union all
  select v.heads from group_arrival a join visit v on v.entry_scan = a.scan
  where a.request = u.used_by and v.session is null and v.left_at is null and v.voided_at is null
) v on true
where sp.facility = any($1::uuid[]) and (sp.ended_on is null or sp.ended_on > $2)
group by sp.id order by sp.name, sp.code
"""


KIOSKS = """
select distinct k.id, k.name, k.queue_length,
  (extract(epoch from $3::timestamptz - coalesce(k.seen_at, k.paired_at)) / 60)::int as silent_minutes
from kiosk k join kiosk_facility kf on kf.kiosk = k.id
where kf.facility = any($1::uuid[]) and k.revoked_at is null and k.paired_at is not null
  and coalesce(k.seen_at, k.paired_at) < $5
order by k.name
"""

FLAGS = """
select count(*) from door_flag where facility = any($1::uuid[]) and raised_at >= $6 and resolved_at is null
"""


def _all(statement: str) -> str:
    return f"(select coalesce(jsonb_agg(each), '[]') from ({statement}) each)"


NOW = f"""
select jsonb_build_object('counts', {_all(INSIDE)}, 'spaces', {_all(SPACES)}, 'sessions', {_all(SESSIONS)},
  'silent_kiosks', {_all(KIOSKS)}, 'open_flags', ({FLAGS}))
"""
"""Everything a board shows, in one statement, so in one snapshot and one round trip. Parameters: facilities, today,
now, until when sessions start soon, since when a silent kiosk is silent, when today began."""


async def count_now(facility_ids: Sequence[UUID], today: date) -> dict[UUID, tuple[int, int, int]]:
    """By facility: everybody inside, users inside, users today so far."""
    rows = await db.fetch(INSIDE, list(facility_ids), today)
    return {row["id"]: (row["inside"], row["users"], row["users_today"]) for row in rows}


async def read_now(facility_ids: Sequence[UUID], today: date, now: datetime, began: datetime) -> Now:
    """All that is read of these facilities for a board: who is inside, rooms in use with whoever is in the sessions and
    group visits that use them, sessions that run or start within half an hour, kiosks silent for two minutes, flags of
    the door since the day began that nobody has resolved."""
    found: str = await db.fetchval(NOW, list(facility_ids), today, now, now + SOON, now - SILENT_AFTER, began)
    return msgspec.json.decode(found, type=Now)
