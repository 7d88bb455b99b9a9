"""Prove who you are: a mailed code, a card's number and PIN, an authenticator's digits.

Every guess is counted before it is judged and the count is committed, so no number of processes or connections guesses
more often than allowed. What is counted is named by keyed digests: no address or number lies in the limits.
"""

import asyncio
import hmac
import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

import pyotp
from argon2.exceptions import InvalidHashError, VerificationError

from booking.access import queries
from booking.access.errors import (
    AccountEnded,
    CodeExpired,
    NotEnrolled,
    NotStaff,
    PinLocked,
    SignInNeeded,
    TooManyAttempts,
    TotpUsed,
    WrongCode,
    WrongPin,
    WrongTotp,
)
from booking.access.rules import (
    CODE_GUESSES,
    CODE_LASTS,
    PIN_GUESSES,
    AccountKind,
    fold_address,
    fold_digits,
    totp_counters,
)
from booking.access.schemas import SYSTEM, AccountView, Actor, Browser, SignedIn
from booking.access.service import (
    HASHER,
    end_sign_in,
    limit_attempts,
    open_sign_in,
    record_audit,
)
from booking.kit import clock, db
from booking.kit.i18n import N_, translate
from booking.kit.tokens import keyed_digest, new_id, unseal
from booking.notifications.rules import Channel
from booking.notifications.service import enqueue
from booking.notifications.service_sending import revive

QUARTER: Final = 900
DAY: Final = 86_400
NOBODYS_PIN: Final = HASHER.hash(secrets.token_hex(8))
"""Verified when nobody has the number, so that the answer takes as long."""

SUBJECT = N_("サインインの番号 {code}")
TEXT = N_(
    "サインインの番号は {code} です。\n\n10分のあいだ、この番号をたのんだ画面でだけ使えます。\n"
    "だれにも教えないでください。係の人が聞くことはありません。\n"
    "おぼえがないときは、このメールを消してください。何も起きません。\n"
)


async def request_code(typed_address: str, browser: Browser, *, for_account: UUID | None = None) -> None:
    """Mail six digits to an address; the same whether or not anybody has an account there.

    They work for ten minutes, on this browser, for five guesses. `for_account`: they sign nobody in, but prove an
    address that this account wants to have. Raises: WrongAddress, TooManyAttempts.
    """
    email = fold_address(typed_address)
    to = keyed_digest(email)
    await limit_attempts(f"code:device:{browser.device}", limit=10, window_seconds=QUARTER)
    await limit_attempts(f"code:network:{browser.network}", limit=100, window_seconds=QUARTER)
    await limit_attempts(f"code:to:{to}", limit=5, window_seconds=QUARTER)
    await limit_attempts(f"code:to-day:{to}", limit=20, window_seconds=DAY)
    code, now, code_id = f"{secrets.randbelow(10**6):06d}", clock.now(), new_id()
    async with db.transaction():
        await db.execute("delete from sign_in_code where device_digest = $1", browser.device)
        await db.execute(
            "insert into sign_in_code (id, email, code_digest, device_digest, language, created_at, expires_at,"
            " account) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            *(code_id, email, keyed_digest(f"{code_id}:{code}")),
            *(browser.device, browser.language, now, now + CODE_LASTS, for_account),
        )
        await enqueue(
            kind="sign-in-code",
            to=email,
            subject=translate(SUBJECT, browser.language, code=code),
            body=translate(TEXT, browser.language, code=code),
            language=browser.language,
            not_after=now + CODE_LASTS,
            priority=1,
        )


_GUESS_CODE = """
update sign_in_code set wrong_count = wrong_count + 1
where device_digest = $1 and used_at is null and expires_at > $2 and wrong_count < $3
  and account is not distinct from $4
returning id, email, code_digest, wrong_count"""


async def prove_code(typed: str, browser: Browser, *, before: Actor, staff: bool = False) -> SignedIn:
    """Sign in with the digits that were mailed; an address nobody had becomes a new resident's account.

    `before` is who this browser was until now: that sign-in ends. `staff`: at the staff's door, where nobody is made.
    Raises: TooManyAttempts, CodeExpired, WrongCode, NotStaff, AccountEnded. Safe: concurrent; a code works once.
    """
    guess_id, email = await guess_code(typed, browser)
    async with db.transaction():
        await use_code(guess_id)
        return await _enter(email, browser, before=before, staff=staff)


async def guess_code(typed: str, browser: Browser, *, for_account: UUID | None = None) -> tuple[UUID, str]:
    """The code whose digits these are, and the address it was mailed to; the guess is counted before it is judged.

    Raises: TooManyAttempts, CodeExpired, WrongCode.
    """
    await limit_attempts(f"code-guess:device:{browser.device}", limit=30, window_seconds=QUARTER)
    await limit_attempts(f"code-guess:network:{browser.network}", limit=300, window_seconds=QUARTER)
    guess = await db.fetchrow(_GUESS_CODE, browser.device, clock.now(), CODE_GUESSES, for_account)
    if guess is None:
        raise CodeExpired
    if not hmac.compare_digest(guess["code_digest"], keyed_digest(f"{guess['id']}:{fold_digits(typed)}")):
        raise WrongCode if guess["wrong_count"] < CODE_GUESSES else CodeExpired
    return guess["id"], guess["email"]


async def use_code(guess_id: UUID) -> None:
    """Use a code up. Raises: CodeExpired. Safe: of two at once one is refused."""
    used = "update sign_in_code set used_at = $2 where id = $1 and used_at is null returning id"
    if await db.fetchval(used, guess_id, clock.now()) is None:
        raise CodeExpired


async def _enter(email: str, browser: Browser, *, before: Actor, staff: bool) -> SignedIn:
    account = await queries.find_account_by_email(email)
    if staff and (account is None or account.kind is not AccountKind.STAFF):
        raise NotStaff
    if account is not None and account.disabled_at is not None:
        raise AccountEnded
    is_new = account is None
    account = account or await _new_resident(email, browser.language)
    await end_sign_in(before)
    await revive(Channel.MAIL, email)
    cookie = await open_sign_in(account.id, browser.device)
    return SignedIn(cookie=cookie, kind=account.kind, is_new=is_new, needs_second=account.kind is AccountKind.STAFF)


async def _new_resident(email: str, language: str) -> AccountView:
    """The account of an address; of two browsers that prove it at once, the second finds what the first made."""
    new = await db.fetchval(
        "insert into account (id, kind, email, name, language, created_at) values ($1, 'resident', $2, '', $3, $4)"
        " on conflict (email) do nothing returning id",
        *(new_id(), email, language, clock.now()),
    )
    if new is not None:
        await record_audit(SYSTEM, "account-created", "account", new, detail={"kind": "resident"})
    account = await queries.find_account_by_email(email)
    if account is None:
        raise CodeExpired  # made and erased again between two statements
    return account


_GUESS_PIN = """
update credential set failed_count = failed_count + 1,
  locked_at = case when failed_count + 1 >= $2 then $3 else locked_at end
where id = $1 and locked_at is null and failed_count < $2 returning secret"""


async def sign_in_with_pin(number: str, pin: str, browser: Browser, *, before: Actor) -> SignedIn:
    """Sign in with a card's number and PIN. Five wrong ones in a row lock the card until the desk gives a new PIN.

    A number nobody has answers, and takes as long, as one somebody has. Raises: TooManyAttempts, PinLocked, WrongPin,
    AccountEnded. Safe: concurrent; no guess goes uncounted.
    """
    await limit_attempts(f"pin:device:{browser.device}", limit=10, window_seconds=QUARTER)
    await limit_attempts(f"pin:network:{browser.network}", limit=100, window_seconds=QUARTER)
    number, pin = fold_digits(number), fold_digits(pin)
    card = await queries.find_card(number)
    if card is None:
        await _guess_nobodys(number, pin)
        raise WrongPin
    secret = await db.fetchval(_GUESS_PIN, card.credential_id, PIN_GUESSES, clock.now())
    if secret is None:
        raise PinLocked
    if not await _fits(secret, pin):
        raise PinLocked if await queries.is_card_locked(card.credential_id) else WrongPin
    async with db.transaction():
        unlock = "update credential set failed_count = 0, locked_at = null where id = $1 and secret = $2 returning id"
        if await db.fetchval(unlock, card.credential_id, secret) is None:
            raise WrongPin
        await end_sign_in(before)
        cookie = await open_sign_in(card.account_id, browser.device)
    return SignedIn(cookie=cookie, kind=AccountKind.CARD)


async def _guess_nobodys(number: str, pin: str) -> None:
    """The same work, the same five guesses and the same lock as for a card that exists."""
    name = f"pin:number:{keyed_digest(number)}"
    try:
        await limit_attempts(name, limit=PIN_GUESSES - 1, window_seconds=365 * DAY)
    except TooManyAttempts:
        is_fifth = await queries.count_attempts(name) == PIN_GUESSES
        if is_fifth:
            await _fits(NOBODYS_PIN, pin)
        raise PinLocked from None
    await _fits(NOBODYS_PIN, pin)


async def _fits(secret: str, pin: str) -> bool:
    try:
        return await asyncio.to_thread(HASHER.verify, secret, pin)
    except (VerificationError, InvalidHashError):
        return False


def matching_counter(secret: str, typed: str) -> int | None:
    """The half minute whose digits these are, of the three that are taken; None when they are of none."""
    otp, digits = pyotp.TOTP(secret), fold_digits(typed)
    found = None
    for counter in totp_counters(clock.now()):
        if hmac.compare_digest(otp.generate_otp(counter).encode(), digits.encode()):
            found = counter
    return found


async def prove_second(typed: str, browser: Browser, *, before: Actor) -> SignedIn:
    """Staff prove the second factor and get a new sign-in; each half minute's digits work once.

    Raises: SignInNeeded, TooManyAttempts, NotEnrolled, WrongTotp, TotpUsed. Safe: concurrent.
    """
    if before.account_kind is not AccountKind.STAFF or before.id is None:
        raise SignInNeeded(staff=True)
    await limit_attempts(f"totp:account:{before.id}", limit=5, window_seconds=QUARTER)
    await limit_attempts(f"totp:device:{browser.device}", limit=10, window_seconds=QUARTER)
    found = await queries.find_totp(before.id)
    if found is None:
        raise NotEnrolled
    try:
        secret = unseal(found.secret).decode()
    except ValueError:
        raise NotEnrolled from None  # sealed under another secret key: a new link mends it
    counter = matching_counter(secret, typed)
    if counter is None:
        raise WrongTotp
    async with db.transaction():
        await use_counter(found.credential_id, counter)
        await end_sign_in(before)
        cookie = await open_sign_in(before.id, browser.device, second_factor=True)
    return SignedIn(cookie=cookie, kind=AccountKind.STAFF)


async def use_counter(credential_id: UUID, counter: int) -> None:
    """Note that a half minute's digits have been used. Raises: TotpUsed. Safe: of two at once one is refused."""
    newer = "update credential set last_counter = $2 where id = $1 and coalesce(last_counter, 0) < $2 returning id"
    if await db.fetchval(newer, credential_id, counter) is None:
        raise TotpUsed


_FORGET = (
    ("delete from sign_in_code where expires_at <= $1", timedelta(days=1)),
    ("delete from sign_in_flow where expires_at <= $1", timedelta(days=1)),
    ("delete from passkey_challenge where expires_at <= $1", timedelta(days=1)),
    ("delete from sign_in_link where expires_at <= $1", timedelta(days=7)),
    (
        "delete from sign_in where least(expires_at, ended_at) <= $1 and exists (select 1 from sign_in later"
        " where later.account = sign_in.account and later.seen_at > sign_in.seen_at)",
        timedelta(days=365),
    ),
    ("delete from attempt_window where started_at <= $1", timedelta(days=366)),
)


async def forget_old() -> int:
    """Delete codes a day old, links a week old, sign-ins a year over, counted tries of last year. Safe: repeated.

    Sign-ins stay a year so that it can be said what a lost device could have shown; the last of an account stays with
    it, as how long an account is kept counts from there.
    """
    now, forgotten = clock.now(), 0
    for statement, kept in _FORGET:
        answer = await db.execute(statement, now - kept)
        forgotten += int(answer.rpartition(" ")[2])
    return forgotten
