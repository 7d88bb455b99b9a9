"""The period a history is about, the same days a year before, and shares. From values alone."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

USUAL = timedelta(days=83)
"""Twelve weeks, when nobody asks for other days: every weekday twelve times."""
LONGEST = timedelta(days=5 * 366)
EARLIEST = date(2000, 1, 1)
FEW = 10
"""Cells of stage and municipality below this are told only to those who may open the visits behind them."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Days from `first` to `last`, both in it."""

    first: date
    last: date

    @property
    def until(self) -> date:
        """The day after."""
        return self.last + timedelta(days=1)

    @property
    def before(self) -> "Period":
        """The same days of the year before."""
        return Period(first=_year_before(self.first), last=_year_before(self.last))


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28) if is_leap_day else day.replace(year=day.year - 1)


def period(first: date | None, last: date | None, today: date) -> Period:
    """The days asked for: none after today, five years at most; twelve weeks to today when nobody asks."""
    ends = min(max(last or today, EARLIEST), today)
    begins = min(max(first or ends - USUAL, EARLIEST), ends)
    return Period(first=max(begins, ends - LONGEST), last=ends)


def permille(part: int, whole: int) -> int | None:
    """How many of a thousand; None of nothing."""
    return None if not whole else (part * 1000 + whole // 2) // whole


def peak(arrivals: Sequence[tuple[int, int]]) -> int | None:
    """The half hour in which most arrive, as minutes of the day; the earliest of several."""
    return min(arrivals, key=lambda one: (-one[1], one[0]))[0] if arrivals else None


def told(value: int, *, sees_few: bool) -> int | None:
    """A small cell as its reader may know it: None for one to nine where they may not."""
    return value if sees_few or not 0 < value < FEW else None
