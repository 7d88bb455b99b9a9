"""Erase somebody, for a body's administrators: what happens, whom to tell first, then the button."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit.errors import Refusal
from booking.kit.templating import render_piece
from booking.kit.web import Asking, actor_of, form, language_of, page, redirect
from booking.people import rules_text, words
from booking.people.errors import MemberNotFound
from booking.people.schemas import GuardianView
from booking.personal_data import (
    pages_disclosing,
    pages_exposure,
    pages_leaving,
    pages_merging,
    pages_record,
    pages_register,
    pages_retention,
    pages_taking,
    service,
)
from booking.personal_data.errors import ChangedMeanwhile, NumberDiffers, StillInside


class ErasePage(msgspec.Struct, kw_only=True):
    """The number of the member, typed again; `who` is `household` for everybody who lives there."""

    number: str
    who: str


@get("/staff/members/{member_id:uuid}/erase", include_in_schema=False)
async def ask_erase(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[str]:
    """What erasing would do; asked before it is done."""
    return await _ask_page(request, actor, member_id)


async def _ask_page(
    request: Asking, actor: Actor, member_id: UUID, *, refusal: Refusal | None = None, who: str = ""
) -> Response[str]:
    plan = await service.plan_erasure(actor, member_id)
    return page(
        request,
        "personal_data/erase.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        plan=plan,
        who=who,
        guardians=[_guardian(each) for each in plan.guardians],
    )


def _guardian(each: GuardianView) -> tuple[str, str, str]:
    phone = rules_text.print_phone(each.phone) if each.phone else ""
    return each.name or each.email or "", words.RELATIONS.get(each.relation, each.relation), phone


@post("/staff/members/{member_id:uuid}/erase", include_in_schema=False)
async def erase(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Erase for good, and say in numbers what was done."""
    posted = await form(request, ErasePage)
    try:
        done = await service.erase(actor, member_id, posted.number, household=posted.who == "household")
    except (ChangedMeanwhile, NumberDiffers, StillInside) as refusal:
        return await _ask_page(request, actor, member_id, refusal=refusal, who=posted.who)
    said = {name: str(getattr(done, name)) for name in ("members", "ended", "accounts", "cancelled")}
    return redirect("/staff/members/erased", **said)


@get("/staff/members/erased", include_in_schema=False)
async def show_erased(
    request: Asking,
    actor: NamedDependency[Actor],
    members: FromQuery[int] = 0,
    ended: FromQuery[int] = 0,
    accounts: FromQuery[int] = 0,
    cancelled: FromQuery[int] = 0,
) -> Response[str]:
    """What was done, in numbers; nothing says who it was."""
    require_staff(actor, *service.ERASERS)
    numbers: dict[str, Any] = {"members": members, "ended": ended, "accounts": accounts, "cancelled": cancelled}
    return page(request, "personal_data/erased.html", **numbers)


async def _to_erase(request: Asking, **context: Any) -> Markup:
    """On the desk's page of a member: the way to erase, for whoever may."""
    actor = actor_of(request)
    if actor is None or not actor.has_role(*service.ERASERS):
        return Markup("")
    try:
        await service.require_eraser(actor, context["member_id"])
    except MemberNotFound:
        return Markup("")
    return render_piece("personal_data/erase_piece.html", language_of(request), member_id=context["member_id"])


PAGES = (
    *(ask_erase, erase, show_erased),
    *pages_disclosing.PAGES,
    *pages_exposure.PAGES,
    *pages_leaving.PAGES,
    *pages_merging.PAGES,
    *pages_record.PAGES,
    *pages_register.PAGES,
    *pages_retention.PAGES,
    *pages_taking.PAGES,
)
SLOTS = {
    "staff-member.90-erase": _to_erase,
    **pages_disclosing.SLOTS,
    **pages_exposure.SLOTS,
    **pages_leaving.SLOTS,
    **pages_merging.SLOTS,
    **pages_taking.SLOTS,
}
NAV = (*pages_register.NAV, *pages_record.NAV, *pages_exposure.NAV, *pages_retention.NAV)
