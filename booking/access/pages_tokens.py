"""Pages where administrators make and end API tokens."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access import service_tokens
from booking.access.pages_staff import ADMINISTRATORS, NothingForm, grant_choices
from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, language_of, translate
from booking.kit.web import Asking, NavItem, form, page, redirect


class TokenForm(msgspec.Struct, kw_only=True):
    """A new API token."""

    label: str
    role: str
    scope: str


async def _tokens_page(request: Asking, actor: Actor, **said: Any) -> Response[str]:
    require_staff(actor, Role.BODY_ADMINISTRATOR)
    refusal = said.get("refusal")
    tokens = await service_tokens.list_tokens(actor)
    context: dict[str, Any] = {"tokens": tokens, "token": None, **await grant_choices(request, actor), **said}
    return page(request, "access/tokens.html", status=refusal.status if refusal else 200, **context)


@get("/staff/tokens", include_in_schema=False)
async def list_tokens(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Which tokens there are."""
    return await _tokens_page(request, actor)


@post("/staff/tokens", include_in_schema=False)
async def new_token(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Make a token, and show it once."""
    require_staff(actor, Role.BODY_ADMINISTRATOR)
    data = await form(request, TokenForm)
    try:
        token = await service_tokens.new_token(data.label, data.role, data.scope or None, actor)
    except Refusal as refusal:
        return await _tokens_page(request, actor, refusal=refusal, form=data)
    return await _tokens_page(request, actor, token=token)


@get("/staff/tokens/{token_id:uuid}/revoke", include_in_schema=False)
async def ask_revoke(request: Asking, token_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[str]:
    """Ask before ending a token: what uses it stops at once."""
    require_staff(actor, Role.BODY_ADMINISTRATOR)
    language = language_of(request)
    said: dict[str, Any] = {
        "heading": translate(N_("このAPIトークンを止めますか"), language),
        "text": translate(N_("使っているプログラムは、すぐに動かなくなります。元にはもどせません。"), language),
        "button": translate(N_("止める"), language),
    }
    action = f"/staff/tokens/{token_id}/revoke"
    return page(request, "kit/confirm.html", **said, action=action, back="/staff/tokens", staff=True)


@post("/staff/tokens/{token_id:uuid}/revoke", include_in_schema=False)
async def revoke_token(request: Asking, token_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """End a token."""
    await form(request, NothingForm)
    await service_tokens.revoke_token(token_id, actor)
    return redirect("/staff/tokens")


PAGES: tuple[Any, ...] = (list_tokens, new_token, ask_revoke, revoke_token)
NAV = (NavItem(label=N_("APIトークン"), address="/staff/tokens", icon="lock", roles=ADMINISTRATORS, order=85),)
