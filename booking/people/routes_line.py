"""The door at which LINE says who has blocked the channel of a body."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.params import FromPath

from booking.people import service_line


@post("/api/v1/hooks/line/{provider_id:uuid}", status_code=200, include_in_schema=False)
async def hear(request: Request[Any, Any, Any], provider_id: FromPath[UUID]) -> dict[str, Any]:
    """Signed with the channel's secret, nothing else is believed."""
    await service_line.hear(provider_id, await request.body(), request.headers.get("x-line-signature", ""))
    return {}


ROUTES: tuple[Any, ...] = (hear,)
