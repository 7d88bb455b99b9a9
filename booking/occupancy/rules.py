"""How full a place is, from values alone."""

from enum import StrEnum

from booking.kit.i18n import N_

BUSY_FROM_PERCENT = 60
SMALLEST_SAID = 5


class Level(StrEnum):
    """How full: quiet below 60 %, busy below the limit, full at it. Source: decisions, The door."""

    QUIET = "quiet"
    BUSY = "busy"
    FULL = "full"
    CLOSED = "closed"


LEVELS = {
    "quiet": N_("すいています"),
    "busy": N_("こんでいます"),
    "full": N_("満員です"),
    "closed": N_("閉まっています"),
}
"""What people read."""


def level(inside: int, capacity: int, *, is_open: bool) -> Level:
    """The level of a facility with so many inside."""
    if not is_open:
        return Level.CLOSED
    if inside >= capacity:
        return Level.FULL
    return Level.BUSY if inside * 100 >= capacity * BUSY_FROM_PERCENT else Level.QUIET


def about(inside: int, *, is_open: bool) -> int | None:
    """What the public is told: from 5 upwards rounded to 5, else nothing, since an exact 1 says a child is alone."""
    if not is_open or inside < SMALLEST_SAID:
        return None
    return (inside + 2) // 5 * 5
