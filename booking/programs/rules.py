"""What is offered to whom, and which sessions a pattern makes. From values alone."""

from enum import StrEnum


class Category(StrEnum):
    """Kinds of program."""

    DROP_IN = "drop-in"
    GROUP = "group"
    WORKSHOP = "workshop"
    LAB = "lab"
    TRIAL = "trial"
    SEMINAR = "seminar"


class Selection(StrEnum):
    """How seats are given."""

    FIRST_COME = "first-come"
    DRAW = "draw"


class SessionState(StrEnum):
    """A session is drafted, published, or cancelled."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
