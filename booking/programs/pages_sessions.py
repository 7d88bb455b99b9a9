"""The staff's week of sessions, and a single session."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.facilities import rules_words as facility_words
from booking.facilities.rules import days_of
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.errors import NotFound, Refusal
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, format_span, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, form, language_of, page, redirect
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


HEAD = (
    *(N_("日"), N_("時間"), N_("施設"), N_("プログラム"), N_("この回の名前"), N_("部屋"), N_("状態")),
    *(N_("予約の席"), N_("予約した人"), N_("当日の席"), N_("予約の開始"), N_("予約のしめきり"), N_("開館時間の外")),
)


@get("/staff/sessions", include_in_schema=False)
async def show_week(request: Asking, actor: NamedDependency[Actor], program: FromQuery[str] = "") -> Response[str]:
    """A week of sessions at one facility: seats, and what lies outside opening hours."""
    places, facility = await _chosen(request, actor)
    if facility is None:
        return page(request, "programs/no_sessions.html")
    shown = await _week_shown(request, facility, program)
    may_edit = actor.may_in(facility.scopes, *EDITORS)
    return page(request, "programs/week.html", places=places, facility=facility, may_edit=may_edit, **shown)


async def _chosen(request: Asking, actor: Actor) -> tuple[list[FacilityView], FacilityView | None]:
    """The facilities somebody may see, and the one asked for or the first of them."""
    places = await places_of(actor)
    asked = request.query_params.get("facility", "")
    return places, next((one for one in places if one.code == asked), places[0] if places else None)


async def _week_shown(request: Asking, facility: FacilityView, program: str) -> dict[str, Any]:
    monday = _monday(request.query_params.get("week", ""))
    held = await _sessions_in(facility, monday)
    asked = {"facility": facility.code, "week": monday.isoformat(), "program": program}
    return {
        "monday": monday,
        "week": await _week(facility, monday, _of_program(held, program)),
        "programs": sorted({(one.program_code, one.program_name) for one in held}),
        "asked": {name: value for name, value in asked.items() if value},
        "words": rules_words,
        "facility_words": facility_words,
        "done": request.query_params.get("done", ""),
    }


async def _sessions_in(facility: FacilityView, monday: date) -> list[SessionView]:
    sunday = monday + timedelta(days=6)
    return await queries.list_sessions(first_day=monday, last_day=sunday, facility_ids=[facility.id], states=SHOWN)


def _of_program(held: list[SessionView], program: str) -> list[SessionView]:
    return [session for session in held if program in ("", session.program_code)]


async def _week(facility: FacilityView, monday: date, sessions: list[SessionView]) -> list[dict[str, Any]]:
    calendar = await facilities.load_calendar([facility.id], monday, monday + timedelta(days=6))
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


@get(file_addresses("/staff/sessions"), include_in_schema=False)
async def export_week(request: Asking, actor: NamedDependency[Actor], program: FromQuery[str] = "") -> Response[bytes]:
    """The same week as a file: seats and times, nobody's name."""
    _, facility = await _chosen(request, actor)
    if facility is None:
        raise NotFound
    monday = _monday(request.query_params.get("week", ""))
    language = language_of(request)
    sessions = _of_program(await _sessions_in(facility, monday), program)
    week = await _week(facility, monday, sessions)
    rows = [_row(each, taken, outside, language) for day in week for each, taken, outside in day["sessions"]]
    name = f"sessions-{facility.code}-{monday.isoformat()}"
    return await list_file(request, name, N_("回と席"), HEAD, rows)


def _row(session: SessionView, taken: int, is_outside: bool, language: str) -> list[Cell]:
    when = [session.held_on.isoformat(), format_span(session.starts_at, session.ends_at, "en")]
    names = [session.program_name, session.title or "", (session.space_names or {}).get("ja", "")]
    said = translate(rules_words.STATES[SessionState(session.state)][1], language)
    times = (session.booking_opens_at, session.booking_closes_at)
    windows = [clock.local(at).isoformat(timespec="minutes") for at in times]
    flag = translate(N_("開館時間の外"), language) if is_outside else ""
    seats = [session.web_seats, taken, session.walk_in_seats]
    return [*when, session.facility_name, *names, said, *seats, *windows, flag]


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
    export_week,
    show_session,
    change_seats,
    cancel_session,
)
