"""Residents' pages about members: whom do you register, the family, and what can be changed about it."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import AccountKind, require_adult
from booking.access.schemas import Actor
from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import N_, NAMES
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect, slot, slots
from booking.people import (
    pages_calls,
    pages_home,
    pages_invites,
    pages_move,
    pages_qualifications,
    pages_reach,
    pages_staff,
    queries,
    queries_family,
    queries_texts,
    rules_form,
    rules_text,
    service,
    words,
)
from booking.people import pages_forms as forms
from booking.people.errors import ConsentNeeded, ConsentTextChanged, RightMissing
from booking.people.pages_forms import MemberPage
from booking.people.pages_home import home_of, id_of
from booking.people.rules import Preferred
from booking.people.schemas import ConsentTextView, ContactForm, HouseholdView, MemberView
from booking.people.service_records import check_form


class ConsentPage(msgspec.Struct, kw_only=True):
    """Agreement with another body's text."""

    text_id: str
    agreed: bool


@get("/family", include_in_schema=False)
async def show_family(
    request: Asking, actor: NamedDependency[Actor], added: FromQuery[UUID | None] = None
) -> Response[Any]:
    """The members an account acts for, what is still to do for each, and the household."""
    household = await home_of(actor)
    if household is None:
        return redirect("/welcome")
    members = await queries.list_members_of(id_of(actor))
    return page(
        request,
        "people/family.html",
        **_reached(household),
        cards=await _cards(request, actor, members),
        pieces=await slots("family", request),
        added=next((member for member in members if member.id == added), None),
        is_card=actor.account_kind is AccountKind.CARD,
    )


def _reached(household: HouseholdView) -> dict[str, Any]:
    return {
        "household": household,
        "phone": rules_text.print_phone(household.phone),
        "channel": words.CHANNELS.get(Preferred(household.preferred), "LINE"),
        "language_name": NAMES[household.language],
    }


async def _cards(request: Asking, actor: Actor, members: list[MemberView]) -> list[dict[str, Any]]:
    texts = {text.body_code: text for text in await queries_texts.list_consent_texts()}
    ids = [member.id for member in members]
    contacts = await queries.list_contacts(ids)
    marks = await queries_family.list_guardian_marks(id_of(actor), ids)
    consents = await queries_family.list_consents(ids)
    return [
        await _card(request, member, texts, contacts.get(member.id, []))
        | {
            "guardians": [(each, words.RELATIONS.get(each.relation, "")) for each in marks.get(member.id, [])],
            "consents": consents.get(member.id, []),
            "contacts": [(each.name, words.RELATIONS[each.relation]) for each in contacts.get(member.id, [])],
        }
        for member in members
    ]


async def _card(request: Asking, member: MemberView, texts: dict[str, Any], contacts: list[Any]) -> dict[str, Any]:
    is_child = member.school_stage != "adult"
    return {
        "member": member,
        "grade": words.grade_word(member.grade, member.school_stage),
        "bodies": [texts[code].body_names for code in member.body_codes if code in texts],
        "others": [text for code, text in texts.items() if code not in member.body_codes],
        "lacks_contact": is_child and not contacts,
        "may_edit": member.rights is not None and member.rights.may_consent,
        "is_claim": member.rights is not None and not member.rights.is_confirmed,
        "more": await slot("family-member", request, member=member),
        "deeper": await slots("family-details", request, member=member),
    }


@get("/family/new", include_in_schema=False)
async def show_new(request: Asking, actor: NamedDependency[Actor], me: FromQuery[bool] = False) -> Response[Any]:
    """The form of a new member, filled with what is known already."""
    require_adult(actor)
    household = await home_of(actor)
    if household is None:
        return redirect("/welcome")
    return await _facts_page(request, await _prefilled(actor, household, me=me))


async def _prefilled(actor: Actor, household: HouseholdView, *, me: bool) -> MemberPage:
    """Nothing is typed twice: names and town from the family, the guardian as the one to call."""
    members = await queries.list_members_of(id_of(actor))
    family, _, given = household.name.partition(" ")
    last = members[-1] if members else None
    posted = forms.blank_page()
    posted.as_self = me
    posted.family_name = (last.family_name if last else family) if given or last else ""
    posted.given_name = given if me else ""
    posted.family_kana = last.family_kana if last else ""
    posted.municipality = (last.municipality_code or "") if last else ""
    posted.body = last.body_codes[0] if last and last.body_codes else ""
    posted.relation = last.rights.relation if last and last.rights and last.rights.relation != "self" else ""
    if not me:
        posted.contact_name, posted.contact_relation = [household.name], [""]
        posted.contact_phone = [rules_text.print_phone(household.phone)]
    return posted


@post("/family/new", include_in_schema=False)
async def add(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """First the facts are checked, then the text is shown, then the member is registered; nothing is typed twice."""
    require_adult(actor)
    posted = await form(request, MemberPage)
    if await home_of(actor) is None:
        return redirect("/welcome")
    if posted.step != "agree":
        return await _after_facts(request, posted)
    consent = forms.consent_form(posted.body, posted.text_id, agreed=posted.agreed)
    try:
        made = await service.add_member(actor, forms.member_form(posted), consent, as_self=posted.as_self)
    except (ConsentNeeded, ConsentTextChanged) as refusal:
        return await _consent_page(request, posted, refusal)
    except Refusal as refusal:
        return await _facts_page(request, posted, refusal)
    return redirect("/family", added=str(made.id))


async def _after_facts(request: Asking, posted: MemberPage) -> Response[Any]:
    """The text to agree to when every fact can be used, else the form again; `back` asks for the form itself."""
    if posted.step == "back":
        return await _facts_page(request, posted)
    refused: dict[str, Refusal] = {}
    try:
        await check_form(forms.member_form(posted), as_self=posted.as_self)
    except InvalidForm as wrong:
        refused.update(wrong.fields)
    try:
        await queries_texts.get_consent_text(posted.body)
    except Refusal as refusal:
        refused["body"] = refusal
    if refused:
        return await _facts_page(request, posted, InvalidForm(fields=refused))
    return await _consent_page(request, posted)


async def _facts_page(request: Asking, posted: MemberPage, refusal: Refusal | None = None) -> Response[str]:
    texts = await queries_texts.list_consent_texts()
    return page(
        request,
        "people/new.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=forms.errors_of(refusal),
        form=posted,
        contacts=forms.contact_rows(posted, spare=False),
        municipalities=await forms.municipality_options(language_of(request)),
        relations=forms.relation_options(),
        bodies=await forms.places_of_bodies(texts, language_of(request)),
    )


async def _consent_page(request: Asking, posted: MemberPage, refusal: Refusal | None = None) -> Response[str]:
    text = await queries_texts.get_consent_text(posted.body)
    kept = [
        (name, value)
        for name, given in msgspec.structs.asdict(posted).items()
        if name not in ("step", "text_id", "agreed")
        for value in (given if isinstance(given, list) else [given])
    ]
    return page(
        request,
        "people/consent.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        action="/family/new",
        kept=[(name, "1" if value is True else value) for name, value in kept if value is not False],
        name=posted.shown_name or posted.given_name or posted.latin_name,
        is_new=True,
        **_said(text, language_of(request)),
    )


def _said(text: ConsentTextView, language: str) -> dict[str, Any]:
    return {"text": text, "paragraphs": [part.splitlines() for part in text.text(language).split("\n\n")]}


async def _mine_to_change(actor: Actor, member_id: UUID) -> MemberView:
    """A member whose facts are for whoever asks. Raises: NotAllowed for a card; MemberNotFound; RightMissing."""
    member = await queries.get_member_of(id_of(require_adult(actor)), member_id)
    if member.rights is None or not member.rights.may_consent:
        raise RightMissing
    return member


@get("/family/{member_id:uuid}/edit", include_in_schema=False)
async def show_edit(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """A member's facts, to correct."""
    member = await _mine_to_change(actor, member_id)
    kept = (await queries.list_contacts([member.id])).get(member.id, [])
    contacts = [ContactForm(name=each.name, relation=each.relation, phone=each.phone) for each in kept]
    return await _edit_page(request, member, forms.page_of(rules_form.form_of(member, contacts)))


@post("/family/{member_id:uuid}/edit", include_in_schema=False)
async def edit(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Store the corrections."""
    posted = await form(request, MemberPage)
    member = await _mine_to_change(actor, member_id)
    try:
        await service.edit_member(actor, member_id, forms.member_form(posted))
    except InvalidForm as refusal:
        return await _edit_page(request, member, posted, refusal)
    return redirect("/family")


async def _edit_page(
    request: Asking, member: MemberView, posted: MemberPage, refusal: Refusal | None = None
) -> Response[str]:
    return page(
        request,
        "people/edit.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=forms.errors_of(refusal),
        form=posted,
        member=member,
        contacts=forms.contact_rows(posted),
        municipalities=await forms.municipality_options(language_of(request)),
        relations=forms.relation_options(),
    )


@get("/family/{member_id:uuid}/consent/{code:str}", include_in_schema=False)
async def show_consent(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], code: FromPath[str]
) -> Response[Any]:
    """The text of another body, to agree to before going there."""
    member = await _mine_to_change(actor, member_id)
    return await _other_body(request, member, code)


@post("/family/{member_id:uuid}/consent/{code:str}", include_in_schema=False)
async def agree(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], code: FromPath[str]
) -> Response[Any]:
    """Register a member with another body."""
    posted = await form(request, ConsentPage)
    member = await _mine_to_change(actor, member_id)
    try:
        consent = forms.consent_form(code, posted.text_id, agreed=posted.agreed)
        await service.register_with_body(actor, member_id, consent)
    except (ConsentNeeded, ConsentTextChanged) as refusal:
        return await _other_body(request, member, code, refusal)
    return redirect("/family")


async def _other_body(request: Asking, member: MemberView, code: str, refusal: Refusal | None = None) -> Response[str]:
    text = await queries_texts.get_consent_text(code)
    return page(
        request,
        "people/consent.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        action=f"/family/{member.id}/consent/{text.body_code}",
        kept=[],
        name=member.shown_name,
        is_new=False,
        **_said(text, language_of(request)),
    )


NAV = (
    NavItem(label=N_("家族"), address="/family", icon="people", when="signed-in", order=40),
    *pages_reach.NAV,
    *pages_calls.NAV,
    *pages_staff.NAV,
    *pages_qualifications.NAV,
)
SLOTS = {**pages_home.SLOTS, **pages_qualifications.SLOTS}
PAGES: tuple[Any, ...] = (
    *pages_home.PAGES,
    *pages_reach.PAGES,
    *pages_calls.PAGES,
    *pages_move.PAGES,
    *pages_invites.PAGES,
    show_family,
    show_new,
    add,
    show_edit,
    edit,
    show_consent,
    agree,
    *pages_staff.PAGES,
    *pages_qualifications.PAGES,
)
