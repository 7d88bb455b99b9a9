"""Counts of months and years that are over, from the figures `kpi` has folded and certified."""

from datetime import date

from booking.kit import db
from booking.kit.fiscal import fiscal_span
from booking.kpi import queries as kpi
from booking.kpi import queries_certifying as certified
from booking.kpi.rules import Period, Unit
from booking.kpi.schemas import Definition
from booking.opendata.schemas import MonthCount, TownCount, YearTotal

_STORED = """
stored as (
  select facility, month_on, case $4 when 'person_sessions' then person_sessions else person_days end as number
  from kpi_month where month_on >= $1 and month_on < $2 and scope = $3 and dimension = 'all'
), imported as (
  select i.facility, i.month_on,
    case $4 when 'person_sessions' then coalesce(i.person_sessions, i.person_days) else i.person_days end as number
  from kpi_import i join facility f on f.id = i.facility
  join kpi_scope s on s.code = $3 and (s.brand is null or s.brand = f.brand) and s.programs = '{}'
    and (s.facilities = '{}' or f.code = any(s.facilities))
  where i.replaced_at is null and i.month_on >= $1 and i.month_on < $2
    and (select counts_imports from kpi_definition where is_reported)
)"""

_MONTHS = f"""
with {_STORED}, kept as (
  select b.id as body, c.starts_on as month_on, f.id as facility,
    (select sum(value::bigint) from jsonb_each_text(c.days -> f.code)) as number
  from kpi_certification c join body b on b.code = c.body join facility f on f.body = b.id
  where c.period = 'month' and c.starts_on >= $1 and c.starts_on < $2
    and c.definition ->> 'scope' = $3 and c.definition ->> 'unit' = $4
    and not exists (select 1 from imported i where i.facility = f.id and i.month_on = c.starts_on)
)
select f.code as facility, f.name, m::date as month_on, k.body is not null as is_certified,
  case when k.body is not null then coalesce(k.number, 0)
       else coalesce(s.number, 0) + coalesce(i.number, 0) end::bigint as number
from generate_series($1::date, $2::date - 1, interval '1 month') m
join facility f on f.opened_on < m + interval '1 month'
left join kept k on k.facility = f.id and k.month_on = m::date
left join stored s on s.facility = f.id and s.month_on = m::date
left join (select facility, month_on, sum(number) as number from imported group by 1, 2) i
  on i.facility = f.id and i.month_on = m::date
order by m, f.code"""

_TOWNS = f"""
with {_STORED}, towns as (
  select value as code, case $4 when 'person_sessions' then person_sessions else person_days end as number
  from kpi_month where month_on >= $1 and month_on < $2 and scope = $3 and dimension = 'municipality'
  union all select '', number from imported
)
select t.code, coalesce(m.name, '') as name, sum(t.number)::bigint as number
from towns t left join municipality m on m.code = t.code group by t.code, m.name order by t.code = '', t.code"""


async def list_months(from_on: date, until_on: date, scope: str, unit: Unit) -> list[MonthCount]:
    """Every facility in every month of a span, from the month it opened in: certified where it is, else as folded."""
    rows = await db.fetch(_MONTHS, from_on, until_on, scope, unit.value)
    return [MonthCount(**row) for row in rows]


async def list_towns(from_on: date, until_on: date, scope: str, unit: Unit) -> list[TownCount]:
    """Where the users of a span live."""
    return [TownCount(**row) for row in await db.fetch(_TOWNS, from_on, until_on, scope, unit.value)]


async def get_year(fiscal_year: int, until_on: date, reading: Definition) -> YearTotal:
    """The plan's figure of a year as certified, else of its months before `until_on` under the reading in force."""
    starts_on, _ = fiscal_span(fiscal_year)
    target = await kpi.find_target(fiscal_year)
    for each in await certified.list_certifications(starts_on, until_on, "", Period.YEAR):
        return YearTotal(
            fiscal_year=fiscal_year, target=target, number=each.value, is_certified=True, definition=each.definition
        )
    if reading.unit is Unit.PEOPLE:
        number = sum((await kpi.count_by_days(fiscal_year, reading.scope, None)).values())
    else:
        number = sum(each.number for each in await list_months(starts_on, until_on, reading.scope, reading.unit))
    return YearTotal(fiscal_year=fiscal_year, target=target, number=number, is_certified=False, definition=reading)
