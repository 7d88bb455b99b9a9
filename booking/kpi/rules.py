"""What the annual-users figure is, from values alone: readings, pace, how many readings meet the target."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from booking.access.rules import Role
from booking.kit.fiscal import fiscal_span


class Unit(StrEnum):
    """What is counted. Source: decisions, What counts."""

    PERSON_SESSIONS = "person_sessions"
    PERSON_DAYS = "person_days"
    PEOPLE = "people"


class Places(StrEnum):
    """One person at two places on one day: once at each, or once at the first of each body's places, so that bodies add
    up and none learns from its figure who was at another's."""

    EACH = "each"
    ONCE = "once"


class Period(StrEnum):
    """What can be certified."""

    MONTH = "month"
    YEAR = "year"


class Part(StrEnum):
    """What a certified figure is counted from: visits, and totals from before this service."""

    VISITS = "visits"
    IMPORTS = "imports"


class Upload(StrEnum):
    """What a file holds: totals of months or single visits from before this service, or populations."""

    TOTALS = "totals"
    VISITS = "visits"
    POPULATIONS = "populations"


class DefinitionStatus(StrEnum):
    """Assumed until a body administrator confirms it with name, office and document."""

    ASSUMED = "assumed"
    CONFIRMED = "confirmed"


class Dimension(StrEnum):
    """By what a stored figure is broken down. `nameless`: what groups and visits without a name are of it."""

    ALL = "all"
    PROGRAM = "program"
    MUNICIPALITY = "municipality"
    SCHOOL_STAGE = "school-stage"
    ENTERED_BY = "entered-by"
    CLOSED_BY = "closed-by"
    NAMELESS = "nameless"


READERS = (Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR, Role.AUDITOR)
"""Who looks behind a figure: readings, visits, periods, reports. The desk reads the figure alone."""

ANNUAL_USERS = 4
"""The number of the indicator in the plan's table."""


def readings_met(values: Mapping[str, Mapping[str, int]], target: int | None) -> int | None:
    """Under how many readings (scope × unit) the target is met; None in a year without one."""
    if not target:
        return None
    return sum(1 for by_unit in values.values() for value in by_unit.values() if value >= target)


def share_percent(value: int, target: int | None) -> int | None:
    """The share of the target, whole percent, rounded down so that 99.9 never reads as all."""
    return None if not target else value * 100 // target


def needed_per_day(value: int, target: int | None, remaining_open_days: int) -> float | None:
    """How many a day are needed on the open days that remain; None without target, days or need."""
    if not target or remaining_open_days <= 0 or value >= target:
        return None
    return round((target - value) / remaining_open_days, 1)


BANDS = ((1, 1), (2, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, None))
"""On how many facility-days of a year somebody came: once, seldom, monthly, … every other day."""


def bands_of(counts: Mapping[int, int]) -> list[tuple[int, int | None, int]]:
    """People by band, from how many came on so many days."""
    return [
        (low, high, sum(people for days, people in counts.items() if days >= low and (high is None or days <= high)))
        for low, high in BANDS
    ]


def months_of(fiscal_year: int) -> list[date]:
    """The first day of each month of a fiscal year, April first."""
    start, _ = fiscal_span(fiscal_year)
    return [date(start.year + (start.month + n - 1) // 12, (start.month + n - 1) % 12 + 1, 1) for n in range(12)]


def month_key(day: date) -> str:
    """A month as `2026-11`."""
    return f"{day.year:04d}-{day.month:02d}"


def squares_for(values: Iterable[int], most_squares: int = 24) -> int:
    """How many users one square of the chart stands for, so that the tallest bar has at most `most_squares`."""
    tallest = max([0, *values])
    for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        if tallest <= each * most_squares:
            return each
    return 10_000


def bar_columns(value: int, each: int, columns: int = 4) -> list[int]:
    """A bar as columns of squares, fullest first: how many squares each of the columns has.

    One square is `each` users; a rest that is not a whole square still shows one, so that few never looks like none.
    """
    squares = -(-value // each)
    return [squares // columns + (1 if n < squares % columns else 0) for n in range(columns)]
