"""What a visitor needs to know of today: open or not, until when, and what is not as usual."""

from collections.abc import Iterable
from datetime import date, time
from enum import StrEnum

import msgspec

from booking.facilities.rules import Reason, hours_on
from booking.facilities.schemas import Hours, Span, WeekdayHours


class Standing(StrEnum):
    """How a facility stands at a moment of the day."""

    OPEN = "open"
    LATER = "later"
    OVER = "over"
    CLOSED = "closed"
    CLOSED_NOW = "closed-now"


class Unusual(StrEnum):
    """What of a day is not as every week."""

    CLOSED = "closed"
    OPENED = "opened"
    SHORTER = "shorter"
    OTHER_HOURS = "other-hours"


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """A day of a facility at a moment. `at`: until when it is open, or from when; `usual`: the hours of its weekday."""

    standing: Standing
    at: time | None
    unusual: Unusual | None
    usual: Span | None
    hours: Hours


def today_of(hours: Hours, rows: Iterable[WeekdayHours], wall: time, *, is_closed_now: bool) -> Today:
    """How a facility stands now, and what of today is not as usual."""
    usual = usual_on(rows, hours.day)
    return Today(
        standing=_standing(hours, wall, is_closed_now=is_closed_now),
        at=_at(hours, wall),
        unusual=unusual_of(hours, usual),
        usual=usual,
        hours=hours,
    )


def usual_on(rows: Iterable[WeekdayHours], day: date) -> Span | None:
    """The hours that every such weekday has."""
    row = hours_on(rows, day).get(day.isoweekday())
    return None if row is None else Span(row.opens, row.closes)


def _standing(hours: Hours, wall: time, *, is_closed_now: bool) -> Standing:
    if is_closed_now:
        return Standing.CLOSED_NOW
    if not hours.spans:
        return Standing.CLOSED
    if any(span.opens <= wall < span.closes for span in hours.spans):
        return Standing.OPEN
    return Standing.LATER if any(wall < span.opens for span in hours.spans) else Standing.OVER


def _at(hours: Hours, wall: time) -> time | None:
    """When the span of this moment ends, or the next begins."""
    for span in hours.spans:
        if wall < span.opens:
            return span.opens
        if wall < span.closes:
            return span.closes
    return None


def unusual_of(hours: Hours, usual: Span | None) -> Unusual | None:
    """What of a day is not as every week; a regular closing day is as usual."""
    if hours.reason == Reason.OPENED:
        return Unusual.OPENED
    if not hours.spans:
        return Unusual.CLOSED if hours.reason not in (Reason.WEEKLY, Reason.NO_HOURS) else None
    if usual is None or hours.spans == (usual,):
        return None
    is_within = all(usual.opens <= span.opens and span.closes <= usual.closes for span in hours.spans)
    return Unusual.SHORTER if is_within else Unusual.OTHER_HOURS
