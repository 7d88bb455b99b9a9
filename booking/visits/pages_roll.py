"""The roll call on a tablet: who is inside, whom to ring, two large buttons for each; the same page is the paper."""

from typing import Any, cast, get_args
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import list_facilities
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.errors import MalformedRequest, NotFound, Refusal
from booking.kit.i18n import N_
from booking.kit.tokens import new_id
from booking.kit.web import Asking, NavItem, form, page, redirect
from booking.people.words import RELATIONS, grade_word
from booking.visits import queries_roll, service_roll
from booking.visits.schemas_roll import How
from booking.visits.service_desk import DESK

KINDS = {
    "member": N_("会員"),
    "anonymous": N_("名前のない人"),
    "group": N_("団体"),
    "guardian": N_("保護者"),
    "visitor": N_("見学の人"),
    "staff": N_("職員"),
}
STATES = {
    "open": ("late", N_("まだ")),
    "safe": ("entered", N_("無事")),
    "handed-over": ("entered", N_("引きわたした")),
    "left": ("closed", N_("帰った")),
}


class FacilityForm(msgspec.Struct, kw_only=True):
    """Of which place."""

    facility: str


class TickForm(msgspec.Struct, kw_only=True):
    """Whom, and how they were found. `nonce` makes one tap of two."""

    facility: str
    visit: str
    how: str
    nonce: str


async def places_of(actor: Actor) -> list[FacilityView]:
    """The facilities somebody works at."""
    require_staff(actor, *DESK)
    return [one for one in await list_facilities() if actor.may_in(one.scopes, *DESK)]


@get("/staff/roll-call", include_in_schema=False)
async def show_roll_call(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Who is inside one of the reader's places now; the first unless another is asked for."""
    return await _show(request, actor, request.query_params.get("facility", ""))


@get("/staff/roll-call/{roll_call_id:uuid}", include_in_schema=False)
async def show_past(request: Asking, actor: NamedDependency[Actor], roll_call_id: FromPath[UUID]) -> Response[str]:
    """A roll call as it was left."""
    call = await queries_roll.get_roll_call(roll_call_id)
    place = next((one for one in await places_of(actor) if one.place_id == call.place_id), None)
    if place is None:
        raise NotFound
    return await _show(request, actor, place.code, past=roll_call_id)


async def _show(request: Asking, actor: Actor, code: str, *, past: UUID | None = None, **more: Any) -> Response[str]:
    places = await places_of(actor)
    asked = next((one for one in places if one.code == code), None)
    if asked is None and (code or not places):
        raise NotFound
    facility = asked or places[0]
    roll = await service_roll.read_roll_call(actor, facility.code, past)
    ours = [one for one in places if one.place_id == facility.place_id]
    given: dict[str, Any] = {
        "facility": facility,
        "places": list({one.place_id: one for one in places}.values()),
        "roll": roll,
        "is_past": past is not None,
        "several": len(ours) > 1,
        "closed": [one for one in ours if one.closed_now_at is not None],
        "names": {one.code: one.name for one in ours},
        "before": await queries_roll.list_roll_calls(facility.place_id, clock.today()),
        "just_closed": bool(request.query_params.get("closed")),
        "kinds": KINDS,
        "states": STATES,
        "relations": RELATIONS,
        "grade_word": grade_word,
        "new_nonce": new_id,
    }
    return page(request, "visits/roll.html", **given, **more)


@post("/staff/roll-call/begin", include_in_schema=False)
async def begin(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Begin a roll call, or go on with the one that is."""
    data = await form(request, FacilityForm)
    await service_roll.begin(actor, data.facility)
    return redirect("/staff/roll-call", facility=data.facility)


@post("/staff/roll-call/{roll_call_id:uuid}/end", include_in_schema=False)
async def end(request: Asking, actor: NamedDependency[Actor], roll_call_id: FromPath[UUID]) -> Response[Any]:
    """End it; a second tap finds it ended."""
    data = await form(request, FacilityForm)
    try:
        await service_roll.end(actor, data.facility, roll_call_id)
    except Refusal as refusal:
        if refusal.code != "roll-call-over":
            raise
    return redirect(f"/staff/roll-call/{roll_call_id}")


@post("/staff/roll-call/{roll_call_id:uuid}/ticks", include_in_schema=False)
async def tick(request: Asking, actor: NamedDependency[Actor], roll_call_id: FromPath[UUID]) -> Response[Any]:
    """Tick somebody, or take a tick back, and stay at their line."""
    data = await form(request, TickForm)
    if data.how not in get_args(How):
        raise MalformedRequest
    try:
        visit_id, nonce = UUID(data.visit), UUID(data.nonce)
        await service_roll.tick(actor, data.facility, roll_call_id, visit_id, cast(How, data.how), nonce=nonce)
    except ValueError:
        raise MalformedRequest from None
    except Refusal as refusal:
        if refusal.code not in ("roll-call-over", "visit-unknown"):
            raise
        return await _show(request, actor, data.facility, status=refusal.status, refusal=refusal)
    return redirect(f"/staff/roll-call?facility={data.facility}#v-{visit_id}")


PAGES: tuple[Any, ...] = (show_roll_call, show_past, begin, end, tick)
NAV = (NavItem(label=N_("点呼"), address="/staff/roll-call", icon="people", roles=tuple(map(str, DESK)), order=17),)
