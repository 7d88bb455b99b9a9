"""Pages where a body's administrators write down its sign-in providers and its LINE channel."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access import service_providers
from booking.access.openid import return_address
from booking.access.pages_staff import ADMINISTRATORS
from booking.access.rules import ProviderKind
from booking.access.rules_providers import LINE_ISSUER, LINE_MESSAGES, secret_prefix
from booking.access.schemas import Actor, Provider, ProviderForm
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.settings import get_settings, provider_secret
from booking.kit.web import Asking, NavItem, form, page, redirect

HOME = "/staff/providers"


class ProviderPage(msgspec.Struct, kw_only=True):
    """A provider as the page posts it."""

    body_code: str
    kind: str
    label: str
    issuer: str
    client_id: str
    secret_name: str
    message_api: str
    message_secret_name: str
    hook_secret_name: str
    is_on: bool


def hook_address(provider_id: UUID) -> str:
    """Where LINE tells us who has blocked us."""
    return f"{get_settings().public_url.rstrip('/')}/api/v1/hooks/line/{provider_id}"


def _form_of(posted: ProviderPage) -> ProviderForm:
    return ProviderForm(**{name: getattr(posted, name) for name in posted.__struct_fields__})


def _shown(provider: Provider) -> ProviderPage:
    held: dict[str, Any] = {name: getattr(provider, name) or "" for name in ProviderPage.__struct_fields__}
    return ProviderPage(**{**held, "is_on": provider.is_on})


@get(HOME, include_in_schema=False)
async def list_providers(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """By which providers people sign in, and whether the environment holds their secrets."""
    providers = await service_providers.list_own_providers(actor)
    lacking = {
        each.id: [
            name
            for name in (each.secret_name, each.message_secret_name, each.hook_secret_name)
            if name and not provider_secret(name)
        ]
        for each in providers
    }
    return page(request, "access/providers.html", providers=providers, lacking=lacking)


async def _edit_page(
    request: Asking, actor: Actor, posted: ProviderPage, *, provider: Provider | None = None, refusal: Any = None
) -> Response[str]:
    bodies = [(scope.code, scope.name) for scope in await service_providers.list_own_bodies(actor)]
    context: dict[str, Any] = {
        "bodies": bodies,
        "provider": provider,
        "return_address": return_address(provider.id) if provider else "",
        "hook_address": hook_address(provider.id) if provider and provider.kind == ProviderKind.LINE else "",
        "prefix": secret_prefix(posted.body_code or (bodies[0][0] if bodies else "")),
        "line_issuer": LINE_ISSUER,
        "line_messages": LINE_MESSAGES,
        "errors": refusal.fields if refusal else {},
    }
    status = refusal.status if refusal else 200
    return page(request, "access/provider.html", status=status, form=posted, refusal=refusal, **context)


@get(f"{HOME}/new", include_in_schema=False)
async def new_provider(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """An empty form, with LINE chosen."""
    bodies = await service_providers.list_own_bodies(actor)
    body = bodies[0].code if bodies else ""
    blank = ProviderPage(
        body_code=body,
        kind=ProviderKind.LINE.value,
        label="LINE",
        issuer="",
        client_id="",
        secret_name=f"{secret_prefix(body)}LINE",
        message_api="",
        message_secret_name=f"{secret_prefix(body)}LINE_MESSAGES",
        hook_secret_name=f"{secret_prefix(body)}LINE_HOOK",
        is_on=False,
    )
    return await _edit_page(request, actor, blank)


@post(f"{HOME}/new", include_in_schema=False)
async def add_provider(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Write a provider down; its own page then shows the address to be given to the provider."""
    posted = await form(request, ProviderPage)
    try:
        saved = await service_providers.save_provider(_form_of(posted), actor)
    except Refusal as refusal:
        return await _edit_page(request, actor, posted, refusal=refusal)
    return redirect(f"{HOME}/{saved}")


@get(f"{HOME}/{{provider_id:uuid}}", include_in_schema=False)
async def show_provider(request: Asking, provider_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[str]:
    """A provider, to change."""
    provider = await service_providers.get_own_provider(provider_id, actor)
    return await _edit_page(request, actor, _shown(provider), provider=provider)


@post(f"{HOME}/{{provider_id:uuid}}", include_in_schema=False)
async def edit_provider(request: Asking, provider_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Change a provider, or switch it on or off."""
    provider = await service_providers.get_own_provider(provider_id, actor)
    posted = await form(request, ProviderPage)
    try:
        await service_providers.save_provider(_form_of(posted), actor, provider_id=provider_id)
    except Refusal as refusal:
        return await _edit_page(request, actor, posted, provider=provider, refusal=refusal)
    return redirect(HOME)


PAGES: tuple[Any, ...] = (list_providers, new_provider, add_provider, show_provider, edit_provider)
NAV = (NavItem(label=N_("サインインの方法"), address=HOME, icon="lock", roles=ADMINISTRATORS, order=86),)
