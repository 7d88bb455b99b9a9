"""Sign in by a provider, and link or unlink what a provider has proved.

Who somebody is here is decided by issuer and subject alone. An equal mail address proves nothing and is not even read:
whoever runs a provider could write any address into a token.
"""

from datetime import timedelta
from uuid import UUID

from booking.access import openid, queries, queries_ways
from booking.access.errors import (
    FlowOver,
    IdentityTaken,
    LastWayIn,
    NotAllowed,
    ProviderOff,
)
from booking.access.rules import AccountKind, require_account
from booking.access.schemas import SYSTEM, Actor, Browser, Flow, Proved, Provider, SignedIn
from booking.access.service import end_all_sign_ins, end_sign_in, limit_attempts, open_sign_in, record_audit
from booking.access.service_move import tell_linked
from booking.kit import clock, db
from booking.kit.errors import NotFound
from booking.kit.tokens import digest, new_id, new_secret, seal, unseal
from booking.notifications.rules import Channel
from booking.notifications.service_sending import revive

FLOW_LASTS = timedelta(minutes=10)
QUARTER = 900


async def get_provider(provider_id: UUID) -> Provider:
    """A provider that is switched on. Raises: ProviderOff."""
    found = await queries_ways.find_provider(provider_id)
    if found is None or not found.is_on:
        raise ProviderOff
    return found


async def set_out(provider_id: UUID, browser: Browser, *, next_path: str, link_to: Actor | None = None) -> str:
    """Send a browser to a provider: the address to go to. `link_to`: whoever wants the identity linked to the account.

    Raises: ProviderOff, ProviderAway, TooManyAttempts, SignInNeeded.
    """
    account_id = None if link_to is None else _own_account(link_to)
    await limit_attempts(f"provider:device:{browser.device}", limit=20, window_seconds=QUARTER)
    await limit_attempts(f"provider:network:{browser.network}", limit=300, window_seconds=QUARTER)
    provider = await get_provider(provider_id)
    endpoints = await openid.find_endpoints(provider)
    state, nonce, verifier, now = new_secret(), new_secret(), new_secret(size_bytes=48), clock.now()
    await db.execute(
        "insert into sign_in_flow (id, provider, account, state_digest, device_digest, nonce_digest, verifier,"
        " next_path, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        *(new_id(), provider_id, account_id, digest(state), browser.device, digest(nonce)),
        *(seal(verifier.encode()), next_path, now, now + FLOW_LASTS),
    )
    return openid.way_there(provider, endpoints, state=state, nonce=nonce, verifier=verifier, language=browser.language)


def _own_account(by: Actor) -> UUID:
    require_account(by)
    if by.id is None or by.account_kind is AccountKind.CARD:
        raise NotAllowed
    return by.id


async def come_back(
    provider_id: UUID, browser: Browser, *, state: str, code: str, before: Actor
) -> tuple[SignedIn | None, str]:
    """Finish what `set_out` began: a sign-in (None when an identity was linked instead) and where to go then.

    Raises: ProviderOff, FlowOver, ProviderAway, NotProved, AccountEnded, IdentityTaken. Safe: a state works once, on
    the browser it was made for; the code is exchanged outside any transaction.
    """
    provider = await get_provider(provider_id)
    flow = await queries_ways.take_flow(provider_id, digest(state), browser.device, clock.now())
    if flow is None:
        raise FlowOver
    if flow.account_id is not None and flow.account_id != before.id:
        raise FlowOver
    try:
        verifier = unseal(flow.verifier).decode()
    except ValueError:
        raise FlowOver from None
    endpoints = await openid.find_endpoints(provider)
    proved = await openid.prove(provider, endpoints, code=code, verifier=verifier, nonce_digest=flow.nonce_digest)
    if flow.account_id is not None:
        await link(provider, proved, before)
        return None, flow.next_path
    return await _enter(provider, proved, browser, before=before), flow.next_path


async def give_up(provider_id: UUID, browser: Browser, state: str) -> Flow | None:
    """Forget a sign-in that the provider or its owner has ended; what it was begun with."""
    return await queries_ways.take_flow(provider_id, digest(state), browser.device, clock.now())


async def _enter(provider: Provider, proved: Proved, browser: Browser, *, before: Actor) -> SignedIn:
    async with db.transaction():
        known = await queries_ways.find_identity(proved)
        if known is None:
            account_id = await _new_resident(provider, proved, browser.language)
        else:
            await db.execute("update identity set used_at = $2 where id = $1", known[0], clock.now())
            account_id = known[1]
        account = await queries.find_account(account_id)
        if account is None or account.kind is not AccountKind.RESIDENT:
            raise NotAllowed
        await end_sign_in(before)
        await revive(Channel.LINE, proved.subject)
        cookie = await open_sign_in(account_id, browser.device)
        return SignedIn(cookie=cookie, kind=account.kind, is_new=account.name == "")


async def _new_resident(provider: Provider, proved: Proved, language: str) -> UUID:
    """An account for somebody nobody knew; of two browsers that prove it at once, the second finds the first's."""
    account_id = new_id()
    await db.execute(
        "insert into account (id, kind, name, language, created_at) values ($1, 'resident', '', $2, $3)",
        *(account_id, language, clock.now()),
    )
    if await _insert_identity(account_id, provider, proved):
        await record_audit(SYSTEM, "account-created", "account", account_id, detail={"kind": "resident"})
        return account_id
    await db.execute("delete from account where id = $1", account_id)
    known = await queries_ways.find_identity(proved)
    if known is None:
        raise FlowOver  # linked and unlinked again between two statements
    return known[1]


async def _insert_identity(account_id: UUID, provider: Provider, proved: Proved) -> bool:
    new = await db.fetchval(
        "insert into identity (id, account, provider, issuer, subject, linked_at, used_at)"
        " values ($1, $2, $3, $4, $5, $6, $6) on conflict (issuer, subject) do nothing returning id",
        *(new_id(), account_id, provider.id, proved.issuer, proved.subject, clock.now()),
    )
    return new is not None


async def link(provider: Provider, proved: Proved, by: Actor) -> None:
    """Let an account be entered by an identity. One that began an account without ever registering is taken over.

    Raises: IdentityTaken. Safe: repeated and concurrent.
    """
    account_id = _own_account(by)
    async with db.transaction():
        if await _insert_identity(account_id, provider, proved):
            await record_audit(by, "identity-linked", "account", account_id, detail={"provider": provider.label})
            account = await queries.find_account(account_id)
            await tell_linked(account_id, account.language if account else "ja")
            return
        moved = await db.fetchrow(
            "update identity set account = $3, provider = $4, linked_at = $5 from account old"
            " where issuer = $1 and subject = $2 and old.id = identity.account"
            " and (old.id = $3 or (old.name = '' and old.email is null)) returning old.id",
            *(proved.issuer, proved.subject, account_id, provider.id, clock.now()),
        )
        if moved is None:
            raise IdentityTaken(label=provider.label)
        if moved["id"] != account_id:
            await db.execute("update account set disabled_at = $2 where id = $1", moved["id"], clock.now())
            await end_all_sign_ins(moved["id"])
            await record_audit(by, "identity-linked", "account", account_id, detail={"provider": provider.label})


async def unlink(identity_id: UUID, by: Actor) -> None:
    """Take an identity off one's own account. Raises: LastWayIn, NotFound. Safe: concurrent, never the last way in."""
    account_id = _own_account(by)
    async with db.transaction():
        await queries_ways.lock_account(account_id)
        gone = await db.fetchval(
            "delete from identity where id = $1 and account = $2 returning id", identity_id, account_id
        )
        if gone is None:
            raise NotFound
        if await queries_ways.count_ways_in(account_id) == 0:
            raise LastWayIn
        await record_audit(by, "identity-unlinked", "account", account_id)
