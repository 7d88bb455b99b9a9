"""Kinds of visits, and how one begins and ends."""

from enum import StrEnum


class VisitKind(StrEnum):
    """Who a visit row stands for. Only members, groups and walk-ins without a name count as users."""

    MEMBER = "member"
    ANONYMOUS = "anonymous"
    GROUP = "group"
    GUARDIAN = "guardian"
    VISITOR = "visitor"
    STAFF = "staff"


class EnteredBy(StrEnum):
    """How the entry came to be known."""

    SCAN = "scan"
    STAFF = "staff"
    PAPER = "paper"
    IMPORT = "import"


class ClosedBy(StrEnum):
    """How a visit ended: exit scan, a check-in elsewhere, the sweep at closing, or staff."""

    SCAN = "scan"
    MOVE = "move"
    AUTO = "auto"
    STAFF = "staff"
