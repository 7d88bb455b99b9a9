"""Live reads: from the visits themselves, at a cost that does not grow with the past."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.occupancy.schemas import SessionNow, SilentKiosk

SILENT_AFTER = timedelta(minutes=2)
SOON = timedelta(minutes=30)

INSIDE = """
with here as (
  select facility, person_key, heads, kind in ('member', 'anonymous', 'group') as is_user, left_at is null as is_inside
  from visit where facility = any($1::uuid[]) and visited_on = $2 and voided_at is null
),
people as (
  select facility, person_key, is_user, sum(heads) as heads,
    sum(heads) filter (where is_inside) as inside
  from here group by facility, person_key, is_user
),
left_over as (
  select facility, sum(heads) as inside, sum(heads) filter (where kind in ('member', 'anonymous', 'group')) as users
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
where s.facility = any($1::uuid[]) and s.state = 'published' and s.starts_at <= $3 and s.ends_at > $2
order by s.starts_at, f.code
"""

SPACES = f"""
select sp.id, sp.facility, sp.code, sp.name, {words_sql("sp.name", "sp.names")} as names, sp.capacity,
  coalesce(sum(v.heads), 0)::int as inside,
  coalesce(array_agg(distinct u.used_by) filter (where u.used_for = 'session'), '{{}}') as sessions
from space sp
left join space_taken u on u.space = sp.id and tstzrange(u.starts_at, u.ends_at) @> $2::timestamptz
left join lateral (
  select v.heads from visit v where v.session = u.used_by and v.left_at is null and v.voided_at is null
  union all
  select v.heads from group_arrival a join visit v on v.entry_scan = a.scan
  where a.request = u.used_by and v.session is null and v.left_at is null and v.voided_at is null
) v on true
where sp.facility = any($1::uuid[]) and (sp.ended_on is null or sp.ended_on > $3)
group by sp.id order by sp.name, sp.code
"""


async def count_now(facility_ids: Sequence[UUID], today: date) -> dict[UUID, tuple[int, int, int]]:
    """By facility: everybody inside, users inside, users today so far."""
    rows = await db.fetch(INSIDE, list(facility_ids), today)
    return {row["id"]: (row["inside"], row["users"], row["users_today"]) for row in rows}


async def list_running_sessions(facility_ids: Sequence[UUID], now: datetime) -> list[SessionNow]:
    """Sessions that run now or start within half an hour."""
    rows = await db.fetch(SESSIONS, list(facility_ids), now, now + SOON)
    return [SessionNow(**with_words(row, "program_names")) for row in rows]


async def list_spaces(facility_ids: Sequence[UUID], now: datetime, today: date) -> list[dict[str, Any]]:
    """The rooms in use, with whoever is in the sessions and group visits that use each now."""
    rows = await db.fetch(SPACES, list(facility_ids), now, today)
    return [with_words(row, "names") for row in rows]


async def list_silent_kiosks(facility_ids: Sequence[UUID], now: datetime) -> list[SilentKiosk]:
    """Paired kiosks of these facilities that have been silent for two minutes."""
    rows = await db.fetch(
        """select distinct k.id, k.name, k.queue_length,
             (extract(epoch from $2::timestamptz - coalesce(k.seen_at, k.paired_at)) / 60)::int as silent_minutes
           from kiosk k join kiosk_facility kf on kf.kiosk = k.id
           where kf.facility = any($1::uuid[]) and k.revoked_at is null and k.paired_at is not null
             and coalesce(k.seen_at, k.paired_at) < $3
           order by k.name""",
        list(facility_ids),
        now,
        now - SILENT_AFTER,
    )
    return [SilentKiosk(**row) for row in rows]


async def count_open_flags(facility_ids: Sequence[UUID], since: datetime) -> int:
    """Flags of the door nobody has resolved."""
    return int(
        await db.fetchval(
            """select count(*) from door_flag
               where facility = any($1::uuid[]) and raised_at >= $2 and resolved_at is null""",
            list(facility_ids),
            since,
        )
    )
