"""Pages of the annual-users figure, for staff."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock
from booking.kit.i18n import N_
from booking.kit.web import NavItem, language_of, page
from booking.kit.words import say_words
from booking.kpi import (
    pages_behind,
    pages_closing,
    pages_course,
    pages_definitions,
    pages_handing,
    pages_importing,
    pages_numbers,
    pages_parallel,
    pages_populations,
    pages_report,
    queries,
    rules,
    service_closing,
    service_course,
    service_reading,
)
from booking.kpi.rules_words import ENTRIES, HINTS, UNITS
from booking.kpi.schemas import AnnualUsers
from booking.kpi.schemas_course import Course
from booking.occupancy.rules_words import STAGES

WORDS: dict[str, Any] = {"stages": STAGES, "units": UNITS, "hints": HINTS, "entries": ENTRIES}
BodyCode = Annotated[str | None, QueryParameter(name="body")]


@get("/staff/kpi", include_in_schema=False)
async def show_this_year(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], body_code: BodyCode = None
) -> Response[str]:
    """The figure of this fiscal year."""
    return await _show(request, actor, clock.fiscal_year(clock.today()), body_code)


@get("/staff/kpi/{fiscal_year:int}", include_in_schema=False)
async def show_year(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    fiscal_year: FromPath[int],
    body_code: BodyCode = None,
) -> Response[str]:
    """The figure of a fiscal year."""
    return await _show(request, actor, fiscal_year, body_code)


async def _show(request: Request[Any, Any, Any], actor: Actor, fiscal_year: int, body: str | None) -> Response[str]:
    figure, course = await service_course.read_course(actor, fiscal_year, body)
    language = language_of(request)
    bodies = await facilities.list_bodies()
    return page(
        request,
        "kpi/annual_users.html",
        figure=figure,
        body=body,
        years=await queries.list_fiscal_years(),
        certified_years=await service_reading.list_certified_years(body or ""),
        share=rules.share_percent(figure.value, figure.target),
        numbers=pages_numbers.HOME,
        kept={"fiscal_year": fiscal_year} | ({"body": body} if body else {}),
        this_year=clock.fiscal_year(clock.today()),
        may_open=actor.has_role(*rules.READERS),
        bodies={each.code: say_words(each.names, language) for each in bodies},
        mine=await service_reading.list_bodies_of(actor, *service_reading.READERS),
        words=WORDS | {"scopes": {each.code: each.name for each in figure.scopes}},
        **await _pictures(figure, course, language),
        **await _behind(actor, figure, language),
    )


async def _pictures(figure: AnnualUsers, course: Course, language: str) -> dict[str, Any]:
    """The course of the year, drawn."""
    each, squares = pages_course.square_months(course.months)
    chart = await pages_course.draw_course(figure, course, language)
    return {
        "course": course,
        "chart": chart,
        "squares": squares,
        "each": each,
        "month_name": pages_course.month_name,
    }


async def _behind(actor: Actor, figure: AnnualUsers, language: str) -> dict[str, Any]:
    """What opens, and how complete the year is, for those who look behind it."""
    behind = await service_reading.what_opens(actor, figure)
    gaps = None
    if behind.facilities and figure.from_on <= clock.today():
        gaps = await service_closing.list_gaps(actor, figure.fiscal_year, figure.breakdowns_of or "")
    return {
        "behind": behind,
        "gaps": gaps,
        "place_names": (await queries.list_names(language))["facility"],
    }


PAGES = (
    show_this_year,
    show_year,
    *pages_numbers.PAGES,
    *pages_populations.PAGES,
    *pages_behind.PAGES,
    *pages_definitions.PAGES,
    *pages_closing.PAGES,
    *pages_report.PAGES,
    *pages_handing.PAGES,
    *pages_importing.PAGES,
    *pages_parallel.PAGES,
)
NAV = (
    NavItem(label=N_("年間利用者数"), address="/staff/kpi", icon="figures", roles=service_reading.READERS, order=60),
)
