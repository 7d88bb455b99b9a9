"""Kinds and states of what this room keeps beside reservations."""

from enum import StrEnum


class EnrolmentState(StrEnum):
    """A member is in a weekly group, waits for a seat in it, has left, or went on with another group."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    LEFT = "left"
    MOVED = "moved"
    ENDED = "ended"


class EntryOutcome(StrEnum):
    """What a draw says to an entry."""

    WON = "won"
    WAITING = "waiting"


class MoveKind(StrEnum):
    """What the people of a weekly group are asked."""

    OTHER_GROUP = "other-group"
    OTHER_TIME = "other-time"


class MoveState(StrEnum):
    """A move is being asked, was carried out, or was withdrawn."""

    ASKED = "asked"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class RequestState(StrEnum):
    """A group's request is asked, answered with another date, approved, declined, or withdrawn.

    `displaced`: its day was closed, another time is to be found. `expired`: nobody answered before the days wished for.
    """

    ASKED = "asked"
    COUNTERED = "countered"
    APPROVED = "approved"
    DISPLACED = "displaced"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class PointReason(StrEnum):
    """Why points were given."""

    NO_SHOW = "no-show"
    LATE_CANCEL = "late-cancel"
