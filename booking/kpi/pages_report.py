"""Staff pages of the review report: the files, the words and the numbers that are put in by hand."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.spreadsheets import XLSX
from booking.kit.web import Asking, form, page, redirect
from booking.kpi import paper_report, queries, queries_report, service_report
from booking.kpi.rules import READERS
from booking.kpi.rules_report import REMARKS, year_of
from booking.kpi.schemas_report import ActualForm, RemarkForm
from booking.kpi.service_definitions import LEAD_BODY

HOME = "/staff/kpi/report"
ENDINGS: dict[paper_report.Ending, str] = {"pdf": "application/pdf", "xlsx": XLSX, "csv": "text/csv"}
OTHERS = {
    1: N_("KPI① 地域へのUIJターン就職者数"),
    2: N_("KPI② デジタルクリエイティブ企業の進出数"),
    3: N_("KPI③ 共創プロジェクト組成数"),
}
FIELDS = {"factors": N_("要因"), "issues": N_("課題"), "next_steps": N_("次年度への反映")}
assert tuple(FIELDS) == tuple(name for name, _ in REMARKS)


@get(HOME, include_in_schema=False)
async def show_report(
    request: Asking,
    actor: NamedDependency[Actor],
    fiscal_year: FromQuery[int | None] = None,
    body_code: Annotated[str, QueryParameter(name="body")] = "",
) -> Response[str]:
    """What will stand in the report of a year and body, with its files and forms."""
    return await _show(request, actor, fiscal_year, body_code)


async def _show(request: Asking, actor: Actor, fiscal_year: int | None, body: str, **more: Any) -> Response[str]:
    require_staff(actor, *READERS)
    years = await service_report.list_report_years()
    bodies = [each for each in await facilities.list_bodies() if actor.may_in((each.code,), *READERS)]
    chosen = fiscal_year if fiscal_year is not None else years[0]
    given: dict[str, Any] = {
        "report": await service_report.make_report(actor, chosen, body),
        "years": years,
        "bodies": bodies,
        "remark": await queries_report.find_remark(chosen, body),
        "actuals": await queries_report.list_actuals(),
        "plan_years": await queries.list_fiscal_years(),
        "may_write": actor.may_in((body or LEAD_BODY,), Role.BODY_ADMINISTRATOR),
        "may_enter": actor.may_in((LEAD_BODY,), Role.BODY_ADMINISTRATOR),
        "others": OTHERS,
        "entry": None,
        "words": None,
        "fields": FIELDS,
    }
    return page(request, "kpi/report.html", **given | more)


@get([f"{HOME}.{ending}" for ending in ENDINGS], include_in_schema=False)
async def get_file(
    request: Asking,
    actor: NamedDependency[Actor],
    fiscal_year: FromQuery[int],
    body_code: Annotated[str, QueryParameter(name="body")] = "",
) -> Response[bytes]:
    """The report as a file."""
    ending = next(each for each in ENDINGS if request.url.path.endswith(each))
    report = await service_report.make_report(actor, fiscal_year, body_code)
    headers = {
        "content-disposition": f'attachment; filename="{paper_report.file_name(report, ending)}"',
        "cache-control": "no-store",
    }
    content = await paper_report.write_file(report, ending)
    return Response(content, media_type=ENDINGS[ending], headers=headers)


@post(f"{HOME}/remarks", include_in_schema=False)
async def write_remark(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Put the words in."""
    data = await form(request, RemarkForm)
    try:
        await service_report.write_remark(actor, data)
    except Refusal as refusal:
        shown = {"status": refusal.status, "refusal": refusal, "words": data}
        return await _show(request, actor, year_of(data.fiscal_year), data.body, **shown)
    return redirect(HOME, fiscal_year=data.fiscal_year, body=data.body, done="written")


@post(f"{HOME}/actuals", include_in_schema=False)
async def enter_actual(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Put a number of another indicator in."""
    data = await form(request, ActualForm)
    try:
        await service_report.enter_actual(actor, data)
    except Refusal as refusal:
        return await _show(request, actor, None, "", status=refusal.status, refusal=refusal, entry=data)
    return redirect(HOME, done="entered")


PAGES = (show_report, get_file, write_remark, enter_actual)
