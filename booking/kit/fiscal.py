"""The fiscal year (年度), 1 April to 31 March, and working days. Pure, so that rules may use it."""

from datetime import date, timedelta

import jpholiday

YEAR_END = ((12, 31), (1, 2), (1, 3))
"""Working days of nobody though no holidays; 1 January is one."""


def fiscal_year(day: date) -> int:
    """The fiscal year a day belongs to."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_span(year: int) -> tuple[date, date]:
    """First day of a fiscal year and of the next."""
    return date(year, 4, 1), date(year + 1, 4, 1)


def working_day_after(day: date) -> date:
    """The first day after this one that is neither at a weekend nor a holiday nor at the turn of the year."""
    day += timedelta(days=1)
    while day.isoweekday() > 5 or jpholiday.is_holiday(day) or (day.month, day.day) in YEAR_END:
        day += timedelta(days=1)
    return day
