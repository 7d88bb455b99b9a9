"""Whether this process lives, and whether it may be sent requests."""

from typing import Any

from litestar import Request, Response, get

from booking.kit import db
from booking.kit.errors import Busy
from booking.kit.migrations import missing_migrations


@get("/healthz", include_in_schema=False, sync_to_thread=False)
def healthz() -> Response[str]:
    """The process lives."""
    return Response("ok\n", media_type="text/plain", headers={"Cache-Control": "no-store"})


@get("/readyz", include_in_schema=False)
async def readyz(request: Request[Any, Any, Any]) -> Response[str]:
    """The database answers, has the schema of this version, and no check stops requests. Raises: Busy."""
    async with db.connection() as conn:
        await conn.execute("select 1", timeout=5)
    if await missing_migrations():
        raise Busy
    for check in request.app.state.get("checks", ()):
        if await check.ask() is not None:
            raise Busy
    return Response("ready\n", media_type="text/plain", headers={"Cache-Control": "no-store"})


HEALTH = [healthz, readyz]
