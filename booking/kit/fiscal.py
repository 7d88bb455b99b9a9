"""The fiscal year (年度): 1 April to 31 March. Pure, so that rules may use it."""

from datetime import date


def fiscal_year(day: date) -> int:
    """The fiscal year a day belongs to."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_span(year: int) -> tuple[date, date]:
    """First day of a fiscal year and of the next."""
    return date(year, 4, 1), date(year + 1, 4, 1)
