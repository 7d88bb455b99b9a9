"""Reads of the history: a fixed number of statements over the visits of one period, counted in the database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from booking.kit import db
from booking.kit.settings import get_settings
from booking.kit.words import read_words, words_sql
from booking.occupancy.rules_history import Period

USERS = """v.facility = any($1::uuid[]) and v.visited_on >= $2 and v.visited_on < $3 and v.voided_at is null
  and v.kind in ('member', 'anonymous', 'group')"""
_HEADS = "coalesce(sum(v.heads) filter (where v.person_key is null), 0)"
PERSON_DAYS = f"(count(distinct (v.facility, v.visited_on, v.person_key)) filter (where v.person_key is not null)\
 + {_HEADS})::bigint"

HEAT = f"""
with users as (select v.* from visit v where {USERS}),
days as (select extract(isodow from visited_on)::int as weekday, count(distinct visited_on)::int as days
         from users group by 1),
hours as (
  select extract(isodow from v.visited_on)::int as weekday, extract(hour from h)::int as hour,
    (count(distinct (v.visited_on, v.person_key)) filter (where v.person_key is not null) + {_HEADS})::bigint as users
  from users v cross join lateral generate_series(
    date_trunc('hour', v.entered_at at time zone $4),
    greatest(coalesce(v.left_at, least($5, v.entered_at + interval '12 hours')) - interval '1 microsecond',
      v.entered_at) at time zone $4, interval '1 hour') h
  group by 1, 2
)
select weekday, hour, users, days from hours join days using (weekday) order by weekday, hour
"""

ARRIVALS = f"""
select (extract(hour from v.entered_at at time zone $4) * 60
    + floor(extract(minute from v.entered_at at time zone $4) / 30) * 30)::int as minute, sum(v.heads)::bigint as users
from visit v where {USERS} group by 1 order by 1
"""

SHARES = f"""
select case grouping(f.code, p.code, coalesce(v.school_stage, ''), coalesce(v.municipality_code, ''),
      to_char(v.visited_on, 'YYYY-MM'))
    when 15 then 'facility' when 23 then 'program' when 27 then 'stage' when 29 then 'municipality'
    when 30 then 'month' else 'all' end as dimension,
  coalesce(f.code, p.code, coalesce(v.school_stage, ''), coalesce(v.municipality_code, ''),
      to_char(v.visited_on, 'YYYY-MM'), '') as code,
  {PERSON_DAYS} as users, count(distinct v.visited_on)::int as days
from visit v join facility f on f.id = v.facility left join program p on p.id = v.program
where {USERS}
group by grouping sets ((), (f.code), (p.code), (coalesce(v.school_stage, '')), (coalesce(v.municipality_code, '')),
  (to_char(v.visited_on, 'YYYY-MM')))
"""

SEATS = """
with ended as (
  select id, web_seats + walk_in_seats as seats from session
  where facility = any($1::uuid[]) and held_on >= $2 and held_on < $3 and state = 'published' and ends_at <= $4
),
booked as (
  select count(*) filter (where r.state in ('confirmed', 'arrived', 'released')) as booked,
    count(*) filter (where r.state = 'arrived') as arrived,
    count(*) filter (where r.state = 'cancelled' and (r.waiting_at is null or r.offered_at is not null)
      and not exists (select from reservation later where later.moved_from = r.id)) as cancelled
  from ended e join reservation r on r.session = e.id
),
walked as (
  select coalesce(sum(v.heads), 0) as heads from ended e join visit v on v.session = e.id
  where v.reservation is null and v.voided_at is null and v.kind in ('member', 'anonymous', 'group')
)
select (select count(*) from ended)::int as sessions, (select coalesce(sum(seats), 0) from ended)::bigint as seats,
  (booked.arrived + walked.heads)::bigint as used, booked.booked::bigint as booked,
  (booked.booked - booked.arrived)::bigint as no_shows, booked.cancelled::bigint as cancelled
from booked, walked
"""

FISCAL = "extract(year from v.visited_on - interval '3 months')::int"

RETURNING = f"""
with days as (
  select distinct v.person_key, {FISCAL} as fiscal_year, v.visited_on from visit v
  where {USERS} and v.person_key is not null
),
marked as (select visited_on, min(visited_on) over (partition by person_key, fiscal_year) as first_on from days)
select count(*) filter (where visited_on = first_on) as first_time,
  count(*) filter (where visited_on > first_on) as returning
from marked where visited_on >= $4
"""

FLOW = f"""
with came as (
  select v.person_key, {FISCAL} as fiscal_year,
    min(v.entered_at) filter (where coalesce(p.brand, f.brand) = 'tumo') as tumo_at,
    max(v.entered_at) filter (where coalesce(p.brand, f.brand) = 'tsukurun') as tsukurun_at
  from visit v join facility f on f.id = v.facility left join program p on p.id = v.program
  where {USERS} and v.person_key is not null group by 1, 2
)
select count(*) as tumo, count(*) filter (where tsukurun_at > tumo_at) as then_tsukurun
from came where tumo_at is not null
"""


async def list_heat(ids: Sequence[UUID], days: Period, now: datetime) -> list[dict[str, int]]:
    """Users inside by weekday and hour; whoever came twice within an hour is there once."""
    zone = get_settings().timezone
    return [dict(row) for row in await db.fetch(HEAT, list(ids), days.first, days.until, zone, now)]


async def list_arrivals(ids: Sequence[UUID], days: Period) -> list[tuple[int, int]]:
    """Users who came, by the half hour in which they did, as minutes of the day."""
    rows = await db.fetch(ARRIVALS, list(ids), days.first, days.until, get_settings().timezone)
    return [(row["minute"], row["users"]) for row in rows]


async def count_shares(ids: Sequence[UUID], days: Period) -> dict[str, dict[str, tuple[int, int]]]:
    """Dimension → code → person-days and days with visits."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in await db.fetch(SHARES, list(ids), days.first, days.until):
        found.setdefault(row["dimension"], {})[row["code"]] = (row["users"], row["days"])
    return found


async def count_seats(ids: Sequence[UUID], days: Period, now: datetime) -> dict[str, int]:
    """Seats of ended sessions and what became of them."""
    return await _one(SEATS, list(ids), days.first, days.until, now)


async def count_returning(ids: Sequence[UUID], days: Period) -> dict[str, int]:
    """Person-days that were the first of the person's fiscal year at these places, and the others."""
    return await _one(RETURNING, list(ids), days.year_began, days.until, days.first)


async def count_flow(ids: Sequence[UUID], days: Period) -> dict[str, int]:
    """People at TUMO, and those of them who came to tsukurun after their first time there."""
    return await _one(FLOW, list(ids), days.first, days.until)


async def list_names() -> dict[str, dict[str, dict[str, str]]]:
    """Names of programs and municipalities: dimension → code → language → name."""
    rows = await db.fetch(
        f"""select 'program' as kind, code, {words_sql("name", "names")} as names from program
           union all select 'municipality', code, jsonb_build_object('ja', name) from municipality"""
    )
    found: dict[str, dict[str, dict[str, str]]] = {"program": {}, "municipality": {}}
    for row in rows:
        found[row["kind"]][row["code"]] = read_words(row["names"])
    return found


async def _one(sql: str, *given: object) -> dict[str, int]:
    (row,) = await db.fetch(sql, *given)
    return dict(row)
