"""Passkeys: a key pair whose private half never leaves its owner's device. They sign residents in, and staff.

Staff prove both factors by one passkey, the device and what opens it, so only one that verified its user counts.
"""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from cbor2 import CBORError
from webauthn.helpers import options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from booking.access import queries, queries_ways
from booking.access.errors import (
    AccountEnded,
    LabelNeeded,
    LastWayIn,
    NotAllowed,
    PasskeyRefused,
    PasskeyUnverified,
    SignInNeeded,
)
from booking.access.rules import AccountKind
from booking.access.schemas import Actor, Browser, SignedIn
from booking.access.service import end_sign_in, limit_attempts, open_sign_in, record_audit
from booking.kit import clock, db
from booking.kit.errors import NotFound
from booking.kit.settings import get_settings
from booking.kit.tokens import digest, from_text, new_id, to_text

CHALLENGE_LASTS = timedelta(minutes=5)
QUARTER = 900
NAME = "TUMO GUNMA・tsukurun"
BROKEN = (WebAuthnException, CBORError, ValueError, KeyError, TypeError, AttributeError)
"""How an answer that no authenticator made shows itself."""


def _site() -> tuple[str, str]:
    """Whose passkeys these are: the host, and the origin of our pages."""
    parts = urlsplit(get_settings().public_url)
    return parts.hostname or "localhost", f"{parts.scheme}://{parts.netloc}"


def owner_of(by: Actor) -> UUID:
    """The account that may have passkeys: a resident's, or a member of staff past the second factor.

    Raises: SignInNeeded, NotAllowed.
    """
    if by.id is None:
        raise SignInNeeded
    is_own = by.kind == "staff" or (by.is_signed_in and by.account_kind is AccountKind.RESIDENT)
    if not is_own:
        raise NotAllowed
    return by.id


async def offer_registration(by: Actor, browser: Browser) -> str:
    """What a browser needs to make a passkey, as JSON. Raises: SignInNeeded, NotAllowed, TooManyAttempts."""
    account_id = owner_of(by)
    await limit_attempts(f"passkey:account:{account_id}", limit=20, window_seconds=QUARTER)
    known = [from_text(one) for one in await queries_ways.list_credential_ids(account_id)]
    is_staff = by.kind == "staff"
    options = webauthn.generate_registration_options(
        rp_id=_site()[0],
        rp_name=NAME,
        user_id=account_id.bytes,
        user_name=by.name or NAME,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement("required" if is_staff else "preferred"),
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    await _remember(options.challenge, browser, account_id)
    return options_to_json(options)


async def offer_sign_in(browser: Browser) -> str:
    """What a browser needs to ask its owner for a passkey of ours, as JSON. Raises: TooManyAttempts."""
    await limit_attempts(f"passkey:device:{browser.device}", limit=30, window_seconds=QUARTER)
    await limit_attempts(f"passkey:network:{browser.network}", limit=500, window_seconds=QUARTER)
    options = webauthn.generate_authentication_options(
        rp_id=_site()[0], user_verification=UserVerificationRequirement.PREFERRED
    )
    await _remember(options.challenge, browser, None)
    return options_to_json(options)


async def _remember(challenge: bytes, browser: Browser, account_id: UUID | None) -> None:
    now = clock.now()
    await db.execute(
        "insert into passkey_challenge (id, account, challenge_digest, device_digest, created_at, expires_at)"
        " values ($1, $2, $3, $4, $5, $6)",
        *(new_id(), account_id, digest(to_text(challenge)), browser.device, now, now + CHALLENGE_LASTS),
    )


async def _take(credential: dict[str, Any], browser: Browser, account_id: UUID | None) -> bytes:
    """The challenge that was answered, once, on the browser and by the account it was made for."""
    try:
        said = json.loads(from_text(credential["response"]["clientDataJSON"]))["challenge"]
        challenge = from_text(said)
    except BROKEN:
        raise PasskeyRefused from None
    is_ours, made_for = await queries_ways.take_challenge(digest(to_text(challenge)), browser.device, clock.now())
    if not is_ours or made_for != account_id:
        raise PasskeyRefused
    return challenge


async def register(credential: dict[str, Any], name: str, by: Actor, browser: Browser) -> None:
    """Keep a new passkey's public half. Raises: SignInNeeded, NotAllowed, LabelNeeded, PasskeyRefused, PasskeyKnown."""
    account_id = owner_of(by)
    if not 0 < len(name.strip()) <= 60:
        raise LabelNeeded
    challenge = await _take(credential, browser, account_id)
    host, origin = _site()
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=by.kind == "staff",
        )
    except BROKEN:
        raise PasskeyRefused from None
    async with db.transaction():
        await db.execute(
            "insert into passkey (id, account, credential_id, public_key, sign_count, name, created_at)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            *(new_id(), account_id, to_text(made.credential_id), to_text(made.credential_public_key)),
            *(made.sign_count, name.strip(), clock.now()),
        )
        await record_audit(by, "passkey-added", "account", account_id)


async def enter(credential: dict[str, Any], browser: Browser, *, before: Actor) -> SignedIn:
    """Sign in by a passkey; staff with both factors at once, when it verified its user.

    Raises: PasskeyRefused, PasskeyUnverified, AccountEnded. Safe: concurrent; an answer works once.
    """
    challenge = await _take(credential, browser, None)
    known = await db.fetchrow(
        "select passkey.id, passkey.account, passkey.public_key, passkey.sign_count from passkey"
        " where credential_id = $1",
        str(credential.get("id", "")).rstrip("="),
    )
    if known is None:
        raise PasskeyRefused
    host, origin = _site()
    try:
        seen = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=from_text(known["public_key"]),
            credential_current_sign_count=known["sign_count"],
        )
    except BROKEN:
        raise PasskeyRefused from None
    async with db.transaction():
        account = await queries.find_account(known["account"])
        if account is None or account.disabled_at is not None:
            raise AccountEnded
        is_staff = account.kind is AccountKind.STAFF
        if is_staff and not seen.user_verified:
            raise PasskeyUnverified
        await db.execute(
            "update passkey set sign_count = $2, used_at = $3 where id = $1",
            *(known["id"], seen.new_sign_count, clock.now()),
        )
        await end_sign_in(before)
        cookie = await open_sign_in(account.id, browser.device, second_factor=is_staff)
    return SignedIn(cookie=cookie, kind=account.kind, is_new=not is_staff and account.name == "")


async def remove(passkey_id: UUID, by: Actor) -> None:
    """Forget a passkey of one's own. Raises: NotFound, LastWayIn. Safe: concurrent, never the last way in."""
    account_id = owner_of(by)
    async with db.transaction():
        await queries_ways.lock_account(account_id)
        gone = await db.fetchval(
            "delete from passkey where id = $1 and account = $2 returning id", passkey_id, account_id
        )
        if gone is None:
            raise NotFound
        if await queries_ways.count_ways_in(account_id) == 0:
            raise LastWayIn
        await record_audit(by, "passkey-removed", "account", account_id)
