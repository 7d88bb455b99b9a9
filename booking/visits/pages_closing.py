"""Close now in two taps: the page that asks why is the second. Then what it did, whom to ring, and opening again."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.schemas import Actor
from booking.facilities.errors import ClosedNowAlready
from booking.facilities.queries import find_facility_by_id, get_closing, list_closings
from booking.facilities.rules_words import CLOSING_NOW
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.errors import NotFound, Refusal
from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, form, page, redirect
from booking.people.rules_text import print_phone
from booking.people.words import RELATIONS
from booking.reservations.queries_group_visits import list_displaced
from booking.visits import service_closing
from booking.visits.pages_roll import places_of
from booking.visits.service_closing_reading import read_outcome
from booking.visits.service_desk import DESK


class ClosingForm(msgspec.Struct, kw_only=True):
    """What, and why: each reason is a button."""

    facility: str
    reason: str
    note: str
    whole_place: bool


@get("/staff/close-now", include_in_schema=False)
async def show_closing(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Ask why, or show what is closed; which place, where somebody works at several."""
    return await _show(request, actor, request.query_params.get("facility", ""))


async def _show(request: Asking, actor: Actor, code: str, **more: Any) -> Response[str]:
    places = await places_of(actor)
    if not places:
        raise NotFound
    facility = next((one for one in places if one.code == code), places[0] if len(places) == 1 else None)
    if facility is None:
        return page(request, "visits/closing_where.html", places=places)
    today = await list_closings([facility.id], clock.today())
    closing = next((one for one in today if one.closed_at == facility.closed_now_at), None)
    given: dict[str, Any] = {
        "facility": facility,
        "others": [one for one in places if one.place_id == facility.place_id and one.id != facility.id],
        "reasons": CLOSING_NOW,
        "closing": closing,
        "outcome": None if closing is None else await read_outcome(actor, facility, closing),
        "before": [one for one in today if one.reopened_at is not None],
        "groups": [] if closing is None else await list_displaced(facility.id, closing.closed_at),
        "print_phone": print_phone,
        "relations": RELATIONS,
        "did": request.query_params.get("did", ""),
    }
    return page(request, "visits/closing.html", **given, **more)


@post("/staff/close-now", include_in_schema=False)
async def close_now(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Close, and go on to the roll call. Whoever taps twice, or second, arrives there as well."""
    data = await form(request, ClosingForm)
    try:
        await service_closing.close_now(actor, data.facility, data.reason, note=data.note, whole_place=data.whole_place)
    except ClosedNowAlready:
        return redirect("/staff/close-now", facility=data.facility, did="already")
    except Refusal as refusal:
        if refusal.code != "closing-form-refused":
            raise
        return await _show(request, actor, data.facility, status=refusal.status, refusal=refusal, form=data)
    return redirect("/staff/roll-call", facility=data.facility, closed="1")


@post("/staff/close-now/{closing_id:uuid}/reopen", include_in_schema=False)
async def reopen(request: Asking, actor: NamedDependency[Actor], closing_id: FromPath[UUID]) -> Response[Any]:
    """Open again."""
    facility = await _facility_of(closing_id)
    try:
        await service_closing.reopen(actor, closing_id)
    except Refusal as refusal:
        if refusal.code != "not-closed-now":
            raise
        return await _show(request, actor, facility.code, status=refusal.status, refusal=refusal)
    return redirect("/staff/close-now", facility=facility.code, did="reopened")


async def _facility_of(closing_id: UUID) -> FacilityView:
    found = await find_facility_by_id((await get_closing(closing_id)).facility_id)
    if found is None:
        raise NotFound
    return found


PAGES: tuple[Any, ...] = (show_closing, close_now, reopen)
NAV = (
    NavItem(label=N_("いますぐ閉める"), address="/staff/close-now", icon="shut", roles=tuple(map(str, DESK)), order=18),
)
