"""Days on which calendar rules disagree, each decided by one button; with bookings then, after what becomes of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.facilities import rules_words as facility_words
from booking.facilities.rules import days_of
from booking.facilities.schemas import FacilityView
from booking.facilities.schemas_forms import ClosureForm
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, spoken, translate
from booking.kit.web import Asking, form, page, redirect
from booking.programs import queries as programs
from booking.programs.errors import DayHasBookings
from booking.programs.pages_sessions import places_of
from booking.programs.queries_taken import count_taken
from booking.programs.schemas import SessionView
from booking.programs.service_rooms import list_names_in
from booking.programs.service_staff import EDITORS
from booking.reservations import pages_closures
from booking.reservations.service_closing_day import close_day

DECIDE_DAYS = 180
DECIDED = N_("休みの決まりが重なる日のため")


class DecideForm(msgspec.Struct, kw_only=True):
    """What becomes of a day on which rules disagree: `closed` or `open`."""

    facility: str
    day: str
    kind: str


async def _decide_page(request: Asking, actor: Actor, **more: Any) -> Response[str]:
    places = await places_of(actor)
    today = clock.today()
    last = today + timedelta(days=DECIDE_DAYS)
    calendar = await facilities.load_calendar([one.id for one in places], today, last)
    held = await programs.list_sessions(first_day=today, last_day=last, facility_ids=[one.id for one in places])
    undecided = [(place, hours) for place in places for hours in days_of(calendar, place.id) if hours.conflicts]
    rows = []
    for place, hours in undecided:
        then = [one for one in held if one.facility_id == place.id and one.held_on == hours.day]
        taken = await count_taken(one.id for one in then)
        rows.append((place, hours, then, sum(taken.values()), actor.may_in(place.scopes, *EDITORS)))
    given: dict[str, Any] = {
        "rows": rows,
        "homeless": await _homeless(places),
        "words": facility_words,
        "done": request.query_params.get("done", ""),
    }
    return page(request, "reservations/undecided.html", **given | more)


async def _homeless(places: Sequence[FacilityView]) -> list[tuple[SessionView, str, list[str]]]:
    """Sessions to come without the room they should have: which room, and what is in it."""
    now = clock.now()
    wishes = await programs.list_without_room([one.id for one in places], now)
    known = await programs.list_sessions_by_id([one.session_id for one in wishes])
    rows = []
    for wish in wishes:
        session = known[wish.session_id]
        users = await list_names_in(wish.space_id, session.starts_at, session.ends_at)
        rows.append((session, wish.space_name, [translate(name, spoken()) for name in users]))
    return rows


@get("/staff/sessions/undecided", include_in_schema=False)
async def show_undecided(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The days on which calendar rules disagree, with the sessions held then; sessions whose room is taken."""
    return await _decide_page(request, actor)


@post("/staff/sessions/undecided", include_in_schema=False)
async def decide(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Close the day or open it; where people have booked, first show who and ask what becomes of their bookings."""
    require_staff(actor, *EDITORS)
    data = await form(request, DecideForm)
    wanted = ClosureForm(day=data.day, kind=data.kind, from_time="", until_time="", reason=DECIDED)
    try:
        await close_day(actor, data.facility, wanted)
    except DayHasBookings as refusal:
        return await pages_closures.ask_what_becomes(request, actor, data.facility, wanted, refusal)
    except Refusal as refusal:
        return await _decide_page(request, actor, status=refusal.status, refusal=refusal)
    return redirect("/staff/sessions/undecided", done=data.kind)


PAGES = (show_undecided, decide)
