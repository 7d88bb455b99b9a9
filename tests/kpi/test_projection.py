"""The projection by hand: weekdays, closed days, the range, and when there is none."""

from datetime import date, timedelta

import pytest

from booking.kpi.rules import bands_of
from booking.kpi.rules_projection import project, window_of
from booking.kpi.schemas import Projection

TODAY = date(2026, 11, 21)
FIRST, _ = window_of(TODAY)
LONG_AGO = date(2025, 4, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(56)]


def test_every_weekday_is_worth_its_mean() -> None:
    """Ten on a Saturday, two on a Monday, closed otherwise; two Saturdays and one Monday are left."""
    opened = [day for day in DAYS if day.isoweekday() in (1, 6)]
    by_day = {day: 10 if day.isoweekday() == 6 else 2 for day in opened}
    left = [date(2026, 11, 28), date(2026, 12, 5), date(2026, 11, 30)]
    assert project(100, by_day, opened, left, LONG_AGO) == Projection(value=122, low=122, high=122)


def test_the_range_grows_with_what_varies() -> None:
    by_day = {day: 10 if day.day % 2 else 0 for day in DAYS}
    found = project(100, by_day, DAYS, [TODAY + timedelta(days=n) for n in range(1, 15)], LONG_AGO)
    assert found is not None
    assert 100 < found.low < found.value < found.high
    assert abs(found.value - 170) <= 5


def test_never_less_than_what_is_there() -> None:
    by_day = {day: 300 * (day.day == 1) for day in DAYS}
    found = project(100, by_day, DAYS, [TODAY], LONG_AGO)
    assert found is not None
    assert found.low >= 100


def test_a_weekday_never_seen_is_worth_the_mean_of_all() -> None:
    opened = [day for day in DAYS if day.isoweekday() == 6]
    assert project(0, dict.fromkeys(opened, 8), opened, [date(2026, 11, 24)], LONG_AGO) == Projection(
        value=8, low=8, high=8
    )


@pytest.mark.parametrize(("first_on", "opened"), [(date(2026, 4, 1), DAYS), (None, DAYS), (LONG_AGO, [])])
def test_no_projection_with_less_than_a_year_of_data(first_on: date | None, opened: list[date]) -> None:
    assert project(100, {}, opened, [TODAY], first_on) is None


def test_bands() -> None:
    assert [people for _, _, people in bands_of({1: 5, 2: 3, 4: 1, 10: 2, 300: 1})] == [5, 4, 0, 2, 0, 0, 1]
