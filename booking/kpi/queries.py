"""Reading and folding figures. One statement says what counts; the fold, a reader and the rebuild use it.

A reader sees one REPEATABLE READ snapshot: stored figures of the facility-days that did not change since, and live SQL
for those that did.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from booking.kit import db
from booking.kit.settings import get_settings
from booking.kpi.rules import ANNUAL_USERS, COUNTED_KINDS, DefinitionStatus, Scope, Unit
from booking.kpi.schemas import Definition

KINDS = ", ".join(f"'{kind}'" for kind in COUNTED_KINDS)

COUNTED = f"""
counted as (
  select v.facility, v.visited_on, v.person_key, v.session, v.heads, v.municipality_code, v.school_stage,
         v.entered_by, v.closed_by, p.code as program_code,
         coalesce(p.brand, f.brand) = 'tumo' as is_tumo
  from changed c
  join visit v on v.facility = c.facility and v.visited_on = c.counted_on
  join facility f on f.id = v.facility
  left join program p on p.id = v.program
  where v.voided_at is null and v.kind in ({KINDS})
)
"""
"""Visits that count, of the facility-days in `changed(facility, counted_on)`. A visit outside any program belongs to
the brand of its facility."""

SCOPED = """
scoped as (
  select counted.*, s.scope from counted
  cross join lateral (values ('plan', true), ('tumo', is_tumo)) as s(scope, belongs) where s.belongs
)
"""

CELLS = """
cells as (
  select facility, visited_on, scope, d.dimension, d.value,
    count(distinct person_key) + coalesce(sum(heads) filter (where person_key is null), 0) as person_days,
    count(distinct (person_key, coalesce(session, facility))) filter (where person_key is not null)
      + coalesce(sum(heads) filter (where person_key is null), 0) as person_sessions
  from scoped
  cross join lateral (values ('all', ''), ('program', coalesce(program_code, '')),
    ('municipality', coalesce(municipality_code, '')), ('school-stage', coalesce(school_stage, '')),
    ('entered-by', entered_by), ('closed-by', coalesce(closed_by, 'open'))) as d(dimension, value)
  group by facility, visited_on, scope, d.dimension, d.value
)
"""
"""Person-days: distinct people a facility-day, and heads of groups. Person-sessions: distinct (person, session), a
visit outside any session once a day."""

PENDING = "pending as (select distinct facility_id as facility, visited_on as counted_on from visit_change)"

FIGURES_BY_DAY = f"""
with {PENDING}, changed as (select * from pending where counted_on >= $1 and counted_on < $2),
{COUNTED}, {SCOPED}, {CELLS},
span as (
  select k.facility, k.counted_on, k.scope, k.dimension, k.value, k.person_days, k.person_sessions
  from kpi_figure k
  where k.counted_on >= $1 and k.counted_on < $2
    and not exists (select 1 from pending p where p.facility = k.facility and p.counted_on = k.counted_on)
  union all select facility, visited_on, scope, dimension, value, person_days, person_sessions from cells
)
select f.code as facility_code, to_char(e.counted_on, 'YYYY-MM') as month, e.scope, e.dimension, e.value,
  sum(e.person_days)::bigint as person_days, sum(e.person_sessions)::bigint as person_sessions
from span e join facility f on f.id = e.facility join body b on b.id = f.body
where $3::text is null or b.code = $3
group by grouping sets ((e.scope, e.dimension, e.value), (e.scope, e.dimension, f.code),
  (e.scope, e.dimension, to_char(e.counted_on, 'YYYY-MM')))
"""

PEOPLE = f"""
with {PENDING}, changed as (select * from pending where counted_on >= $2 and counted_on < $3), {COUNTED}, {SCOPED},
live as (select distinct scope, person_key from scoped where person_key is not null),
gone as (
  select k.scope, k.person_key, count(*) as days from kpi_presence k
  join changed c on c.facility = k.facility and c.counted_on = k.counted_on group by 1, 2
),
touched as (select scope, person_key from live union select scope, person_key from gone),
moved as (
  select t.scope,
    (coalesce(p.facility_days, 0) > 0)::int as before,
    (l.person_key is not null or coalesce(p.facility_days, 0) - coalesce(g.days, 0) > 0)::int as after
  from touched t
  left join kpi_person p on p.fiscal_year = $1 and p.scope = t.scope and p.person_key = t.person_key
  left join gone g on g.scope = t.scope and g.person_key = t.person_key
  left join live l on l.scope = t.scope and l.person_key = t.person_key
)
select s.scope,
  (select count(*) from kpi_person p where p.fiscal_year = $1 and p.scope = s.scope and p.facility_days > 0)
    + coalesce((select sum(after - before) from moved m where m.scope = s.scope), 0) as people
from (values ('plan'), ('tumo')) as s(scope)
"""

PEOPLE_OF_BODY = f"""
select s.scope, count(distinct v.person_key) as people
from (values ('plan'), ('tumo')) as s(scope)
left join (
  select v.person_key, coalesce(p.brand, f.brand) = 'tumo' as is_tumo
  from visit v join facility f on f.id = v.facility join body b on b.id = f.body left join program p on p.id = v.program
  where v.visited_on >= $1 and v.visited_on < $2 and b.code = $3 and v.voided_at is null and v.person_key is not null
    and v.kind in ({KINDS})
) v on s.scope = 'plan' or v.is_tumo
group by s.scope
"""

FOLD = f"""
with changed as (select * from unnest($1::uuid[], $2::date[]) as c(facility, counted_on)), {COUNTED}, {SCOPED}, {CELLS}
insert into kpi_figure (id, facility, counted_on, scope, dimension, value, person_days, person_sessions)
select gen_random_uuid(), facility, visited_on, scope, dimension, value, person_days, person_sessions from cells
"""

FOLD_PRESENCE = f"""
with changed as (select * from unnest($1::uuid[], $2::date[]) as c(facility, counted_on)), {COUNTED}, {SCOPED}
insert into kpi_presence (id, facility, counted_on, person_key, scope)
select gen_random_uuid(), facility, visited_on, person_key, scope
from (select distinct facility, visited_on, person_key, scope from scoped where person_key is not null) s
"""

FOLD_PEOPLE = """
insert into kpi_person (id, fiscal_year, person_key, scope, facility_days)
select gen_random_uuid(), years.fiscal_year, years.person_key, years.scope,
  (select count(*) from kpi_presence k where k.person_key = years.person_key and k.scope = years.scope
    and k.counted_on >= make_date(years.fiscal_year, 4, 1) and k.counted_on < make_date(years.fiscal_year + 1, 4, 1))
from (select distinct person_key, scope, fiscal_year
      from unnest($1::uuid[], $2::text[], $3::int[]) as t(person_key, scope, fiscal_year)) years
on conflict (fiscal_year, scope, person_key) do update set facility_days = excluded.facility_days
"""


async def list_changes(limit: int) -> tuple[list[int], list[tuple[UUID, date]]]:
    """Change rows seen now, oldest first, and the facility-days they name."""
    rows = await db.fetch("select id, facility_id, visited_on from visit_change order by id limit $1", limit)
    return [row["id"] for row in rows], sorted({(row["facility_id"], row["visited_on"]) for row in rows})


async def list_days_with_figures() -> list[tuple[UUID, date]]:
    """Every facility-day that has visits or a figure."""
    rows = await db.fetch("select facility, visited_on from visit union select facility, counted_on from kpi_figure")
    return [(row["facility"], row["visited_on"]) for row in rows]


async def list_figures(from_on: date, until_on: date, body_code: str | None) -> list[dict[str, object]]:
    """Sums by scope and dimension over a span: by value, by facility and by month."""
    return [dict(row) for row in await db.fetch(FIGURES_BY_DAY, from_on, until_on, body_code)]


async def count_people(fiscal_year: int, from_on: date, until_on: date, body_code: str | None) -> dict[str, int]:
    """Distinct people of a fiscal year by scope."""
    if body_code is None:
        rows = await db.fetch(PEOPLE, fiscal_year, from_on, until_on)
    else:
        rows = await db.fetch(PEOPLE_OF_BODY, from_on, until_on, body_code)
    return {row["scope"]: int(row["people"]) for row in rows}


async def count_registered(on: date, body_code: str | None) -> int:
    """Distinct members with a registration that was valid on a day."""
    return int(
        await db.fetchval(
            """select count(distinct r.member) from registration r join body b on b.id = r.body
               where r.registered_at < ($1::date + 1)::timestamp at time zone $3
                 and (r.ended_at is null or r.ended_at >= ($1::date + 1)::timestamp at time zone $3)
                 and ($2::text is null or b.code = $2)""",
            on,
            body_code,
            get_settings().timezone,
        )
    )


async def find_target(fiscal_year: int) -> int | None:
    """The plan's target of a fiscal year; zero, before the service counted, is none."""
    found = await db.fetchval(
        "select target from kpi_target where kpi = $1 and fiscal_year = $2", ANNUAL_USERS, fiscal_year
    )
    return int(found) if found else None


async def list_fiscal_years() -> list[int]:
    """Fiscal years of the plan, first first."""
    rows = await db.fetch("select fiscal_year from kpi_target where kpi = $1 order by fiscal_year", ANNUAL_USERS)
    return [row["fiscal_year"] for row in rows]


async def get_reported_definition(language: str = "ja") -> Definition:
    """The reading that goes into reports."""
    row = await db.fetchrow("select * from kpi_definition where is_reported order by valid_from_on desc limit 1")
    if row is None:
        raise LookupError("no definition is loaded; run `booking seed`")
    return Definition(
        code=row["code"],
        name=row["name"] if language.startswith("ja") else row["name_en"],
        scope=Scope(row["scope"]),
        unit=Unit(row["unit"]),
        status=DefinitionStatus(row["status"]),
        confirmed_by=row["confirmed_by"],
        document=row["document"],
    )


async def list_names(language: str = "ja") -> dict[str, dict[str, str]]:
    """Names of facilities, programs and municipalities by code, for breakdowns: kind → code → name."""
    rows = await db.fetch(
        """select 'facility' as kind, code, name, name_en from facility
           union all select 'program', code, name, name_en from program
           union all select 'municipality', code, name, name from municipality"""
    )
    names: dict[str, dict[str, str]] = {"facility": {}, "program": {}, "municipality": {}}
    for row in rows:
        names[row["kind"]][row["code"]] = row["name"] if language.startswith("ja") else row["name_en"]
    return names


async def list_counted_visits(
    from_on: date,
    until_on: date,
    facilities: Sequence[str],
    *,
    program: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, object]]:
    """The visits behind a number, newest first, of facilities the reader may see into."""
    rows = await db.fetch(
        f"""select v.id, v.visited_on, v.entered_at, v.left_at, f.code as facility, p.code as program, v.kind, v.heads,
               v.school_stage, v.municipality_code as municipality, v.entered_by, v.closed_by, m.id as member_id,
               m.number as member_number, m.shown_name
            from visit v join facility f on f.id = v.facility left join program p on p.id = v.program
            left join member m on m.id = v.member and not m.is_protected and exists (
              select 1 from registration r where r.member = v.member and r.body = f.body and r.ended_at is null)
            where v.visited_on >= $1 and v.visited_on < $2 and f.code = any($3::text[])
              and ($4::text is null or p.code = $4)
              and ($5::timestamptz is null or (v.entered_at, v.id) < ($5, $6::uuid))
              and v.voided_at is null and v.kind in ({KINDS})
            order by v.entered_at desc, v.id desc limit $7""",
        from_on,
        until_on,
        list(facilities),
        program,
        *(after or (None, None)),
        limit,
    )
    return [dict(row) for row in rows]
