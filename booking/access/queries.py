"""What is known about who asks. Hot: one statement for a cookie, one for a token."""

from datetime import datetime
from uuid import UUID

import asyncpg

from booking.access.rules import CODE_GUESSES, AccountKind, Role
from booking.access.schemas import AccountView, Actor, Grant, Secret
from booking.kit import db

_GRANTS = """
coalesce((select array_agg(g.role || '/' || coalesce(g.scope, '') order by g.granted_at, g.id)
          from role_grant g where g.account = a.id and g.ended_at is null), '{}') as grants"""

_BY_COOKIE = f"""
select a.id, a.kind, a.name, a.language, s.id as sign_in_id, s.second_factor_at, s.seen_at, {_GRANTS}
from sign_in s join account a on a.id = s.account
where s.token_digest = $1 and s.ended_at is null and s.expires_at > $2 and a.disabled_at is null"""

_BY_ACCOUNT = f"""
select a.id, a.kind, a.name, a.language, null::uuid as sign_in_id, $2::timestamptz as second_factor_at, {_GRANTS}
from account a where a.id = $1 and a.disabled_at is null"""

_BY_BEARER = """
select id, label, role, scope, seen_at from api_token
where token_digest = $1 and revoked_at is null and (expires_at is null or expires_at > $2)"""


def _grants(listed: list[str]) -> tuple[Grant, ...]:
    split = (entry.split("/", 1) for entry in listed)
    return tuple(Grant(Role(role), scope or None) for role, scope in split)


def _actor(row: asyncpg.Record) -> Actor:
    kind = AccountKind(row["kind"])
    past_second = kind is AccountKind.STAFF and row["second_factor_at"] is not None
    return Actor(
        kind="staff" if past_second else "account",
        id=row["id"],
        name=row["name"],
        language=row["language"],
        account_kind=kind,
        grants=_grants(row["grants"]) if past_second else (),
        sign_in_id=row["sign_in_id"],
    )


async def find_signed_in(token_digest: str, now: datetime) -> tuple[Actor, datetime] | None:
    """Who is behind a sign-in cookie, and when it was last noted as seen."""
    row = await db.fetchrow(_BY_COOKIE, token_digest, now)
    return None if row is None else (_actor(row), row["seen_at"])


async def find_token(token_digest: str, now: datetime) -> tuple[Actor, datetime | None] | None:
    """Who is behind an API token, and when it was last noted as seen."""
    row = await db.fetchrow(_BY_BEARER, token_digest, now)
    if row is None:
        return None
    grant = Grant(Role(row["role"]), row["scope"])
    return Actor(kind="token", id=row["id"], name=row["label"], grants=(grant,)), row["seen_at"]


async def find_actor(account_id: UUID, now: datetime) -> Actor | None:
    """The actor an account is once fully signed in; for verbs that act in its name."""
    row = await db.fetchrow(_BY_ACCOUNT, account_id, now)
    return None if row is None else _actor(row)


_ACCOUNT = "select id, kind, email, name, language, created_at, disabled_at from account"


def _view(row: asyncpg.Record) -> AccountView:
    return AccountView(**{**dict(row), "kind": AccountKind(row["kind"])})


async def find_account(account_id: UUID) -> AccountView | None:
    """An account by its id."""
    row = await db.fetchrow(f"{_ACCOUNT} where id = $1", account_id)
    return None if row is None else _view(row)


async def find_account_by_email(email: str) -> AccountView | None:
    """An account by its mail address, already folded."""
    row = await db.fetchrow(f"{_ACCOUNT} where email = $1", email)
    return None if row is None else _view(row)


async def find_card(number: str) -> Secret | None:
    """The card with a number, unless its account has been ended."""
    row = await db.fetchrow(
        "select c.id, c.account, c.secret from credential c join account a on a.id = c.account"
        " where c.login_name = $1 and c.kind = 'pin' and a.disabled_at is null",
        number,
    )
    return None if row is None else Secret(credential_id=row["id"], account_id=row["account"], secret=row["secret"])


async def is_card_locked(credential_id: UUID) -> bool:
    """Whether only the desk can open the card again."""
    return bool(await db.fetchval("select locked_at is not null from credential where id = $1", credential_id))


async def count_attempts(name: str) -> int:
    """How often `name` has been tried in its window."""
    return int(await db.fetchval("select attempts from attempt_window where name = $1", name) or 0)


async def find_totp(account_id: UUID) -> Secret | None:
    """The authenticator of an account; its secret is sealed."""
    row = await db.fetchrow(
        "select id, account, secret from credential where account = $1 and kind = 'totp'", account_id
    )
    return None if row is None else Secret(credential_id=row["id"], account_id=row["account"], secret=row["secret"])


async def find_live_code(device: str, now: datetime, for_account: UUID | None = None) -> str | None:
    """The address to which this browser's code was mailed, while it can still be used."""
    address: str | None = await db.fetchval(
        "select email from sign_in_code where device_digest = $1 and used_at is null and expires_at > $2"
        " and wrong_count < $3 and account is not distinct from $4",
        *(device, now, CODE_GUESSES, for_account),
    )
    return address
