"""The staff's week of sessions, and a single session."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.facilities import rules_words as facility_words
from booking.facilities.rules import days_of
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.web import Asking, form, page, redirect
from booking.programs import queries, rules_words, service_sessions
from booking.programs.queries_taken import count_options_taken, count_taken
from booking.programs.rules import SessionState
from booking.programs.schemas import OptionView, SessionView
from booking.programs.schemas_forms import SeatsForm
from booking.programs.service_staff import EDITORS

SHOWN = tuple(SessionState)
AHEAD = timedelta(days=365)


class CancelForm(msgspec.Struct, kw_only=True):
    """Why a session is cancelled."""

    reason: str


async def places_of(actor: Actor, *, editing: bool = False) -> list[FacilityView]:
    """The facilities whose sessions somebody may see, or change."""
    require_staff(actor, *(EDITORS if editing else ()))
    found = []
    for one in await facilities.list_facilities():
        try:
            require_staff(actor, *(EDITORS if editing else ()), scopes=one.scopes)
        except Refusal:
            continue
        found.append(one)
    return found


def _monday(text: str) -> date:
    """The Monday of the week that holds the day, this week where it cannot be read."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = clock.today()
    day = min(max(day, date(2020, 1, 6)), clock.today() + AHEAD)
    return day - timedelta(days=day.isoweekday() - 1)


@get("/staff/sessions", include_in_schema=False)
async def show_week(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """A week of sessions at one facility: seats, and what lies outside opening hours."""
    places = await places_of(actor)
    asked = request.query_params.get("facility", "")
    facility = next((one for one in places if one.code == asked), places[0] if places else None)
    if facility is None:
        return page(request, "programs/no_sessions.html")
    shown = await _week_shown(request, facility)
    may_edit = actor.may_in(facility.scopes, *EDITORS)
    return page(request, "programs/week.html", places=places, facility=facility, may_edit=may_edit, **shown)


async def _week_shown(request: Asking, facility: FacilityView) -> dict[str, Any]:
    monday = _monday(request.query_params.get("week", ""))
    return {
        "monday": monday,
        "week": await _week(facility, monday),
        "words": rules_words,
        "facility_words": facility_words,
        "done": request.query_params.get("done", ""),
    }


async def _week(facility: FacilityView, monday: date) -> list[dict[str, Any]]:
    sunday = monday + timedelta(days=6)
    calendar = await facilities.load_calendar([facility.id], monday, sunday)
    sessions = await queries.list_sessions(first_day=monday, last_day=sunday, facility_ids=[facility.id], states=SHOWN)
    taken = await count_taken([session.id for session in sessions])
    return [
        {
            "hours": hours,
            "sessions": [
                (session, taken[session.id], not hours.covers(*_wall(session)))
                for session in sessions
                if session.held_on == hours.day
            ],
        }
        for hours in days_of(calendar, facility.id)
    ]


def _wall(session: SessionView) -> tuple[Any, Any]:
    return clock.local(session.starts_at).time(), clock.local(session.ends_at).time()


async def _session_page(request: Asking, actor: Actor, session_id: UUID, **more: Any) -> Response[str]:
    require_staff(actor)
    session = await queries.get_session(session_id)
    require_staff(actor, scopes=session.scopes)
    is_ahead = session.state != SessionState.CANCELLED and session.starts_at > clock.now()
    given: dict[str, Any] = {
        "session": session,
        "taken": (await count_taken([session_id]))[session_id],
        "pools": await _pools_of(session_id),
        "seen": version_of(session),
        "may_edit": is_ahead and actor.may_in(session.scopes, *EDITORS),
        "done": request.query_params.get("done", ""),
        "reason": "",
    }
    return page(request, "programs/session.html", words=rules_words, **given | more)


async def _pools_of(session_id: UUID) -> list[tuple[OptionView, int]]:
    """The options of a session with how many have asked for each."""
    pools = await queries.list_options([session_id])
    taken = await count_options_taken(pool.id for pool in pools)
    return [(pool, taken[pool.id]) for pool in pools]


@get("/staff/sessions/{session_id:uuid}/seats", include_in_schema=False)
async def show_session(request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[str]:
    """One session: its seats and windows."""
    return await _session_page(request, actor, session_id)


@post("/staff/sessions/{session_id:uuid}/seats", include_in_schema=False)
async def change_seats(request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[Any]:
    """Change its seats."""
    data = await form(request, SeatsForm)
    try:
        await service_sessions.change_seats(actor, session_id, data)
    except Refusal as refusal:
        return await _session_page(request, actor, session_id, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/sessions/{session_id}/seats", done="seats")


@post("/staff/sessions/{session_id:uuid}/cancel", include_in_schema=False)
async def cancel_session(request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[Any]:
    """Cancel it while nobody has a seat."""
    data = await form(request, CancelForm)
    try:
        await service_sessions.cancel_session(actor, session_id, data.reason)
    except Refusal as refusal:
        given: dict[str, Any] = {"status": refusal.status, "refusal": refusal, "reason": data.reason}
        return await _session_page(request, actor, session_id, **given)
    return redirect(f"/staff/sessions/{session_id}/seats", done="cancelled")


PAGES = (
    show_week,
    show_session,
    change_seats,
    cancel_session,
)
