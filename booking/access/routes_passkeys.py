"""JSON doors between a browser's passkeys and us. The pages work without them, by mail, provider and card."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from booking.access import service_passkeys
from booking.access.cookies import browser_of, know_device, know_sign_in
from booking.access.schemas import Actor, PasskeyAnswer, PasskeyState

Asking = Request[Any, Any, Any]
TAGS = ["sign-in"]


def _options(said: str, device: str) -> Response[str]:
    return know_device(Response(said, media_type="application/json"), device)


@post("/api/v1/sign-in/passkey/options", status_code=200, operation_id="offerPasskeySignIn", tags=TAGS)
async def offer_sign_in(request: Asking) -> Response[str]:
    """What `navigator.credentials.get` needs, with a challenge that works once on this browser."""
    browser, device = browser_of(request)
    return _options(await service_passkeys.offer_sign_in(browser), device)


@post("/api/v1/sign-in/passkey", status_code=200, operation_id="signInByPasskey", tags=TAGS)
async def sign_in(
    request: Asking, data: JSONBody[PasskeyAnswer], actor: NamedDependency[Actor]
) -> Response[PasskeyState]:
    """Sign in by what the passkey answered; the sign-in travels as the cookie."""
    browser, device = browser_of(request)
    signed_in = await service_passkeys.enter(data.credential, browser, before=actor)
    answer = Response(PasskeyState(state="signed-in", is_new=signed_in.is_new))
    return know_device(know_sign_in(answer, signed_in), device)


@post("/api/v1/passkeys/options", status_code=200, operation_id="offerPasskey", tags=TAGS)
async def offer(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """What `navigator.credentials.create` needs, for whoever is signed in."""
    browser, device = browser_of(request)
    return _options(await service_passkeys.offer_registration(actor, browser), device)


@post("/api/v1/passkeys", status_code=201, operation_id="addPasskey", tags=TAGS)
async def add(request: Asking, data: JSONBody[PasskeyAnswer], actor: NamedDependency[Actor]) -> PasskeyState:
    """Keep a new passkey's public half."""
    browser, _ = browser_of(request)
    await service_passkeys.register(data.credential, data.name, actor, browser)
    return PasskeyState(state="added")


ROUTES: tuple[Any, ...] = (offer_sign_in, sign_in, offer, add)
