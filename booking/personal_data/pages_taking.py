"""The record of one person, taken home by whoever looks after them, or by themselves."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from booking.access.rules import AccountKind
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.templating import render_piece
from booking.kit.web import Asking, actor_of, form, language_of, page
from booking.people.rules import SELF_RELATION, is_of_age
from booking.people.schemas import MemberView
from booking.personal_data import service_disclosing as service
from booking.personal_data.errors_taking import RecordNeedsDesk, RecordNeedsGuardian, RecordOfAdult
from booking.personal_data.paper_disclosing import NAME, ZIP, write_record
from booking.personal_data.schemas_disclosing import Record


class NothingPage(msgspec.Struct, kw_only=True):
    """A form that is only a button."""


async def handed(record: Record) -> Response[bytes]:
    """The file, kept by no cache on the way; its name says nothing about the person."""
    headers = {"content-disposition": f'attachment; filename="{NAME}"', "cache-control": "no-store"}
    return Response(await write_record(record), media_type=ZIP, headers=headers)


@get("/family/{member_id:uuid}/record", include_in_schema=False)
async def ask_own(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[str]:
    """What the file holds, what it does not, and the button."""
    try:
        member, refusal = await service.require_own(actor, member_id), None
    except (RecordNeedsDesk, RecordNeedsGuardian, RecordOfAdult) as why:
        member, refusal = None, why
    return page(
        request,
        "personal_data/own_record.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        member=member,
    )


@post("/family/{member_id:uuid}/record", include_in_schema=False, status_code=200)
async def take_own(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[bytes]:
    """Hand the file to whoever looks after the member."""
    await form(request, NothingPage)
    return await handed(await service.export_own(actor, member_id))


async def to_own(request: Asking, member: MemberView) -> Markup:
    """On the family's page, for whom the desk has seen with the member: the way to take the record home.

    Who has come of age finds it on the own page alone.
    """
    actor, rights = actor_of(request), member.rights
    is_card = actor is None or actor.account_kind is AccountKind.CARD
    if is_card or rights is None or not (rights.is_confirmed and rights.may_consent):
        return Markup("")
    if rights.relation != SELF_RELATION and is_of_age(member.birth_on, clock.today()):
        return Markup("")
    return render_piece("personal_data/take_home.html", language_of(request), member=member)


PAGES: tuple[Any, ...] = (ask_own, take_own)
SLOTS = {"family-details.50-record": to_own}
