"""Kinds of visits, and how one begins and ends."""

from enum import StrEnum

from booking.visits.schemas import HeadsOfCode


class VisitKind(StrEnum):
    """Who a visit row stands for."""

    MEMBER = "member"
    ANONYMOUS = "anonymous"
    GROUP = "group"
    GUARDIAN = "guardian"
    VISITOR = "visitor"
    STAFF = "staff"


COUNTED_KINDS = (VisitKind.MEMBER, VisitKind.ANONYMOUS, VisitKind.GROUP)
"""Kinds of visit that are users. Guardians, visitors and staff are recorded and never counted."""


class EnteredBy(StrEnum):
    """How the entry came to be known."""

    SCAN = "scan"
    STAFF = "staff"
    PAPER = "paper"
    IMPORT = "import"


def entered_by(*, is_kiosk: bool, from_paper: bool) -> EnteredBy:
    """How an entry came to be known: shown to a kiosk, entered by staff, or copied from paper by staff."""
    if from_paper:
        return EnteredBy.PAPER
    return EnteredBy.SCAN if is_kiosk else EnteredBy.STAFF


class HeadsOf(StrEnum):
    """Whom a count of heads at the door stands for."""

    GROUP = "group"
    WALK_IN = "walk-in"
    GUARDIAN = "guardian"
    VISITOR = "visitor"


KIND_OF: dict[HeadsOfCode, VisitKind] = {
    "group": VisitKind.GROUP,
    "walk-in": VisitKind.ANONYMOUS,
    "guardian": VisitKind.GUARDIAN,
    "visitor": VisitKind.VISITOR,
}
HEADS_OF: dict[VisitKind, HeadsOfCode] = {kind: of for of, kind in KIND_OF.items()}


class TurnState(StrEnum):
    """A numbered turn (整理券): waiting, called, used to come in, missed after it was called, or given up."""

    WAITING = "waiting"
    CALLED = "called"
    ENTERED = "entered"
    MISSED = "missed"
    GIVEN_UP = "given-up"


class RollMark(StrEnum):
    """What was found of somebody at a roll call; `open` takes an earlier mark back."""

    SAFE = "safe"
    HANDED_OVER = "handed-over"
    OPEN = "open"


class ClosedBy(StrEnum):
    """How a visit ended: exit scan, a check-in elsewhere, the sweep at closing, or staff."""

    SCAN = "scan"
    MOVE = "move"
    AUTO = "auto"
    STAFF = "staff"
