"""Accounts of people who are erased, with every way in."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from booking.kit import db

_BY_ADDRESS = """
delete from sign_in_code where account = any($1) or email in (select email from account where id = any($1))"""
_OF_ACCOUNT = (
    *("account_move", "credential", "identity", "passkey", "passkey_challenge", "private_address", "sign_in"),
    *("sign_in_flow", "sign_in_link"),
)


async def erase_accounts(account_ids: Iterable[UUID]) -> None:
    """Delete accounts with their sign-ins, ways in and addresses, once nothing above refers to them any more.

    The logs keep an id that says nothing. Safe: repeated.
    """
    accounts = list(account_ids)
    await db.execute(_BY_ADDRESS, accounts)
    for table in _OF_ACCOUNT:
        await db.execute(f"delete from {table} where account = any($1)", accounts)
    await db.execute("delete from account where id = any($1) and kind <> 'staff'", accounts)


async def forget_log(scopes: Iterable[str], before: datetime, limit: int, *, is_audit: bool) -> int:
    """Delete the oldest lines of one of the two logs about these bodies and facilities, once their body's term is over;
    how many. Nothing else ever changes them. Safe: repeated and concurrent.
    """
    table = "audit_entry" if is_audit else "personal_data_view"
    done = await db.execute(
        f"delete from {table} where id in (select id from {table} where occurred_at < $1 and scope = any($2)"
        " order by occurred_at limit $3)",
        *(before, list(scopes), limit),
    )
    return int(done.rpartition(" ")[2])
