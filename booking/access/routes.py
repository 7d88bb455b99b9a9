"""JSON doors of access, and the dependency that says who asks."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from msgspec import structs

from booking.access import routes_passkeys, routes_sign_in, routes_staff, service
from booking.access.rules import cookie_name
from booking.access.schemas import NOBODY, Actor
from booking.kit.i18n import language_of
from booking.kit.settings import get_settings

ROUTES: tuple[Any, ...] = (*routes_sign_in.ROUTES, *routes_passkeys.ROUTES, *routes_staff.ROUTES)


NOT_PAGES = ("/api/", "/static/", "/healthz", "/readyz", "/kiosk/")


async def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Who asks: the bearer token's, else the sign-in cookie's. Asked once a request."""
    return await _noted(request)


async def note_actor(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard of the whole application: every page knows who reads it, whether or not its handler asks."""
    if not connection.url.path.startswith(NOT_PAGES):
        await _noted(connection)


async def _noted(connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    """Who asks, once a request; `language` is the one the request is answered in, not only the account's."""
    known: Actor | None = getattr(connection.state, "actor", None)
    if known is None:
        found = connection.state.actor = await _find_actor(connection)
        known = connection.state.actor = structs.replace(found, language=language_of(connection))
    return known


async def _find_actor(connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    kind, _, value = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return await service.actor_of_token(value.strip())
    cookie = connection.cookies.get(cookie_name(secure=get_settings().is_secure))
    return await service.actor_of_cookie(cookie) if cookie else NOBODY


GUARDS = (note_actor,)
