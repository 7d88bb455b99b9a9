"""Messages as they cross a door."""

from datetime import datetime
from uuid import UUID

import msgspec


class Sender(msgspec.Struct, frozen=True):
    """Whose address a message comes from."""

    address: str
    name: str


class NewLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be put into the outbox together with others; the fields are those of `enqueue`."""

    kind: str
    to: str
    subject: str
    content: str
    language: str
    body_code: str | None = None
    not_after: datetime | None = None
    dedup: str | None = None
    priority: int = 5


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a runner has taken to send."""

    id: UUID
    to_address: str
    language: str
    subject: str
    content: str
    body_code: str | None
    attempts: int


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A message on the demo's mailbox page."""

    id: UUID
    kind: str
    to_address: str | None
    language: str
    subject: str | None
    content: str | None
    state: str
    created_at: datetime
