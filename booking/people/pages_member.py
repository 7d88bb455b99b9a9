"""One member for staff: facts, guardians, card, school year, protection. Every view is logged."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access import service as access
from booking.access.schemas import Actor
from booking.kit.errors import NotFound, Refusal
from booking.kit.i18n import N_
from booking.kit.web import Asking, form, page, redirect, slots
from booking.people import pages_forms as forms
from booking.people import (
    queries,
    queries_staff,
    queries_texts,
    rules_text,
    service_desk,
    service_guardians,
    service_protected,
    words,
)
from booking.people.rules import SELF_RELATION
from booking.people.schemas import GuardianView, MemberView, RightsForm
from booking.people.service_desk import MANAGERS
from booking.people.service_first import list_due

DONE = {
    "registered": N_("登録しました。カードをわたして、このまま入れます。"),
    "saved": N_("保存しました。"),
    "guardian-erased": N_("保護者のアカウントを消しました。"),
    "merged": N_("2つの記録を、1つにまとめました。"),
    "confirmed": N_("本人と保護者をたしかめました。これから、入館のお知らせが届きます。"),
    "guardian": N_("保護者を追加しました。"),
    "card": N_("PINを設定しました。この子は、番号とPINでサインインできます。"),
    "paper": N_("同意書を受け取りました。"),
    "protected": N_("いまから、えらんだ人だけに見えます。前のパスは作り直してください。"),
    "asked": N_("ほかの職員に、利用者のページで確認してもらってください。"),
}


class GuardianPage(msgspec.Struct, kw_only=True):
    """A guardian to add, or rights to change."""

    email: str
    relation: str
    may_consent: bool
    may_book: bool
    is_told: bool


class GradePage(msgspec.Struct, kw_only=True):
    """A school year set by staff."""

    grade: str
    reason: str


class CardPage(msgspec.Struct, kw_only=True):
    """A PIN for the printed card."""

    pin: str


class PaperPage(msgspec.Struct, kw_only=True):
    """The body whose signed form is at the desk."""

    body: str


class ProtectPage(msgspec.Struct, kw_only=True):
    """Who goes on seeing the member, and which contacts stay."""

    viewer: list[str]
    contact: list[str]


class NothingPage(msgspec.Struct, kw_only=True):
    """A form that is only a button."""


@get("/staff/members/{member_id:uuid}", include_in_schema=False)
async def show_member(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """Everything the desk may know about a member."""
    member = await service_desk.get_member_for_staff(actor, member_id)
    return await _member_page(request, actor, member, said=DONE.get(done, ""))


async def _member_page(
    request: Asking, actor: Actor, member: MemberView, *, said: str = "", refusal: Refusal | None = None
) -> Response[str]:
    await access.record_view(actor, [member.id], "member-page", scope=next(iter(member.body_codes), None))
    is_open = await service_desk.may_see_kept(actor, member)
    contacts = (await queries.list_contacts([member.id])).get(member.id, [])
    registrations = await queries.list_registrations(member.id)
    bodies = await service_desk.bodies_of(actor)
    held = {each.body_code for each in registrations if each.consented_at is not None}
    texts = await queries_texts.list_consent_texts()
    phone = (await queries_staff.list_homes([member.id]))[member.id].phone
    return page(
        request,
        "people/staff_member.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=forms.errors_of(refusal),
        member=member,
        grade=words.said_grade(member),
        said=said,
        is_open=is_open,
        contacts=[(each, words.RELATIONS[each.relation], rules_text.print_phone(each.phone)) for each in contacts],
        guardians=[_guardian(each) for each in await queries_staff.list_guardians(member.id)] if is_open else [],
        phone=rules_text.print_phone(phone) if phone else "",
        registrations=registrations,
        owed=[each for each in texts if each.body_code not in held and (bodies is None or each.body_code in bodies)],
        due=[words.DUE[each] for each in await list_due(member)],
        has_card=await queries_staff.find_card_account(member.id) is not None,
        grades=forms.grade_options(adult=False),
        relations=forms.relation_options(),
        may_be_own=await service_guardians.may_have_own(member),
        is_manager=actor.has_role(*MANAGERS),
        pieces=await slots("staff-member", request, member_id=member.id),
    )


def _guardian(each: GuardianView) -> tuple[GuardianView, str, str, bool]:
    phone = rules_text.print_phone(each.phone) if each.phone else ""
    return each, words.RELATIONS.get(each.relation, each.relation), phone, each.relation == SELF_RELATION


async def _act(request: Asking, actor: Actor, member_id: UUID, act: Any, done: str) -> Response[Any]:
    """Do one thing of a member's page and go back to it; a refusal is said on the page itself."""
    try:
        await act
    except NotFound:
        raise
    except Refusal as refusal:
        if refusal.status in (401, 403, 404):
            raise
        member = await service_desk.get_member_for_staff(actor, member_id)
        return await _member_page(request, actor, member, refusal=refusal)
    return redirect(f"/staff/members/{member_id}", done=done)


@post("/staff/members/{member_id:uuid}/confirm/{guardianship_id:uuid}", include_in_schema=False)
async def confirm(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], guardianship_id: FromPath[UUID]
) -> Response[Any]:
    """The desk has seen child and adult together."""
    await form(request, NothingPage)
    act = service_guardians.confirm_guardianship(actor, guardianship_id)
    return await _act(request, actor, member_id, act, "confirmed")


def _rights(posted: GuardianPage) -> RightsForm:
    return RightsForm(
        relation=posted.relation, may_consent=posted.may_consent, may_book=posted.may_book, is_told=posted.is_told
    )


@post("/staff/members/{member_id:uuid}/guardians", include_in_schema=False)
async def add_guardian(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Give another account rights over the member."""
    posted = await form(request, GuardianPage)
    act = service_guardians.add_guardian(actor, member_id, posted.email, _rights(posted))
    return await _act(request, actor, member_id, act, "guardian")


@post("/staff/members/{member_id:uuid}/guardians/{guardianship_id:uuid}", include_in_schema=False)
async def set_rights(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], guardianship_id: FromPath[UUID]
) -> Response[Any]:
    """Change what a guardian may do."""
    posted = await form(request, GuardianPage)
    act = service_guardians.set_rights(actor, guardianship_id, _rights(posted))
    return await _act(request, actor, member_id, act, "saved")


@post("/staff/members/{member_id:uuid}/guardians/{guardianship_id:uuid}/end", include_in_schema=False)
async def end_guardian(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], guardianship_id: FromPath[UUID]
) -> Response[Any]:
    """Take a guardian off the member."""
    await form(request, NothingPage)
    act = service_guardians.end_guardianship(actor, guardianship_id)
    return await _act(request, actor, member_id, act, "saved")


@post("/staff/members/{member_id:uuid}/grade", include_in_schema=False)
async def set_grade(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Set the school year by hand, or take that back."""
    posted = await form(request, GradePage)
    act = service_desk.set_grade(actor, member_id, posted.grade, posted.reason)
    return await _act(request, actor, member_id, act, "saved")


@post("/staff/members/{member_id:uuid}/card", include_in_schema=False)
async def set_card(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Give the member's card a PIN."""
    posted = await form(request, CardPage)
    act = service_guardians.set_card(actor, member_id, posted.pin)
    return await _act(request, actor, member_id, act, "card")


@post("/staff/members/{member_id:uuid}/paper", include_in_schema=False)
async def take_paper(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """The signed form of a body is at the desk."""
    posted = await form(request, PaperPage)
    act = service_desk.register_on_paper(actor, member_id, posted.body)
    return await _act(request, actor, member_id, act, "paper")


@get("/staff/members/{member_id:uuid}/protect", include_in_schema=False)
async def ask_protect(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Who goes on seeing the member; asked before it is hidden from the rest."""
    member = await service_desk.get_member_for_staff(actor, member_id)
    await service_desk.require_kept(actor, member)
    await access.record_view(actor, [member.id], "member-protect", scope=next(iter(member.body_codes), None))
    contacts = (await queries.list_contacts([member.id])).get(member.id, [])
    return page(
        request,
        "people/staff_protect.html",
        member=member,
        guardians=[_guardian(each) for each in await queries_staff.list_guardians(member.id)],
        contacts=[(each, words.RELATIONS[each.relation], rules_text.print_phone(each.phone)) for each in contacts],
        is_manager=actor.has_role(*MANAGERS),
    )


@post("/staff/members/{member_id:uuid}/protect", include_in_schema=False)
async def protect(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Hide the member from everybody but those ticked, at once."""
    posted = await form(request, ProtectPage)
    viewers, contacts = [_uuid(each) for each in posted.viewer], [_uuid(each) for each in posted.contact]
    act = service_protected.protect(actor, member_id, viewers, kept_contacts=contacts)
    return await _act(request, actor, member_id, act, "protected")


@post("/staff/members/{member_id:uuid}/unprotect", include_in_schema=False)
async def unprotect(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """End the protection."""
    await form(request, NothingPage)
    return await _act(request, actor, member_id, service_protected.unprotect(actor, member_id), "saved")


@post("/staff/members/{member_id:uuid}/disclosure", include_in_schema=False)
async def ask_disclosure(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Ask another member of staff to agree that what is kept may be seen."""
    await form(request, NothingPage)
    return await _act(request, actor, member_id, service_protected.ask_disclosure(actor, member_id), "asked")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


PAGES: tuple[Any, ...] = (
    show_member,
    confirm,
    add_guardian,
    set_rights,
    end_guardian,
    set_grade,
    set_card,
    take_paper,
    ask_protect,
    protect,
    unprotect,
    ask_disclosure,
)
