"""What lies in the outbox."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from booking.kit import db
from booking.notifications.rules import Channel, Topic
from booking.notifications.schemas import Letter, Received, Shown

_TAKE = """
update message m set attempts = m.attempts + 1, next_attempt_at = $2
from (select id from message where state = 'queued' and next_attempt_at <= $1
        and ($4 or reader is not null or channel = 'line')
      order by priority, next_attempt_at, id limit $3 for update skip locked) due
where m.id = due.id
returning m.id, m.to_address, m.language, m.subject, m.content, m.body_code, m.attempts, m.priority,
          m.reader, m.about, m.topic, m.tried, m.kind, m.channel"""


async def lock_due_letters(
    now: datetime, leased_until: datetime, limit: int, *, with_mail: bool = True
) -> list[Letter]:
    """Take what is due, the most urgent first; nobody else takes it before `leased_until`. Safe: concurrent.

    `with_mail` false leaves what can only go by mail.
    """
    rows = await db.fetch(_TAKE, now, leased_until, limit, with_mail)
    rows.sort(key=lambda row: (row["priority"], row["id"]))
    return [_letter(row) for row in rows]


def _letter(row: Any) -> Letter:
    fields = {name: row[name] for name in Letter.__struct_fields__}
    fields["about"] = tuple(UUID(one) for one in row["about"])
    fields["topic"] = None if row["topic"] is None else Topic(row["topic"])
    fields["tried"] = tuple(row["tried"])
    fields["channel"] = None if row["channel"] is None else Channel(row["channel"])
    return Letter(**fields)


async def list_dead(digests: Iterable[str]) -> set[str]:
    """Those of the addresses, as keyed digests, that a server has refused for good."""
    rows = await db.fetch(
        "select address_digest from dead_address where address_digest = any($1) and ended_at is null", list(digests)
    )
    return {row["address_digest"] for row in rows}


_RECEIVED = "select id, created_at, subject, content, language, about from message where reader = $1"


def _received(row: Any) -> Received:
    return Received(**{**dict(row), "about": tuple(UUID(one) for one in row["about"])})


async def list_received(reader: UUID, limit: int = 100) -> list[Received]:
    """The messages to a reader whose text is still kept, the newest first, however they travelled."""
    rows = await db.fetch(
        f"{_RECEIVED} and content is not null order by created_at desc, id desc limit $2", reader, limit
    )
    return [_received(row) for row in rows]


async def find_received(reader: UUID, message_id: UUID) -> Received | None:
    """One of them."""
    row = await db.fetchrow(f"{_RECEIVED} and id = $2 and content is not null", reader, message_id)
    return None if row is None else _received(row)


async def list_newest(limit: int = 100) -> list[Shown]:
    """The newest messages, for the demo's mailbox."""
    fields = ", ".join(Shown.__struct_fields__)
    rows = await db.fetch(f"select {fields} from message order by created_at desc, id desc limit $1", limit)
    return [Shown(**dict(row)) for row in rows]


async def list_states(names: Iterable[str]) -> dict[str, str]:
    """What became of messages, by the `dedup` they were put in with; those that were never put in are missing."""
    rows = await db.fetch("select dedup, state from message where dedup = any($1)", list(names))
    return {row["dedup"]: row["state"] for row in rows}


async def count_waiting(now: datetime) -> int:
    """How many messages should have gone already."""
    count: int = await db.fetchval("select count(*) from message where state = 'queued' and next_attempt_at <= $1", now)
    return count
