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
from booking.kpi import queries, rules, service, service_visits

READERS = (Role.FRONT_DESK, Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR, Role.AUDITOR)
STAGES = {
    "preschool": N_("就学前"),
    "elementary": N_("小学生"),
    "junior-high": N_("中学生"),
    "high": N_("高校生"),
    "adult": N_("大人"),
    "": N_("わからない"),
}
UNITS = {"person_days": N_("延べ人日"), "person_sessions": N_("延べコマ"), "people": N_("実人数")}
HINTS = {
    "person_days": N_("1人が1日に1つの場所に来ると 1。同じ日は何回でも 1"),
    "person_sessions": N_("1人が1つの回に出るたびに 1"),
    "people": N_("年度に1回でも来た人を 1"),
}
ENTRIES = {
    "scan": N_("入口の端末で読み取り"),
    "staff": N_("係の人が入力"),
    "paper": N_("紙から入力"),
    "import": N_("取り込み"),
    "auto": N_("帰りの記録がなく、閉館で自動に閉じた"),
}


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


PAGES = (show_this_year, show_year, show_visits)
NAV = (NavItem(label=N_("年間利用者数"), address="/staff/kpi", icon="figures", roles=tuple(READERS), order=60),)
