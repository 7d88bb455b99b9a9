"""Pages on the way to a provider and back. The button is a form; the way out is a link, which other sites' rules for
forms do not stop."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access import service_openid
from booking.access.cookies import browser_of, know_device
from booking.access.errors import FlowOver, ProviderSaidNo
from booking.access.pages_sign_in import RESIDENTS, address_page, go_on, said_no
from booking.access.rules import own_path
from booking.access.schemas import Actor, SignedIn
from booking.kit.errors import Refusal
from booking.kit.web import Asking, form, page, redirect

ACCOUNT = "/account"


class GoForm(msgspec.Struct, kw_only=True):
    """Where to go after the sign-in."""

    next: str


@post("/sign-in/with/{provider_id:uuid}", include_in_schema=False)
async def set_out(request: Asking, provider_id: FromPath[UUID]) -> Response[Any]:
    """Send the browser to the provider."""
    data = await form(request, GoForm)
    browser, device = browser_of(request)
    asked = own_path(data.next, "")
    try:
        way = await service_openid.set_out(provider_id, browser, next_path=asked)
    except Refusal as refusal:
        return await address_page(request, RESIDENTS, asked, **said_no(refusal))
    return know_device(await away_page(request, provider_id, way), device)


async def away_page(request: Asking, provider_id: UUID, way: str) -> Response[str]:
    """A page that goes on to the provider by itself, and has a link for where it does not."""
    provider = await service_openid.get_provider(provider_id)
    headers = {"Refresh": f"0; url={way}", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return page(request, "access/away.html", headers=headers, provider=provider, way=way)


@get("/sign-in/with/{provider_id:uuid}/back", include_in_schema=False)
async def come_back(
    request: Asking,
    provider_id: FromPath[UUID],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """The provider has sent the browser back: sign in, or link what was proved."""
    browser, _ = browser_of(request)
    state, code = request.query_params.get("state"), request.query_params.get("code")
    try:
        if not code or not state:
            raise await _said_no(provider_id, browser, state)
        signed_in, asked = await service_openid.come_back(provider_id, browser, state=state, code=code, before=actor)
    except Refusal as refusal:
        if actor.is_signed_in:
            return page(request, "access/not_linked.html", **said_no(refusal))
        return await address_page(request, RESIDENTS, None, **said_no(refusal))
    return _further(signed_in, asked)


def _further(signed_in: SignedIn | None, asked: str) -> Response[Any]:
    if signed_in is None:
        return redirect(own_path(asked, ACCOUNT), linked="1")
    return go_on(signed_in, asked)


async def _said_no(provider_id: UUID, browser: Any, state: str | None) -> Refusal:
    """Why nobody is signed in when a provider sends no code: whoever was there did not agree, or nobody was sent."""
    provider = await service_openid.get_provider(provider_id)
    flow = await service_openid.give_up(provider_id, browser, state or "")
    return FlowOver() if flow is None else ProviderSaidNo(label=provider.label)


PAGES: tuple[Any, ...] = (set_out, come_back)
