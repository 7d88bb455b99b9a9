"""Private addresses: what a calendar program reads without signing in. Shown once, kept as a digest, ended by a tap."""

from datetime import timedelta
from uuid import UUID

from booking.access import queries_ways
from booking.access.errors import NotAllowed, PrivateAddressesMany
from booking.access.rules import require_adult
from booking.access.schemas import Actor, PrivateAddressView
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.kit.errors import NotFound
from booking.kit.tokens import digest, new_id, new_secret

MOST = 5
SEEN_EVERY = timedelta(hours=1)


def _own(by: Actor) -> UUID:
    if require_adult(by).id is None or by.is_staff:
        raise NotAllowed
    return by.id or new_id()


async def list_addresses(by: Actor) -> list[PrivateAddressView]:
    """The addresses of one's account that still work, oldest first. Raises: SignInNeeded, NotAllowed."""
    rows = await db.fetch(
        "select id, created_at, read_at from private_address where account = $1 and ended_at is null order by id",
        _own(by),
    )
    return [PrivateAddressView(**row) for row in rows]


async def new_address(by: Actor) -> str:
    """The secret of a new address, told this once. Raises: SignInNeeded, NotAllowed, PrivateAddressesMany."""
    account_id, secret = _own(by), new_secret()
    async with db.transaction():
        await queries_ways.lock_account(account_id)
        count = "select count(*) from private_address where account = $1 and ended_at is null"
        if await db.fetchval(count, account_id) >= MOST:
            raise PrivateAddressesMany(most=MOST)
        await db.execute(
            "insert into private_address (id, account, token_digest, created_at) values ($1, $2, $3, $4)",
            *(new_id(), account_id, digest(secret), clock.now()),
        )
        await record_audit(by, "private-address-made", "account", account_id)
    return secret


async def end_address(by: Actor, address_id: UUID) -> None:
    """End an address of one's own: it shows nothing any more. Raises: NotFound. Safe: repeated."""
    account_id = _own(by)
    async with db.transaction():
        ended = await db.fetchval(
            "update private_address set ended_at = coalesce(ended_at, $3) where id = $1 and account = $2 returning id",
            *(address_id, account_id, clock.now()),
        )
        if ended is None:
            raise NotFound
        await record_audit(by, "private-address-ended", "account", account_id)


async def find_reader(secret: str) -> tuple[UUID, str] | None:
    """Whose bookings an address shows, and the account's language; None when it was ended or there is none."""
    row = await db.fetchrow(
        "select one.id, one.read_at, account.id as account_id, account.language from private_address one"
        "  join account on account.id = one.account"
        " where one.token_digest = $1 and one.ended_at is null and account.disabled_at is null",
        digest(secret),
    )
    if row is None:
        return None
    now = clock.now()
    if row["read_at"] is None or row["read_at"] < now - SEEN_EVERY:
        await db.execute("update private_address set read_at = $2 where id = $1", row["id"], now)
    return row["account_id"], row["language"]


async def end_all_addresses(account_id: UUID) -> None:
    """End every address of an account that changes hands. Safe: repeated."""
    await db.execute(
        "update private_address set ended_at = $2 where account = $1 and ended_at is null", account_id, clock.now()
    )
