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
from booking.facilities.schemas_forms import ClosureForm
from booking.kit.idempotency import Answer, respond_once
from booking.programs.service_staff import EDITORS
from booking.reservations.service_closing_day import close_day
from booking.visits import service_closing, service_roll
from booking.visits.schemas_roll import (
    ClosingNowItem,
    ClosureBody,
    ClosureMade,
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


@post("/api/v1/staff/closures", status_code=201, operation_id="close", tags=["facilities"])
async def close(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], data: JSONBody[ClosureBody]
) -> Response[ClosureMade]:
    """Close at once for the rest of today (`now`): entries stop, what was booked is called off, people are told.

    Without `now`: close or open a facility on a day or a part of it. With bookings nothing is closed unless a `way`
    says what becomes of them.
    """
    require_staff(actor, *(DESK if data.now else EDITORS))

    async def work() -> Answer:
        made = await (_close_now(actor, data) if data.now else _decide_day(actor, data))
        return Answer(201, msgspec.json.encode(made).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


async def _close_now(actor: Actor, data: ClosureBody) -> ClosureMade:
    done = await service_closing.close_now(
        actor, data.facility, data.reason, note=data.note, whole_place=data.whole_place
    )
    items = await _items(done)
    return ClosureMade(id=next((one.id for one in items if one.facility == data.facility), items[0].id), items=items)


async def _decide_day(actor: Actor, data: ClosureBody) -> ClosureMade:
    decision = ClosureForm(
        day=data.day,
        kind=data.kind,
        from_time=data.from_time,
        until_time=data.until_time,
        reason=data.reason,
        reasons=data.reasons,
    )
    return ClosureMade(id=await close_day(actor, data.facility, decision, way=data.way), items=[])


@post("/api/v1/staff/closures/{closing_id:uuid}/reopen", status_code=200, operation_id="reopen", tags=["facilities"])
async def reopen(actor: NamedDependency[Actor], closing_id: FromPath[UUID]) -> ClosingNowItem:
    """Open again: sessions that have not ended and the bookings of this closing come back."""
    require_staff(actor, *DESK)
    return (await _items([await service_closing.reopen(actor, closing_id)]))[0]


ROUTES: tuple[Any, ...] = (get_roll_call, close, reopen)
