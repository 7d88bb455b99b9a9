"""The staff's page of seats that were not used, with points; and a body's rule for them."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, form, page, redirect
from booking.reservations import service_points
from booking.reservations.rules_points import BOUNDS
from booking.reservations.schemas_points import RuleForm

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


@get("/staff/no-shows", include_in_schema=False)
async def show_unused(request: Asking, actor: NamedDependency[Actor], done: FromQuery[str] = "") -> Response[str]:
    """Who did not come or cancelled late, and what it cost; the view is noted."""
    return await _unused_page(request, actor, done=done)


async def _unused_page(request: Asking, actor: Actor, **context: Any) -> Response[str]:
    require_staff(actor)
    shown: dict[str, Any] = {"done": "", "status": 200, "at": None, **context}
    return page(
        request,
        "reservations/no_shows.html",
        rows=await service_points.list_unused(actor),
        rules=await service_points.list_rules(actor),
        labels=LABELS,
        bounds=BOUNDS,
        may_act=actor.has_role(*service_points.TAKERS),
        **shown,
    )


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


PAGES = (show_unused, take_back, change_rule)
NAV = (
    NavItem(
        label=N_("来なかった予約"),
        address="/staff/no-shows",
        icon="clock",
        roles=tuple(map(str, service_points.TAKERS)),
        order=27,
    ),
)
