"""Inviting a second guardian by link or QR code, at the desk or from the first guardian's screen, and becoming one."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.drawing import qr_svg
from booking.access.schemas import Actor
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, language_of, translate
from booking.kit.settings import get_settings
from booking.kit.web import Asking, form, page, redirect
from booking.people import queries, service_desk, service_invites, words
from booking.people.errors import MemberNotFound
from booking.people.pages_forms import relation_options
from booking.people.pages_home import id_of
from booking.people.rules import SELF_RELATION
from booking.people.schemas import RightsForm

DESK = "/staff/members/{member_id:uuid}/guardians/invite"
HOME = "/family/{member_id:uuid}/invite"
KEPT_NOWHERE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


class RightsPage(msgspec.Struct, kw_only=True):
    """What whom the desk invites may do; the address is that of the other button of the form."""

    email: str
    relation: str
    may_consent: bool
    may_book: bool
    is_told: bool


class RelationPage(msgspec.Struct, kw_only=True):
    """How whom a guardian invites stands to the child."""

    relation: str


class NothingPage(msgspec.Struct, kw_only=True):
    """A form that is only a button."""


def _shown(request: Asking, path: str = "") -> dict[str, Any]:
    """The link with its code, once there is one."""
    link = get_settings().public_url.rstrip("/") + path if path else ""
    code = qr_svg(link, translate(N_("招待のQRコード"), language_of(request))) if path else ""
    return {"link": link, "code": code, "relations": relation_options()}


# ---- at the desk --------------------------------------------------------------------------------------------------


@post(DESK, include_in_schema=False)
async def invite_at_desk(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[str]:
    """Show the code that whoever stands at the desk scans."""
    posted = await form(request, RightsPage)
    member = await service_desk.get_member_for_staff(actor, member_id)
    rights = RightsForm(**{name: getattr(posted, name) for name in RightsForm.__struct_fields__})
    kind: dict[str, Any] = {"member": member, "is_self": rights.relation == SELF_RELATION}
    try:
        path = await service_invites.invite_at_desk(actor, member_id, rights)
    except Refusal as refusal:
        status, shown = refusal.status, {**_shown(request), "refusal": refusal}
        return page(request, "people/invite_desk.html", headers=KEPT_NOWHERE, status=status, **kind, **shown)
    return page(request, "people/invite_desk.html", headers=KEPT_NOWHERE, **kind, **_shown(request, path))


# ---- by a guardian ------------------------------------------------------------------------------------------------


@get(HOME, include_in_schema=False)
async def show_invite(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[str]:
    """Ask who is invited."""
    member = await queries.get_member_of(id_of(actor), member_id)
    if member.rights is None or not (member.rights.may_consent and member.rights.is_confirmed):
        raise MemberNotFound
    return page(request, "people/invite.html", headers=KEPT_NOWHERE, member=member, **_shown(request))


@post(HOME, include_in_schema=False)
async def invite(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[str]:
    """Show the code and the link to hand on."""
    posted = await form(request, RelationPage)
    member = await queries.get_member_of(id_of(actor), member_id)
    try:
        path = await service_invites.invite(actor, member_id, posted.relation)
    except MemberNotFound:
        raise
    except Refusal as refusal:
        status, shown = refusal.status, {**_shown(request), "refusal": refusal}
        return page(request, "people/invite.html", headers=KEPT_NOWHERE, status=status, member=member, **shown)
    return page(request, "people/invite.html", headers=KEPT_NOWHERE, member=member, **_shown(request, path))


# ---- whoever is invited -------------------------------------------------------------------------------------------


@get("/invited/{token:str}", include_in_schema=False)
async def show_invited(request: Asking, actor: NamedDependency[Actor], token: FromPath[str]) -> Response[str]:
    """What the link offers; without signing in it says no name."""
    if not actor.is_signed_in:
        return page(request, "people/invited.html", headers=KEPT_NOWHERE, token=token, member=None)
    try:
        found, member = await service_invites.open_invite(actor, token)
    except Refusal as refusal:
        return _over(request, refusal)
    shown: dict[str, Any] = {"member": member, "relation": words.RELATIONS[found.relation], "by_desk": found.by_desk}
    shown["is_self"] = found.relation == SELF_RELATION
    return page(request, "people/invited.html", headers=KEPT_NOWHERE, token=token, **shown)


def _over(request: Asking, refusal: Refusal) -> Response[str]:
    shown: dict[str, Any] = {"status": refusal.status, "refusal": refusal, "token": "", "member": None}
    return page(request, "people/invited.html", headers=KEPT_NOWHERE, **shown)


@post("/invited/{token:str}", include_in_schema=False)
async def join(request: Asking, actor: NamedDependency[Actor], token: FromPath[str]) -> Response[Any]:
    """Become a guardian."""
    await form(request, NothingPage)
    try:
        await service_invites.accept(actor, token)
    except Refusal as refusal:
        return _over(request, refusal)
    return redirect("/family")


PAGES: tuple[Any, ...] = (invite_at_desk, show_invite, invite, show_invited, join)
