"""The course of a year for who asks: its totals for the plan or a body, its months beside the year before."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from booking.access.schemas import Actor
from booking.kit import clock
from booking.kpi import queries, rules, rules_course
from booking.kpi.queries_importing import list_breaks
from booking.kpi.rules import Unit
from booking.kpi.schemas import AnnualUsers
from booking.kpi.schemas_course import Course, MonthOfYear
from booking.kpi.service_projection import list_open_days
from booking.kpi.service_reading import FEW, certified_months, read_annual_users


async def read_course(by: Actor, fiscal_year: int, body: str | None = None) -> tuple[AnnualUsers, Course]:
    """The figure of a year and its course. Raises: what `read_annual_users` raises."""
    figure = await read_annual_users(by, fiscal_year, body)
    return figure, await course_of(figure, body)


async def course_of(figure: AnnualUsers, body: str | None) -> Course:
    """The course of a year whose figure was read for somebody: it shows no more of others than the figure does."""
    own = figure.breakdowns_of
    reading = figure.definition.code
    before_certified = await certified_months(figure.fiscal_year - 1, own or "", reading)
    span_before = figure.from_on.replace(year=figure.from_on.year - 1), figure.from_on
    before = await _months(span_before, figure, Unit.PERSON_DAYS, own)
    months = [
        MonthOfYear(
            month=cell.code,
            person_days=cell.person_days,
            person_sessions=cell.person_sessions,
            year_before=before.get(_year_before(cell.code), 0),
            is_certified=cell.certified,
            was_certified=_year_before(cell.code) in before_certified,
        )
        for cell in figure.by_month
    ]
    totals = await _totals(figure, body)
    whole = {month.month for month in months if month.is_certified}
    if own != body:
        whole = await certified_months(figure.fiscal_year, body or "", reading)
    points = rules_course.course_of(
        [cell.code for cell in figure.by_month],
        totals,
        figure.value,
        (figure.target, figure.projection, await _open_days(figure, body)),
        whole,
    )
    breaks = [each for each in await list_breaks(own) if figure.from_on <= each.on < figure.until_on]
    return Course(months=months, points=points, has_gaps=None in totals, breaks=breaks)


async def _totals(figure: AnnualUsers, body: str | None) -> list[int | None]:
    """The running total at the end of each month that has begun; nothing of a year to come."""
    begun = [cell.code for cell in figure.by_month if cell.code <= rules.month_key(clock.today())]
    span, unit, own = (figure.from_on, figure.until_on), figure.definition.unit, figure.breakdowns_of
    mine: Mapping[str, int]
    if unit is Unit.PEOPLE:
        mine = await _months(span, figure, unit, own)
    else:
        mine = {cell.code: getattr(cell, unit) for cell in figure.by_month}
    own_value = figure.own_values[figure.definition.scope][unit]
    own_totals = rules_course.running_totals([mine.get(month, 0) for month in begun], own_value)
    if own == body or unit in figure.held_back.get(figure.definition.scope, []):
        return [*own_totals]
    whole = await _months(span, figure, unit, None)
    totals = rules_course.running_totals([whole.get(month, 0) for month in begun], figure.value)
    return rules_course.leave_out_few(totals, own_totals, FEW)


async def _months(span: tuple[date, date], figure: AnnualUsers, unit: Unit, body: str | None) -> Mapping[str, int]:
    """What each month gave, of a body or of the plan: people are those who came for the first time in the year."""
    scope = figure.definition.scope
    if unit is Unit.PEOPLE:
        return await queries.count_new_people(*span, scope, body)
    return {
        str(row["month"]): int(str(row[unit]))
        for row in await queries.list_figures(*span, body)
        if row["scope"] == scope and row["dimension"] == "all" and row["month"] is not None
    }


async def _open_days(figure: AnnualUsers, body: str | None) -> Counter[str]:
    """Days to come on which a place is open, by month; none of a year that is not running."""
    tomorrow = clock.today() + timedelta(days=1)
    if not figure.from_on < tomorrow <= figure.until_on:
        return Counter()
    return Counter(rules.month_key(on) for on in await list_open_days(tomorrow, figure.until_on, body))


def _year_before(month: str) -> str:
    return f"{int(month[:4]) - 1}{month[4:]}"
