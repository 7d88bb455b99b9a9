"""Days decided by hand: the list, who a closure reaches before it is decided, what it did, and taking it back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import STAFF_ROLES, require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.facilities.rules import ClosureKind
from booking.facilities.schemas import ClosureView, FacilityView
from booking.facilities.schemas_forms import ClosureForm
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, format_span, spoken, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect
from booking.kit.words import say_words
from booking.people.rules_text import print_phone
from booking.people.words import RELATIONS
from booking.programs.errors import DayHasBookings
from booking.programs.pages_sessions import places_of
from booking.programs.service_staff import EDITORS
from booking.reservations import rules, service_closing_day, service_closing_reading
from booking.reservations.errors_group_visits import GroupsComing
from booking.reservations.queries_group_visits import list_displaced
from booking.reservations.rules_moving import Way

AHEAD = timedelta(days=365)
WAYS = {
    Way.MOVE_HERE: N_("同じ場所の近い日時にうつす"),
    Way.MOVE_ANYWHERE: N_("ほかの場所も入れて、いちばん近い日時にうつす"),
    Way.CANCEL: N_("みんな取り消す"),
}


class DecideForm(ClosureForm, kw_only=True):
    """A day decided by hand; `way` and `seen` come from the page that listed whom it reaches."""

    way: str
    seen: str


class RevokeForm(msgspec.Struct, kw_only=True):
    """Taking a decision back; the same."""

    way: str
    seen: str


KINDS = {ClosureKind.CLOSED: N_("臨時の休み"), ClosureKind.OPEN: N_("臨時の開館")}
HEAD = (N_("日"), N_("施設"), N_("休みか開館か"), N_("時間"), N_("理由"), N_("決めた時刻"))


@get("/staff/closures", include_in_schema=False)
async def show_all(
    request: Asking,
    actor: NamedDependency[Actor],
    facility: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    coming: FromQuery[str] = "",
) -> Response[str]:
    """The days decided by hand at every facility somebody works at."""
    places = await places_of(actor)
    asked = {"facility": facility, "kind": kind, "coming": coming}
    return page(
        request,
        "reservations/closures_all.html",
        places=[one for one in places if actor.may_in(one.scopes, *EDITORS)],
        facilities=[(one.code, one.name) for one in places],
        closures=await _listed(places, **asked),
        asked={name: value for name, value in asked.items() if value},
        kinds=KINDS,
        today=clock.today(),
    )


async def _listed(
    places: list[FacilityView], facility: str, kind: str, coming: str
) -> list[tuple[FacilityView, ClosureView]]:
    """The days that fit the filters; an unknown kind fits all."""
    known, today = kind if kind in set(ClosureKind) else "", clock.today()
    return [
        (place, one)
        for place, one in await service_closing_reading.list_closures_of(places)
        if facility in ("", place.code) and known in ("", one.kind) and (not coming or one.closed_on >= today)
    ]


@get(file_addresses("/staff/closures"), include_in_schema=False)
async def export_all(
    request: Asking,
    actor: NamedDependency[Actor],
    facility: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    coming: FromQuery[str] = "",
) -> Response[bytes]:
    """The same days as a file."""
    language = language_of(request)
    found = await _listed(await places_of(actor), facility, kind, coming)
    rows = [_row(place, one, language) for place, one in found]
    return await list_file(request, "closures", N_("臨時の休み・開館"), HEAD, rows)


def _row(place: FacilityView, one: ClosureView, language: str) -> list[Cell]:
    times = format_span(one.from_time, one.until_time, "en") if one.from_time and one.until_time else ""
    said = translate(KINDS[ClosureKind(one.kind)], language)
    decided_at = clock.local(one.decided_at).isoformat(timespec="minutes")
    return [one.closed_on.isoformat(), place.name, said, times, one.reason, decided_at]


async def _closures_page(request: Asking, actor: Actor, code: str, **more: Any) -> Response[str]:
    require_staff(actor)
    facility = await facilities.get_facility(code)
    require_staff(actor, scopes=facility.scopes)
    today = clock.today()
    given: dict[str, Any] = {
        "facility": facility,
        "closures": await facilities.list_closures([facility.id], today, today + AHEAD),
        "may_edit": actor.may_in(facility.scopes, *EDITORS),
        "day": request.query_params.get("day", ""),
        "done": request.query_params.get("done", ""),
    }
    return page(request, "reservations/closures.html", **given, **more)


@get("/staff/facilities/{code:str}/closures", include_in_schema=False)
async def show_closures(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[str]:
    """The days decided by hand, and the form to decide one."""
    return await _closures_page(request, actor, code)


@post("/staff/facilities/{code:str}/closures", include_in_schema=False)
async def decide_day(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Close or open a day; where people have booked, first show who and ask what becomes of their bookings."""
    data = await form(request, DecideForm)
    seen = data.seen if data.way else None
    try:
        made = await service_closing_day.close_day(actor, code, data, way=data.way, seen=seen)
    except Refusal as refusal:
        if refusal.code in ASKING:
            return await ask_what_becomes(request, actor, code, data, refusal)
        return await _closures_page(request, actor, code, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/facilities/{code}/closures/{made}", done="decided")


FIRST = (DayHasBookings.code, GroupsComing.code)
"""Whom a closure reaches has not been shown yet."""
ASKING = (*FIRST, "changed-meanwhile", "way-unknown")


async def ask_what_becomes(
    request: Asking, actor: Actor, code: str, data: ClosureForm, refusal: Refusal
) -> Response[str]:
    """Who has booked on a day that is to be closed, and the ways; nothing has changed yet."""
    plan, _ = await service_closing_day.plan_closing(actor, code, data)
    return await _affected_page(request, actor, plan, refusal, data=data)


async def _affected_page(
    request: Asking, actor: Actor, plan: service_closing_day.Plan, refusal: Refusal, *, data: Any, closure: str = ""
) -> Response[str]:
    """Who is reached, and the ways; nothing has changed yet."""
    is_first = refusal.code in FIRST
    return page(
        request,
        "reservations/closing_day.html",
        affected=await service_closing_reading.read_affected(actor, plan),
        groups=plan.visits,
        print_phone=print_phone,
        ways=WAYS,
        form=data,
        closure=closure,
        refusal=None if is_first else refusal,
        status=200 if is_first else refusal.status,
        said=lambda one: say_words(rules.names_of(one), spoken()),
    )


@get("/staff/facilities/{code:str}/closures/{closure_id:uuid}", include_in_schema=False)
async def show_closure(
    request: Asking, actor: NamedDependency[Actor], code: FromPath[str], closure_id: FromPath[UUID]
) -> Response[str]:
    """What a closure did, and whom to ring."""
    outcome = await service_closing_reading.read_outcome(actor, code, closure_id)
    return page(
        request,
        "reservations/closure.html",
        outcome=outcome,
        facility=outcome.facility,
        closure=outcome.closure,
        groups=await list_displaced(outcome.facility.id, outcome.closure.decided_at),
        relations=RELATIONS,
        print_phone=print_phone,
        may_edit=outcome.closure.closed_on >= clock.today() and actor.may_in(outcome.facility.scopes, *EDITORS),
        done=request.query_params.get("done", ""),
        said=lambda one: say_words(rules.names_of(one), spoken()),
    )


@post("/staff/facilities/{code:str}/closures/{closure_id:uuid}/revoke", include_in_schema=False)
async def revoke_closure(
    request: Asking, actor: NamedDependency[Actor], code: FromPath[str], closure_id: FromPath[UUID]
) -> Response[Any]:
    """Take a decision back; where that ends opening hours in which people have booked, ask as for closing."""
    data = await form(request, RevokeForm)
    seen = data.seen if data.way else None
    try:
        await service_closing_day.revoke_day(actor, code, closure_id, way=data.way, seen=seen)
    except Refusal as refusal:
        if refusal.code in ASKING:
            plan, _ = await service_closing_day.plan_revoking(actor, code, closure_id)
            return await _affected_page(request, actor, plan, refusal, data=data, closure=str(closure_id))
        return await _closures_page(request, actor, code, status=refusal.status, refusal=refusal)
    return redirect(f"/staff/facilities/{code}/closures", done="revoked")


PAGES = (show_all, export_all, show_closures, decide_day, show_closure, revoke_closure)
NAV = (
    NavItem(
        label=N_("臨時の休み・開館"),
        address="/staff/closures",
        icon="calendar",
        roles=tuple(map(str, STAFF_ROLES)),
        order=27,
    ),
)
