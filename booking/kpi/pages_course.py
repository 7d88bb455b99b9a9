"""The course of a year as a picture, for the figure's page: of the table beneath it, none of nothing."""

from collections.abc import Callable, Iterator
from datetime import date

import msgspec
from markupsafe import Markup

from booking.kit.charts import Chart, draw
from booking.kit.i18n import N_, bracketed, format_month, format_number, translate
from booking.kpi import rules
from booking.kpi.rules import DefinitionStatus
from booking.kpi.rules_words import UNITS
from booking.kpi.schemas import AnnualUsers
from booking.kpi.schemas_course import Course, CoursePoint, MonthOfYear

COURSE = N_("年度のはじめからの累計")
ACTUAL, PACE, AHEAD = N_("実績の累計"), N_("目標に必要なペース"), N_("見込み")
PROVISIONAL = N_("暫定")
IS_TABLE, BREAKS = N_("数字は表にあります。"), N_("点線は、数える方法が変わった月です。")
COLUMNS, MOST_SQUARES = 2, 56
"""Of the squares of a month: as many beside each other, and the tallest of all."""


def month_name(month: str, language: str | None = None) -> str:
    """A month `2026-11` as `11月`."""
    return format_month(date.fromisoformat(f"{month}-01"), language, year=False)


def square_months(months: list[MonthOfYear]) -> tuple[int, list[tuple[list[int], list[int]]]]:
    """How many users a square of the months stands for, and of each month its columns: this year, the year before."""
    each = rules.squares_for((n for one in months for n in (one.person_days, one.year_before)), MOST_SQUARES)
    return each, [
        (rules.bar_columns(one.person_days, each, COLUMNS), rules.bar_columns(one.year_before, each, COLUMNS))
        for one in months
    ]


async def draw_course(figure: AnnualUsers, course: Course, language: str) -> Markup:
    """The running total against the target, with the pace and the projection to the end of the year."""
    if not any(point.total for point in course.points):
        return Markup("")
    unit = translate(UNITS[figure.definition.unit], language)
    if figure.definition.status is DefinitionStatus.ASSUMED:
        unit += bracketed(translate(PROVISIONAL, language), language)
    goal = figure.target
    chart = Chart(
        title=translate(COURSE, language),
        description=" ".join(translate(each, language) for each in (IS_TABLE, *([BREAKS] if course.breaks else []))),
        kind="lines",
        rows=tuple(_rows(_with_anchor(course.points), lambda text: translate(text, language), language)),
        x="month",
        y="value",
        series="of",
        low="low",
        high="high",
        order=tuple(month_name(point.month, language) for point in course.points),
        y_title=unit,
        breaks=tuple(dict.fromkeys(month_name(rules.month_key(each.on), language) for each in course.breaks)),
        goal=goal,
        goal_title=translate(N_("目標 {target}"), language, target=format_number(goal, language)) if goal else "",
    )
    return Markup(await draw(chart))  # noqa: S704 - drawn by ourselves


def _rows(points: list[CoursePoint], said: Callable[[str], str], language: str) -> Iterator[dict[str, object]]:
    for name, field in ((ACTUAL, "total"), (PACE, "pace"), (AHEAD, "ahead")):
        for point in points:
            if (value := getattr(point, field)) is None:
                continue
            row = {"month": month_name(point.month, language), "of": said(name), "value": value}
            yield {**row, "low": point.low, "high": point.high} if field == "ahead" else row


def _with_anchor(points: list[CoursePoint]) -> list[CoursePoint]:
    """The pace and the projection begin where the counting of whole months ends, so that no line hangs in the air."""
    first = next((at for at, point in enumerate(points) if point.ahead is not None or point.pace is not None), 0)
    last = points[first - 1] if first else None
    if last is None or last.total is None:
        return points
    after, from_ = points[first], last.total
    anchor = msgspec.structs.replace(
        last,
        pace=None if after.pace is None else from_,
        ahead=None if after.ahead is None else from_,
        low=None if after.low is None else from_,
        high=None if after.high is None else from_,
    )
    return [*points[: first - 1], anchor, *points[first:]]
