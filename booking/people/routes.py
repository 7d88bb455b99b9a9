"""JSON doors: the own household, members, the texts to agree to."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from booking.access import service as access
from booking.access.rules import require_account, require_adult
from booking.access.schemas import Actor
from booking.kit.i18n import LANGUAGES
from booking.kit.idempotency import Answer, respond_once
from booking.kit.web import language_of
from booking.people import queries, queries_staff, queries_texts, routes_line, service, service_desk, service_patch
from booking.people.errors import HouseholdNeeded
from booking.people.schemas import (
    ConsentForm,
    ConsentTextView,
    ContactView,
    DeskForm,
    HouseholdForm,
    HouseholdView,
    MemberForm,
    MemberView,
    RightsView,
)
from booking.people.schemas_api import (
    ConsentBody,
    ConsentTextItem,
    ConsentTextPage,
    ContactItem,
    EmergencyItem,
    HouseholdBody,
    HouseholdItem,
    MemberItem,
    MemberPage,
    MemberPatch,
    NewMember,
    RightsItem,
)

TAGS = ["members"]
Asking = Request[Any, Any, Any]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


@get("/api/v1/consent-texts", operation_id="listConsentTexts", tags=TAGS)
async def list_texts(request: Request[Any, Any, Any], language: FromQuery[str | None] = None) -> ConsentTextPage:
    """What people agree to when they register with a body; `text` in the asked language where there is one."""
    chosen = language if language in LANGUAGES else language_of(request)
    return ConsentTextPage(items=[_text(each, chosen) for each in await queries_texts.list_consent_texts()])


def _text(view: ConsentTextView, language: str) -> ConsentTextItem:
    return ConsentTextItem(
        id=view.id,
        body=view.body_code,
        body_name=view.body_name,
        version=view.version,
        text=view.text(language),
        text_ja=view.text_ja,
        guardian_below_years=view.guardian_below_years,
        provisional=view.provisional,
    )


@get("/api/v1/household", operation_id="getHousehold", tags=TAGS)
async def get_household(actor: NamedDependency[Actor]) -> HouseholdItem:
    """The household of whoever asks. A child's card opens nothing about the family."""
    account = require_adult(actor)
    found = await queries.find_household_of(account.id) if account.id is not None else None
    if found is None:
        raise HouseholdNeeded
    return _household(found)


@put("/api/v1/household", operation_id="putHousehold", tags=TAGS)
async def put_household(actor: NamedDependency[Actor], data: JSONBody[HouseholdBody]) -> HouseholdItem:
    """Say who you are the first time; later, change what is given."""
    account = require_account(actor)
    asked = HouseholdForm(**msgspec.structs.asdict(data))
    if account.id is not None and await queries.find_household_of(account.id) is not None:
        return _household(await service.edit_household(actor, asked))
    return _household(await service.register_household(actor, asked))


def _household(view: HouseholdView) -> HouseholdItem:
    return HouseholdItem(
        id=view.id,
        name=view.name,
        phone=view.phone,
        preferred=view.preferred,
        language=view.language,
        role=view.role,
    )


@get("/api/v1/members", operation_id="listMembers", tags=TAGS)
async def list_members(
    actor: NamedDependency[Actor], cursor: FromQuery[UUID | None] = None, limit: Limit = 50
) -> MemberPage:
    """Residents: the members they act for. Staff: the members registered with their bodies, the view is logged."""
    if actor.kind in ("account", "nobody"):
        account = require_account(actor)
        members = await queries.list_members_of(account.id) if account.id is not None else []
        return MemberPage(items=await _items(actor, members))
    bodies = await service_desk.bodies_of(actor)
    found = await queries_staff.list_registered(bodies, after=cursor, limit=limit + 1)
    await access.record_view(actor, [each.id for each in found[:limit]], "member-list", by_list=True)
    following = str(found[limit - 1].id) if len(found) > limit else None
    return MemberPage(items=await _items(actor, found[:limit]), next_cursor=following)


@get("/api/v1/members/{member_id:uuid}", operation_id="getMember", tags=TAGS)
async def get_member(actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> MemberItem:
    """One member, to whom it is for; when staff ask, the view is logged."""
    if actor.kind in ("account", "nobody"):
        return (await _items(actor, [await service.get_own_member(actor, member_id)]))[0]
    member = await service_desk.get_member_for_staff(actor, member_id)
    await access.record_view(actor, [member.id], "member", scope=next(iter(member.body_codes), None))
    return (await _items(actor, [member]))[0]


@post("/api/v1/members", status_code=201, operation_id="addMember", tags=TAGS)
async def add_member(request: Asking, actor: NamedDependency[Actor], data: JSONBody[NewMember]) -> Response[MemberItem]:
    """Register a member: a guardian with consent, staff at the desk. One `Idempotency-Key` has one effect."""

    async def work() -> Answer:
        made = await _register(actor, data)
        return Answer(201, msgspec.json.encode((await _items(actor, [made]))[0]).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


async def _register(actor: Actor, data: NewMember) -> MemberView:
    is_account = actor.kind in ("account", "nobody")
    form = _member_form(data)
    if is_account:
        return await service.add_member(actor, form, _consent(data.consent), as_self=data.as_self)
    form.grade = "" if data.grade is None else str(data.grade)
    asked = DeskForm(
        member=form,
        phone=data.contact.phone,
        language=data.contact.language or "ja",
        body_code=data.consent.body,
        is_signed=data.consent.agreed,
    )
    return await service_desk.register_at_desk(actor, asked)


def _member_form(data: NewMember) -> MemberForm:
    return MemberForm(
        family_name=data.family_name,
        given_name=data.given_name,
        family_kana=data.family_kana,
        given_kana=data.given_kana,
        latin_name=data.latin_name,
        shown_name=data.shown_name,
        birth_on=data.birth_on,
        municipality=data.municipality,
        school_name=data.school_name,
        assistance=data.assistance,
        relation=data.contact.relation,
        contacts=service_patch.contact_forms(data.emergency_contacts),
    )


@patch("/api/v1/members/{member_id:uuid}", operation_id="changeMember", tags=TAGS)
async def change_member(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], data: JSONBody[MemberPatch]
) -> Response[MemberItem]:
    """Change what is given and leave the rest."""

    async def work() -> Answer:
        changed = await service_patch.change_member(actor, member_id, data)
        return Answer(200, msgspec.json.encode((await _items(actor, [changed]))[0]).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


@post("/api/v1/members/{member_id:uuid}/consents", status_code=201, operation_id="registerWithBody", tags=TAGS)
async def register_with_body(
    actor: NamedDependency[Actor], member_id: FromPath[UUID], data: JSONBody[ConsentBody]
) -> MemberItem:
    """A guardian agrees that another body, too, keeps name, school year and contact of a member."""
    await service.register_with_body(actor, member_id, _consent(data))
    return (await _items(actor, [await service.get_own_member(actor, member_id)]))[0]


def _consent(data: ConsentBody) -> ConsentForm:
    return ConsentForm(body_code=data.body, text_id=data.text_id, is_agreed=data.agreed)


async def _items(actor: Actor, members: list[MemberView]) -> list[MemberItem]:
    """Members as the API gives them. A guardian is given the own household's contact, never another guardian's.

    Where a protected member lives and learns is for those a second person has shown it to, as on the desk's page.
    """
    shown = {member.id for member in members if await _may_see_contacts(actor, member)}
    contacts = await queries.list_contacts(shown)
    if actor.kind == "account" and actor.id is not None:
        own = await queries.find_household_of(actor.id)
        homes: dict[UUID, Any] = dict.fromkeys(shown, own)
    else:
        homes = {**await queries_staff.list_homes(shown)}
    is_staff = actor.kind not in ("account", "nobody")
    hidden = {"school_name": None, "municipality_code": None}
    return [
        _item(
            msgspec.structs.replace(member, **hidden) if is_staff and member.id not in shown else member,
            contacts.get(member.id, []),
            _contact(homes.get(member.id), member.rights.relation if member.rights else ""),
        )
        for member in members
    ]


async def _may_see_contacts(actor: Actor, member: MemberView) -> bool:
    if actor.kind == "account":
        return member.rights is not None and member.rights.may_consent
    return await service_desk.may_see_kept(actor, member)


def _contact(home: Any, relation: str) -> ContactItem | None:
    if home is None:
        return None
    return ContactItem(phone=home.phone, relation=relation, preferred=home.preferred, language=home.language)


def _item(member: MemberView, contacts: list[ContactView], contact: ContactItem | None) -> MemberItem:
    return MemberItem(
        id=member.id,
        number=member.number,
        family_name=member.family_name,
        given_name=member.given_name,
        family_kana=member.family_kana,
        given_kana=member.given_kana,
        latin_name=member.latin_name,
        shown_name=member.shown_name,
        birth_on=member.birth_on,
        grade=member.grade,
        school_stage=member.school_stage,
        municipality=member.municipality_code,
        school_name=member.school_name,
        assistance=member.assistance,
        bodies=list(member.body_codes),
        contact=contact,
        emergency_contacts=[
            EmergencyItem(name=each.name, relation=each.relation, phone=each.phone) for each in contacts
        ],
        rights=_rights(member.rights),
    )


def _rights(rights: RightsView | None) -> RightsItem | None:
    if rights is None:
        return None
    return RightsItem(
        may_consent=rights.may_consent,
        may_book=rights.may_book,
        is_told=rights.is_told,
        is_confirmed=rights.is_confirmed,
    )


ROUTES: tuple[Any, ...] = (
    list_texts,
    get_household,
    put_household,
    list_members,
    get_member,
    add_member,
    change_member,
    register_with_body,
    *routes_line.ROUTES,
)
