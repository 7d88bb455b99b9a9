"""Erase an account alone: by whoever has it, or at the desk for somebody who asks."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from booking.access.cookies import forget_sign_in
from booking.access.rules import AccountKind
from booking.access.schemas import Actor
from booking.kit.errors import Refusal
from booking.kit.templating import render_piece
from booking.kit.web import Asking, actor_of, form, language_of, page, redirect
from booking.people import queries_staff, service_desk
from booking.people.errors import MemberNotFound
from booking.people.rules import SELF_RELATION
from booking.personal_data import service_leaving as service
from booking.personal_data.errors_leaving import LastGuardian, NotSure, StaffAccount, VisitAsked
from booking.personal_data.service import ERASERS, require_eraser


class LeavePage(msgspec.Struct, kw_only=True):
    """That it cannot be undone was understood; at the desk also that somebody is left with nobody."""

    sure: bool
    alone: bool


@get("/account/erase", include_in_schema=False)
async def ask_leave(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """What erasing the own account does."""
    return await _own_page(request, actor)


async def _own_page(request: Asking, actor: Actor, refusal: Refusal | None = None) -> Response[str]:
    return page(
        request,
        "personal_data/leave.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        plan=await service.plan_own(actor),
    )


@post("/account/erase", include_in_schema=False)
async def leave(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Erase the own account, and sign this browser out."""
    posted = await form(request, LeavePage)
    try:
        await service.leave(actor, is_sure=posted.sure)
    except (LastGuardian, NotSure, StaffAccount, VisitAsked) as refusal:
        return await _own_page(request, actor, refusal)
    return forget_sign_in(redirect("/account/erased"))


@get("/account/erased", include_in_schema=False)
async def show_left(request: Asking) -> Response[str]:
    """That it is done; anybody may read it."""
    return page(request, "personal_data/left.html")


@get("/staff/members/{member_id:uuid}/guardians/{guardianship_id:uuid}/erase", include_in_schema=False)
async def ask_erase_guardian(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], guardianship_id: FromPath[UUID]
) -> Response[str]:
    """What erasing a guardian's account does to everybody it acts for."""
    return await _desk_page(request, actor, member_id, guardianship_id)


async def _desk_page(
    request: Asking, actor: Actor, member_id: UUID, guardianship_id: UUID, refusal: Refusal | None = None
) -> Response[str]:
    guardian, plan = await service.plan_for_desk(actor, member_id, guardianship_id)
    return page(
        request,
        "personal_data/erase_guardian.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        guardian=guardian,
        plan=plan,
        member=next(one for one in (*plan.others, *plan.alone) if one.id == member_id),
    )


@post("/staff/members/{member_id:uuid}/guardians/{guardianship_id:uuid}/erase", include_in_schema=False)
async def erase_guardian(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], guardianship_id: FromPath[UUID]
) -> Response[Any]:
    """Erase the account for somebody who asked for it."""
    posted = await form(request, LeavePage)
    try:
        said = {"is_sure": posted.sure, "leaves_alone": posted.alone}
        await service.leave_for_desk(actor, member_id, guardianship_id, **said)
    except (LastGuardian, NotSure, StaffAccount, VisitAsked) as refusal:
        return await _desk_page(request, actor, member_id, guardianship_id, refusal)
    return redirect(f"/staff/members/{member_id}", done="guardian-erased")


async def _to_leave(request: Asking) -> Markup:
    """On the page of the own account, for grown-ups who are not staff."""
    actor = actor_of(request)
    if actor is None or not actor.is_signed_in or actor.account_kind is AccountKind.CARD:
        return Markup("")
    return render_piece("personal_data/leave_way.html", language_of(request))


async def _to_erase_guardian(request: Asking, **context: Any) -> Markup:
    """On the desk's page of a member: the way to erase a guardian's account, for whoever may."""
    actor = actor_of(request)
    if actor is None or not actor.has_role(*ERASERS):
        return Markup("")
    try:
        member = await require_eraser(actor, context["member_id"])
    except MemberNotFound:
        return Markup("")
    is_open = await service_desk.may_see_kept(actor, member)
    found = await queries_staff.list_guardians(member.id) if is_open else []
    guardians = [one for one in found if one.relation != SELF_RELATION]
    return render_piece(
        "personal_data/guardians_piece.html", language_of(request), member_id=member.id, guardians=guardians
    )


PAGES: tuple[Any, ...] = (ask_leave, leave, show_left, ask_erase_guardian, erase_guardian)
SLOTS = {"account.90-erase": _to_leave, "staff-member.91-guardians": _to_erase_guardian}
