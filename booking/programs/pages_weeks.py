"""The staff's pages over many sessions: drafts to publish, seats for a span."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.web import Asking, form, page, redirect
from booking.programs import queries, queries_publishing, service_publishing, service_spans
from booking.programs.pages_sessions import places_of
from booking.programs.rules import SessionState
from booking.programs.schemas_forms import PublishForm, SpanForm
from booking.programs.service_staff import EDITORS

DRAFT_WEEKS = 12
OBSTACLES = {"taken": N_("もうそれより多く予約されています"), "room": N_("部屋に入りきりません")}


async def _offered(actor: Actor) -> dict[str, Any]:
    """The facilities somebody may change, and the programs held there."""
    places = await places_of(actor, editing=True)
    bodies = {one.body_code for one in places}
    return {"places": places, "programs": [one for one in await queries.list_programs() if one.body_code in bodies]}


# ---- drafts -------------------------------------------------------------------------------------------------------


async def _drafts_page(request: Asking, actor: Actor, **more: Any) -> Response[str]:
    require_staff(actor, *EDITORS)
    offered, today = await _offered(actor), clock.today()
    ids = [one.id for one in offered["places"]]
    drafts = await queries.list_sessions(
        first_day=today,
        last_day=today + timedelta(weeks=DRAFT_WEEKS),
        facility_ids=ids,
        states=[SessionState.DRAFT],
    )
    ahead = [one for one in drafts if one.starts_at > clock.now()]
    given: dict[str, Any] = {
        "drafts": ahead,
        "closed": await service_publishing.list_closed(ahead),
        "planned": await queries_publishing.list_publications(ids),
        "today": today,
        "done": request.query_params.get("done", ""),
        "kept": request.query_params.get("kept", ""),
    }
    return page(request, "programs/drafts.html", **offered, **given | more)


@get("/staff/sessions/drafts", include_in_schema=False)
async def show_drafts(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The drafts of the weeks to come, and when they will be published."""
    return await _drafts_page(request, actor)


@post("/staff/sessions/drafts", include_in_schema=False)
async def publish(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Publish them, now or at a moment."""
    data = await form(request, PublishForm)
    try:
        outcome = await service_publishing.publish(actor, data)
    except Refusal as refusal:
        return await _drafts_page(request, actor, status=refusal.status, refusal=refusal, form=data)
    kept = {"kept": str(outcome.kept)} if outcome.kept else {}
    return redirect("/staff/sessions/drafts", done="planned" if data.publish_at else "published", **kept)


@post("/staff/sessions/drafts/{publication_id:uuid}/back", include_in_schema=False)
async def take_back(actor: NamedDependency[Actor], publication_id: FromPath[UUID]) -> Response[Any]:
    """Do not publish what was planned."""
    await service_publishing.take_back(actor, publication_id)
    return redirect("/staff/sessions/drafts", done="back")


# ---- seats of a span ----------------------------------------------------------------------------------------------


async def _span_page(request: Asking, actor: Actor, **more: Any) -> Response[str]:
    require_staff(actor, *EDITORS)
    given: dict[str, Any] = {"rows": None, "seen": "", "obstacles": OBSTACLES, "today": clock.today()}
    done, kept = (request.query_params.get(name, "") for name in ("done", "kept"))
    return page(request, "programs/span.html", **await _offered(actor), **{**given, "done": done, "kept": kept, **more})


@get("/staff/sessions/span", include_in_schema=False)
async def show_span(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The sessions a change of seats would touch, once it is said which and how many."""
    asked = {name: request.query_params.get(name, "") for name in SpanForm.__struct_fields__}
    if not asked["from_on"]:
        return await _span_page(request, actor)
    data = SpanForm(**asked)
    try:
        rows, seen = await service_spans.list_span(actor, data)
    except Refusal as refusal:
        return await _span_page(request, actor, status=refusal.status, refusal=refusal, form=data)
    return await _span_page(request, actor, form=data, rows=rows, seen=seen)


@post("/staff/sessions/span", include_in_schema=False)
async def change_span(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Change the seats of what was listed."""
    data = await form(request, SpanForm)
    try:
        outcome = await service_spans.change_span(actor, data)
    except Refusal as refusal:
        return await _span_page(request, actor, status=refusal.status, refusal=refusal, form=data)
    return redirect("/staff/sessions/span", done=str(outcome.changed), kept=str(outcome.kept))


PAGES = (show_drafts, publish, take_back, show_span, change_span)
