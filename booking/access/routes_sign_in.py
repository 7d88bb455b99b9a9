"""JSON doors to sign in and out; the sign-in itself travels as the cookie."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from booking.access import service, service_sign_in
from booking.access.cookies import browser_of, forget_sign_in, know_device, know_sign_in
from booking.access.schemas import AccountRequest, Actor, SignedIn, SignInRequest, SignInState
from booking.kit.errors import MalformedRequest

Asking = Request[Any, Any, Any]
TAGS = ["sign-in"]


@post("/api/v1/accounts", status_code=202, operation_id="createAccount", tags=TAGS)
async def create_account(request: Asking, data: JSONBody[AccountRequest]) -> Response[SignInState]:
    """Mail a code to an address; proving it with `POST /sign-in` makes the account when there is none."""
    browser, device = browser_of(request)
    await service_sign_in.request_code(data.email, browser)
    return know_device(Response(SignInState(state="code-sent"), status_code=202), device)


@post("/api/v1/sign-in", status_code=200, operation_id="signIn", tags=TAGS)
async def sign_in(
    request: Asking, data: JSONBody[SignInRequest], actor: NamedDependency[Actor]
) -> Response[SignInState]:
    """One step: `{email}` mails a code, `{code}` proves it, `{number, pin}` signs a card in, `{second}` is staff's
    authenticator."""
    browser, device = browser_of(request)
    if data.email is not None:
        await service_sign_in.request_code(data.email, browser)
        return know_device(Response(SignInState(state="code-sent")), device)
    if data.code is not None:
        signed_in = await service_sign_in.prove_code(data.code, browser, before=actor)
    elif data.number is not None and data.pin is not None:
        signed_in = await service_sign_in.sign_in_with_pin(data.number, data.pin, browser, before=actor)
    elif data.second is not None:
        signed_in = await service_sign_in.prove_second(data.second, browser, before=actor)
    else:
        raise MalformedRequest
    return know_device(_answer(signed_in), device)


def _answer(signed_in: SignedIn) -> Response[SignInState]:
    state = "second-factor-needed" if signed_in.needs_second else "signed-in"
    return know_sign_in(Response(SignInState(state=state, is_new=signed_in.is_new)), signed_in)


@post("/api/v1/sign-out", status_code=200, operation_id="signOut", tags=TAGS)
async def sign_out(actor: NamedDependency[Actor]) -> Response[SignInState]:
    """End this browser's sign-in."""
    await service.end_sign_in(actor)
    return forget_sign_in(Response(SignInState(state="signed-out")))


ROUTES: tuple[Any, ...] = (create_account, sign_in, sign_out)
