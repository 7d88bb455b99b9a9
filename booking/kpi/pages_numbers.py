"""Every number of the figure's page as one long list, for csv and Excel."""

from collections.abc import Iterator
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
from booking.kpi.pages_course import COURSE, PROVISIONAL
from booking.kpi.rules import DefinitionStatus, Unit
from booking.kpi.rules_words import UNITS
from booking.kpi.schemas import AnnualUsers
from booking.kpi.schemas_course import Course
from booking.kpi.service_course import read_course

HOME = "/staff/kpi/numbers"
WHOLE = N_("計画の全体")
MONTHS = N_("月ごとの延べ人日")
YEAR_BEFORE = N_("前の年度の同じ月")
HEAD = (N_("表"), N_("どこの数字か"), N_("行"), N_("列"), N_("数"), N_("確定か暫定か"), N_("数え方"))
CERTIFIED = N_("確定")
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
    language = language_of(request)
    bodies = {each.code: say_words(each.names, language) for each in await facilities.list_bodies()}
    whole = bodies.get(body_code or "", translate(WHOLE, language))
    own = bodies.get(figure.breakdowns_of or "", translate(WHOLE, language))
    reading = figure.definition.name
    if figure.definition.status is DefinitionStatus.ASSUMED:
        reading += bracketed(translate(PROVISIONAL, language), language)
    rows: list[list[Cell]] = []
    for table, of, row, column, number, is_certified in [*_course_rows(figure, course, whole), *_months(course, own)]:
        standing = None if is_certified is None else translate(CERTIFIED if is_certified else PROVISIONAL, language)
        said = translate(table, language), of, row, translate(column, language)
        rows.append([*said, number, standing, reading])
    return await list_file(request, f"kpi-{figure.fiscal_year}", N_("年間利用者数"), HEAD, rows)


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
