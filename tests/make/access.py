"""Accounts, staff and signed-in browsers for tests."""

from itertools import count
from uuid import UUID

from httpx import AsyncClient

from booking.access import queries, service
from booking.access.rules import AccountKind, Role, cookie_name
from booking.access.schemas import AccountView, Actor
from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.tokens import new_id

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
    client.cookies.set(name, value)
