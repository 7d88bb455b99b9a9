"""Counting in the old way beside the service for eight weeks, and what the two come to."""

from datetime import date

import msgspec


class ParallelForm(msgspec.Struct, kw_only=True):
    """Users of a facility-day counted in the old way."""

    facility: str
    on: str
    users: str


class ParallelDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day: counted in the old way, and by the service; null where nobody has counted (yet)."""

    on: date
    users: int | None = None
    counted: int | None = None

    @property
    def percent(self) -> int | None:
        """The service's count of a hundred counted in the old way."""
        return percent_of(self.counted, self.users)


class ParallelWeek(msgspec.Struct, frozen=True, kw_only=True):
    """A week, Monday first: its days with both counts, and their sums."""

    starts_on: date
    days: int
    users: int
    counted: int

    @property
    def percent(self) -> int | None:
        """As of a day."""
        return percent_of(self.counted, self.users)


class Parallel(msgspec.Struct, frozen=True, kw_only=True):
    """The eight weeks of a facility. Sums are over the days with both counts; `low` and `high` are of its weeks."""

    facility: str
    starts_on: date
    last_on: date
    days: list[ParallelDay]
    weeks: list[ParallelWeek]
    both: int
    users: int
    counted: int
    percent: int | None
    low: int | None
    high: int | None


def percent_of(counted: int | None, users: int | None) -> int | None:
    """How many of a hundred, rounded; null where there is nothing to compare with."""
    return None if counted is None or not users else (counted * 200 + users) // (users * 2)
