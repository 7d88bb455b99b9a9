"""JSON doors of an emergency: who is inside and whom to ring, close now, open again."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import list_facilities
from booking.facilities.schemas import ClosingNowView
from booking.kit.idempotency import Answer, respond_once
from booking.visits import service_closing, service_roll
from booking.visits.schemas_roll import (
    ClosingNowBody,
    ClosingNowItem,
    ClosingNowPage,
    RollCallPage,
)
from booking.visits.service_desk import DESK


@get("/api/v1/staff/roll-call", operation_id="getRollCall", tags=["visits"])
async def get_roll_call(actor: NamedDependency[Actor], facility: FromQuery[str]) -> RollCallPage:
    """Who is inside the place of a facility, whom to ring, and what has been ticked. The look is logged."""
    return await service_roll.read_roll_call(actor, facility)


async def _items(closings: list[ClosingNowView]) -> list[ClosingNowItem]:
    codes = {one.id: one.code for one in await list_facilities()}
    return [
        ClosingNowItem(
            id=one.id,
            facility=codes[one.facility_id],
            reason=one.reason,
            note=one.note,
            closed_at=one.closed_at,
            reopened_at=one.reopened_at,
        )
        for one in closings
    ]


@post("/api/v1/staff/closures", status_code=201, operation_id="closeNow", tags=["facilities"])
async def close_now(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], data: JSONBody[ClosingNowBody]
) -> Response[ClosingNowPage]:
    """Close at once for the rest of today: entries stop, sessions and bookings are called off, people are told."""
    require_staff(actor, *DESK)

    async def work() -> Answer:
        done = await service_closing.close_now(
            actor, data.facility, data.reason, note=data.note, whole_place=data.whole_place
        )
        return Answer(201, msgspec.json.encode(ClosingNowPage(items=await _items(done))).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


@post("/api/v1/staff/closures/{closing_id:uuid}/reopen", status_code=200, operation_id="reopen", tags=["facilities"])
async def reopen(actor: NamedDependency[Actor], closing_id: FromPath[UUID]) -> ClosingNowItem:
    """Open again: sessions that have not ended and the bookings of this closing come back."""
    require_staff(actor, *DESK)
    return (await _items([await service_closing.reopen(actor, closing_id)]))[0]


ROUTES: tuple[Any, ...] = (get_roll_call, close_now, reopen)
