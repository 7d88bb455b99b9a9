"""The staff's page of seats that were not used, with points; and a body's rule for them."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import EXPORTERS, require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect
from booking.programs.pages_sessions import places_of
from booking.reservations import service_points
from booking.reservations.rules_lists import UnusedKind, kind_of
from booking.reservations.rules_points import BOUNDS
from booking.reservations.schemas_points import RuleForm, Unused

LABELS = {
    "no_show_points": N_("来なかったときの点"),
    "late_cancel_points": N_("取り消しがおそかったときの点"),
    "late_cancel_minutes": N_("始まる何分前からを、おそい取り消しとするか"),
    "limit_points": N_("予約をお休みにする点"),
    "counted_days": N_("何日前までの点を数えるか"),
    "pause_days": N_("お休みの日数"),
}


class TakeBackForm(msgspec.Struct, kw_only=True):
    """Why points are taken back."""

    reason: str


KINDS = {
    UnusedKind.ABSENT: N_("来ませんでした"),
    UnusedKind.LATER: N_("あとで来ました"),
    UnusedKind.LATE_CANCEL: N_("取り消しがおそかった"),
}
HEAD = (
    *(N_("日時"), N_("施設"), N_("プログラム"), N_("会員番号"), N_("名前"), N_("どうなったか"), N_("点")),
    *(N_("取り消した点"), N_("予約のお休み")),
)


@get("/staff/no-shows", include_in_schema=False)
async def show_unused(
    request: Asking,
    actor: NamedDependency[Actor],
    facility: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """Who did not come or cancelled late, and what it cost; the view is noted."""
    return await _unused_page(request, actor, _asked(facility, kind), done=done)


def _asked(facility: str, kind: str) -> dict[str, str]:
    """The filters that say something."""
    given = {"facility": facility, "kind": kind if kind in set(UnusedKind) else ""}
    return {name: value for name, value in given.items() if value}


async def _unused_page(
    request: Asking, actor: Actor, asked: dict[str, str] | None = None, **context: Any
) -> Response[str]:
    require_staff(actor)
    shown: dict[str, Any] = {"done": "", "status": 200, "at": None, **context}
    return page(
        request,
        "reservations/no_shows.html",
        rows=await service_points.list_unused(actor, **(asked or {})),
        asked=asked or {},
        facilities=[(one.code, one.name) for one in await places_of(actor)],
        kinds=KINDS,
        kind_of=kind_of,
        rules=await service_points.list_rules(actor),
        labels=LABELS,
        bounds=BOUNDS,
        may_act=actor.has_role(*service_points.TAKERS),
        may_export=actor.has_role(*EXPORTERS),
        **shown,
    )


@get(file_addresses("/staff/no-shows"), include_in_schema=False)
async def export_unused(
    request: Asking, actor: NamedDependency[Actor], facility: FromQuery[str] = "", kind: FromQuery[str] = ""
) -> Response[bytes]:
    """The same list as a file, for those who may take names out."""
    asked = _asked(facility, kind)
    found = await service_points.list_unused(actor, *EXPORTERS, **asked, what="no-shows-export")
    language = language_of(request)
    return await list_file(request, "no-shows", N_("来なかった予約"), HEAD, [_row(one, language) for one in found])


def _row(one: Unused, language: str) -> list[Cell]:
    live = one.points if one.point_id is not None and one.taken_back_at is None else None
    gone = one.points if one.taken_back_at is not None else None
    paused = clock.local(one.paused_until).isoformat(timespec="minutes") if one.paused_until else ""
    when = clock.local(one.starts_at).isoformat(timespec="minutes")
    who = (one.member_number, one.member_name, translate(KINDS[kind_of(one)], language))
    return [when, one.facility_name, one.program_name, *who, live, gone, paused]


@post("/staff/points/{point_id:uuid}/take-back", include_in_schema=False)
async def take_back(request: Asking, actor: NamedDependency[Actor], point_id: FromPath[UUID]) -> Response[Any]:
    """Take points back, with a reason."""
    require_staff(actor, *service_points.TAKERS)
    data = await form(request, TakeBackForm)
    try:
        await service_points.take_back(actor, point_id, data.reason)
    except Refusal as refusal:
        return await _unused_page(request, actor, status=refusal.status, refusal=refusal, at=point_id)
    return redirect("/staff/no-shows", done="taken-back")


@post("/staff/point-rules/{code:str}", include_in_schema=False)
async def change_rule(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Decide how a body counts seats that were not used."""
    require_staff(actor, *service_points.RULERS)
    data = await form(request, RuleForm)
    try:
        await service_points.change_rule(actor, code, data)
    except Refusal as refusal:
        return await _unused_page(request, actor, status=refusal.status, refusal=refusal, at=code, form=data)
    return redirect("/staff/no-shows", done="rule")


PAGES = (show_unused, export_unused, take_back, change_rule)
NAV = (
    NavItem(
        label=N_("来なかった予約"),
        address="/staff/no-shows",
        icon="clock",
        roles=tuple(map(str, service_points.TAKERS)),
        order=27,
    ),
)
