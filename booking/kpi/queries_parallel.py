"""Reads of days counted in the old way, and what the service counted on them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from booking.kit import db
from booking.kpi import queries_counting as counting

_COUNTED = f"""
with {counting.IN_FORCE},
changed as (
  select $1::uuid as facility, d::date as counted_on
  from generate_series($2::date, $3::date - 1, interval '1 day') as d
),
{counting.COUNTED}
select visited_on,
  (count(distinct person_key) + coalesce(sum(heads) filter (where person_key is null), 0))::int as users
from counted where entered_by <> 'import' group by visited_on"""


async def list_old_counts(facilities: Sequence[str]) -> dict[str, dict[date, int]]:
    """Users counted in the old way: facility → day → number."""
    rows = await db.fetch(
        """select f.code, p.counted_on, p.users from kpi_parallel p join facility f on f.id = p.facility
           where f.code = any($1::text[]) order by f.code, p.counted_on""",
        list(facilities),
    )
    found: dict[str, dict[date, int]] = {}
    for row in rows:
        found.setdefault(row["code"], {})[row["counted_on"]] = row["users"]
    return found


async def count_days(facility: UUID, from_on: date, until_on: date) -> dict[date, int]:
    """Person-days that the service counted itself on the days of a span, under the rules of counting in force."""
    rows = await db.fetch(_COUNTED, facility, from_on, until_on)
    return {row["visited_on"]: row["users"] for row in rows}


async def find_first_day(facility: UUID) -> date | None:
    """The first day on which the service counted at a facility itself."""
    found: date | None = await db.fetchval(
        f"""select v.visited_on from visit v where v.facility = $1 and v.voided_at is null
              and v.kind in ({counting.KINDS}) and v.entered_by <> 'import' order by v.visited_on limit 1""",
        facility,
    )
    return found
