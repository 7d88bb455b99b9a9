"""The desk's page about today: who is inside, who has left, what the door flagged; record by name or number, void."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import STAFF_ROLES, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.facilities.queries import get_facility, list_facilities
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.errors import NotFound, Refusal
from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, form, page, redirect
from booking.people.queries import find_member, find_member_by_number
from booking.people.queries_staff import search_members
from booking.people.schemas import MemberView
from booking.people.service_desk import bodies_of
from booking.visits import pages_closing, pages_roll, queries_staff, service_desk
from booking.visits.errors import PersonNotFound
from booking.visits.rules_credentials import read_number
from booking.visits.schemas import Verdict
from booking.visits.service_desk import DESK

FLAGS = {
    "clock-wrong": N_("受付機の時計がずれています"),
    "unlisted": N_("受付機の名簿にない人が入りました"),
    "already-inside": N_("もう中にいる人が、もう一度入ろうとしました"),
    "not-inside": N_("入った記録のない人が帰りました"),
    "pass-shared": N_("10分のあいだに、2度向きが変わりました。パスを貸していないか見てください"),
    "roll-call-not-inside": N_("点呼で印の付いた人が、入館の記録では中にいませんでした"),
    "disagreement": N_("受付機の案内と、サービスの判断がちがいます"),
}


class RecordForm(msgspec.Struct, kw_only=True):
    """Who came or goes: typed, or chosen from what was found."""

    facility: str
    q: str
    member: str
    direction: str
    session: str
    anyway: bool


class VoidForm(msgspec.Struct, kw_only=True):
    """Why a visit does not count."""

    reason: str


async def _places(actor: Actor) -> list[FacilityView]:
    require_staff(actor)
    return [one for one in await list_facilities() if actor.may_in(one.scopes, *STAFF_ROLES)]


async def _place(actor: Actor, code: str) -> FacilityView:
    place = await get_facility(code)
    require_staff(actor, *DESK, scopes=place.scopes)
    return place


def _day(text: str) -> date:
    try:
        return min(date.fromisoformat(text), clock.today())
    except ValueError:
        return clock.today()


@get("/staff/visits", include_in_schema=False)
async def show_visits(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """The day of one of the reader's places; the first unless another is asked for."""
    places = await _places(actor)
    asked = request.query_params.get("facility", "")
    place = next((one for one in places if one.code == asked), places[0] if places else None)
    if place is None:
        raise NotFound
    return await _show(request, actor, place)


async def _show(request: Asking, actor: Actor, place: FacilityView, **more: Any) -> Response[str]:
    day = _day(request.query_params.get("on", ""))
    rows = await queries_staff.list_visits(place.id, day)
    shown = [one for one in rows if not one.is_protected]
    await record_view(
        actor, [one.member_id for one in shown if one.member_id], "visits", scope=place.code, by_list=True
    )
    did, who = request.query_params.get("did", ""), request.query_params.get("who", "")
    live = [one for one in rows if one.voided_at is None]
    given: dict[str, Any] = {
        "place": place,
        "places": await _places(actor),
        "day": day,
        "is_today": day == clock.today(),
        "rows": shown,
        "hidden": len([one for one in live if one.is_protected]),
        "inside": sum(one.heads for one in live if one.left_at is None),
        "came": sum(one.heads for one in live),
        "flags": await queries_staff.list_flags(place.id) if day == clock.today() else [],
        "flag_words": FLAGS,
        "may_record": actor.may_in(place.scopes, *DESK),
        "did": did if did in ("welcome", "goodbye") else "",
        "who": next((one.number for one in rows if str(one.member_id) == who), "–"),
        "found": None,
        "verdict": None,
        "member": None,
        **more,
    }
    return page(request, "visits/day.html", status=given.pop("status", 200), **given)


@post("/staff/visits", include_in_schema=False)
async def record(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Record who came or goes; when several fit, or a rule says no, say so and offer what can be done."""
    data = await form(request, RecordForm)
    place = await _place(actor, data.facility)
    try:
        found = await _find(actor, data)
        if len(found) > 1:
            return await _show(request, actor, place, found=found, form=data)
        verdict = await _check_in(actor, place.code, found[0].id, data)
    except (Refusal, ValueError) as error:
        refusal = error if isinstance(error, Refusal) else PersonNotFound()
        return await _show(request, actor, place, status=refusal.status, refusal=refusal, form=data)
    if verdict.verdict in ("welcome", "goodbye"):
        return redirect("/staff/visits", facility=place.code, did=verdict.verdict, who=str(found[0].id))
    return await _show(request, actor, place, status=409, verdict=_for_page(verdict), member=found[0], form=data)


async def _check_in(actor: Actor, facility: str, member_id: UUID, data: RecordForm) -> Verdict:
    direction: Literal["in", "out"] = "out" if data.direction == "out" else "in"
    session = UUID(data.session) if data.session else None
    return await service_desk.check_in(
        actor, facility, member_id, direction=direction, session_id=session, anyway=data.anyway
    )


def _for_page(verdict: Verdict) -> dict[str, Any]:
    sessions = [one for one in verdict.choices if one.session is not None]
    members = [one for one in verdict.choices if one.id.startswith("member:")]
    people = [(one.id.removeprefix("member:"), one.label) for one in members]
    return {"code": verdict.code, "sentence": verdict.sentence, "sessions": sessions, "people": people}


async def _find(actor: Actor, data: RecordForm) -> list[MemberView]:
    """Whom the desk means. Raises: PersonNotFound."""
    number = read_number(data.q)
    if data.member:
        one = await find_member(UUID(data.member))
    elif number is not None:
        one = await find_member_by_number(number)
    else:
        found = await search_members(await bodies_of(actor, *DESK), data.q)
        await record_view(actor, [each.id for each in found], "member-search", by_list=True)
        if found:
            return found
        one = None
    if one is None:
        raise PersonNotFound
    return [one]


@get("/staff/visits/{visit_id:uuid}/void", include_in_schema=False)
async def ask_void(request: Asking, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[str]:
    """Ask why, before a visit stops counting."""
    return await _void_page(request, actor, visit_id)


async def _void_page(request: Asking, actor: Actor, visit_id: UUID, **more: Any) -> Response[str]:
    visit = await queries_staff.get_visit(visit_id)
    require_staff(actor, *DESK, scopes=visit.scopes)
    if visit.member_id is not None:
        await record_view(actor, [visit.member_id], "visit", scope=visit.facility_code)
    return page(request, "visits/void.html", visit=visit, **more)


@post("/staff/visits/{visit_id:uuid}/void", include_in_schema=False)
async def void(request: Asking, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """Void it and go back to the day."""
    visit = await queries_staff.get_visit(visit_id)
    require_staff(actor, *DESK, scopes=visit.scopes)
    data = await form(request, VoidForm)
    try:
        await service_desk.void_visit(actor, visit_id, data.reason)
    except Refusal as refusal:
        return await _void_page(request, actor, visit_id, status=refusal.status, refusal=refusal, form=data)
    return redirect("/staff/visits", facility=visit.facility_code, on=visit.visited_on.isoformat())


@post("/staff/visits/flags/{flag_id:uuid}", include_in_schema=False)
async def settle(actor: NamedDependency[Actor], flag_id: FromPath[UUID]) -> Response[Any]:
    """Note that somebody has looked at it."""
    require_staff(actor, *DESK)
    code = await queries_staff.find_flag_facility(flag_id)
    if code is None:
        raise NotFound
    place = await _place(actor, code)
    await service_desk.settle_flag(actor, flag_id, place.code)
    return redirect("/staff/visits", facility=place.code)


PAGES: tuple[Any, ...] = (show_visits, record, ask_void, void, settle, *pages_roll.PAGES, *pages_closing.PAGES)
NAV = (
    NavItem(label=N_("来館"), address="/staff/visits", icon="in", roles=tuple(map(str, STAFF_ROLES)), order=15),
    *pages_roll.NAV,
    *pages_closing.NAV,
)
