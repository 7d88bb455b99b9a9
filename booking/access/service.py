"""Sign-ins, limits and the two logs, accounts, cards and one-time links: what every other room calls."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from argon2 import PasswordHasher

from booking.access import queries
from booking.access.errors import AccountEnded, TooManyAttempts
from booking.access.rules import LINK_LASTS, AccountKind, LinkPurpose, check_pin, sign_in_lasts
from booking.access.schemas import NOBODY, Actor
from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.tokens import digest, new_id, new_secret

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""argon2id with the smallest memory OWASP names, so that a class of children signing in does not fill the machine."""

SEEN_EVERY = timedelta(minutes=10)

_AUDIT = """
insert into audit_entry (id, occurred_at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, scope,
                         reason, overridden, detail)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb)"""

_VIEW = """
insert into personal_data_view (id, occurred_at, actor_kind, actor_id, member_id, what, scope, by_list)
select unnest($1::uuid[]), $2, $3, $4, unnest($5::uuid[]), $6, $7, $8"""

_ATTEMPT = """
insert into attempt_window as w (id, name, started_at, attempts) values ($1, $2, $3, 1)
on conflict (name) do update set
  attempts = case when w.started_at <= $4 then 1 else w.attempts + 1 end,
  started_at = case when w.started_at <= $4 then excluded.started_at else w.started_at end
returning attempts, started_at"""


async def record_audit(
    by: Actor,
    action: str,
    subject_kind: str,
    subject_id: UUID | None,
    *,
    scope: str | None = None,
    reason: str | None = None,
    overridden: Sequence[str] = (),
    detail: dict[str, Any] | None = None,
) -> None:
    """Write who changed what, inside the transaction of the change.

    A resident is noted by id alone: a name in a log nobody may change could never be erased.
    """
    name = "" if by.kind == "account" else by.name
    said = msgspec.json.encode(detail or {}).decode()
    who = (by.kind, by.id, name)
    what = (action, subject_kind, subject_id, scope or _home_of(by), reason, list(overridden), said)
    await db.execute(_AUDIT, new_id(), clock.now(), *who, *what)


async def record_view(
    by: Actor, member_ids: Iterable[UUID], what: str, *, scope: str | None = None, by_list: bool = False
) -> None:
    """Write whose personal data somebody has been shown; `by_list` when they were rows of a list."""
    members = list(dict.fromkeys(member_ids))
    if members:
        ids = [new_id() for _ in members]
        await db.execute(_VIEW, ids, clock.now(), by.kind, by.id, members, what, scope or _home_of(by), by_list)


def _home_of(by: Actor) -> str | None:
    """Where somebody works whose deed names no scope of its own, so that the body's own readers find it in the logs."""
    return next((grant.scope for grant in by.grants if grant.scope is not None), None)


async def limit_attempts(name: str, *, limit: int, window_seconds: int) -> None:
    """Count one more try under `name`; at most `limit` in a window, over all processes.

    Call it before the verb's transaction: a count that rolls back with a refusal would limit nothing. Put no personal
    data into `name`. Raises: TooManyAttempts. Safe: one atomic upsert.
    """
    if db.DB.current_transaction.get() is not None:
        raise RuntimeError("limit_attempts inside a transaction would be rolled back with a refusal")
    now = clock.now()
    window = timedelta(seconds=window_seconds)
    row = await db.fetchrow(_ATTEMPT, new_id(), name, now, now - window)
    if row is not None and row["attempts"] > limit:
        raise TooManyAttempts(wait_seconds=int((row["started_at"] + window - now).total_seconds()) + 1)


async def open_sign_in(account_id: UUID, device: str, *, second_factor: bool = False) -> str:
    """Sign an account in on a browser: the cookie's value, new every time and kept as a digest only.

    Raises: AccountEnded.
    """
    now = clock.now()
    async with db.transaction():
        account = await queries.find_account(account_id)
        if account is None or account.disabled_at is not None:
            raise AccountEnded
        value = new_secret()
        until = now + sign_in_lasts(account.kind, second_factor=second_factor)
        second_at = now if second_factor and account.kind is AccountKind.STAFF else None
        await db.execute(
            "insert into sign_in (id, account, token_digest, created_at, seen_at, expires_at, second_factor_at, device)"
            " values ($1, $2, $3, $4, $4, $5, $6, $7)",
            *(new_id(), account_id, digest(value), now, until, second_at, device),
        )
    return value


async def end_sign_in(by: Actor) -> None:
    """Sign the browser out that `by` came from. Safe: repeated."""
    if by.sign_in_id is not None:
        now = clock.now()
        await db.execute("update sign_in set ended_at = $2 where id = $1 and ended_at is null", by.sign_in_id, now)


async def end_all_sign_ins(account_id: UUID, *, but: UUID | None = None) -> None:
    """Sign an account out everywhere, or everywhere but here."""
    await db.execute(
        "update sign_in set ended_at = $2 where account = $1 and ended_at is null and id is distinct from $3",
        *(account_id, clock.now(), but),
    )


async def actor_of_cookie(value: str) -> Actor:
    """Who a sign-in cookie belongs to; nobody when it is unknown, ended or too old."""
    now = clock.now()
    found = await queries.find_signed_in(digest(value), now)
    if found is None:
        return NOBODY
    actor, seen_at = found
    if seen_at < now - SEEN_EVERY:
        await db.execute("update sign_in set seen_at = $2 where id = $1", actor.sign_in_id, now)
    return actor


async def actor_of_token(value: str) -> Actor:
    """Who an API token belongs to; nobody when it is unknown, revoked or too old."""
    now = clock.now()
    found = await queries.find_token(digest(value), now) if value.startswith("bt_") else None
    if found is None:
        return NOBODY
    actor, seen_at = found
    if seen_at is None or seen_at < now - SEEN_EVERY:
        await db.execute("update api_token set seen_at = $2 where id = $1", actor.id, now)
    return actor


async def create_account(kind: AccountKind, *, email: str | None, name: str, language: str, by: Actor) -> UUID:
    """A new account, with its audit row. Raises: StaffExists when the address has one already."""
    account_id = new_id()
    async with db.transaction():
        await db.execute(
            "insert into account (id, kind, email, name, language, created_at) values ($1, $2, $3, $4, $5, $6)",
            *(account_id, kind.value, email, name, language, clock.now()),
        )
        await record_audit(by, "account-created", "account", account_id, detail={"kind": kind.value})
    return account_id


async def create_card_account(name: str, language: str, by: Actor) -> UUID:
    """An account for a child with a printed card; it signs in once `set_pin` has given it a number and PIN."""
    return await create_account(AccountKind.CARD, email=None, name=name, language=language, by=by)


async def rename_account(account_id: UUID, name: str, by: Actor, *, language: str | None = None) -> None:
    """Say what the account is called, and in which language it reads."""
    async with db.transaction():
        await db.execute(
            "update account set name = $2, language = coalesce($3, language) where id = $1", account_id, name, language
        )
        await record_audit(by, "account-renamed", "account", account_id)


async def set_pin(account_id: UUID, number: str, pin: str, by: Actor) -> None:
    """Give an account's card its number and PIN; opens a locked card and signs it out everywhere.

    Raises: PinTooEasy, NumberHasCard.
    """
    secret = await asyncio.to_thread(HASHER.hash, check_pin(pin))
    async with db.transaction():
        await db.execute(
            "insert into credential (id, account, kind, login_name, secret, failed_count, created_at)"
            " values ($1, $2, 'pin', $3, $4, 0, $5) on conflict (account, kind) do update set"
            " login_name = excluded.login_name, secret = excluded.secret, failed_count = 0, locked_at = null",
            *(new_id(), account_id, number, secret, clock.now()),
        )
        await end_all_sign_ins(account_id)
        await record_audit(by, "pin-set", "account", account_id)


async def new_sign_in_link(account_id: UUID, purpose: LinkPurpose, by: Actor) -> str:
    """A path that works once within 24 hours; what an account was given before for this purpose works no more.

    Raises: ValueError for a demo link outside a demo.
    """
    if purpose is LinkPurpose.DEMO and not get_settings().demo:
        raise ValueError("links that sign in by themselves exist only in a demo")
    token, now = new_secret(), clock.now()
    async with db.transaction():
        await db.execute(
            "update sign_in_link set used_at = $3 where account = $1 and purpose = $2 and used_at is null",
            *(account_id, purpose.value, now),
        )
        await db.execute(
            "insert into sign_in_link (id, account, token_digest, purpose, created_at, expires_at)"
            " values ($1, $2, $3, $4, $5, $6)",
            *(new_id(), account_id, digest(token), purpose.value, now, now + LINK_LASTS),
        )
        await record_audit(by, "link-made", "account", account_id, detail={"purpose": purpose.value})
    return f"/enter/{token}"
