"""The staff's forms for single sessions and series: making them, changing what one is about, where and when."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities import queries_spaces
from booking.facilities.rules_forms import version_of
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.web import Asking, form, page, redirect
from booking.programs import queries, service_adding, service_changing
from booking.programs.errors import SessionBegun
from booking.programs.pages_sessions import places_of
from booking.programs.queries_taken import count_taken
from booking.programs.rules import SessionState
from booking.programs.schemas_forms import ChangeForm, SessionForm
from booking.programs.service_staff import EDITORS

SELECTIONS = (("", N_("プログラムと同じ")), ("first-come", N_("先着")), ("draw", N_("抽選")))
MORE_DAYS = 4
"""Lines for further days of a series that a page offers; the API takes more."""


async def _new_page(request: Asking, actor: Actor, **more: Any) -> Response[str]:
    places = await places_of(actor, editing=True)
    today = clock.today()
    running = [one for one in await queries.list_programs() if one.ended_on is None or one.ended_on > today]
    bodies = {one.body_code for one in places}
    given: dict[str, Any] = {
        "places": places,
        "programs": [one for one in running if one.body_code in bodies],
        "spaces": await queries_spaces.list_spaces([one.id for one in places], today),
        "asked": {name: request.query_params.get(name, "") for name in ("facility", "day", "program")},
        "selections": SELECTIONS,
        "more_days": MORE_DAYS,
    }
    return page(request, "programs/new_session.html", **given | more)


@get("/staff/sessions/new", include_in_schema=False)
async def show_new_session(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The form for a single session or a series."""
    return await _new_page(request, actor)


@post("/staff/sessions", include_in_schema=False)
async def add_session(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Make it."""
    data = await form(request, SessionForm)
    try:
        await service_adding.add_session(actor, data)
    except Refusal as refusal:
        return await _new_page(request, actor, status=refusal.status, refusal=refusal, form=data)
    return redirect("/staff/sessions", facility=data.facility, week=data.day, done="added")


async def _change_page(request: Asking, actor: Actor, session_id: UUID, **more: Any) -> Response[str]:
    require_staff(actor, *EDITORS)
    session = await queries.get_session(session_id)
    require_staff(actor, *EDITORS, scopes=session.scopes)
    if session.state == SessionState.CANCELLED or session.starts_at <= clock.now():
        raise SessionBegun
    pools = await queries.list_options([session_id])
    given: dict[str, Any] = {
        "session": session,
        "own": session if session.title or session.note else None,
        "taken": (await count_taken([session_id]))[session_id],
        "pools": pools,
        "quotas": dict(zip(more["form"].pools, more["form"].quotas, strict=False)) if "form" in more else {},
        "spaces": await queries_spaces.list_spaces([session.facility_id], clock.today()),
        "seen": version_of(session, sorted(pools, key=lambda pool: pool.id)),
        "selections": SELECTIONS,
        "local": lambda instant: clock.local(instant).strftime("%Y-%m-%dT%H:%M"),
    }
    return page(request, "programs/change_session.html", **given | more)


@get("/staff/sessions/{session_id:uuid}/change", include_in_schema=False)
async def show_change(request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[str]:
    """What a session is about, where, when, and from when to when it is booked."""
    return await _change_page(request, actor, session_id)


@post("/staff/sessions/{session_id:uuid}/change", include_in_schema=False)
async def change_session(request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[Any]:
    """Change it."""
    data = await form(request, ChangeForm)
    try:
        await service_changing.change_session(actor, session_id, data)
    except Refusal as refusal:
        return await _change_page(request, actor, session_id, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/sessions/{session_id}/seats", done="changed")


PAGES = (show_new_session, add_session, show_change, change_session)
