"""When people of a fiscal year first and last came to a place: who was there for the first time, who went on where to.

Kept for each person, place and brand (`use_person`); whoever came on a day that is not folded yet is looked up again
by the index of persons, so what is read is equal to the plain SQL over the visits. It costs as many people as there
are, not visits. Parameters of reads are $1 facilities, $2 first day, $3 the day after the last, $4 today.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from booking.kit import db
from booking.occupancy.queries_days import COUNTED, Days, Years
from booking.occupancy.rules_history import Period

_FISCAL = "extract(year from {day} - interval '3 months')::smallint"
_TOUCHED = f"""touched as (
  select v.facility, {_FISCAL.format(day="v.visited_on")} as fiscal_year, v.person_key
  from fresh d join visit v on v.facility = d.facility and v.visited_on = d.used_on where v.person_key is not null
  union select u.facility, u.fiscal_year, u.person_key
  from fresh d join use_person u on u.facility = d.facility and u.first_on = d.used_on
  union select u.facility, u.fiscal_year, u.person_key
  from fresh d join use_person u on u.facility = d.facility and u.last_on = d.used_on
)"""
"""Whose year the days of `fresh` may have changed: whoever was there, voided or not, or was there before a merge."""

_SPANS = f"""spans as (
  select t.facility, t.fiscal_year, t.person_key, coalesce(p.brand, f.brand) as brand,
    min(v.visited_on) as first_on, max(v.visited_on) as last_on, min(v.entered_at) as first_at,
    max(v.entered_at) as last_at
  from touched t join visit v on v.person_key = t.person_key and v.facility = t.facility and {COUNTED}
    and v.visited_on >= make_date(t.fiscal_year, 4, 1) and v.visited_on < make_date(t.fiscal_year + 1, 4, 1)
  join facility f on f.id = v.facility left join program p on p.id = v.program
  group by 1, 2, 3, 4
)"""

_PEOPLE = f"""years as (
  select {_FISCAL.format(day="$2::date")} as first, {_FISCAL.format(day="($3::date - 1)")} as last
),
fresh as (
  select c.facility, c.used_on from (
    select facility_id as facility, visited_on as used_on from visit_change
    union select facility_id, visited_on from visit_change_kept
    union select f.id, $4::date from unnest($1::uuid[]) as f(id)
  ) c cross join years y
  where c.facility = any($1::uuid[]) and c.used_on >= make_date(y.first, 4, 1) and c.used_on < $3
),
{_TOUCHED}, {_SPANS},
people as (
  select u.facility, u.fiscal_year, u.person_key, u.brand, u.first_on, u.last_on, u.first_at, u.last_at
  from use_person u cross join years y
  where u.facility = any($1::uuid[]) and u.fiscal_year between y.first and y.last and not exists (
    select from touched t
    where t.facility = u.facility and t.fiscal_year = u.fiscal_year and t.person_key = u.person_key
  )
  union all select facility, fiscal_year, person_key, brand, first_on, last_on, first_at, last_at from spans
)"""

FIRST_TIME = f"""
with {_PEOPLE},
firsts as (select min(first_on) as first_on from people group by person_key, fiscal_year)
select count(*) from firsts where first_on >= $2 and first_on < $3
"""

_SOUGHT = f"""from visit v join facility f on f.id = v.facility left join program p on p.id = v.program
    where v.person_key = m.person_key and v.facility = any($1::uuid[]) and {COUNTED}
      and v.visited_on >= greatest($2::date, make_date(m.fiscal_year, 4, 1))
      and v.visited_on < least($3::date, make_date(m.fiscal_year + 1, 4, 1)) and coalesce(p.brand, f.brand) ="""

FLOW = f"""
with {_PEOPLE},
merged as (
  select person_key, fiscal_year, min(first_on) filter (where brand = 'tumo') as first_on,
    max(last_on) filter (where brand = 'tumo') as last_on, min(first_at) filter (where brand = 'tumo') as first_at,
    max(last_at) filter (where brand = 'tumo') as last_at,
    min(first_on) filter (where brand = 'tsukurun') as then_first_on,
    max(last_on) filter (where brand = 'tsukurun') as then_last_on,
    max(last_at) filter (where brand = 'tsukurun') as then_at
  from people group by 1, 2
),
pairs as (
  select *, case when then_first_on < $3 and then_last_on >= $2 then then_last_on end as then_on from merged
  where first_on < $3 and last_on >= $2
),
came as (
  select case when m.first_on >= $2 then m.first_at when m.last_on < $3 and m.then_on is null then m.last_at
      else (select min(v.entered_at) {_SOUGHT} 'tumo') end as tumo_at,
    case when m.then_on is null then null when m.then_on < $3 then m.then_at
      else (select max(v.entered_at) {_SOUGHT} 'tsukurun') end as tsukurun_at
  from pairs m
)
select count(*) as tumo, count(*) filter (where tsukurun_at > tumo_at) as then_tsukurun
from came where tumo_at is not null
"""
"""Whoever was there first or last within the days is known; who was there before and after is looked up."""

LIST_TOUCHED = f"""
with fresh as (select * from unnest($1::uuid[], $2::date[]) as d(facility, used_on)), {_TOUCHED}
select facility, fiscal_year, person_key from touched
"""
_GIVEN = "unnest($1::uuid[], $2::smallint[], $3::uuid[]) as t(facility, fiscal_year, person_key)"
FORGET_PEOPLE = f"""
delete from use_person u using {_GIVEN}
where u.facility = t.facility and u.fiscal_year = t.fiscal_year and u.person_key = t.person_key
"""
FOLD_PEOPLE = f"""
with touched as (select * from {_GIVEN}), {_SPANS}
insert into use_person (id, facility, fiscal_year, person_key, brand, first_on, last_on, first_at, last_at)
select gen_random_uuid(), facility, fiscal_year, person_key, brand, first_on, last_on, first_at, last_at from spans
"""


async def fold_people(days: Days) -> None:
    """Look again at the years of everybody whom these facility-days may concern."""
    rows = await db.fetch(LIST_TOUCHED, *days)
    years: Years = (
        [row["facility"] for row in rows],
        [row["fiscal_year"] for row in rows],
        [row["person_key"] for row in rows],
    )
    await db.execute(FORGET_PEOPLE, *years)
    await db.execute(FOLD_PEOPLE, *years)


async def count_first_time(ids: Sequence[UUID], days: Period, today: date) -> int:
    """People whose first day of a fiscal year at these places is one of these days."""
    return int(await db.fetchval(FIRST_TIME, list(ids), days.first, days.until, today))


async def count_flow(ids: Sequence[UUID], days: Period, today: date) -> dict[str, int]:
    """People at TUMO, and those of them who came to tsukurun after their first time there."""
    (row,) = await db.fetch(FLOW, list(ids), days.first, days.until, today)
    return dict(row)
