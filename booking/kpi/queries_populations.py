"""Reads of populations and of who comes from where."""

from collections.abc import Sequence
from datetime import date

import msgspec

from booking.kit import db
from booking.kpi.schemas_populations import KeptPopulation


async def list_populations() -> list[KeptPopulation]:
    """Every population there is, by municipality, the newest first."""
    rows = await db.fetch(
        """select municipality, as_of_on, people, source, author, made_at from kpi_population
           order by municipality, as_of_on desc"""
    )
    return [msgspec.convert(dict(row), KeptPopulation) for row in rows]


async def count_by_municipality(
    fiscal_year: int, span: tuple[date, date], body: str | None, stages: Sequence[str]
) -> dict[str, int]:
    """Distinct people of a year over all the plan's places, or a body's, by where each lived at the last visit.

    Who is counted in the year is as it is folded; each costs one look into the index of visits.
    """
    rows = await db.fetch(
        """select last.municipality, count(*) as people
           from kpi_person p cross join lateral (
             select coalesce(v.municipality_code, '') as municipality, v.school_stage
             from visit v join facility f on f.id = v.facility join body b on b.id = f.body
             where v.person_key = p.person_key and v.visited_on >= $3 and v.visited_on < $4 and v.voided_at is null
               and ($2::text is null or b.code = $2)
             order by v.visited_on desc, v.entered_at desc, v.id desc limit 1) last
           where p.fiscal_year = $1 and p.scope = 'plan' and p.body = coalesce($2, '') and p.facility_days > 0
             and last.school_stage = any($5::text[])
           group by last.municipality""",
        *(fiscal_year, body, *span, list(stages)),
    )
    return {row["municipality"]: row["people"] for row in rows}
