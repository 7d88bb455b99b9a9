"""States of a message on its way out."""

from enum import StrEnum


class Channel(StrEnum):
    """How a message travels."""

    MAIL = "mail"


class MessageState(StrEnum):
    """Where a message is: waiting, handed over, given up after retries, or too old to be of use."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
