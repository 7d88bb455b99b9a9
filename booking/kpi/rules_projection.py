"""What the year will come to if it goes on as the last eight weeks did."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from statistics import fmean, variance

from booking.kpi.schemas import Projection

WEEKS = 8
NEEDED_DAYS = 365
"""Less than a year of data gives no projection: nobody knows the summer yet."""
Z80 = 1.2816
"""Four in five outcomes of a normal distribution lie within so many standard deviations."""


def window_of(today: date) -> tuple[date, date]:
    """The days looked at: eight whole weeks before today."""
    return today - timedelta(weeks=WEEKS), today


def project(
    actual: int, by_day: Mapping[date, int], open_days: Iterable[date], remaining: Iterable[date], first_on: date | None
) -> Projection | None:
    """The figure at the end of the year, and the range in which it lies four times in five.

    `by_day` holds what the `open_days` of the window gave; each remaining open day is worth the mean of its weekday.
    A weekday that was never open in the window is worth the mean of all. None with less than a year of data since
    `first_on`, or without any open day in the window.
    """
    days = list(open_days)
    if first_on is None or not days or (max(days) - first_on).days < NEEDED_DAYS - 7:
        return None
    seen: dict[int, list[int]] = defaultdict(list)
    for day in days:
        seen[day.isoweekday()].append(by_day.get(day, 0))
    everything = [value for values in seen.values() for value in values]
    left: dict[int, int] = defaultdict(int)
    for day in remaining:
        left[day.isoweekday()] += 1
    value, spread = float(actual), 0.0
    for weekday, count in left.items():
        values = seen.get(weekday) or everything
        value += count * fmean(values)
        if len(values) > 1:
            spread += variance(values) * count * (1 + count / len(values))
    reach = Z80 * spread**0.5
    return Projection(value=round(value), low=max(actual, round(value - reach)), high=round(value + reach))
