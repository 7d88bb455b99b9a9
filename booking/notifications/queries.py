"""What lies in the outbox."""

from collections.abc import Iterable
from datetime import datetime

from booking.kit import db
from booking.notifications.schemas import Letter, Shown

_TAKE = """
update message m set attempts = m.attempts + 1, next_attempt_at = $2
from (select id from message where state = 'queued' and next_attempt_at <= $1
      order by priority, next_attempt_at, id limit $3 for update skip locked) due
where m.id = due.id
returning m.id, m.to_address, m.language, m.subject, m.content, m.body_code, m.attempts, m.priority"""


async def lock_due_letters(now: datetime, leased_until: datetime, limit: int) -> list[Letter]:
    """Take what is due, the most urgent first; nobody else takes it before `leased_until`. Safe: concurrent."""
    rows = await db.fetch(_TAKE, now, leased_until, limit)
    rows.sort(key=lambda row: (row["priority"], row["id"]))
    return [Letter(**{name: row[name] for name in Letter.__struct_fields__}) for row in rows]


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
