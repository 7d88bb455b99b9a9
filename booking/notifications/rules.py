"""States of a message on its way out, when it is tried again, and what a mail server's answer means."""

from datetime import timedelta
from enum import StrEnum


class Channel(StrEnum):
    """How a message travels."""

    MAIL = "mail"
    LINE = "line"


class Topic(StrEnum):
    """What a message is about, as far as its reader can choose. A message of no topic is always sent."""

    BOOKED = "booked"
    REMINDER = "reminder"
    VISIT = "visit"
    CHANGE = "change"


class MessageState(StrEnum):
    """Where a message is: waiting, handed over, given up after retries, too old to be of use, or with nowhere to go.

    `unwanted`: its reader has asked not to be told. `unreachable`: its reader has neither mail nor LINE that works.
    """

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    UNWANTED = "unwanted"
    UNREACHABLE = "unreachable"


MOST_ATTEMPTS = 12
"""Refusals for now (4xx) of one message before it is given up: about six hours."""
LEASE = timedelta(minutes=30)
"""How long a runner that took a batch has it to itself; a runner that died gives it back by this."""
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
KEPT = timedelta(days=14)
"""How long the text and address of a message stay after it went, and how long it may wait for a server."""


def retry_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: half a minute, doubled each time, one hour at most."""
    doublings: int = 2 ** min(attempts - 1, 10)
    return min(FIRST_RETRY * doublings, LONGEST_RETRY)


def is_final(code: int | None, attempts: int) -> bool:
    """Whether to give a message up: the server will never take it (5xx), or said not now (4xx) often enough.

    `code` is None when there was no conversation: a mail server that is away is nobody's last word.
    """
    if code is None:
        return False
    return code >= 500 or attempts >= MOST_ATTEMPTS
