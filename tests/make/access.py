"""Accounts, staff and signed-in browsers for tests."""

import re
from itertools import count
from uuid import UUID

import pyotp
from httpx import AsyncClient

from booking.access import queries, service
from booking.access.rules import AccountKind, Role, cookie_name
from booking.access.schemas import SYSTEM, AccountView, Actor, Browser
from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.tokens import new_id, seal

_numbers = count(1)


async def make_account(email: str | None = None, kind: AccountKind | str = "resident", name: str = "") -> AccountView:
    """An account; residents and staff get an address of their own unless one is given."""
    kind = AccountKind(kind)
    if email is None and kind is not AccountKind.CARD:
        email = f"{kind.value}{next(_numbers)}@example.jp"
    account_id = new_id()
    await db.execute(
        "insert into account (id, kind, email, name, language, created_at) values ($1, $2, $3, $4, 'ja', $5)",
        *(account_id, kind.value, email, name or f"テスト {kind.value}", clock.now()),
    )
    found = await queries.find_account(account_id)
    assert found is not None
    return found


async def make_staff(role: Role | str = Role.FRONT_DESK, scope: str | None = None) -> AccountView:
    """A member of staff with one role, for a scope or for everything."""
    account = await make_account(kind="staff")
    await db.execute(
        "insert into role_grant (id, account, role, scope, granted_at) values ($1, $2, $3, $4, $5)",
        *(new_id(), account.id, Role(role).value, scope, clock.now()),
    )
    return account


async def actor_for(account: AccountView | UUID) -> Actor:
    """The actor an account is when it is fully signed in."""
    account_id = account if isinstance(account, UUID) else account.id
    actor = await queries.find_actor(account_id, clock.now())
    assert actor is not None
    return actor


async def sign_in(client: AsyncClient, account: AccountView) -> None:
    """Sign the client in, staff with the second factor done."""
    value = await service.open_sign_in(account.id, "test", second_factor=True)
    name = cookie_name(secure=get_settings().is_secure)
    client.cookies.delete(name)
    client.cookies.set(name, value, domain="localhost.local")  # as the jar itself notes cookies of localhost


async def mailed_code(email: str) -> str:
    """The digits in the newest message to an address."""
    text = await db.fetchval(
        "select content from message where to_address = $1 order by created_at desc, id desc limit 1", email
    )
    found = re.search(r"[0-9]{6}", text or "")
    assert found, text
    return found.group()


def other_code(code: str) -> str:
    """Six digits that are not these."""
    return f"{(int(code) + 1) % 10**6:06d}"


def make_browser(device: str = "device", network: str = "network") -> Browser:
    """A browser as the verbs see it."""
    return Browser(device=device, network=network)


async def make_enrolled_staff(
    role: Role | str = Role.FRONT_DESK, scope: str | None = None
) -> tuple[AccountView, pyotp.TOTP]:
    """A member of staff with an authenticator."""
    account = await make_staff(role, scope)
    secret = pyotp.random_base32()
    await db.execute(
        "insert into credential (id, account, kind, secret, created_at) values ($1, $2, 'totp', $3, $4)",
        *(new_id(), account.id, seal(secret.encode()), clock.now()),
    )
    return account, pyotp.TOTP(secret)


async def make_card(number: str = "12345674", pin: str = "8052") -> AccountView:
    """A child's account that signs in with a number and PIN."""
    account_id = await service.create_card_account("はな", "ja", SYSTEM)
    await service.set_pin(account_id, number, pin, SYSTEM)
    found = await queries.find_account(account_id)
    assert found is not None
    return found
