"""The register of personal files for staff: to print, to save and to write."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.schemas import Actor
from booking.kit.errors import InvalidForm, Refusal
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, NavItem, form, page, redirect
from booking.personal_data import service_record as service
from booking.personal_data.pages_register import context_of, lines_of
from booking.personal_data.schemas_record import PartForm

HOME = "/staff/privacy/record"
HEAD = (N_("団体（県・市）"), N_("項目"), N_("内容"))


@get(HOME, include_in_schema=False)
async def show_own(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The registers of one's own bodies."""
    records = await service.list_for(actor, *service.READERS)
    may_edit = actor.has_role(*service.EDITORS)
    return page(request, "personal_data/record.html", may_edit=may_edit, address=HOME, **context_of(records))


@get(file_addresses(HOME), include_in_schema=False)
async def export_record(request: Asking, actor: NamedDependency[Actor]) -> Response[bytes]:
    """The same as a file."""
    records = await service.list_for(actor, *service.READERS)
    rows: list[list[Cell]] = [
        [record.names["ja"], title, _plain(said)] for record in records for title, said, _ in lines_of(record)
    ]
    return await list_file(request, "privacy-record", N_("個人情報ファイル簿"), HEAD, rows)


def _plain(said: Any) -> str:
    if isinstance(said, list):
        return "\n".join(f"{number} {name}" for number, name in enumerate(said, 1))
    return str(said["ja"] if isinstance(said, dict) else said)


@get("/staff/privacy/record/{body_code:str}/{part:str}", include_in_schema=False)
async def ask_part(
    request: Asking, actor: NamedDependency[Actor], body_code: FromPath[str], part: FromPath[str]
) -> Response[str]:
    """One part, to be written."""
    return await _part_page(request, actor, body_code, part)


async def _part_page(
    request: Asking,
    actor: Actor,
    body_code: str,
    code: str,
    *,
    posted: PartForm | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    record, part = await service.get_part(actor, body_code, code)
    return page(
        request,
        "personal_data/record_part.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        form=posted,
        record=record,
        part=part,
        longest=service.LONGEST,
    )


@post("/staff/privacy/record/{body_code:str}/{part:str}", include_in_schema=False)
async def write_part(
    request: Asking, actor: NamedDependency[Actor], body_code: FromPath[str], part: FromPath[str]
) -> Response[Any]:
    """Write it, and go back to the register."""
    posted = await form(request, PartForm)
    try:
        await service.write_part(actor, body_code, part, posted)
    except InvalidForm as refusal:
        return await _part_page(request, actor, body_code, part, posted=posted, refusal=refusal)
    return redirect(HOME, done="written")


PAGES: tuple[Any, ...] = (show_own, export_record, ask_part, write_part)
NAV = (
    NavItem(
        label=N_("個人情報ファイル簿"), address=HOME, icon="lock", roles=tuple(map(str, service.READERS)), order=92
    ),
)
