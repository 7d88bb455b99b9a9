"""What facility-days come to, in SQL said once: the fold stores it for days that are over, readers ask it for the rest.

A day is read from the visits while it is not over, while it is in `visit_change` (the figure has not folded it) or in
`visit_change_kept` (the history has not): so what is read is at every moment equal to the plain SQL over the visits.
Parameters of reads are $1 facilities, $2 first day, $3 the day after the last, $4 time zone, $5 now, $6 today.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from booking.kit import db
from booking.kit.settings import get_settings
from booking.visits.rules_kinds import COUNTED_KINDS

Days = tuple[list[UUID], list[date]]
Years = tuple[list[UUID], list[int], list[UUID]]

KINDS = ", ".join(f"'{kind}'" for kind in COUNTED_KINDS)
COUNTED = f"v.voided_at is null and v.kind in ({KINDS})"
_PEOPLE = "(count(distinct person_key) + coalesce(sum(heads) filter (where person_key is null), 0))"


def _live(zone: str, now: str) -> str:
    """Numbers of the facility-days of `fresh`, by dimension and value.

    `all`: person-days of users, 0 where only others came; `member`: those with a pass; `arrival`: users who came, by
    the half hour as minutes of the day; `hour`: users there at any time in it; `inside`: everybody there when it
    struck. Whoever never left was there until their day was over.
    """
    return f"""seen as materialized (
  select v.facility, v.visited_on as used_on, v.person_key, v.heads, {COUNTED} as is_user,
    v.entered_at at time zone {zone} as came,
    least(coalesce(v.left_at, {now}::timestamptz + interval '1 microsecond') at time zone {zone},
      v.visited_on + interval '1 day') as went,
    coalesce(p.code, '') as program, coalesce(v.school_stage, '') as stage,
    coalesce(v.municipality_code, '') as municipality
  from fresh d join visit v on v.facility = d.facility and v.visited_on = d.used_on and v.voided_at is null
  left join program p on p.id = v.program
),
users as (select * from seen where is_user),
live (facility, used_on, dimension, value, n) as (
  select facility, used_on, 'all', '', count(distinct person_key) filter (where is_user)
    + coalesce(sum(heads) filter (where is_user and person_key is null), 0) from seen group by 1, 2
  union all
  select facility, used_on, 'member', '', count(distinct person_key) from users group by 1, 2
  union all
  select facility, used_on, case grouping(program, stage, municipality) when 3 then 'program' when 5 then 'stage'
    else 'municipality' end, coalesce(program, stage, municipality), {_PEOPLE}
  from users group by facility, used_on, grouping sets ((program), (stage), (municipality))
  union all
  select facility, used_on, 'arrival',
    (extract(hour from came) * 60 + floor(extract(minute from came) / 30) * 30)::int::text, sum(heads)
  from users group by 1, 2, 4
  union all
  select facility, used_on, 'hour', extract(hour from h)::int::text, {_PEOPLE}
  from users cross join generate_series(date_trunc('hour', came), greatest(went - interval '1 microsecond', came),
    interval '1 hour') h
  group by 1, 2, 4
  union all
  select facility, used_on, 'inside', extract(hour from h)::int::text, sum(heads)
  from seen cross join generate_series(date_trunc('hour', came - interval '1 microsecond') + interval '1 hour',
    went - interval '1 microsecond', interval '1 hour') h
  group by 1, 2, 4
)"""


def _cells(*, only: str = "true") -> str:
    """The same numbers of a span of days, kept or live; `only` chooses among the days."""
    return f"""fresh as (
  select facility_id as facility, visited_on as used_on from visit_change
  where facility_id = any($1::uuid[]) and visited_on >= $2 and visited_on < $3
  union select facility_id, visited_on from visit_change_kept
  where facility_id = any($1::uuid[]) and visited_on >= $2 and visited_on < $3
  union select f.id, $6::date from unnest($1::uuid[]) as f(id) where $6::date >= $2 and $6::date < $3
),
{_live("$4", "$5")},
cells as materialized (
  select u.facility, u.used_on, d.key as dimension, c.key as value, c.value::bigint as n
  from use_day u cross join jsonb_each(u.counts) d cross join jsonb_each_text(d.value) c
  where u.facility = any($1::uuid[]) and u.used_on >= $2 and u.used_on < $3 and {only}
    and not exists (select from fresh f where f.facility = u.facility and f.used_on = u.used_on)
  union all select facility, used_on, dimension, value, n::bigint from live u where {only}
)"""


SUMS = f"""
with {_cells()},
counted as (
  select f.code, to_char(c.used_on, 'YYYY-MM') as month, extract(isodow from c.used_on)::text as weekday, c.used_on, c.n
  from cells c join facility f on f.id = c.facility where c.dimension = 'all' and c.n > 0
)
select dimension, value, sum(n)::bigint as users, 0 as days from cells
where dimension in ('member', 'program', 'stage', 'municipality', 'arrival') group by 1, 2
union all
select 'hour', extract(isodow from used_on)::text || ' ' || value, sum(n)::bigint, 0 from cells
where dimension = 'hour' group by 2
union all
select case grouping(code, month, weekday) when 3 then 'facility' when 5 then 'month' when 6 then 'weekday'
  else 'all' end, coalesce(code, month, weekday, ''), coalesce(sum(n), 0)::bigint,
  count(distinct used_on)::int
from counted group by grouping sets ((), (code), (month), (weekday))
"""

USUAL = f"""
with {_cells(only="extract(isodow from u.used_on) = extract(isodow from $6::date)")},
days as (
  select facility, used_on, row_number() over (partition by facility order by used_on desc) as back
  from cells where dimension = 'all'
),
hourly as (
  select d.facility, h.hour, percentile_cont(0.5) within group (order by coalesce(c.n, 0)) as inside
  from days d cross join generate_series(0, 23) as h(hour)
  left join cells c on c.facility = d.facility and c.used_on = d.used_on and c.dimension = 'inside'
    and c.value = h.hour::text
  where d.back <= $7 group by 1, 2
)
select facility, array_agg(inside order by hour) as inside from hourly group by 1
"""

TODAY = f"""
with fresh as (select f.id as facility, $2::date as used_on from unnest($1::uuid[]) as f(id)),
{_live("$3", "$4")}
select facility, value::int as hour, n::int as inside from live where dimension = 'inside'
"""

FOLD_DAYS = f"""
with fresh as (select * from unnest($1::uuid[], $2::date[]) as d(facility, used_on)),
{_live("$3", "$4")}
insert into use_day (id, facility, used_on, counts)
select gen_random_uuid(), facility, used_on, jsonb_object_agg(dimension, numbers) from (
  select facility, used_on, dimension, jsonb_object_agg(value, n) as numbers from live group by 1, 2, 3
) of_each group by 2, 3
"""
FORGET_DAYS = """
delete from use_day u using unnest($1::uuid[], $2::date[]) as d(facility, used_on)
where u.facility = d.facility and u.used_on = d.used_on
"""


async def list_kept_changes(before: date, limit: int) -> tuple[list[int], Days]:
    """Change rows of days before one that the figure has folded and the history has not, and the facility-days they
    name: place by place, so that a person's year is looked at in few folds."""
    rows = await db.fetch(
        """select id, facility_id, visited_on from visit_change_kept where visited_on < $1
           order by facility_id, visited_on, id limit $2""",
        *(before, limit),
    )
    days = sorted({(row["facility_id"], row["visited_on"]) for row in rows})
    return [row["id"] for row in rows], ([where for where, _ in days], [on for _, on in days])


async def fold_days(days: Days, now: datetime) -> None:
    """Count these facility-days again and keep what they came to."""
    await db.execute(FORGET_DAYS, *days)
    await db.execute(FOLD_DAYS, *days, get_settings().timezone, now)


async def list_usual(
    ids: Sequence[UUID], first: date, today: date, now: datetime, most: int
) -> dict[UUID, list[float]]:
    """By facility: how many were inside when each hour of the day struck, the median of the last so many days of this
    weekday on which somebody came, from a first day on; none where nobody ever came."""
    rows = await db.fetch(USUAL, list(ids), first, today, get_settings().timezone, now, today, most)
    return {row["facility"]: list(row["inside"]) for row in rows}


async def list_today(ids: Sequence[UUID], today: date, now: datetime) -> dict[UUID, dict[int, int]]:
    """By facility: how many were inside when the hours of today struck; an hour with nobody is left out."""
    found: dict[UUID, dict[int, int]] = {}
    for row in await db.fetch(TODAY, list(ids), today, get_settings().timezone, now):
        found.setdefault(row["facility"], {})[row["hour"]] = row["inside"]
    return found
