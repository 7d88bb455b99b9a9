"""JSON doors of the waiting list: the answers to a seat that is kept."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import require_account, require_staff
from booking.access.schemas import Actor
from booking.kit.idempotency import Answer, respond_once
from booking.reservations import service_offers
from booking.reservations.rules_texts import item_of
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_api import BookAnswer

TAGS = ("offers",)
Asked = Request[Any, Any, Any]


@post("/api/v1/offers/{reservation_id:uuid}/accept", status_code=200, operation_id="acceptOffer", tags=TAGS)
async def accept(request: Asked, actor: NamedDependency[Actor], reservation_id: FromPath[UUID]) -> Response[BookAnswer]:
    """Take the seat that is kept for a reservation, and those of its party. A second time answers the same."""
    return await _answer(request, actor, service_offers.accept, reservation_id)


@post("/api/v1/offers/{reservation_id:uuid}/decline", status_code=200, operation_id="declineOffer", tags=TAGS)
async def decline(
    request: Asked, actor: NamedDependency[Actor], reservation_id: FromPath[UUID]
) -> Response[BookAnswer]:
    """Say no; the next in line gets the seat. A second time answers the same."""
    return await _answer(request, actor, service_offers.decline, reservation_id)


@post("/api/v1/offers/{reservation_id:uuid}/extend", status_code=200, operation_id="extendOffer", tags=TAGS)
async def extend(request: Asked, actor: NamedDependency[Actor], reservation_id: FromPath[UUID]) -> Response[BookAnswer]:
    """Keep the seat longer, once; `offered_until` says how long."""
    return await _answer(request, actor, service_offers.extend, reservation_id)


async def _answer(
    request: Asked, actor: Actor, verb: Callable[[Actor, UUID], Awaitable[list[ReservationView]]], reservation_id: UUID
) -> Response[Any]:
    if actor.kind in ("account", "nobody"):
        require_account(actor)
    else:
        require_staff(actor)

    async def work() -> Answer:
        items = [item_of(each) for each in await verb(actor, reservation_id)]
        return Answer(200, msgspec.json.encode(BookAnswer(items=items)).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


ROUTES = (accept, decline, extend)
