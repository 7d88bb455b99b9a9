"""JSON doors of access, and the dependency that says who asks."""

from typing import Any

from litestar import Request

from booking.access import service
from booking.access.rules import cookie_name
from booking.access.schemas import NOBODY, Actor
from booking.kit.settings import get_settings

ROUTES: tuple[Any, ...] = ()


async def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Who asks: the bearer token's, else the sign-in cookie's. Noted on the request for the frame of pages."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    cookie = request.cookies.get(cookie_name(secure=get_settings().is_secure))
    if kind.lower() == "bearer":
        actor = await service.actor_of_token(value.strip())
    elif cookie:
        actor = await service.actor_of_cookie(cookie)
    else:
        actor = NOBODY
    request.state.actor = actor
    return actor
