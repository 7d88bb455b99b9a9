"""Reading figures: from the months stored, put right by what changed since they were folded; what counts is said in
`queries_counting`."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import db
from booking.kit.fiscal import fiscal_year
from booking.kit.settings import get_settings
from booking.kit.words import read_words, say_words, words_sql
from booking.kpi import queries_counting as counting
from booking.kpi.rules import ANNUAL_USERS, Places, Unit
from booking.kpi.schemas import CountingRules, Definition, ScopeView
from booking.kpi.schemas_definitions import DefinitionView


async def list_changed_years() -> list[tuple[int, int]]:
    """Fiscal years in which something is to be folded, the newest first, and how many facility-days of each."""
    rows = await db.fetch(
        """select extract(year from visited_on - interval '3 months')::int as year, count(*)::int as days
           from (select distinct facility_id, visited_on from visit_change) c group by 1 order by 1 desc"""
    )
    return [(row["year"], row["days"]) for row in rows]


async def list_years_with_figures() -> list[int]:
    """Fiscal years from the first visit or figure to the last, the newest first."""
    row = await db.fetchrow(
        """select min(first_on) as first_on, max(last_on) as last_on from (
             select (select min(visited_on) from visit v where v.facility = f.id),
                    (select max(visited_on) from visit v where v.facility = f.id) from facility f
             union all select min(counted_on), max(counted_on) from kpi_figure) as each(first_on, last_on)"""
    )
    if row is None or row["first_on"] is None:
        return []
    return list(range(fiscal_year(row["last_on"]), fiscal_year(row["first_on"]) - 1, -1))


async def list_changes(from_on: date, until_on: date, limit: int) -> tuple[list[int], list[tuple[UUID, date]]]:
    """Change rows of a span seen now, first day first, and the facility-days they name."""
    rows = await db.fetch(
        """select id, facility_id, visited_on from visit_change where visited_on >= $1 and visited_on < $2
           order by visited_on, id limit $3""",
        *(from_on, until_on, limit),
    )
    return [row["id"] for row in rows], sorted({(row["facility_id"], row["visited_on"]) for row in rows})


async def list_days_with_figures() -> list[tuple[UUID, date]]:
    """Every facility-day that has visits or a figure."""
    rows = await db.fetch(
        """select f.id as facility, d.day::date as visited_on
           from (select min(day) as first_on, max(day) as last_on from (
               select min(visited_on) as day from visit union all select max(visited_on) from visit) v) s
           cross join facility f cross join generate_series(s.first_on, s.last_on, interval '1 day') as d(day)
           where exists (select 1 from visit v where v.facility = f.id and v.visited_on = d.day::date)
           union select facility, counted_on from kpi_figure"""
    )
    return [(row["facility"], row["visited_on"]) for row in rows]


async def list_figures(from_on: date, until_on: date, body_code: str | None) -> list[dict[str, object]]:
    """Sums by scope and dimension over a span: by value, by facility and by month."""
    places = await find_places()
    return [dict(row) for row in await db.fetch(counting.figures(places), from_on, until_on, body_code)]


async def count_people(fiscal_year: int, from_on: date, until_on: date, body_code: str | None) -> dict[str, int]:
    """Distinct people of a fiscal year by scope, in the order of the scopes."""
    places = await find_places()
    rows = await db.fetch(counting.people(places), fiscal_year, from_on, until_on, body_code or "")
    return {row["scope"]: int(row["people"]) for row in rows}


async def count_registered(on: date, body_code: str | None) -> int:
    """Distinct members with a registration that was valid on a day."""
    return int(
        await db.fetchval(
            """select count(distinct coalesce(r.member, r.erased_as)) from registration r join body b on b.id = r.body
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


async def find_places() -> Places:
    """How one person at two places on one day is counted by the reading in force."""
    return Places(await db.fetchval("select places from kpi_definition where is_reported") or Places.EACH)


async def get_reported_definition(language: str = "ja") -> Definition:
    """The reading in force, which goes into reports."""
    row = await db.fetchrow("select * from kpi_definition where is_reported")
    if row is None:
        raise LookupError("no definition is loaded; run `booking seed`")
    return _definition(row, language)


async def list_definitions(language: str = "ja") -> list[Definition]:
    """Every reading there is or was, the one in force first, then the newest."""
    rows = await db.fetch("select * from kpi_definition order by is_reported desc, made_at desc nulls last, code")
    return [_definition(row, language) for row in rows]


async def find_definition(code: str, language: str = "ja") -> Definition | None:
    """A reading by its code."""
    row = await db.fetchrow("select * from kpi_definition where code = $1", code)
    return None if row is None else _definition(row, language)


async def list_definition_views(code: str | None = None) -> list[DefinitionView]:
    """Every reading, or that of a code, with its names in every language: the one in force first, then the newest."""
    rows = await db.fetch(
        """select * from kpi_definition where $1::text is null or code = $1
           order by is_reported desc, made_at desc nulls last, code""",
        code,
    )
    return [
        msgspec.convert({**_fields(row), "name": row["name"], "names": _names(row)}, DefinitionView) for row in rows
    ]


def _definition(row: Any, language: str) -> Definition:
    return msgspec.convert({**_fields(row), "name": say_words(_names(row), language)}, Definition)


def _fields(row: Any) -> dict[str, object]:
    return {each: row[each] for each in Definition.__struct_fields__ if each != "name"}


def _names(row: Any) -> dict[str, str]:
    return {"ja": row["name"], **read_words(row["names"])}


async def list_scopes(language: str = "ja") -> list[ScopeView]:
    """What may be looked at, in order."""
    rows = await db.fetch("select * from kpi_scope order by position, code")
    return [
        ScopeView(
            code=row["code"],
            name=say_words(_names(row), language),
            brand=row["brand"],
            facilities=row["facilities"],
            programs=row["programs"],
        )
        for row in rows
    ]


async def answer_under(rules: CountingRules, from_on: date, until_on: date) -> dict[str, dict[str, int]]:
    """What rules of counting give over a span, straight from the visits: scope → unit → number."""
    given = (rules.places, rules.counts_trials, rules.counts_groups, rules.counts_staff_entries, rules.counts_imports)
    rows = await db.fetch(counting.answer(Places(rules.places)), *given, rules.min_stay_minutes, from_on, until_on, "")
    return {row["scope"]: {unit.value: int(row[unit.value]) for unit in Unit} for row in rows}


async def list_names(language: str = "ja") -> dict[str, dict[str, str]]:
    """Names of facilities, programs and municipalities by code, for breakdowns: kind → code → name."""
    rows = await db.fetch(
        f"""select 'facility' as kind, code, {words_sql("name", "names")} as names from facility
           union all select 'program', code, {words_sql("name", "names")} from program
           union all select 'municipality', code, jsonb_build_object('ja', name) from municipality"""
    )
    names: dict[str, dict[str, str]] = {"facility": {}, "program": {}, "municipality": {}}
    for row in rows:
        names[row["kind"]][row["code"]] = say_words(read_words(row["names"]), language)
    return names


async def list_facility_days(days: Collection[date]) -> list[tuple[UUID, date]]:
    """Every facility-day with visits on these days."""
    rows = await db.fetch("select distinct facility, visited_on from visit where visited_on = any($1::date[])", [*days])
    return [(row["facility"], row["visited_on"]) for row in rows]


async def list_day_sums() -> dict[tuple[str, str], int]:
    """What is stored of each facility-day over all places: person-days."""
    rows = await db.fetch(
        """select f.code, k.counted_on, k.person_days from kpi_figure k join facility f on f.id = k.facility
           where k.dimension = 'all' and k.scope = 'plan'"""
    )
    return {(row["code"], row["counted_on"].isoformat()): row["person_days"] for row in rows}


async def list_day_values(scope: str, unit: Unit, from_on: date, until_on: date, body: str | None) -> dict[date, int]:
    """What each day of a span gave, as it is folded; for people its person-days."""
    column = "person_sessions" if unit is Unit.PERSON_SESSIONS else "person_days"
    rows = await db.fetch(
        f"""select k.counted_on, sum(k.{column})::bigint as value
            from kpi_figure k join facility f on f.id = k.facility join body b on b.id = f.body
            where k.counted_on >= $1 and k.counted_on < $2 and k.scope = $3 and k.dimension = 'all'
              and ($4::text is null or b.code = $4) group by k.counted_on""",
        *(from_on, until_on, scope, body),
    )
    return {row["counted_on"]: row["value"] for row in rows}


async def find_first_day(scope: str) -> date | None:
    """The first month of which anything is counted in a scope."""
    found: date | None = await db.fetchval("select min(month_on) from kpi_month where scope = $1", scope)
    return found


async def count_by_days(fiscal_year: int, scope: str, body: str | None) -> dict[int, int]:
    """How many people of a year came on how many facility-days, as it is folded."""
    rows = await db.fetch(
        """select facility_days, count(*) as people from kpi_person
           where fiscal_year = $1 and scope = $2 and body = $3 group by facility_days""",
        *(fiscal_year, scope, body or ""),
    )
    return {row["facility_days"]: row["people"] for row in rows}


async def count_new_people(from_on: date, until_on: date, scope: str, body: str | None) -> dict[str, int]:
    """How many people were counted for the first time of a span in each month, as it is folded."""
    rows = await db.fetch(
        """select to_char(first_on, 'YYYY-MM') as month, count(*) as people from (
             select min(k.counted_on) as first_on
             from kpi_presence k join facility f on f.id = k.facility join body b on b.id = f.body
             cross join unnest(k.person_keys) as each(person_key)
             where k.counted_on >= $1 and k.counted_on < $2 and k.scope = $3 and ($4::text is null or b.code = $4)
             group by each.person_key) t
           group by 1""",
        *(from_on, until_on, scope, body),
    )
    return {row["month"]: row["people"] for row in rows}
