"""What the review report reads beside the figures: people of a part of a year, remarks, and values entered by hand."""

from datetime import date

from booking.kit import db
from booking.kpi import queries
from booking.kpi import queries_counting as counting
from booking.kpi.schemas_report import Actual, Remark


async def count_people_between(from_on: date, until_on: date, body: str) -> dict[str, int]:
    """Distinct people of a part of a fiscal year by scope, of one body (empty: of all), straight from the visits."""
    rows = await db.fetch(
        f"""with {counting.IN_FORCE},
        changed as (
          select distinct v.facility, v.visited_on as counted_on from visit v
          join facility f on f.id = v.facility join body b on b.id = f.body
          where v.visited_on >= $1 and v.visited_on < $2 and ($3 = '' or b.code = $3)
        ),
        {counting.COUNTED}, {counting.scoped(await queries.find_places())}
        select scope, count(distinct person_key) as people from scoped group by scope""",
        *(from_on, until_on, body),
    )
    return {row["scope"]: int(row["people"]) for row in rows}


async def find_remark(fiscal_year: int, body: str) -> Remark | None:
    """The latest words of a report."""
    row = await db.fetchrow(
        """select factors, issues, next_steps, author, made_at from kpi_remark
           where fiscal_year = $1 and body = $2 order by made_at desc, id desc limit 1""",
        *(fiscal_year, body),
    )
    return None if row is None else Remark(**dict(row))


async def list_actuals() -> list[Actual]:
    """The latest value of each of the other indicators and years."""
    rows = await db.fetch(
        """select distinct on (kpi, fiscal_year) kpi, fiscal_year, value, as_of_on, source, author, made_at
           from kpi_actual order by kpi, fiscal_year, made_at desc, id desc"""
    )
    return [Actual(**dict(row)) for row in rows]


async def list_targets() -> dict[tuple[int, int], int]:
    """Every target of the plan by indicator and fiscal year."""
    rows = await db.fetch("select kpi, fiscal_year, target from kpi_target")
    return {(row["kpi"], row["fiscal_year"]): row["target"] for row in rows}
