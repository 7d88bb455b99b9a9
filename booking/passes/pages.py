"""The pass on the own phone: one tap from anywhere, a tab for each of the family."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup
from msgspec import Struct

from booking.access.rules import require_account
from booking.access.schemas import Actor
from booking.kit.i18n import N_, translate
from booking.kit.templating import render_piece
from booking.kit.web import Asking, NavItem, actor_of, form, language_of, page, redirect, slot
from booking.passes import pages_cards, service
from booking.passes.drawing import path_of, side_of, spaced
from booking.passes.queries_cards import find_card_of, read_family_cards
from booking.people.queries import get_member, list_members_of
from booking.people.schemas import MemberView

RENEW = N_("{name}さんのパスを、新しくしますか")
RENEW_MEANS = N_(
    "いまのパスは、すぐに使えなくなります。保存した画像や印刷したカードも同じです。予約は、そのまま残ります。"
)


class RevokeForm(Struct, kw_only=True):
    """The confirm page's form: its button alone acts."""

    reason: str


async def _family(actor: Actor) -> list[MemberView]:
    account = require_account(actor)
    members = await list_members_of(account.id) if account.id is not None else []
    return [one for one in members if one.rights is not None and one.rights.may_book]


@get("/pass", include_in_schema=False)
async def show_passes(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """The pass of the first of the family, or how to get one."""
    family = await _family(actor)
    if not family:
        return page(request, "passes/none.html")
    return await _show(request, actor, family[0], family)


@get("/pass/{member_id:uuid}", include_in_schema=False)
async def show_pass(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """The pass of one member."""
    require_account(actor)
    member = await service.reach_member(actor, member_id)
    return await _show(request, actor, member, await _family(actor))


async def _show(request: Asking, actor: Actor, member: MemberView, family: list[MemberView]) -> Response[str]:
    shown = await service.issue_pass(member.id, actor)
    path = await asyncio.to_thread(path_of, shown.token)
    coming = await slot("passes.next_booking", request, member_id=member.id)
    return page(
        request,
        "passes/pass.html",
        member=member,
        family=family,
        shown=shown,
        path=path,
        side=side_of(shown.token),
        number=spaced(shown.number),
        coming=coming,
    )


@get("/pass/{member_id:uuid}/lost", include_in_schema=False)
async def ask_reissue(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[str]:
    """Ask before the old code stops working."""
    require_account(actor)
    member = await service.reach_member(actor, member_id)
    return page(
        request,
        "kit/confirm.html",
        heading=translate(RENEW, language_of(request), name=member.shown_name),
        text=translate(RENEW_MEANS, language_of(request)),
        action=f"/pass/{member_id}/lost",
        button=translate(N_("新しいパスにする"), language_of(request)),
        back=f"/pass/{member_id}",
    )


@post("/pass/{member_id:uuid}/lost", include_in_schema=False)
async def reissue(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """End the old pass and show the new one."""
    require_account(actor)
    await form(request, RevokeForm)
    await service.reach_member(actor, member_id)
    await service.reissue_pass(member_id, actor, "lost")
    return redirect(f"/pass/{member_id}")


async def _desk_piece(request: Asking, *, member_id: UUID) -> Markup:
    """On the desk's page of a member: the code to scan or print, and a new one in place of a lost one."""
    member = await get_member(member_id)
    return render_piece(
        "passes/desk.html",
        language_of(request),
        member_id=member_id,
        **await pages_cards.picture_of(member_id),
        number=spaced(member.number),
        card=await find_card_of(member_id),
        places=await pages_cards.desks_of(actor_of(request)),
    )


PAGES: tuple[Any, ...] = (show_passes, show_pass, ask_reissue, reissue, *pages_cards.PAGES)
NAV = (
    NavItem(label=N_("入館パス"), address="/pass", icon="qr", when="signed-in", order=30),
    *pages_cards.NAV,
)


async def _family_piece(request: Asking, member: MemberView) -> Markup:
    """On the family's page: until when the pass holds, and which cards the member has.

    A card lent today tells of a visit, so it is told to whom the desk has seen with the member.
    """
    cards = await read_family_cards(member.id)
    is_confirmed = member.rights is not None and member.rights.is_confirmed
    return render_piece("passes/family.html", language_of(request), cards=cards, is_confirmed=is_confirmed)


SLOTS: dict[str, Any] = {"staff-member.10-pass": _desk_piece, "family-member": _family_piece}
