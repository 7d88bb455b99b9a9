"""Messages by or about somebody who is erased: gone, sent or not."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from booking.kit import db

_MESSAGES = """
delete from message where about && $1::text[] or reader = any($2::uuid[])
  or to_address = any(select email from unnest($3::text[]) as gone (email))"""


async def erase_messages(about: Iterable[UUID], readers: Iterable[UUID], addresses: Iterable[str]) -> None:
    """Delete every message about these people, to these accounts or to these addresses. Safe: repeated."""
    await db.execute(_MESSAGES, [str(one) for one in about], list(readers), list(addresses))


async def forget_messages(body_code: str, before: datetime, nobodys_before: datetime, limit: int) -> int:
    """Delete the oldest messages in the name of a body, and those in no body's name, that went or were given up; how
    many. Safe: repeated.
    """
    done = await db.execute(
        "delete from message where id in (select id from message where state <> 'queued'"
        " and (body_code = $1 and created_at < $2 or body_code is null and created_at < $3)"
        " order by created_at limit $4)",
        *(body_code, before, nobodys_before, limit),
    )
    return int(done.rpartition(" ")[2])
