"""What was certified, the rows behind it, and what is missing before a period can be."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import db
from booking.kpi import queries_counting as counting
from booking.kpi.rules import Part, Period
from booking.kpi.schemas import Definition, ScopeView
from booking.kpi.schemas_certifying import Certification, Difference, Gap, ImportRow, VisitRow

_ROW = f"""
select v.id, f.code as facility, b.code as body, coalesce(p.brand, f.brand) as brand, v.visited_on, v.entered_at,
  v.left_at, v.kind, v.heads, v.person_key, v.session, coalesce(p.code, '') as program,
  coalesce(p.category, '') as category, coalesce(v.municipality_code, '') as municipality,
  coalesce(v.school_stage, '') as school_stage, v.entered_by, coalesce(v.closed_by, 'open') as closed_by
from visit v join facility f on f.id = v.facility join body b on b.id = f.body left join program p on p.id = v.program
where v.visited_on >= $1 and v.visited_on < $2 and ($3 = '' or b.code = $3) and v.voided_at is null
  and v.kind in ({counting.KINDS})"""
_ORDER = 'order by v.visited_on, f.code collate "C", v.entered_at, v.id'
_ROWS = f"{_ROW} {_ORDER}"
_ROWS_OF = f"{_ROW} and v.member = any($4::uuid[]) {_ORDER}"

_IMPORTS = """
select f.code as facility, b.code as body, f.brand, i.month_on, i.person_days,
  coalesce(i.person_sessions, i.person_days) as person_sessions
from kpi_import i join facility f on f.id = i.facility join body b on b.id = f.body
where i.month_on >= $1 and i.month_on < $2 and ($3 = '' or b.code = $3) and i.replaced_at is null
order by i.month_on, f.code collate "C", i.id"""

_UNCLOSED = """
select f.code as facility, d.day, null::int as coverage_percent, null::text as reason
from unnest($1::uuid[], $2::date[]) as d(facility, day) join facility f on f.id = d.facility
where not exists (select 1 from day_close c where c.facility = d.facility and c.closed_on = d.day)
order by d.day, f.code"""

_UNCOVERED = """
select f.code as facility, c.closed_on as day, (c.coverage_permille / 10)::int as coverage_percent, c.reason
from day_close c join facility f on f.id = c.facility
where c.facility = any($1::uuid[]) and c.closed_on >= $2 and c.closed_on < $3
  and c.coverage_permille is not null and abs(c.coverage_permille - 1000) > 100
order by c.closed_on, f.code"""


async def list_rows(from_on: date, until_on: date, body: str) -> list[VisitRow]:
    """The visits of a span that may count, of one body (empty: of all), in the order of the digest."""
    return [msgspec.convert(dict(row), VisitRow) for row in await db.fetch(_ROWS, from_on, until_on, body)]


async def list_rows_of(member_ids: Sequence[UUID], from_on: date, until_on: date, body: str) -> list[VisitRow]:
    """Those of some members alone."""
    rows = await db.fetch(_ROWS_OF, from_on, until_on, body, list(member_ids))
    return [msgspec.convert(dict(row), VisitRow) for row in rows]


async def read_days(from_on: date, until_on: date, body: str) -> AsyncIterator[list[VisitRow]]:
    """The same visits, those of one day after the other, so that a year of millions is never in memory at once.

    Call it in a transaction whose snapshot holds, or days of different moments stand side by side.
    """
    day = from_on
    while day < until_on:
        rows = await list_rows(day, day + timedelta(days=1), body)
        if rows:
            yield rows
        day += timedelta(days=1)


async def list_months_and_bodies(from_on: date, until_on: date, body: str) -> list[tuple[date, str]]:
    """In which months which bodies have visits that may count, or imported totals."""
    rows = await db.fetch(
        f"""select distinct date_trunc('month', v.visited_on)::date as month_on, b.code
            from visit v join facility f on f.id = v.facility join body b on b.id = f.body
            where v.visited_on >= $1 and v.visited_on < $2 and ($3 = '' or b.code = $3) and v.voided_at is null
              and v.kind in ({counting.KINDS})
            union
            select i.month_on, b.code
            from kpi_import i join facility f on f.id = i.facility join body b on b.id = f.body
            where i.month_on >= $1 and i.month_on < $2 and ($3 = '' or b.code = $3) and i.replaced_at is null
            order by 1, 2""",
        *(from_on, until_on, body),
    )
    return [(row["month_on"], row["code"]) for row in rows]


async def list_members(from_on: date, until_on: date, body: str) -> list[UUID]:
    """Whose visits of a span may count, as far as they are still known."""
    rows = await db.fetch(
        f"""select distinct v.member from visit v join facility f on f.id = v.facility join body b on b.id = f.body
            where v.visited_on >= $1 and v.visited_on < $2 and ($3 = '' or b.code = $3) and v.member is not null
              and v.kind in ({counting.KINDS})""",
        *(from_on, until_on, body),
    )
    return [row["member"] for row in rows]


async def list_imports(from_on: date, until_on: date, body: str) -> list[ImportRow]:
    """The imported totals of a span."""
    return [msgspec.convert(dict(row), ImportRow) for row in await db.fetch(_IMPORTS, from_on, until_on, body)]


async def list_unclosed(days: Sequence[tuple[UUID, date]]) -> list[Gap]:
    """Which of these facility-days have no daily close."""
    rows = await db.fetch(_UNCLOSED, [facility for facility, _ in days], [day for _, day in days])
    return [Gap(**row) for row in rows]


async def list_uncovered(facilities: Sequence[UUID], from_on: date, until_on: date) -> list[Gap]:
    """Daily closes whose coverage was more than a tenth off, with the reason given."""
    return [Gap(**row) for row in await db.fetch(_UNCOVERED, list(facilities), from_on, until_on)]


async def list_first_days(facilities: Sequence[UUID]) -> dict[UUID, date]:
    """Of each facility the first day of which the service knows a visit: no daily close is due before."""
    rows = await db.fetch(
        """select f.id, (select min(v.visited_on) from visit v
             where v.facility = f.id and v.entered_by <> 'import') as first_on
           from unnest($1::uuid[]) as f(id)""",
        list(facilities),
    )
    return {row["id"]: row["first_on"] for row in rows if row["first_on"] is not None}


async def list_visited_days(facilities: Sequence[UUID], from_on: date, until_on: date) -> list[tuple[UUID, date]]:
    """Facility-days with visits that the service counted itself: a look into the index for each."""
    rows = await db.fetch(
        """select f.id as facility, d::date as visited_on
           from unnest($1::uuid[]) as f(id)
           cross join generate_series($2::date, $3::date - 1, interval '1 day') as d
           cross join lateral (
             select from visit v
             where v.facility = f.id and v.visited_on = d::date and v.entered_by <> 'import' limit 1) as any_visit""",
        *(list(facilities), from_on, until_on),
    )
    return [(row["facility"], row["visited_on"]) for row in rows]


async def list_counted_bodies(from_on: date, until_on: date) -> dict[str, set[str]]:
    """Which bodies have visits or totals in each month of a span: `2026-10` → codes."""
    rows = await db.fetch(
        """select to_char(m.month_on, 'YYYY-MM') as month, b.code
           from (select facility, month_on from kpi_month where dimension = 'all'
                 union select facility, month_on from kpi_import where replaced_at is null
                 union select facility_id, date_trunc('month', visited_on)::date from visit_change) m
           join facility f on f.id = m.facility join body b on b.id = f.body
           where m.month_on >= $1 and m.month_on < $2 group by 1, 2""",
        *(from_on, until_on),
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["month"], set()).add(row["code"])
    return found


async def list_certifications(
    from_on: date, until_on: date, body: str | None = None, period: str | None = None
) -> list[Certification]:
    """Certified periods that begin in a span, the first first, each with what differs since."""
    rows = await db.fetch(
        """select id, period, starts_on, until_on, body, value, row_count, digest, office, note, certified_at, origin,
             definition, certified_by_name from kpi_certification where starts_on >= $1 and starts_on < $2
             and ($3::text is null or body = $3) and ($4::text is null or period = $4)
           order by starts_on, period, body""",
        *(from_on, until_on, body, period),
    )
    differences = await list_differences([row["id"] for row in rows])
    return [_certification(row, differences.get(row["id"], [])) for row in rows]


async def find_certification(starts_on: date, body: str, period: Period) -> Certification | None:
    """The month or year of a body or (empty) of the plan that begins on a day, once it is certified."""
    found = await list_certifications(starts_on, starts_on + timedelta(days=1), body, period)
    return found[0] if found else None


async def list_certified_scopes(certification: UUID) -> list[str]:
    """Of which scopes the values were certified."""
    rows = await db.fetch(
        """select jsonb_object_keys(figures -> 'values') as code from kpi_certification where id = $1 order by 1""",
        certification,
    )
    return [row["code"] for row in rows]


def _certification(row: Any, differences: list[Difference]) -> Certification:
    definition = msgspec.json.decode(row["definition"], type=Definition)
    moved = sum(each.now - each.was for each in differences)
    names = ("id", "period", "starts_on", "until_on", "body", "value", "row_count", "digest", "office", "note")
    fields = {name: row[name] for name in (*names, "certified_at", "origin")}
    fields |= {"definition": definition, "certified_by": row["certified_by_name"], "now": row["value"] + moved}
    return msgspec.convert({**fields, "differences": differences}, Certification)


async def get_figures(certification: UUID) -> tuple[list[ScopeView], dict[str, dict[str, int]]]:
    """The scopes a period was certified with, and what every reading of them gave."""
    found = await db.fetchval("select figures from kpi_certification where id = $1", certification)
    figures = msgspec.json.decode(found)
    return msgspec.convert(figures["scopes"], list[ScopeView]), msgspec.convert(
        figures["values"], dict[str, dict[str, int]]
    )


async def list_differences(ids: Sequence[UUID]) -> dict[UUID, list[Difference]]:
    """What differs since these were certified, in the order it was found."""
    rows = await db.fetch(
        """select d.certification, coalesce(f.code, '') as facility, d.counted_on, d.was, d.now, d.reason, d.found_at
           from kpi_difference d left join facility f on f.id = d.facility
           where d.certification = any($1::uuid[]) order by d.found_at, f.code, d.counted_on, d.id""",
        list(ids),
    )
    found: dict[UUID, list[Difference]] = {}
    for row in rows:
        found.setdefault(row["certification"], []).append(
            Difference(**{name: row[name] for name in Difference.__struct_fields__})
        )
    return found


async def find_piece(certification: UUID, part: Part, after: int) -> tuple[int, bytes] | None:
    """The next piece of the lines kept of a certified year, with its position."""
    row = await db.fetchrow(
        """select position, lines from kpi_certified_rows
           where certification = $1 and part = $2 and position > $3 order by position limit 1""",
        *(certification, part.value, after),
    )
    return None if row is None else (row["position"], row["lines"])
