"""Administrators write down by which providers people of their body sign in, and where its LINE messages go."""

from uuid import UUID

from booking.access import openid, queries_ways
from booking.access.errors import NotAllowed
from booking.access.rules import ProviderKind, Role, may_grant, require_staff
from booking.access.rules_providers import check_provider
from booking.access.schemas import Actor, Provider, ProviderForm, Scope
from booking.access.service import record_audit
from booking.access.service_staff import list_grantable
from booking.kit import clock, db
from booking.kit.errors import NotFound
from booking.kit.settings import provider_secret
from booking.kit.tokens import new_id


async def list_own_bodies(by: Actor) -> list[Scope]:
    """The bodies whose providers `by` decides about. Raises: NotAllowed."""
    require_staff(by, Role.BODY_ADMINISTRATOR)
    return [scope for scope in await list_grantable(by) if scope.within is None]


async def list_own_providers(by: Actor) -> list[Provider]:
    """The providers of those bodies. Raises: NotAllowed."""
    codes = {scope.code for scope in await list_own_bodies(by)}
    return [each for each in await queries_ways.list_providers(all_of_them=True) if each.body_code in codes]


async def get_own_provider(provider_id: UUID, by: Actor) -> Provider:
    """One of them. Raises: NotAllowed, NotFound."""
    found = next((each for each in await list_own_providers(by) if each.id == provider_id), None)
    if found is None:
        raise NotFound
    return found


async def find_line_channel(body_code: str) -> tuple[str, str] | None:
    """Where a body's LINE channel takes messages, and what proves us there; None when it has none, or no key to it."""
    for each in await queries_ways.list_providers(all_of_them=True):
        key = provider_secret(each.message_secret_name) if each.message_secret_name else ""
        if each.kind == ProviderKind.LINE and each.body_code == body_code and each.message_api and key:
            return each.message_api, key
    return None


async def save_provider(form: ProviderForm, by: Actor, *, provider_id: UUID | None = None) -> UUID:
    """Write a provider down, or change it; its body and issuer stay what they were.

    Raises: NotAllowed, NotFound, InvalidForm. Safe: repeated.
    """
    bodies = frozenset(scope.code for scope in await list_own_bodies(by))
    if provider_id is not None:
        old = await get_own_provider(provider_id, by)
        form = ProviderForm(
            body_code=old.body_code,
            kind=old.kind,
            label=form.label,
            issuer=old.issuer,
            client_id=form.client_id,
            secret_name=form.secret_name,
            message_api=form.message_api,
            message_secret_name=form.message_secret_name,
            hook_secret_name=form.hook_secret_name,
            is_on=form.is_on,
        )
    kept = check_provider(form, bodies, loopback=openid.may_be_here())
    if not may_grant(by, kept.body_code, None):
        raise NotAllowed
    saved = provider_id or new_id()
    async with db.transaction():
        await db.execute(
            "insert into sign_in_provider (id, body_code, kind, label, issuer, client_id, secret_name, message_api,"
            " message_secret_name, hook_secret_name, is_on, created_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
            " on conflict (id) do update set label = excluded.label, client_id = excluded.client_id,"
            " secret_name = excluded.secret_name, message_api = excluded.message_api,"
            " message_secret_name = excluded.message_secret_name, hook_secret_name = excluded.hook_secret_name,"
            " is_on = excluded.is_on",
            *(saved, kept.body_code, kept.kind, kept.label, kept.issuer, kept.client_id, kept.secret_name),
            *(kept.message_api or None, kept.message_secret_name or None, kept.hook_secret_name or None),
            *(kept.is_on, clock.now()),
        )
        said = {"label": kept.label, "issuer": kept.issuer, "on": kept.is_on}
        await record_audit(by, "provider-saved", "provider", saved, scope=kept.body_code, detail=said)
    return saved
