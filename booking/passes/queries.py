"""Reads of passes and signing keys."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.kit.tokens import from_text
from booking.passes.schemas import KeyView, PassRow, VerifyingKey

_PASS = "select id, member as member_id, kid, valid_from_at as valid_from, valid_until, revoked_at from pass "  # noqa: S105 - no secret
_KEY = """
select kid, public_key,
       case when revoked_at is not null then 'revoked' when retired_at is not null then 'retired' else 'current' end
         as state
from signing_key order by kid
"""


def _pass(row: Any) -> PassRow:
    return msgspec.convert(dict(row), PassRow)


async def current_pass(member_id: UUID) -> PassRow | None:
    """The live pass of a member, if it still holds."""
    row = await db.fetchrow(
        _PASS + "where member = $1 and revoked_at is null and valid_until > $2", member_id, clock.now()
    )
    return None if row is None else _pass(row)


async def find_pass(pass_id: UUID) -> PassRow | None:
    """A pass by its id, live or not, unless its member has been erased."""
    row = await db.fetchrow(_PASS + "where id = $1 and member is not null", pass_id)
    return None if row is None else _pass(row)


async def list_keys() -> list[KeyView]:
    """Every signing key: kiosks hold all of them, retired is not revoked."""
    return [KeyView(**row) for row in await db.fetch(_KEY)]


async def verifying_keys() -> dict[int, VerifyingKey]:
    """What signatures are checked with."""
    return {key.kid: VerifyingKey(from_text(key.public_key), key.state) for key in await list_keys()}


async def revoked_since(instant: datetime) -> list[UUID]:
    """Passes and temporary cards that were revoked and would still hold after `instant`, oldest first."""
    rows = await db.fetch(
        "select id from pass where revoked_at is not null and valid_until > $1"
        " union all select id from temporary_card where revoked_at is not null and valid_until > $1 order by id",
        instant,
    )
    return [row["id"] for row in rows]


async def lock_card(card_id: UUID) -> bool:
    """Lock a temporary card until the transaction ends, while it is lent or taken out of use; whether there is one."""
    return bool(await db.fetchval("select true from temporary_card where id = $1 for no key update", card_id))
