"""First visits at the desk: one page and one button; and who started on an own phone, to be confirmed."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities.schemas import FacilityView
from booking.kit.errors import NotFound, Refusal
from booking.kit.i18n import LANGUAGES, NAMES
from booking.kit.web import Asking, form, page, redirect
from booking.people import rules_form, words
from booking.people.schemas import DeskForm, MemberForm
from booking.visits import queries_staff, service_elsewhere, service_start
from booking.visits.errors import PersonNotFound
from booking.visits.pages_answer import RecordForm, answer
from booking.visits.pages_desk import place_of, read_nonce, show_desk
from booking.visits.service_desk import DESK


class FirstForm(msgspec.Struct, kw_only=True):
    """Name, school year, telephone; a card to lend."""

    facility: str
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    latin_name: str
    grade: str
    phone: str
    language: str
    card: str
    signed: bool
    nonce: str


class AgreedForm(msgspec.Struct, kw_only=True):
    """Who agreed to be known to the body of a place."""

    facility: str
    member: str


class NothingForm(msgspec.Struct, kw_only=True):
    """A button beside a flag."""

    view: str


NOT_CHOSEN = "-"
"""No school year was chosen: said at that field, for these pages do not ask for a day of birth."""


def blank(**given: Any) -> FirstForm:
    """The form with nothing in it but what is given."""
    empty: dict[str, Any] = dict.fromkeys(FirstForm.__struct_fields__, "")
    return FirstForm(**{**empty, "signed": False, "language": "ja", **given})


def desk_form(data: FirstForm) -> DeskForm:
    """The form as the verbs of people take it."""
    names = ("family_name", "given_name", "family_kana", "given_kana", "latin_name", "grade")
    typed = {name: getattr(data, name) for name in names}
    member = MemberForm(**typed | {"grade": data.grade or NOT_CHOSEN})
    return DeskForm(member=member, phone=data.phone, language=data.language or "ja", is_signed=data.signed)


def grades() -> list[tuple[str, str]]:
    """School years to choose from, and grown-ups, as msgids."""
    return [*((str(grade), word) for grade, word in words.GRADES.items()), (rules_form.ADULT, words.STAGES["adult"])]


def first_page(
    request: Asking, template: str, place: FacilityView, data: FirstForm, refusal: Refusal | None = None, **more: Any
) -> Response[str]:
    """The form, again with the sentences at its fields after a refusal."""
    return page(
        request,
        template,
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        form=data,
        place=place,
        grades=grades(),
        languages_offered=[(code, NAMES[code]) for code in LANGUAGES],
        new_nonce=uuid4,
        **more,
    )


@get("/staff/visits/first", include_in_schema=False)
async def show_first(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """A first visitor stands at the desk."""
    require_staff(actor, *DESK)
    place = await place_of(actor, request.query_params.get("facility", ""))
    return first_page(request, "visits/first.html", place, blank(facility=place.code))


@post("/staff/visits/first", include_in_schema=False)
async def admit_first(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Registered, a card lent, let in: one button. Where the door says no, what is possible."""
    require_staff(actor, *DESK)
    data = await form(request, FirstForm)
    place = await place_of(actor, data.facility)
    try:
        member, verdict = await service_start.admit_first(
            actor, place.code, desk_form(data), data.card, read_nonce(data.nonce, data)
        )
    except Refusal as refusal:
        return first_page(request, "visits/first.html", place, data, refusal)
    empty: dict[str, Any] = dict.fromkeys(("q", "direction", "session", "reason", "view"), "")
    asked = RecordForm(**{**empty, "facility": place.code, "member": str(member.id), "anyway": False})
    return await answer(request, actor, member, verdict, asked, did="first")


@post("/staff/visits/first/{flag_id:uuid}", include_in_schema=False)
async def confirm(request: Asking, actor: NamedDependency[Actor], flag_id: FromPath[UUID]) -> Response[Any]:
    """The desk has seen who started on an own phone."""
    require_staff(actor, *DESK)
    await form(request, NothingForm)
    place, member_id = await _started(actor, flag_id)
    if member_id is not None:
        await service_start.confirm_start(actor, flag_id, member_id)
    return redirect("/staff/visits", facility=place.code, did="confirmed", view="flags")


@post("/staff/visits/first/{flag_id:uuid}/absent", include_in_schema=False)
async def dismiss(request: Asking, actor: NamedDependency[Actor], flag_id: FromPath[UUID]) -> Response[Any]:
    """Nobody of this name is there."""
    require_staff(actor, *DESK)
    await form(request, NothingForm)
    place, member_id = await _started(actor, flag_id)
    try:
        if member_id is not None:
            await service_start.dismiss_start(actor, flag_id, member_id)
    except Refusal as refusal:
        return await show_desk(request, actor, place, status=refusal.status, refusal=refusal)
    return redirect("/staff/visits", facility=place.code, did="dismissed", view="flags")


async def _started(actor: Actor, flag_id: UUID) -> tuple[FacilityView, UUID | None]:
    """Where somebody started on an own phone, and who, while nobody has looked at it. Raises: NotFound, NotAllowed."""
    found = await queries_staff.find_flag(flag_id)
    if found is None:
        raise NotFound
    place = await place_of(actor, found.facility_code)
    flag = next((one for one in await queries_staff.list_flags(place.id) if one.id == flag_id), None)
    is_start = flag is not None and flag.code == service_start.FLAG
    return place, flag.member_id if flag is not None and is_start else None


@post("/staff/visits/agreed", include_in_schema=False)
async def take_agreement(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """A member of the other body came here first and agreed that this one is told who they are."""
    require_staff(actor, *DESK)
    data = await form(request, AgreedForm)
    place = await place_of(actor, data.facility)
    try:
        member_id = UUID(data.member)
        await service_elsewhere.take_agreement(actor, place, member_id)
    except (Refusal, ValueError) as error:
        refusal = error if isinstance(error, Refusal) else PersonNotFound()
        return await show_desk(request, actor, place, status=refusal.status, refusal=refusal)
    return redirect("/staff/visits", facility=place.code, did="agreed", who=str(member_id))


PAGES: tuple[Any, ...] = (show_first, admit_first, confirm, dismiss, take_agreement)
