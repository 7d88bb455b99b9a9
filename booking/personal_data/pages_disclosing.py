"""The record of one person, handed over by an office for a request that it took in; found by number when it is over."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import N_
from booking.kit.templating import render_piece
from booking.kit.web import Asking, actor_of, form, language_of, page, redirect
from booking.people import service_desk, words
from booking.people.errors import MemberNotFound
from booking.people.rules import is_of_age
from booking.personal_data import service_disclosing as service
from booking.personal_data.errors import RecordNumberUnknown
from booking.personal_data.pages_taking import handed
from booking.personal_data.schemas_disclosing import Asker, ExportRequest, Held

ASKERS = (
    (Asker.SELF, N_("本人")),
    (Asker.GUARDIAN, N_("法定代理人（保護者など）")),
    (Asker.AGENT, N_("任意の代理人（委任状を見た）")),
)


class ExportPage(msgspec.Struct, kw_only=True):
    """A request that the office took in."""

    asker: str
    paper: str
    asked_on: str


class NumberPage(msgspec.Struct, kw_only=True):
    """The member number that whoever asks has told."""

    number: str


@get("/staff/members/export", include_in_schema=False)
async def ask_number(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Whose record is asked for: by number, also when the registration has ended."""
    require_staff(actor, *service.EXPORTERS)
    return page(request, "personal_data/export_find.html", number="", error=None)


@post("/staff/members/export", include_in_schema=False)
async def find_number(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Go on to the request, or say that nobody here has this number."""
    posted = await form(request, NumberPage)
    try:
        held = await service.find_exported(actor, posted.number)
    except RecordNumberUnknown as refusal:
        said: dict[str, Any] = {"status": refusal.status, "error": refusal, "number": posted.number}
        return page(request, "personal_data/export_find.html", **said)
    return redirect(f"/staff/members/{held.member.id}/export")


@get("/staff/members/{member_id:uuid}/export", include_in_schema=False)
async def ask_export(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[str]:
    """What is handed over, and what the office notes before."""
    held = await service.open_export(actor, member_id)
    posted = ExportPage(asker="", paper="", asked_on=clock.today().isoformat())
    return await _export_page(request, actor, held, posted)


async def _export_page(
    request: Asking, actor: Actor, held: Held, posted: ExportPage, refusal: Refusal | None = None
) -> Response[str]:
    return page(
        request,
        "personal_data/export.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        form=posted,
        held=held,
        member=held.member,
        is_open=await service_desk.may_see_kept(actor, held.member),
        is_of_age=is_of_age(held.member.birth_on, clock.today()),
        askers=ASKERS,
        papers=list(words.PAPERS.items()),
    )


@post("/staff/members/{member_id:uuid}/export", include_in_schema=False, status_code=200)
async def export(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Note the request and hand the file over."""
    posted = await form(request, ExportPage)
    asked = ExportRequest(asker=posted.asker, paper=posted.paper, asked_on=posted.asked_on)
    try:
        return await handed(await service.export_record(actor, member_id, asked))
    except InvalidForm as refusal:
        held = await service.require_exporter(actor, member_id)
        return await _export_page(request, actor, held, posted, refusal)


async def to_export(request: Asking, **context: Any) -> Markup:
    """On the desk's page of a member: the way to hand the record over, for whoever may."""
    actor = actor_of(request)
    if actor is None or not actor.has_role(*service.EXPORTERS):
        return Markup("")
    try:
        await service.require_exporter(actor, context["member_id"])
    except MemberNotFound:
        return Markup("")
    return render_piece("personal_data/export_piece.html", language_of(request), member_id=context["member_id"])


async def to_find(request: Asking) -> Markup:
    """On the page of members: the way to the record of somebody whose registration has ended, for whoever may."""
    actor = actor_of(request)
    if actor is None or not actor.has_role(*service.EXPORTERS):
        return Markup("")
    return render_piece("personal_data/export_find_piece.html", language_of(request))


PAGES: tuple[Any, ...] = (ask_number, find_number, ask_export, export)
SLOTS = {"staff-member.80-export": to_export, "staff-members.80-export": to_find}
