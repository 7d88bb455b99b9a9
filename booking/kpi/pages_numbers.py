"""Every number of the figure's page as one long list, for csv and Excel."""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, bracketed, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, language_of
from booking.kit.words import say_words
from booking.kpi import pages_course as course_words
from booking.kpi import queries
from booking.kpi.pages_course import COURSE, PROVISIONAL
from booking.kpi.rules import DefinitionStatus, Unit
from booking.kpi.rules_words import ENTRIES, UNITS
from booking.kpi.schemas import AnnualUsers
from booking.kpi.schemas import Cell as Line
from booking.kpi.schemas_course import Course
from booking.kpi.service_course import read_course
from booking.occupancy.rules_words import STAGES

HOME = "/staff/kpi/numbers"
WHOLE = N_("計画の全体")
MONTHS = N_("月ごとの延べ人日")
YEAR_BEFORE = N_("前の年度の同じ月")
HEAD = (N_("表"), N_("どこの数字か"), N_("行"), N_("列"), N_("数"), N_("確定か暫定か"), N_("数え方"))
CERTIFIED = N_("確定")
BREAKS = N_("数える方法が変わった日")
READINGS, OFTEN, PEOPLE = N_("数え方ごとの数字"), N_("1人が年度に来た日数"), N_("人数")
DAYS, DAYS_BETWEEN, DAYS_AND_MORE = N_("{n}日"), N_("{low}日から{high}日"), N_("{n}日より多い")
BREAKDOWNS: dict[str, tuple[str, dict[str, str]]] = {
    "by_facility": (N_("場所ごと"), {}),
    "by_program": (N_("プログラムごと"), {"": N_("プログラムの外で来た")}),
    "by_school_stage": (N_("学校の段階ごと"), STAGES),
    "by_municipality": (N_("住んでいる市町村ごと"), {"": N_("わからない")}),
    "by_entry": (N_("どう記録されたか"), ENTRIES),
}
Row = tuple[str, str, str, str, int | None, bool | None]
"""Table, of what, row, column, number, whether it is certified (a target is neither)."""


@get(file_addresses(HOME), include_in_schema=False)
async def numbers_file(
    request: Asking,
    actor: NamedDependency[Actor],
    fiscal_year: FromQuery[int | None] = None,
    body_code: Annotated[str | None, QueryParameter(name="body")] = None,
) -> Response[bytes]:
    """The tables of the page, a number a row: which table, of what, what it is, and whether it is certified."""
    year = clock.fiscal_year(clock.today()) if fiscal_year is None else fiscal_year
    figure, course = await read_course(actor, year, body_code or None)
    rows = await _lines(figure, course, body_code or "", language_of(request))
    return await list_file(request, f"kpi-{figure.fiscal_year}", N_("年間利用者数"), HEAD, rows)


async def _lines(figure: AnnualUsers, course: Course, body: str, language: str) -> list[list[Cell]]:
    bodies = {each.code: say_words(each.names, language) for each in await facilities.list_bodies()}
    whole = bodies.get(body, translate(WHOLE, language))
    own = bodies.get(figure.breakdowns_of or "", translate(WHOLE, language))
    reading = figure.definition.name
    if figure.definition.status is DefinitionStatus.ASSUMED:
        reading += bracketed(translate(PROVISIONAL, language), language)
    rows: list[list[Cell]] = []
    tables = (_readings(figure, whole), _course_rows(figure, course, whole), _months(course, own))
    parts = (_breakdowns(figure, own, language), _distribution(figure, own, language))
    names = (await queries.list_names(language))["facility"]
    breaks = [(BREAKS, own, names[each.facility], each.on.isoformat(), None, None) for each in course.breaks]
    for table, of, row, column, number, is_certified in chain(*tables, *parts, breaks):
        standing = None if is_certified is None else translate(CERTIFIED if is_certified else PROVISIONAL, language)
        said = translate(table, language), of, row, translate(column, language)
        rows.append([*said, number, standing, reading])
    return rows


def _readings(figure: AnnualUsers, of: str) -> Iterator[Row]:
    names = {scope.code: scope.name for scope in figure.scopes}
    for scope, by_unit in figure.values.items():
        for unit, number in by_unit.items():
            yield READINGS, of, names[scope], UNITS[unit], number, scope in figure.certified_scopes


def _breakdowns(figure: AnnualUsers, of: str, language: str) -> Iterator[Row]:
    for part, (table, names) in BREAKDOWNS.items():
        cells: list[Line] = getattr(figure, part)
        for cell in cells:
            row = translate(names[cell.code], language) if cell.code in names else cell.name
            yield table, of, row, UNITS[Unit.PERSON_DAYS], cell.person_days, cell.certified
            yield table, of, row, UNITS[Unit.PERSON_SESSIONS], cell.person_sessions, cell.certified


def _distribution(figure: AnnualUsers, of: str, language: str) -> Iterator[Row]:
    for band in figure.distribution:
        high = band.low if band.high is None else band.high
        name = DAYS if band.low == high else DAYS_BETWEEN
        name = DAYS_AND_MORE if band.high is None else name
        said = translate(name, language, n=band.low - (band.high is None), low=band.low, high=high)
        yield OFTEN, of, said, PEOPLE, band.people, figure.own_certified


def _course_rows(figure: AnnualUsers, course: Course, of: str) -> Iterator[Row]:
    if figure.target is not None:
        yield COURSE, of, str(figure.fiscal_year), N_("目標"), figure.target, None
    for point in course.points:
        yield COURSE, of, point.month, course_words.ACTUAL, point.total, point.is_certified
    for name, column in (
        ("pace", course_words.PACE),
        ("ahead", course_words.AHEAD),
        ("low", N_("見込みの幅の下")),
        ("high", N_("見込みの幅の上")),
    ):
        for point in course.points:
            if (number := getattr(point, name)) is not None:
                yield COURSE, of, point.month, column, number, False


def _months(course: Course, of: str) -> Iterator[Row]:
    for month in course.months:
        yield MONTHS, of, month.month, UNITS[Unit.PERSON_DAYS], month.person_days, month.is_certified
        yield MONTHS, of, month.month, UNITS[Unit.PERSON_SESSIONS], month.person_sessions, month.is_certified
        yield MONTHS, of, month.month, YEAR_BEFORE, month.year_before, month.was_certified


PAGES = (numbers_file,)
