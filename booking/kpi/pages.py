"""Pages of the annual-users figure, for staff."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.i18n import N_
from booking.kit.web import NavItem, language_of, page
from booking.kpi import pages_closing, pages_definitions, pages_report, queries, rules, service, service_visits
from booking.kpi.rules_words import ENTRIES, HINTS, UNITS
from booking.occupancy.rules_words import STAGES

READERS = (Role.FRONT_DESK, Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR, Role.AUDITOR)


@get("/staff/kpi", include_in_schema=False)
async def show_this_year(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[str]:
    """The figure of this fiscal year."""
    return await _show(request, actor, clock.fiscal_year(clock.today()))


@get("/staff/kpi/{fiscal_year:int}", include_in_schema=False)
async def show_year(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], fiscal_year: FromPath[int]
) -> Response[str]:
    """The figure of a fiscal year."""
    return await _show(request, actor, fiscal_year)


async def _show(request: Request[Any, Any, Any], actor: Actor, fiscal_year: int) -> Response[str]:
    require_staff(actor, *READERS)
    figure = await service.get_annual_users(fiscal_year, language=language_of(request))
    each = rules.squares_for(cell.person_days for cell in figure.by_month)
    return page(
        request,
        "kpi/annual_users.html",
        figure=figure,
        years=await queries.list_fiscal_years(),
        share=rules.share_percent(figure.value, figure.target),
        bars=[rules.bar_columns(cell.person_days, each) for cell in figure.by_month],
        each=each,
        this_year=clock.fiscal_year(clock.today()),
        may_open=actor.has_role(*service_visits.READERS),
        words={
            "stages": STAGES,
            "scopes": {each.code: each.name for each in figure.scopes},
            "units": UNITS,
            "hints": HINTS,
            "entries": ENTRIES,
        },
    )


@get("/staff/kpi/visits", include_in_schema=False)
async def show_visits(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    fiscal_year: FromQuery[int | None] = None,
    month: FromQuery[str | None] = None,
    facility: FromQuery[str | None] = None,
    program: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """The visits behind a number."""
    period = service_visits.period_of(fiscal_year, month)
    found = await service_visits.list_counted_visits(actor, period, facility=facility, program=program, cursor=cursor)
    kept = {"fiscal_year": fiscal_year, "month": month, "facility": facility, "program": program}
    return page(
        request,
        "kpi/visits.html",
        visits=found,
        kept={name: value for name, value in kept.items() if value},
        names=await queries.list_names(language_of(request)),
        period=period,
        words={"stages": STAGES, "entries": ENTRIES},
    )


PAGES = (show_this_year, show_year, show_visits, *pages_definitions.PAGES, *pages_closing.PAGES, *pages_report.PAGES)
NAV = (NavItem(label=N_("年間利用者数"), address="/staff/kpi", icon="figures", roles=tuple(READERS), order=60),)
