"""Staff find members, register one at the desk, correct one, and see what waits. Every view is logged."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access import service as access
from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import LANGUAGES, N_, NAMES
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect, slots
from booking.people import pages_forms as forms
from booking.people import (
    pages_import,
    pages_lists,
    pages_member,
    queries,
    queries_staff,
    queries_texts,
    rules_form,
    rules_text,
    service_desk,
    service_protected,
    words,
)
from booking.people.errors import BirthUnreadable
from booking.people.pages_forms import MemberPage
from booking.people.schemas import ContactForm, DeskForm, HouseholdForm, MemberView
from booking.people.service_desk import DESK


class SearchPage(msgspec.Struct, kw_only=True):
    """What the desk looks for; posted, so that no name stands in an address."""

    q: str
    birth_on_year: str
    birth_on_month: str
    birth_on_day: str


@get("/staff/members", include_in_schema=False)
async def show_members(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """The search, and what waits for the desk: claims, resemblances, requests for a second person."""
    return await _list(request, actor)


@post("/staff/members", include_in_schema=False, status_code=200)
async def search(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Members by part of a name; a whole number, or a name with its day of birth, opens the page at once."""
    bodies = await service_desk.bodies_of(actor)
    posted = await form(request, SearchPage)
    typed = rules_text.join_birth(posted.birth_on_year, posted.birth_on_month, posted.birth_on_day)
    try:
        birth_on = rules_text.check_birth_text(typed, clock.today()) if typed else None
    except Refusal:
        return await _list(request, actor, posted, refusal=InvalidForm(fields={"birth_on": BirthUnreadable()}))
    exact = await queries_staff.find_exactly(bodies, posted.q, birth_on)
    if exact is not None:
        return redirect(f"/staff/members/{exact.id}")
    found = await queries_staff.search_members(bodies, posted.q)
    await access.record_view(actor, [member.id for member in found], "member-search", by_list=True)
    return await _list(request, actor, posted, found=found)


async def _list(
    request: Asking,
    actor: Actor,
    posted: SearchPage | None = None,
    *,
    found: list[MemberView] | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    bodies = await service_desk.bodies_of(actor)
    claims = await queries_staff.list_claims(bodies) if found is None else []
    await access.record_view(actor, [member.id for member in claims], "member-claims", by_list=True)
    resemblances = await queries_staff.list_resemblances(bodies) if found is None else []
    disclosures = await service_protected.list_disclosures(actor) if found is None else []
    noted = [each.member_id for each in resemblances] + [each.resembles_id for each in resemblances]
    noted += [each.member_id for each in disclosures]
    await access.record_view(actor, noted, "member-notes", by_list=True)
    return page(
        request,
        "people/staff_members.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=forms.errors_of(refusal),
        may_import=actor.has_role(Role.BODY_ADMINISTRATOR),
        form=posted or SearchPage(q="", birth_on_year="", birth_on_month="", birth_on_day=""),
        found=None if found is None else [(each, words.said_grade(each)) for each in found],
        limit=queries_staff.SEARCH_LIMIT,
        claims=[(each, words.said_grade(each)) for each in claims],
        resemblances=resemblances,
        disclosures=disclosures,
        pieces=await slots("staff-members", request),
    )


@get("/staff/members/new", include_in_schema=False)
async def show_register(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Register somebody who stands at the desk."""
    posted = forms.blank_page()
    posted.language = "ja"
    return await _register_page(request, actor, posted)


@post("/staff/members/new", include_in_schema=False)
async def register(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Store the minute's registration and open the member's page."""
    posted = await form(request, MemberPage)
    asked = DeskForm(
        member=forms.member_form(posted),
        phone=posted.phone,
        language=posted.language,
        body_code=posted.body,
        is_signed=posted.signed,
    )
    try:
        made = await service_desk.register_at_desk(actor, asked)
    except InvalidForm as refusal:
        return await _register_page(request, actor, posted, refusal)
    return redirect(f"/staff/members/{made.id}", done="registered")


async def _register_page(
    request: Asking, actor: Actor, posted: MemberPage, refusal: Refusal | None = None
) -> Response[str]:
    bodies = await service_desk.bodies_of(actor)
    texts = [text for text in await queries_texts.list_consent_texts() if bodies is None or text.body_code in bodies]
    return page(
        request,
        "people/staff_register.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=forms.errors_of(refusal),
        form=posted,
        bodies=await forms.places_of_bodies(texts, language_of(request)),
        grades=forms.grade_options(adult=True),
        languages_offered=[(code, NAMES[code]) for code in LANGUAGES],
    )


@get("/staff/members/{member_id:uuid}/edit", include_in_schema=False)
async def show_edit(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """A member's facts, to correct at the desk."""
    member = await service_desk.get_member_for_staff(actor, member_id)
    await service_desk.require_kept(actor, member)
    await access.record_view(actor, [member.id], "member-edit", scope=next(iter(member.body_codes), None))
    kept = (await queries.list_contacts([member.id])).get(member.id, [])
    contacts = [ContactForm(name=each.name, relation=each.relation, phone=each.phone) for each in kept]
    posted = forms.page_of(rules_form.form_of(member, contacts))
    posted.phone = rules_text.print_phone((await queries_staff.list_homes([member.id]))[member.id].phone)
    return await _edit_page(request, member, posted)


@post("/staff/members/{member_id:uuid}/edit", include_in_schema=False)
async def edit(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Store the desk's corrections."""
    posted = await form(request, MemberPage)
    member = await service_desk.get_member_for_staff(actor, member_id)
    try:
        home = HouseholdForm(phone=posted.phone)
        await service_desk.edit_at_desk(actor, member_id, forms.member_form(posted), home)
    except InvalidForm as refusal:
        return await _edit_page(request, member, posted, refusal)
    return redirect(f"/staff/members/{member_id}", done="saved")


async def _edit_page(
    request: Asking, member: MemberView, posted: MemberPage, refusal: Refusal | None = None
) -> Response[str]:
    return page(
        request,
        "people/staff_edit.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=forms.errors_of(refusal),
        form=posted,
        member=member,
        contacts=forms.contact_rows(posted),
        municipalities=await forms.municipality_options(language_of(request)),
        relations=forms.relation_options(),
        grades=forms.grade_options(adult=True),
    )


@post("/staff/members/disclosures/{disclosure_id:uuid}", include_in_schema=False)
async def agree_disclosure(
    request: Asking, actor: NamedDependency[Actor], disclosure_id: FromPath[UUID]
) -> Response[Any]:
    """The second person agrees."""
    await form(request, pages_member.NothingPage)
    await service_protected.agree_disclosure(actor, disclosure_id)
    return redirect("/staff/members")


@post("/staff/members/resemblances/{resemblance_id:uuid}", include_in_schema=False)
async def settle(request: Asking, actor: NamedDependency[Actor], resemblance_id: FromPath[UUID]) -> Response[Any]:
    """Staff have looked at a note of resemblance."""
    await form(request, pages_member.NothingPage)
    await service_desk.settle_resemblance(actor, resemblance_id)
    return redirect("/staff/members")


NAV = (
    NavItem(
        label=N_("会員"), address="/staff/members", icon="people", roles=tuple(str(role) for role in DESK), order=30
    ),
)
PAGES: tuple[Any, ...] = (
    show_members,
    search,
    show_register,
    register,
    show_edit,
    edit,
    agree_disclosure,
    settle,
    *pages_lists.PAGES,
    *pages_import.PAGES,
    *pages_member.PAGES,
)
