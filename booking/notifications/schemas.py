"""Messages as they cross a door."""

from datetime import datetime
from uuid import UUID

import msgspec

from booking.notifications.rules import Channel, Topic


class Sender(msgspec.Struct, frozen=True):
    """Whose address a message comes from."""

    address: str
    name: str


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One way to somebody: a mail address, or a user of LINE with the place and key of the channel that knows them."""

    channel: Channel
    address: str
    api: str = ""
    token: str = ""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How one message's reader is reached now: the ways in their order, and whether they want to be told.

    `is_hidden`: it speaks of somebody whom the reader no longer sees.
    """

    routes: tuple[Route, ...] = ()
    wants: bool = True
    is_hidden: bool = False


class NewLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be put into the outbox together with others; the fields are those of `enqueue`."""

    kind: str
    to: str | None = None
    reader: UUID | None = None
    about: tuple[UUID, ...] = ()
    topic: Topic | None = None
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
    to_address: str | None
    language: str
    subject: str
    content: str
    body_code: str | None
    attempts: int
    reader: UUID | None = None
    about: tuple[UUID, ...] = ()
    topic: Topic | None = None
    tried: tuple[str, ...] = ()
    kind: str = ""
    channel: Channel | None = None
    """By which way it goes to `to_address` when it has no reader."""


class Undelivered(msgspec.Struct, frozen=True, kw_only=True):
    """What the rooms above must hear: an address is dead (`channel`), or a message could not be told at all."""

    reader: UUID
    message_id: UUID
    topic: Topic | None
    body_code: str | None
    channel: Channel | None = None
    kind: str = ""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A message as its reader finds it on the page of messages."""

    id: UUID
    created_at: datetime
    subject: str
    content: str
    language: str
    about: tuple[UUID, ...]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A message on the demo's mailbox page."""

    id: UUID
    kind: str
    channel: str | None
    to_address: str | None
    language: str
    subject: str | None
    content: str | None
    state: str
    created_at: datetime
