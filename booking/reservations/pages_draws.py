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
from booking.kit.exports import file_addresses, list_file
from booking.kit.fiscal import working_day_after
from booking.kit.i18n import N_, format_span, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect
from booking.programs.pages_sessions import places_of
from booking.programs.queries import get_session
from booking.reservations import rules_draws, service_draws
from booking.reservations.pages_words import WORDS
from booking.reservations.rules_lists import DrawStage, stage_of
from booking.reservations.schemas_draws import DrawForm, Drawn
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


STAGES = {
    DrawStage.SOON: N_("申しこみの前"),
    DrawStage.OPEN: N_("申しこみを受け付けています"),
    DrawStage.NUMBER: N_("まぜる数を待っています"),
    DrawStage.READY: N_("抽選できます"),
    DrawStage.DRAWN: N_("抽選しました"),
}
HEAD = (
    *(N_("日"), N_("時間"), N_("施設"), N_("プログラム"), N_("状態"), N_("席"), N_("申しこみ"), N_("まぜる数")),
    *(N_("いつの数か"), N_("発表された数"), N_("抽選した時刻")),
)


@get("/staff/draws", include_in_schema=False)
async def show_draws(
    request: Asking,
    actor: NamedDependency[Actor],
    facility: FromQuery[str] = "",
    stage: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """The sessions by draw of one's places: what is to be done, and what was drawn."""
    return await _staff_page(request, actor, facility, stage, done=done)


async def _listed(actor: Actor, facility: str, stage: str) -> list[Drawn]:
    """The draws that fit the filters; an unknown stage fits all."""
    now, today = clock.now(), clock.today()
    known = stage if stage in set(DrawStage) else ""
    return [
        row
        for row in await service_draws.list_for_staff(actor)
        if facility in ("", row.session.facility_code) and known in ("", stage_of(row, now, today))
    ]


@get(file_addresses("/staff/draws"), include_in_schema=False)
async def export_draws(
    request: Asking, actor: NamedDependency[Actor], facility: FromQuery[str] = "", stage: FromQuery[str] = ""
) -> Response[bytes]:
    """The same list as a file: numbers and times, nobody's name."""
    language = language_of(request)
    rows = [_row(one, language) for one in await _listed(actor, facility, stage)]
    return await list_file(request, "draws", N_("抽選"), HEAD, rows)


def _row(row: Drawn, language: str) -> list[Cell]:
    session, draw = row.session, row.draw
    said = translate(STAGES[stage_of(row, clock.now(), clock.today())], language)
    times = format_span(session.starts_at, session.ends_at, "en")
    what = [session.held_on.isoformat(), times, session.facility_name, session.title or session.program_name, said]
    numbers: list[Cell] = [session.web_seats, draw.entries if draw and draw.closed_at else row.applied]
    if draw is None:
        return [*what, *numbers, "", "", "", ""]
    drawn_at = clock.local(draw.drawn_at).isoformat(timespec="minutes") if draw.drawn_at else ""
    return [*what, *numbers, draw.public_name, draw.public_on.isoformat(), draw.public_number or "", drawn_at]


async def _staff_page(
    request: Asking, actor: Actor, facility: str = "", stage: str = "", **context: Any
) -> Response[str]:
    shown: dict[str, Any] = {"done": "", "status": 200, "at": None, **context}
    return page(
        request,
        "reservations/draws.html",
        rows=await _listed(actor, facility, stage),
        asked={name: value for name, value in (("facility", facility), ("stage", stage)) if value},
        facilities=[(one.code, one.name) for one in await places_of(actor)],
        stages=STAGES,
        stage_of=lambda row: stage_of(row, clock.now(), clock.today()),
        today=clock.today(),
        may_act=actor.has_role(*DESK),
        usual=rules_draws.PUBLIC_NAMES,
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


PAGES = (show_draw, download_record, show_draws, export_draws, prepare, run)
NAV = (NavItem(label=N_("抽選"), address="/staff/draws", icon="figures", roles=tuple(map(str, DESK)), order=26),)
