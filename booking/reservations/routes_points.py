"""JSON doors of seats that were not used: the list for staff, taking points back, and how a body counts."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit.idempotency import Answer, respond_once
from booking.reservations import service_points
from booking.reservations.rules_lists import kind_of
from booking.reservations.schemas_points import RuleForm, RuleView, Unused

TAGS = ("no-shows",)


class UnusedItem(msgspec.Struct, frozen=True, kw_only=True):
    """A seat that was not used, or given back late: whose, what it cost, and until when booking pauses.

    `kind`: `absent`, `later` (came after the seat was given on) or `late-cancel`. `points` are those that count.
    """

    reservation: UUID
    member: UUID
    number: str
    facility: str
    starts_at: datetime
    kind: str
    happened_at: datetime
    point: UUID | None
    points: int
    taken_back_at: datetime | None
    paused_until: datetime | None


class UnusedPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the list holds: everything of the last 120 days, the newest first, 500 at most."""

    items: list[UnusedItem]
    next_cursor: str | None = None


class TakeBackRequest(msgspec.Struct, kw_only=True):
    """Why points are taken back."""

    reason: str = ""


class TakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """Points that count no more."""

    point: UUID
    points: int = 0


class RulesPage(msgspec.Struct, frozen=True, kw_only=True):
    """How the bodies of whoever asks count."""

    items: list[RuleView]
    next_cursor: str | None = None


def _item(one: Unused) -> UnusedItem:
    counts = one.point_id is not None and one.taken_back_at is None
    return UnusedItem(
        reservation=one.reservation_id,
        member=one.member_id,
        number=one.member_number,
        facility=one.facility_code,
        starts_at=one.starts_at,
        kind=kind_of(one),
        happened_at=one.happened_at,
        point=one.point_id,
        points=(one.points or 0) if counts else 0,
        taken_back_at=one.taken_back_at,
        paused_until=one.paused_until,
    )


@get("/api/v1/staff/no-shows", operation_id="listNoShows", tags=TAGS)
async def list_no_shows(
    actor: NamedDependency[Actor], facility: FromQuery[str] = "", kind: FromQuery[str] = ""
) -> UnusedPage:
    """Seats not used at the asker's places lately; protected members are in no list, and the view is noted."""
    found = await service_points.list_unused(actor, facility=facility, kind=kind)
    return UnusedPage(items=[_item(one) for one in found])


@post("/api/v1/staff/points/{point_id:uuid}/take-back", status_code=200, operation_id="takePointsBack", tags=TAGS)
async def take_back(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    point_id: FromPath[UUID],
    data: JSONBody[TakeBackRequest],
) -> Response[TakenBack]:
    """Take points back, with a reason. A second time changes nothing."""
    require_staff(actor, *service_points.TAKERS)

    async def work() -> Answer:
        await service_points.take_back(actor, point_id, data.reason)
        return Answer(200, msgspec.json.encode(TakenBack(point=point_id)).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


@get("/api/v1/staff/point-rules", operation_id="listPointRules", tags=TAGS)
async def list_rules(actor: NamedDependency[Actor]) -> RulesPage:
    """How each body of the asker counts; nothing for whoever is no administrator."""
    require_staff(actor)
    return RulesPage(items=await service_points.list_rules(actor))


class RuleRequest(msgspec.Struct, kw_only=True):
    """How a body counts from now on."""

    is_on: bool
    counts_minors: bool = False
    no_show_points: int = 2
    late_cancel_points: int = 1
    late_cancel_minutes: int = 60
    limit_points: int = 4
    counted_days: int = 90
    pause_days: int = 30


@put("/api/v1/staff/point-rules/{code:str}", status_code=200, operation_id="changePointRule", tags=TAGS)
async def change_rule(actor: NamedDependency[Actor], code: FromPath[str], data: JSONBody[RuleRequest]) -> RulesPage:
    """Decide how a body counts; points given stay as they are."""
    require_staff(actor, *service_points.RULERS)
    asked = msgspec.structs.asdict(data)
    typed: dict[str, Any] = {name: value if isinstance(value, bool) else str(value) for name, value in asked.items()}
    await service_points.change_rule(actor, code, RuleForm(**typed))
    return RulesPage(items=[one for one in await service_points.list_rules(actor) if one.body_code == code])


ROUTES = (list_no_shows, take_back, list_rules, change_rule)
