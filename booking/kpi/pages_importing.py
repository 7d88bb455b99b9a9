"""Staff pages of numbers from before the service: by file or by hand, what is wrong in them, what was replaced."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.params import FromPath

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, translate
from booking.kit.spreadsheet_files import LARGEST_BYTES, MOST_ROWS, FileEmpty, FileTooBig
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, form, language_of, page, redirect
from booking.kit.words import say_words
from booking.kpi import (
    rules_importing_visits,
    service_importing,
    service_importing_visits,
    service_parallel,
    service_populations,
    service_uploads,
)
from booking.kpi.errors_importing import UploadUnknown
from booking.kpi.rules import READERS, Upload, month_key
from booking.kpi.rules_importing import TITLES
from booking.kpi.schemas_importing import CellForm, KeptTotal, Origin, PressForm, UploadForm, UploadView

HOME = "/staff/kpi/imports"
SHOWN_FAULTS = 200
WITH_FRAME = LARGEST_BYTES + 200_000
"""A form may be this much longer than the file in it."""
_Keep = Callable[[Actor, str, bytes, Origin], Awaitable[UUID]]
_Commit = Callable[[Actor, UUID], Awaitable[UploadView]]
KEEP: dict[Upload, _Keep] = {
    Upload.TOTALS: service_importing.upload_totals,
    Upload.VISITS: service_importing_visits.upload_visits,
}
COMMIT: dict[Upload, _Commit] = {
    Upload.TOTALS: service_importing.commit_totals,
    Upload.VISITS: service_importing_visits.commit_visits,
    Upload.POPULATIONS: service_populations.commit_populations,
}
HEAD = (
    *(N_("場所のコード"), N_("場所"), N_("年月"), N_("延べ人日"), N_("延べコマ"), N_("数えた方法"), N_("もとの資料")),
    *(N_("責任者"), N_("取り込んだ日"), N_("いま")),
)
COUNTS, REPLACED, OVERLAPS = N_("数えている"), N_("もう数えていない"), N_("このサービスの来館と重なっている")


async def _home(request: Asking, actor: Actor, refusal: Refusal | None = None, **more: Any) -> Response[str]:
    require_staff(actor, *READERS)
    is_administrator = actor.has_role(Role.BODY_ADMINISTRATOR)
    places = await service_uploads.list_seen_places(actor)
    bodies = await service_uploads.list_own_bodies(actor) if is_administrator else []
    given: dict[str, Any] = {
        "totals": await service_importing.list_totals(actor),
        "names": {each.code: say_words(each.names, language_of(request)) for each in places},
        "places": [(each.code, each) for each in places if each.body_code in {code for code, _ in bodies}],
        "bodies": bodies,
        "parallels": [
            one for one in await service_parallel.list_parallels() if one.facility in {p.code for p in places}
        ],
        "columns": list(TITLES.values()),
        "visit_columns": list(rules_importing_visits.TITLES.values()),
        "uploads": await service_uploads.list_uploads(actor),
        "megabytes": LARGEST_BYTES // 1_000_000,
        "rows": MOST_ROWS,
        "said": None,
        "errors": refusal.fields if refusal else {},
        "done": request.query_params.get("done", ""),
    }
    return page(
        request,
        "kpi/imports.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        **given | more,
    )


@get(HOME, include_in_schema=False)
async def show_imports(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """What was brought in, and how to bring in more."""
    return await _home(request, actor)


@get(file_addresses(HOME), include_in_schema=False)
async def list_imports(request: Asking, actor: NamedDependency[Actor]) -> Response[bytes]:
    """Every total ever brought in, as a file."""
    require_staff(actor, *READERS)
    language = language_of(request)
    places = await service_uploads.list_seen_places(actor)
    names = {each.code: say_words(each.names, language) for each in places}
    rows = [_row(one, names, language) for one in await service_importing.list_totals(actor)]
    return await list_file(request, "imported-totals", N_("このサービスより前の数字"), HEAD, rows)


def _row(one: KeptTotal, names: dict[str, str], language: str) -> list[Cell]:
    state = REPLACED if one.replaced_at else OVERLAPS if one.overlaps else COUNTS
    where = (one.facility, names.get(one.facility, one.facility), month_key(one.month_on))
    origin = (one.method, one.document, one.author, clock.local_date(one.imported_at).isoformat())
    return [*where, one.person_days, one.person_sessions, *origin, translate(state, language)]


@get(file_addresses(f"{HOME}/template"), include_in_schema=False)
async def list_template(request: Asking, actor: NamedDependency[Actor]) -> Response[bytes]:
    """An empty table to fill in."""
    await service_uploads.list_own_bodies(actor)
    return await list_file(request, "totals", N_("月ごとの合計"), list(TITLES.values()), [])


@get(file_addresses(f"{HOME}/template-visits"), include_in_schema=False)
async def list_visit_template(request: Asking, actor: NamedDependency[Actor]) -> Response[bytes]:
    """The same for single visits."""
    await service_uploads.list_own_bodies(actor)
    head = list(rules_importing_visits.TITLES.values())
    return await list_file(request, "visits", N_("1件ずつの来館"), head, [])


async def _upload(request: Asking, actor: Actor, kind: Upload, posted: UploadForm) -> Response[Any]:
    origin = Origin(method=posted.method, document=posted.document, author=posted.author)
    try:
        await service_uploads.require_body(actor, posted.body)
        if posted.file is None:
            raise FileEmpty
        made = await KEEP[kind](actor, posted.body, await posted.file.read(), origin)
    except Refusal as refusal:
        return await _home(request, actor, refusal, said={"kind": kind, "form": posted})
    return redirect(f"{HOME}/uploads/{made}")


@post(f"{HOME}/totals", include_in_schema=False, request_max_body_size=WITH_FRAME)
async def upload_totals(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Read a file of totals and show what bringing it in would do; nothing counts yet."""
    await service_uploads.list_own_bodies(actor)
    try:
        posted = await form(request, UploadForm)
    except RequestEntityTooLarge:
        return await _home(request, actor, FileTooBig(limit=LARGEST_BYTES // 1_000_000))
    return await _upload(request, actor, Upload.TOTALS, posted)


@post(f"{HOME}/visits", include_in_schema=False, request_max_body_size=WITH_FRAME)
async def upload_visits(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """The same for a file of single visits."""
    await service_uploads.list_own_bodies(actor)
    try:
        posted = await form(request, UploadForm)
    except RequestEntityTooLarge:
        return await _home(request, actor, FileTooBig(limit=LARGEST_BYTES // 1_000_000))
    return await _upload(request, actor, Upload.VISITS, posted)


@post(f"{HOME}/cells", include_in_schema=False)
async def enter_total(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Bring in one total typed by hand."""
    data = await form(request, CellForm)
    try:
        await service_importing.enter_total(actor, data)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return await _home(request, actor, refusal, said={"kind": "cell", "form": data})
    return redirect(HOME, done="entered")


async def _report_page(request: Asking, found: UploadView, refusal: Refusal | None = None) -> Response[str]:
    language = language_of(request)
    return page(
        request,
        "kpi/import_check.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        asked=found,
        report=found.report,
        faults=[(one.row, one.column, one.say(language)) for one in found.report.faults[:SHOWN_FAULTS]],
        shown=SHOWN_FAULTS,
    )


@get(f"{HOME}/uploads/{{upload_id:uuid}}", include_in_schema=False)
async def show_upload(request: Asking, actor: NamedDependency[Actor], upload_id: FromPath[UUID]) -> Response[str]:
    """What bringing a file in would do, or has done."""
    return await _report_page(request, await service_uploads.get_upload(actor, upload_id))


@post(f"{HOME}/uploads/{{upload_id:uuid}}", include_in_schema=False)
async def commit(request: Asking, actor: NamedDependency[Actor], upload_id: FromPath[UUID]) -> Response[Any]:
    """Bring all of it in, or nothing."""
    await form(request, PressForm)
    found = await service_uploads.get_upload(actor, upload_id)
    try:
        await COMMIT[found.kind](actor, upload_id)
    except UploadUnknown:
        raise
    except Refusal as refusal:
        return await _report_page(request, await service_uploads.get_upload(actor, upload_id), refusal)
    return redirect(f"{HOME}/uploads/{upload_id}")


@post(f"{HOME}/uploads/{{upload_id:uuid}}/take-back", include_in_schema=False)
async def take_back(request: Asking, actor: NamedDependency[Actor], upload_id: FromPath[UUID]) -> Response[Any]:
    """Let the visits of a file count no more."""
    await form(request, PressForm)
    found = await service_uploads.get_upload(actor, upload_id)
    try:
        await service_importing_visits.take_back(actor, upload_id)
    except Refusal as refusal:
        return await _report_page(request, found, refusal)
    return redirect(f"{HOME}/uploads/{upload_id}")


@get(file_addresses(f"{HOME}/uploads/{{upload_id:uuid}}/faults"), include_in_schema=False)
async def list_faults(request: Asking, actor: NamedDependency[Actor], upload_id: FromPath[UUID]) -> Response[bytes]:
    """Every row that cannot be used, to put beside the file."""
    language = language_of(request)
    found = await service_uploads.get_upload(actor, upload_id)
    rows = [(one.row, one.column, one.say(language)) for one in found.report.faults]
    return await list_file(request, "faults", N_("直すところ"), (N_("行"), N_("列"), N_("理由")), rows)


@get(f"{HOME}/totals/{{total_id:uuid}}", include_in_schema=False)
async def show_total(request: Asking, actor: NamedDependency[Actor], total_id: FromPath[UUID]) -> Response[str]:
    """One facility-month: what counts, what was replaced, and the form for a better number."""
    require_staff(actor, *READERS)
    return await _total(request, actor, total_id)


async def _total(
    request: Asking, actor: Actor, total_id: UUID, refusal: Refusal | None = None, **more: Any
) -> Response[str]:
    found = await service_importing.get_total(actor, total_id)
    history = await service_importing.list_totals(actor)
    places = {each.code: each for each in await service_uploads.list_seen_places(actor)}
    return page(
        request,
        "kpi/import_total.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        asked=found,
        history=[one for one in history if (one.facility, one.month_on) == (found.facility, found.month_on)],
        name=say_words(places[found.facility].names, language_of(request)),
        may_change=actor.may_in((found.body,), Role.BODY_ADMINISTRATOR),
        **more,
    )


@post(f"{HOME}/totals/{{total_id:uuid}}/withdraw", include_in_schema=False)
async def withdraw_total(request: Asking, actor: NamedDependency[Actor], total_id: FromPath[UUID]) -> Response[Any]:
    """Let a total count no more."""
    await form(request, PressForm)
    try:
        await service_importing.withdraw_total(actor, total_id)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _total(request, actor, total_id, refusal)
    return redirect(HOME, done="withdrawn")


PAGES: tuple[Any, ...] = (
    show_imports,
    list_imports,
    list_template,
    list_visit_template,
    upload_totals,
    upload_visits,
    enter_total,
    show_upload,
    commit,
    take_back,
    list_faults,
    show_total,
    withdraw_total,
)
