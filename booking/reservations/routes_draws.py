"""JSON doors of draws: the record for everybody, running one for staff."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit.idempotency import Answer, respond_once
from booking.reservations import service_draws
from booking.reservations.schemas_draws import DrawItem, DrawRecord, RunRequest
from booking.reservations.service import DESK

TAGS = ("draws",)


@get("/api/v1/draws/{draw_id:uuid}", operation_id="getDraw", tags=TAGS)
async def get_draw(draw_id: FromPath[UUID]) -> DrawRecord:
    """Everything a draw can be recomputed from; no names, and the secret only once it was run."""
    return await service_draws.get_record(draw_id)


@post("/api/v1/staff/draws/{draw_id:uuid}/run", status_code=200, operation_id="runDraw", tags=TAGS)
async def run(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    draw_id: FromPath[UUID],
    data: JSONBody[RunRequest],
) -> Response[DrawItem]:
    """Draw with the number named in advance; a second time is refused and changes nothing."""
    require_staff(actor, *DESK)

    async def work() -> Answer:
        return Answer(200, msgspec.json.encode(await service_draws.run(actor, draw_id, data.public_number)).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


ROUTES = (get_draw, run)
