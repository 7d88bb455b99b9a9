"""A body's administrator hands in a list of registrants, sees every row that cannot be used, and registers the rest."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.params import FromPath

from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.kit import spreadsheets
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, translate
from booking.kit.spreadsheet_files import LARGEST_BYTES, MOST_ROWS, FileEmpty, FileTooBig
from booking.kit.web import Asking, form, language_of, page, redirect
from booking.kit.words import say_words
from booking.people import pages_forms as forms
from booking.people import queries_texts, service_import
from booking.people.rules_columns import TITLES
from booking.people.schemas_import import ImportView
from booking.people.service_desk import bodies_of

SHOWN_FAULTS = 200
WITH_FRAME = LARGEST_BYTES + 200_000
"""A form may be this much longer than the file in it."""


class UploadPage(msgspec.Struct, kw_only=True):
    """The list, and whose registrants they are."""

    body: str
    file: UploadFile | None


class CommitPage(msgspec.Struct, kw_only=True):
    """The button alone."""


async def _upload_page(request: Asking, actor: Actor, refusal: Refusal | None = None, body: str = "") -> Response[str]:
    bodies = await bodies_of(actor, Role.BODY_ADMINISTRATOR)
    texts = [text for text in await queries_texts.list_consent_texts() if bodies is None or text.body_code in bodies]
    return page(
        request,
        "people/import.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=forms.errors_of(refusal),
        bodies=[(text.body_code, say_words(text.body_names, language_of(request))) for text in texts],
        body=body,
        columns=list(TITLES.values()),
        megabytes=LARGEST_BYTES // 1_000_000,
        rows=MOST_ROWS,
    )


@get("/staff/members/import", include_in_schema=False)
async def show_upload(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """How to hand in a list."""
    return await _upload_page(request, actor)


@post("/staff/members/import", include_in_schema=False, request_max_body_size=WITH_FRAME)
async def upload(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Read a list and show what registering it would do; nobody is registered yet."""
    await bodies_of(actor, Role.BODY_ADMINISTRATOR)
    try:
        posted = await form(request, UploadPage)
    except RequestEntityTooLarge:
        return await _upload_page(request, actor, FileTooBig(limit=LARGEST_BYTES // 1_000_000))
    try:
        if posted.file is None:
            raise FileEmpty
        made = await service_import.upload(actor, posted.body, await posted.file.read())
    except Refusal as refusal:
        return await _upload_page(request, actor, refusal, posted.body)
    return redirect(f"/staff/members/import/{made.id}")


@get("/staff/members/import/template.csv", include_in_schema=False)
async def csv_template(actor: NamedDependency[Actor]) -> Response[bytes]:
    """An empty list to fill in."""
    await bodies_of(actor, Role.BODY_ADMINISTRATOR)
    return _file(spreadsheets.csv_bytes(list(TITLES.values()), []), "text/csv; charset=utf-8", "registrants.csv")


@get("/staff/members/import/template.xlsx", include_in_schema=False)
async def xlsx_template(actor: NamedDependency[Actor]) -> Response[bytes]:
    """The same for Excel."""
    await bodies_of(actor, Role.BODY_ADMINISTRATOR)
    made = spreadsheets.xlsx_bytes("名簿", list(TITLES.values()), [])
    return _file(made, spreadsheets.XLSX, "registrants.xlsx")


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def _report_page(request: Asking, found: ImportView, refusal: Refusal | None = None) -> Response[str]:
    report = found.report
    return page(
        request,
        "people/import_report.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        asked=found,
        report=report,
        faults=[(one.row, one.column, one.say(language_of(request))) for one in report.faults[:SHOWN_FAULTS]],
        shown=SHOWN_FAULTS,
    )


@get("/staff/members/import/{import_id:uuid}", include_in_schema=False)
async def show_report(request: Asking, actor: NamedDependency[Actor], import_id: FromPath[UUID]) -> Response[str]:
    """What registering a list would do, or has done; row numbers and reasons, nobody's name."""
    return _report_page(request, await service_import.get_import(actor, import_id))


@post("/staff/members/import/{import_id:uuid}", include_in_schema=False)
async def commit(request: Asking, actor: NamedDependency[Actor], import_id: FromPath[UUID]) -> Response[Any]:
    """Register everybody on the list, or nobody."""
    await form(request, CommitPage)
    found = await service_import.get_import(actor, import_id)
    try:
        await service_import.commit(actor, import_id)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _report_page(request, found, refusal)
    return redirect(f"/staff/members/import/{import_id}")


@get("/staff/members/import/{import_id:uuid}/faults.csv", include_in_schema=False)
async def faults_file(request: Asking, actor: NamedDependency[Actor], import_id: FromPath[UUID]) -> Response[bytes]:
    """Every row that cannot be used, to put beside the list."""
    language = language_of(request)
    found = await service_import.get_import(actor, import_id)
    head = [translate(word, language) for word in (N_("行"), N_("列"), N_("理由"))]
    rows = [(one.row, one.column, one.say(language)) for one in found.report.faults]
    return _file(spreadsheets.csv_bytes(head, rows), "text/csv; charset=utf-8", "faults.csv")


PAGES: tuple[Any, ...] = (show_upload, upload, csv_template, xlsx_template, show_report, commit, faults_file)
