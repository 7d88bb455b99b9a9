"""One-time links: a link shows a page, only its button acts. One enrols a second factor, the demo's sign in."""

from uuid import UUID

import pyotp

from booking.access import queries, queries_staff
from booking.access.errors import LinkExpired, LinkUsed, WrongTotp
from booking.access.rules import AccountKind, LinkPurpose
from booking.access.schemas import Actor, Browser, Link, SignedIn
from booking.access.service import end_all_sign_ins, end_sign_in, limit_attempts, open_sign_in, record_audit
from booking.access.service_sign_in import matching_counter
from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.tokens import digest, new_id, seal, unseal


async def get_link(token: str) -> Link:
    """What a one-time link opens; looking does not use it. Raises: LinkExpired, LinkUsed."""
    found = await queries_staff.find_link(digest(token), clock.now())
    if found is None:
        raise LinkExpired
    link, is_used, is_old = found
    if is_used:
        raise LinkUsed
    if is_old or (link.purpose == LinkPurpose.DEMO and not get_settings().demo):
        raise LinkExpired
    return link


async def _use_link(link: Link) -> None:
    used = "update sign_in_link set used_at = $2 where id = $1 and used_at is null returning id"
    if await db.fetchval(used, link.id, clock.now()) is None:
        raise LinkUsed


async def enter_by_link(token: str, browser: Browser, *, before: Actor) -> SignedIn:
    """Sign in by a demo's one-time link, or by that of an account the desk has moved.

    Raises: LinkExpired, LinkUsed. Safe: of two at once one is refused.
    """
    link = await get_link(token)
    if link.purpose not in (LinkPurpose.DEMO, LinkPurpose.MOVED):
        raise LinkExpired
    account = await queries.find_account(link.account_id)
    if account is None:
        raise LinkExpired
    async with db.transaction():
        await _use_link(link)
        await end_sign_in(before)
        is_demo = link.purpose == LinkPurpose.DEMO
        cookie = await open_sign_in(link.account_id, browser.device, second_factor=is_demo)
    return SignedIn(cookie=cookie, kind=account.kind)


def new_totp_secret() -> str:
    """A new authenticator's secret, sealed, to travel in a form until it is confirmed."""
    return seal(pyotp.random_base32().encode())


def totp_address(sealed: str, link: Link) -> tuple[str, str]:
    """The secret as text, and the address that an authenticator reads from the QR code."""
    secret = unseal(sealed).decode()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=link.email or link.name, issuer_name="TUMO GUNMA tsukurun")


async def enrol(token: str, sealed: str, typed: str, browser: Browser, *, before: Actor) -> SignedIn:
    """Confirm a new authenticator with its digits: the link is used, older authenticators and sign-ins end.

    Raises: LinkExpired, LinkUsed, TooManyAttempts, WrongTotp. Safe: of two at once one is refused.
    """
    link = await get_link(token)
    if link.purpose != LinkPurpose.ENROL_STAFF:
        raise LinkExpired
    await limit_attempts(f"enrol:{link.id}", limit=20, window_seconds=86_400)
    try:
        secret = unseal(sealed).decode()
    except ValueError:
        raise WrongTotp from None
    counter = matching_counter(secret, typed)
    if counter is None:
        raise WrongTotp
    async with db.transaction():
        await _use_link(link)
        await _keep_totp(link.account_id, sealed, counter)
        await end_all_sign_ins(link.account_id)
        await end_sign_in(before)
        cookie = await open_sign_in(link.account_id, browser.device, second_factor=True)
        by = Actor(kind="staff", id=link.account_id, name=link.name, account_kind=AccountKind.STAFF)
        await record_audit(by, "second-factor-enrolled", "account", link.account_id)
    return SignedIn(cookie=cookie, kind=AccountKind.STAFF)


async def _keep_totp(account_id: UUID, sealed: str, counter: int) -> None:
    await db.execute(
        "insert into credential (id, account, kind, secret, failed_count, last_counter, created_at)"
        " values ($1, $2, 'totp', $3, 0, $4, $5) on conflict (account, kind) do update set"
        " secret = excluded.secret, last_counter = excluded.last_counter, created_at = excluded.created_at",
        *(new_id(), account_id, sealed, counter, clock.now()),
    )


def keep_or_renew(sealed: str) -> str:
    """The sealed secret again, so that what was scanned stays good; a new one when it is not of our making."""
    try:
        unseal(sealed)
    except ValueError:
        return new_totp_secret()
    return sealed
