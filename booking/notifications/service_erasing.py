"""Messages by or about somebody who is erased: gone, sent or not."""

from collections.abc import Iterable
from uuid import UUID

from booking.kit import db

_MESSAGES = """
delete from message where about && $1::text[] or reader = any($2::uuid[])
  or to_address = any(select email from unnest($3::text[]) as gone (email))"""


async def erase_messages(about: Iterable[UUID], readers: Iterable[UUID], addresses: Iterable[str]) -> None:
    """Delete every message about these people, to these accounts or to these addresses. Safe: repeated."""
    await db.execute(_MESSAGES, [str(one) for one in about], list(readers), list(addresses))
