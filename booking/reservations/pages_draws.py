"""Draws as pages: what anybody may check, and the staff's list with the number to be typed."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.fiscal import working_day_after
from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, form, page, redirect
from booking.programs.queries import get_session
from booking.reservations import rules_draws, service_draws
from booking.reservations.pages_words import WORDS
from booking.reservations.schemas_draws import DrawForm
from booking.reservations.service import DESK


class RunForm(msgspec.Struct, kw_only=True):
    """The public number."""

    public_number: str


@get("/draws/{draw_id:uuid}", include_in_schema=False)
async def show_draw(request: Asking, draw_id: FromPath[UUID]) -> Response[str]:
    """A draw for everybody: what was committed to, which number, how many entries, the result by entry number."""
    record = await service_draws.get_record(draw_id)
    return page(request, "reservations/draw.html", record=record, session=await get_session(record.session), **WORDS)


@get("/draws/{draw_id:uuid}/record.json", include_in_schema=False)
async def download_record(draw_id: FromPath[UUID]) -> Response[bytes]:
    """The same as a file that `booking draw verify` recomputes."""
    record = rules_draws.to_file(await service_draws.get_record(draw_id))
    headers = {"content-disposition": f'attachment; filename="draw-{draw_id}.json"', "cache-control": "no-store"}
    return Response(record, media_type="application/json", headers=headers)


@get("/staff/draws", include_in_schema=False)
async def show_draws(request: Asking, actor: NamedDependency[Actor], done: FromQuery[str] = "") -> Response[str]:
    """The sessions by draw of one's places: what is to be done, and what was drawn."""
    return await _staff_page(request, actor, done=done)


async def _staff_page(request: Asking, actor: Actor, **context: Any) -> Response[str]:
    shown: dict[str, Any] = {"done": "", "status": 200, "at": None, **context}
    return page(
        request,
        "reservations/draws.html",
        rows=await service_draws.list_for_staff(actor),
        today=clock.today(),
        may_act=actor.has_role(*DESK),
        usual=rules_draws.PUBLIC_NAME,
        usual_day=lambda session: working_day_after(clock.local_date(session.booking_closes_at)),
        usual_hours=rules_draws.CONFIRM_HOURS,
        **shown,
        **WORDS,
    )


@post("/staff/sessions/{session_id:uuid}/draw", include_in_schema=False)
async def prepare(request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[Any]:
    """Name the public number before entries open."""
    require_staff(actor, *DESK)
    data = await form(request, DrawForm)
    try:
        await service_draws.prepare(actor, session_id, data)
    except Refusal as refusal:
        return await _staff_page(request, actor, status=refusal.status, refusal=refusal, at=session_id, form=data)
    return redirect("/staff/draws", done="prepare")


@post("/staff/draws/{draw_id:uuid}/run", include_in_schema=False)
async def run(request: Asking, actor: NamedDependency[Actor], draw_id: FromPath[UUID]) -> Response[Any]:
    """Draw with the number that was named."""
    require_staff(actor, *DESK)
    data = await form(request, RunForm)
    try:
        await service_draws.run(actor, draw_id, data.public_number)
    except Refusal as refusal:
        return await _staff_page(request, actor, status=refusal.status, refusal=refusal, at=draw_id, form=data)
    return redirect("/staff/draws", done="run")


PAGES = (show_draw, download_record, show_draws, prepare, run)
NAV = (NavItem(label=N_("抽選"), address="/staff/draws", icon="figures", roles=tuple(map(str, DESK)), order=26),)
