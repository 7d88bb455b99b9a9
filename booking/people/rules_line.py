"""What LINE says of its users: who blocked us, who came back. From values alone.

Source: LINE Messaging API reference, Webhooks; Verify webhook signature.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import msgspec

from booking.people.errors_line import LineUnreadable

LONGEST_USER = 64


class _Source(msgspec.Struct):
    userId: str = ""  # noqa: N815 - as LINE writes it


class _Event(msgspec.Struct):
    type: str = ""
    timestamp: int = 0
    source: _Source | None = None


class _Hook(msgspec.Struct):
    events: list[_Event] = []


class Heard(msgspec.Struct, frozen=True):
    """One user, and whether messages reach them from that instant on."""

    user: str
    is_reached: bool
    at: datetime


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether the channel whose secret this is has written the body."""
    expected = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(expected, signature.encode("utf-8", "replace"))


def read_hook(body: bytes, now: datetime) -> list[Heard]:
    """Who blocked us or came back, the earliest first; everything else LINE says is of no use here.

    Raises: LineUnreadable.
    """
    try:
        hook = msgspec.json.decode(body, type=_Hook)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise LineUnreadable from None
    heard = [
        Heard(event.source.userId, event.type == "follow", _instant(event.timestamp, now))
        for event in hook.events
        if event.type in ("follow", "unfollow") and event.source is not None and _is_user(event.source.userId)
    ]
    return sorted(heard, key=lambda one: one.at)


def _is_user(said: str) -> bool:
    return 0 < len(said) <= LONGEST_USER and said.isascii() and said.isalnum()


def _instant(milliseconds: int, now: datetime) -> datetime:
    """When it happened; what cannot be, or lies ahead, is now."""
    if not 0 < milliseconds < now.timestamp() * 1000:
        return now
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
