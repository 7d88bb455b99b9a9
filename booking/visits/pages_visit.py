"""One visit at the desk: when they left, that it never was; and a visit that nobody scanned. Always with a reason."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.web import Asking, form, page, redirect
from booking.people.queries import find_member, find_member_by_number
from booking.people.rules_text import digits_of
from booking.people.schemas import MemberView
from booking.visits import queries_desk, queries_staff, service_corrections, service_desk
from booking.visits.errors import PersonNotFound, TimeUnusable
from booking.visits.pages_desk import day_of, place_of
from booking.visits.schemas_staff import VisitRow
from booking.visits.service_desk import DESK

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class VoidForm(msgspec.Struct, kw_only=True):
    """Why a visit does not count."""

    reason: str


class ExitForm(msgspec.Struct, kw_only=True):
    """When somebody left, and how one knows."""

    left_at: str
    reason: str


class LeaveForm(msgspec.Struct, kw_only=True):
    """A button beside a visit without a pass."""

    view: str


class AddForm(msgspec.Struct, kw_only=True):
    """Somebody came and nobody scanned."""

    facility: str
    number: str
    member: str
    on: str
    entered_at: str
    left_at: str
    reason: str


def read_time(day: date, typed: str) -> datetime:
    """A time of a day as typed: 14:30, 1430, full width. Raises: TimeUnusable."""
    text = typed.translate(_FULL_WIDTH).strip()
    if ":" not in text and text.isdecimal() and len(text) in (3, 4):
        text = f"{text[:-2]}:{text[-2:]}"
    hour, _, minute = text.partition(":")
    try:
        return clock.at_local(day, time(int(hour), int(minute)))
    except ValueError:
        raise TimeUnusable from None


@get("/staff/visits/{visit_id:uuid}", include_in_schema=False)
async def show_visit(request: Asking, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[str]:
    """One visit, what was corrected about it, and the two things that can be put right."""
    return await _visit_page(request, actor, visit_id)


@get("/staff/visits/{visit_id:uuid}/void", include_in_schema=False)
async def ask_void(request: Asking, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[str]:
    """Ask why, before a visit stops counting."""
    return await _visit_page(request, actor, visit_id, template="visits/void.html")


async def _visit_page(
    request: Asking, actor: Actor, visit_id: UUID, template: str = "visits/visit.html", **more: Any
) -> Response[str]:
    require_staff(actor)
    visit = await queries_staff.get_visit(visit_id)
    require_staff(actor, *DESK, scopes=visit.scopes)
    if visit.member_id is not None:
        await record_view(actor, [visit.member_id], "visit", scope=visit.facility_code)
    corrections = await queries_desk.list_corrections(visit_id)
    return page(request, template, visit=visit, corrections=corrections, **more)


async def _visit(actor: Actor, visit_id: UUID) -> VisitRow:
    require_staff(actor, *DESK)
    visit = await queries_staff.get_visit(visit_id)
    require_staff(actor, *DESK, scopes=visit.scopes)
    return visit


def _back(visit: VisitRow, did: str) -> Response[Any]:
    today = visit.visited_on == clock.today()
    on = {} if today else {"on": visit.visited_on.isoformat()}
    return redirect("/staff/visits", facility=visit.facility_code, did=did, **on)


@post("/staff/visits/{visit_id:uuid}/void", include_in_schema=False)
async def void(request: Asking, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """Void it and go back to the day."""
    visit, data = await _visit(actor, visit_id), await form(request, VoidForm)
    try:
        await service_desk.void_visit(actor, visit_id, data.reason)
    except Refusal as refusal:
        said = {"status": refusal.status, "refusal": refusal, "form": data}
        return await _visit_page(request, actor, visit_id, template="visits/void.html", **said)
    return _back(visit, "corrected")


@post("/staff/visits/{visit_id:uuid}/exit", include_in_schema=False)
async def set_exit(request: Asking, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """Say when they left, with the reason."""
    visit, data = await _visit(actor, visit_id), await form(request, ExitForm)
    try:
        at = read_time(visit.visited_on, data.left_at)
        await service_corrections.set_exit(actor, visit_id, at, data.reason)
    except Refusal as refusal:
        return await _visit_page(request, actor, visit_id, status=refusal.status, refusal=refusal, form=data)
    return _back(visit, "corrected")


@post("/staff/visits/{visit_id:uuid}/leave", include_in_schema=False)
async def leave(request: Asking, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """A group or a visitor without a pass goes now: one tap."""
    visit = await _visit(actor, visit_id)
    await form(request, LeaveForm)
    try:
        await service_corrections.end_stay(actor, visit_id)
    except Refusal as refusal:
        return await _visit_page(request, actor, visit_id, status=refusal.status, refusal=refusal)
    return _back(visit, "left")


@get("/staff/visits/add", include_in_schema=False)
async def ask_add(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Who came, when, and how one knows."""
    require_staff(actor, *DESK)
    place = await place_of(actor, request.query_params.get("facility", ""))
    day = day_of(request.query_params.get("on", ""))
    blank = dict.fromkeys(AddForm.__struct_fields__, "") | {"facility": place.code, "on": day.isoformat()}
    return page(request, "visits/add.html", place=place, day=day, form=AddForm(**blank))


@post("/staff/visits/add", include_in_schema=False)
async def add(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Make the visit, and go back to its day."""
    require_staff(actor, *DESK)
    data = await form(request, AddForm)
    place, day = await place_of(actor, data.facility), day_of(data.on)
    try:
        made = await _add(actor, place.code, day, data)
    except Refusal as refusal:
        return page(request, "visits/add.html", status=refusal.status, place=place, day=day, refusal=refusal, form=data)
    return _back(made, "added")


async def _add(actor: Actor, facility: str, day: date, data: AddForm) -> VisitRow:
    member = await _member(data)
    since = read_time(day, data.entered_at)
    until = read_time(day, data.left_at) if data.left_at else None
    return await service_corrections.add_visit(
        actor, facility, member.id, entered_at=since, left_at=until, reason=data.reason
    )


async def _member(data: AddForm) -> MemberView:
    """Raises: PersonNotFound."""
    try:
        found = await (find_member(UUID(data.member)) if data.member else find_member_by_number(digits_of(data.number)))
    except ValueError:
        found = None
    if found is None:
        raise PersonNotFound
    return found


PAGES: tuple[Any, ...] = (show_visit, ask_void, void, set_exit, leave, ask_add, add)
