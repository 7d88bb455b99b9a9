"""The staff's pages of weekly groups: which fill, make and change one, and the leader's page with its moves."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import EXPORTERS, require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import list_facilities
from booking.facilities.rules_forms import version_of
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import spoken
from booking.kit.web import Asking, form, page, redirect
from booking.people.queries import find_member_by_number
from booking.people.rules import grade_on
from booking.programs import queries as programs
from booking.programs import service_groups as program_verbs
from booking.programs.errors_groups import NotForInterim
from booking.programs.pages_programs import spaces_said
from booking.programs.queries_groups import get_group
from booking.programs.rules_groups_forms import MOST_TIMES
from booking.programs.schemas_groups import GroupForm
from booking.programs.service_staff import EDITORS
from booking.reservations import (
    pages_groups_export,
    service_enrolments,
    service_groups_leading,
    service_moves,
    service_reading,
)
from booking.reservations.errors_audiences import say_grade
from booking.reservations.errors_bookings import NotYours
from booking.reservations.errors_staff import NumberUnknown
from booking.reservations.pages_groups import WORDS
from booking.reservations.rules_enrolments import PARTS
from booking.reservations.schemas_enrolments import EnrolWish
from booking.reservations.service import DESK

STAFF_WORDS: dict[str, Any] = {
    **WORDS,
    "say_grade": lambda grade: say_grade(grade, spoken()) if grade else "",
    "grade_on": grade_on,
}


class DeskEnrolForm(msgspec.Struct, kw_only=True):
    """Enrolling for somebody by number."""

    number: str
    override: list[str]
    reason: str


class InterimForm(msgspec.Struct, kw_only=True):
    """A session to offer meanwhile."""

    session: str


# ---- which fill ---------------------------------------------------------------------------------------------------


@get("/staff/groups", include_in_schema=False)
async def show_led(
    request: Asking,
    actor: NamedDependency[Actor],
    facility: FromQuery[str] = "",
    standing: FromQuery[str] = "",
    did: FromQuery[str] = "",
) -> Response[str]:
    """The groups of the reader's places: how full each is, and which merges would open most."""
    led = await service_groups_leading.list_led(actor)
    listed = pages_groups_export.filtered(led, facility, standing)
    suggestions = await service_groups_leading.suggest_for(listed)
    return page(
        request,
        "reservations/staff_groups.html",
        rows=listed,
        **pages_groups_export.choices(led, facility, standing),
        suggestions=[each for each in suggestions.values() if each.merges],
        names={each.group.id: each.group for each in listed},
        may_add=bool(await _places(actor)),
        did=did,
        **STAFF_WORDS,
    )


async def _places(actor: Actor) -> list[tuple[str, str]]:
    """The facilities at which somebody may make groups."""
    return [(one.code, one.name) for one in await list_facilities() if actor.may_in(one.scopes, *EDITORS)]


async def _new_page(request: Asking, actor: Actor, **more: Any) -> Response[str]:
    require_staff(actor, *EDITORS)
    today = clock.today()
    running = [one for one in await programs.list_programs() if one.ended_on is None or one.ended_on > today]
    return page(
        request,
        "reservations/staff_group_form.html",
        group=None,
        seen="",
        places=await _places(actor),
        **await spaces_said([one for one in await list_facilities() if actor.may_in(one.scopes, *EDITORS)]),
        programs=[(one.code, one.name) for one in running if one.category == "group"] or _all(running),
        rows=MOST_TIMES,
        today=today,
        **more,
    )


def _all(running: list[Any]) -> list[tuple[str, str]]:
    """Every program, where none is a program of groups yet."""
    return [(one.code, one.name) for one in running]


@get("/staff/groups/new", include_in_schema=False)
async def show_new(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The form for a new group."""
    return await _new_page(request, actor)


@post("/staff/groups", include_in_schema=False)
async def add(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Make it."""
    require_staff(actor, *EDITORS)
    data = await form(request, GroupForm)
    try:
        group_id = await program_verbs.add_group(actor, data)
    except Refusal as refusal:
        return await _new_page(request, actor, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/groups/{group_id}", did="added")


async def _edit_page(request: Asking, actor: Actor, group_id: UUID, **more: Any) -> Response[str]:
    require_staff(actor)
    group = await service_moves.get_led(actor, group_id)
    given: dict[str, Any] = {"places": [], "programs": [], "rows": 0, "today": clock.today(), "seen": version_of(group)}
    given |= await spaces_said([one for one in await list_facilities() if one.id == group.facility_id])
    return page(request, "reservations/staff_group_form.html", group=group, **{**given, **more})


@get("/staff/groups/{group_id:uuid}/edit", include_in_schema=False)
async def show_edit(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[str]:
    """Words, seats, minimum, last day."""
    return await _edit_page(request, actor, group_id)


@post("/staff/groups/{group_id:uuid}/edit", include_in_schema=False)
async def change(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[Any]:
    """Change them."""
    require_staff(actor, *EDITORS)
    data = await form(request, GroupForm)
    try:
        await service_moves.change(actor, group_id, data)
    except Refusal as refusal:
        return await _edit_page(request, actor, group_id, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/groups/{group_id}", did="changed")


# ---- the leader's page --------------------------------------------------------------------------------------------


@get("/staff/groups/{group_id:uuid}", include_in_schema=False)
async def show_leader(
    request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID], did: FromQuery[str] = ""
) -> Response[str]:
    """Who is in it since when, other times they could come, groups nearby, and what the leader can do."""
    return await leader_page(request, actor, group_id, did=did)


async def leader_page(request: Asking, actor: Actor, group_id: UUID, **more: Any) -> Response[str]:
    """The leader's page, after a refusal with its sentence."""
    require_staff(actor)
    led = await service_groups_leading.open_led(actor, group_id)
    group = led.listed.group
    given: dict[str, Any] = {"status": 200, "did": "", "act": "", "today": clock.today(), **more}
    return page(
        request,
        "reservations/staff_group.html",
        led=led,
        group=group,
        listed=led.listed,
        by_id={each.id: each for each in led.people},
        answer_of={each.enrolment_id: each for each in led.answers},
        parts_of_day=[name for name, _, _ in PARTS],
        near_names={each.group.id: each.group for each, _ in led.nearby} | {group.id: group},
        may_lead=actor.may_in(group.scopes, *EDITORS) and group.state in ("gathering", "open", "running"),
        may_act=actor.may_in(group.scopes, *DESK),
        may_export=actor.may_in(group.scopes, *EXPORTERS),
        free_from=_free_from(led.listed.group.first_on),
        **given,
        **STAFF_WORDS,
    )


def _free_from(first_on: date) -> date:
    return max(first_on, clock.today())


@post("/staff/groups/{group_id:uuid}/enrol", include_in_schema=False)
async def enrol_at_desk(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[Any]:
    """Let the member with a number join; a rule is set aside only by name and with a reason."""
    require_staff(actor, *DESK)
    data = await form(request, DeskEnrolForm)
    try:
        await _enrol_by_number(actor, group_id, data)
    except Refusal as refusal:
        return await leader_page(request, actor, group_id, status=refusal.status, refusal=refusal, act="enrol")
    return redirect(f"/staff/groups/{group_id}", did="enrolled")


async def _enrol_by_number(actor: Actor, group_id: UUID, data: DeskEnrolForm) -> None:
    group = await get_group(group_id)
    require_staff(actor, *DESK, scopes=group.scopes)
    member = await find_member_by_number("".join(data.number.split()))
    if member is None:
        raise NumberUnknown
    wish = EnrolWish(
        group_id=group_id,
        member_ids=(member.id,),
        may_wait=True,
        overridden=frozenset(data.override),
        reason=data.reason[:500],
    )
    try:
        await service_enrolments.enrol(actor, wish)
    except NotYours:
        raise NumberUnknown from None


@get("/staff/enrolments/{enrolment_id:uuid}/leave", include_in_schema=False)
async def ask_leave(request: Asking, actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]) -> Response[str]:
    """Asks before somebody is taken out of a group."""
    require_staff(actor, *DESK)
    found = await service_enrolments.get_enrolment_for(actor, enrolment_id)
    group = await get_group(found.group_id)
    name = await service_reading.name_for_staff(actor, found.member_id, group.facility_code)
    return page(request, "reservations/staff_leave.html", found=found, name=name, group=group, **STAFF_WORDS)


@post("/staff/enrolments/{enrolment_id:uuid}/leave", include_in_schema=False)
async def leave_at_desk(actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]) -> Response[Any]:
    """Take somebody out of a group."""
    require_staff(actor, *DESK)
    left = await service_enrolments.leave(actor, enrolment_id)
    return redirect(f"/staff/groups/{left.group_id}", did="left")


def _session_of(data: InterimForm) -> UUID:
    try:
        return UUID(data.session)
    except ValueError:
        raise NotForInterim from None


@post("/staff/groups/{group_id:uuid}/interim", include_in_schema=False)
async def offer_meanwhile(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[Any]:
    """Offer a session to those who wait."""
    require_staff(actor, *EDITORS)
    data = await form(request, InterimForm)
    try:
        await program_verbs.offer_meanwhile(actor, group_id, _session_of(data))
    except Refusal as refusal:
        return await leader_page(request, actor, group_id, status=refusal.status, refusal=refusal, act="interim")
    return redirect(f"/staff/groups/{group_id}", did="interim")


@post("/staff/groups/{group_id:uuid}/interim/take-back", include_in_schema=False)
async def take_back(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[Any]:
    """No longer offer it."""
    require_staff(actor, *EDITORS)
    data = await form(request, InterimForm)
    await program_verbs.take_back_interim(actor, group_id, _session_of(data))
    return redirect(f"/staff/groups/{group_id}", did="interim")


PAGES = (
    show_led,
    *pages_groups_export.PAGES,
    show_new,
    add,
    show_edit,
    change,
    show_leader,
    enrol_at_desk,
    ask_leave,
    leave_at_desk,
    offer_meanwhile,
    take_back,
)
