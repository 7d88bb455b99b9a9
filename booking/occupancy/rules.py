"""How full a place is, from values alone."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from booking.facilities.rules import hours_of
from booking.facilities.schemas import Calendar, Span
from booking.kit.i18n import N_

SMALLEST_SAID = 5
LAST_HOUR = 23


class Level(StrEnum):
    """How full: quiet, busy and full from the percentages of the limit on that the facility has chosen."""

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


class Limit(msgspec.Struct, frozen=True):
    """How many may be inside, and from so many per cent of them on it is busy, or full."""

    capacity: int
    busy_percent: int
    full_percent: int


def level(inside: int, limit: Limit, *, is_open: bool) -> Level:
    """The level of a facility or a room with so many inside."""
    if not is_open:
        return Level.CLOSED
    if inside * 100 >= limit.capacity * limit.full_percent:
        return Level.FULL
    return Level.BUSY if inside * 100 >= limit.capacity * limit.busy_percent else Level.QUIET


def spans_of(calendar: Calendar, facility_id: UUID, day: date) -> tuple[Span, ...]:
    """When a facility is open on a day, in order."""
    return tuple(sorted(hours_of(calendar, facility_id, day).spans, key=lambda span: span.opens))


def hours_shown(spans: Sequence[Span], struck: Iterable[int]) -> range:
    """The hours of a day from opening to closing, and those when somebody was inside all the same."""
    hours = [*struck, *(span.opens.hour for span in spans)]
    hours += [min(span.closes.hour + (span.closes.minute > 0), LAST_HOUR) for span in spans]
    return range(min(hours), max(hours) + 1) if hours else range(0)


def about(inside: int, *, is_open: bool) -> int | None:
    """What the public is told: from 5 upwards rounded to 5, else nothing, since an exact 1 says a child is alone."""
    if not is_open or inside < SMALLEST_SAID:
        return None
    return (inside + 2) // 5 * 5
