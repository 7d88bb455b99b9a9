"""The visits behind a number, each with what it adds to it: counted by the same pieces as the number itself."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.kpi import queries
from booking.kpi import queries_counting as counting
from booking.kpi.rules import Places
from booking.kpi.schemas_behind import Asked, Counted, CountedVisit, ImportedTotal


def _behind(places: Places) -> str:
    """Visits of a span ($1 to before $2) that count in a scope ($3) at facilities ($4), narrowed by $5 to $12."""
    order = "order by entered_at, id"
    day = f"row_number() over (partition by facility, visited_on, person_key, is_its_day {order}) = 1"
    session = (
        f"row_number() over (partition by facility, visited_on, person_key, coalesce(session, facility) {order}) = 1"
    )
    person = f"row_number() over (partition by person_key {order}) = 1"
    return f"""
with {counting.IN_FORCE},
changed as (
  select f.id as facility, d::date as counted_on
  from facility f cross join generate_series($1::date, $2::date - 1, interval '1 day') d
),
{counting.COUNTED}, {counting.scoped(places)},
asked as (
  select * from scoped where scope = $3 and facility_code = any($4::text[])
    and ($5::text is null or program = $5) and ($6::text is null or municipality = $6)
    and ($7::text is null or school_stage = $7) and ($8::text is null or entered_by = $8)
    and ($9::text is null or closed_by = $9)
    and ($10::int is null or person_key in (
      select p.person_key from kpi_person p where p.fiscal_year = $12 and p.scope = $3 and p.body = $13
        and p.facility_days between $10 and coalesce($11::int, p.facility_days)))
),
behind as (
  select id, entered_at, visited_on, person_key, heads,
    case when person_key is null then heads when is_its_day and {day} then 1 else 0 end as person_days,
    case when person_key is null then heads when {session} then 1 else 0 end as person_sessions,
    case when person_key is not null and {person} then 1 else 0 end as people
  from asked
)"""


def _given(asked: Asked, facilities: Sequence[str]) -> tuple[object, ...]:
    low, high = asked.often or (None, None)
    return (
        *(asked.from_on, asked.until_on, asked.scope, list(facilities)),
        *(asked.program, asked.municipality, asked.school_stage, asked.entered_by, asked.closed_by),
        *(low, high, clock.fiscal_year(asked.from_on), asked.body or ""),
    )


async def count_behind(asked: Asked, facilities: Sequence[str]) -> Counted:
    """What the visits come to."""
    row = await db.fetchrow(
        f"""{_behind(await queries.find_places())}
            select count(*) as visits, coalesce(sum(person_days), 0)::bigint as person_days,
              coalesce(sum(person_sessions), 0)::bigint as person_sessions, coalesce(sum(people), 0)::bigint as people,
              coalesce(sum(heads) filter (where person_key is null), 0)::bigint as not_countable
            from behind""",
        *_given(asked, facilities),
    )
    return msgspec.convert(dict(row or {}), Counted)


async def list_behind(
    asked: Asked, facilities: Sequence[str], *, after: tuple[datetime, UUID] | None, limit: int | None
) -> list[CountedVisit]:
    """The visits, newest first. A name is given to nobody but the staff of a body the member is registered with.

    The page is cut before anything is looked up, and each visit and member is found by its key: the planner cannot know
    how many visits count, and once compared every one with every other.
    """
    rows = await db.fetch(
        f"""{_behind(await queries.find_places())},
            listed as materialized (
              select * from behind where $14::timestamptz is null or (entered_at, id) < ($14, $15::uuid)
              order by entered_at desc, id desc limit $16
            )
            select v.id, v.visited_on, v.entered_at, v.left_at, f.code as facility, p.code as program, v.kind, v.heads,
               v.school_stage, v.municipality_code as municipality, v.entered_by, v.closed_by, m.id as member_id,
               m.number as member_number, m.shown_name, b.person_days, b.person_sessions, b.people
            from listed b cross join lateral (select * from visit each where each.id = b.id offset 0) v
            join facility f on f.id = v.facility left join program p on p.id = v.program
            left join lateral (
              select each.* from member each where each.id = v.member and not each.is_protected and exists (
                select 1 from registration r where r.member = v.member and r.body = f.body and r.ended_at is null)
              offset 0) m on true
            order by v.entered_at desc, v.id desc""",
        *_given(asked, facilities),
        *(after or (None, None)),
        limit,
    )
    return [msgspec.convert(dict(row), CountedVisit) for row in rows]


async def list_imported(asked: Asked, facilities: Sequence[str]) -> list[ImportedTotal]:
    """The imported totals that are part of the number: none of a single day, program, municipality or person."""
    rows: list[Any] = await db.fetch(
        f"""select f.code as facility, i.month_on, i.person_days,
             coalesce(i.person_sessions, i.person_days) as person_sessions, i.method, i.document, i.author
           from {counting.TOTALS}
           where s.code = $3 and i.replaced_at is null and i.month_on >= $1 and i.month_on + interval '1 month' <= $2
             and f.code = any($4::text[])
             and (select counts_imports from kpi_definition where is_reported)
           order by i.month_on, f.code""",
        *(asked.from_on, asked.until_on, asked.scope, list(facilities)),
    )
    return [msgspec.convert(dict(row), ImportedTotal) for row in rows]


async def sum_imported(from_on: date, until_on: date, body: str | None) -> dict[str, int]:
    """Person-days of imported totals of a span by scope."""
    rows = await db.fetch(
        f"""select s.code, sum(i.person_days)::bigint as person_days
           from {counting.TOTALS}
           where i.replaced_at is null and i.month_on >= $1 and i.month_on < $2 and ($3::text is null or b.code = $3)
             and (select counts_imports from kpi_definition where is_reported)
           group by s.code""",
        *(from_on, until_on, body),
    )
    return {row["code"]: int(row["person_days"]) for row in rows}
