"""JSON doors of what is kept about a person."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit.idempotency import Answer, respond_once
from booking.personal_data import service
from booking.personal_data.schemas import Erased, EraseRequest


@post("/api/v1/members/{member_id:uuid}/erase", status_code=200, operation_id="eraseMember", tags=["privacy"])
async def erase_member(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    member_id: FromPath[UUID],
    data: JSONBody[EraseRequest],
) -> Response[Erased]:
    """Erase a member, or the whole household; every figure stays as it is. It cannot be undone."""
    require_staff(actor, *service.ERASERS)

    async def work() -> Answer:
        done = await service.erase(actor, member_id, data.number, household=data.household)
        return Answer(200, msgspec.json.encode(done).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


ROUTES = (erase_member,)
