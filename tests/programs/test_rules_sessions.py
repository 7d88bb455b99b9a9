"""Which sessions a pattern makes, and their windows."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from booking.facilities.schemas import Hours, Span
from booking.programs.rules import sessions_of_pattern, windows_of
from booking.programs.schemas import PatternView, ProgramView

TOKYO = ZoneInfo("Asia/Tokyo")
ID = UUID(int=1)
SATURDAY = date(2026, 11, 21)
TEN_TO_SIX = (Span(time(10), time(18)),)


def program(**values: Any) -> ProgramView:
    given = {
        "id": ID, "code": "p", "name": "", "names": {}, "description": "", "descriptions": {},
        "brand": "tsukurun", "category": "drop-in", "selection": "first-come", "body_id": ID, "body_code": "100005",
        "booking_opens_days": 7, "booking_opens_time": time(9), "booking_closes_minutes": 0,
        "cancel_until_minutes": 60, "roll_over_minutes": 30, "max_held": None, "max_per_week": None,
        "entry_opens_minutes": None, "late_minutes": None, "no_show_minutes": None, "provisional": False,
        "ended_on": None,
    }  # fmt: skip
    return ProgramView(**{**given, **values})


def pattern(**values: Any) -> PatternView:
    given = {
        "id": ID, "program_id": ID, "facility_id": ID, "facility_code": "f", "facility_name": "",
        "facility_names": {}, "body_code": "100005", "weekday": 6, "starts": time(10), "ends": time(12),
        "web_seats": 3, "walk_in_seats": 2, "valid_from_on": date(2026, 1, 1), "valid_until_on": None,
        "provisional": False,
    }  # fmt: skip
    return PatternView(**{**given, **values})


def days(first: date = SATURDAY, *, spans: tuple[Span, ...] = TEN_TO_SIX, count: int = 14) -> list[Hours]:
    return [Hours(day=first + timedelta(days=number), spans=spans, reason="regular") for number in range(count)]


def test_windows_are_wall_times_before_the_start() -> None:
    starts_at = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    windows = windows_of(program(), starts_at, TOKYO)
    assert windows.booking_opens_at == datetime(2026, 11, 14, 0, 0, tzinfo=UTC)
    assert windows.booking_closes_at == starts_at
    assert windows.cancel_until == starts_at - timedelta(hours=1)
    assert windows.roll_over_at == starts_at - timedelta(minutes=30)


def test_booking_never_opens_after_the_start() -> None:
    starts_at = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    assert windows_of(program(booking_opens_days=0), starts_at, TOKYO).booking_opens_at == starts_at


def test_a_pattern_makes_a_session_on_each_of_its_weekdays() -> None:
    made = sessions_of_pattern(pattern(), program(), days(), TOKYO)
    assert [each.held_on for each in made] == [SATURDAY, date(2026, 11, 28)]
    assert (made[0].starts_at, made[0].ends_at) == (
        datetime(2026, 11, 21, 1, tzinfo=UTC),
        datetime(2026, 11, 21, 3, tzinfo=UTC),
    )
    assert (made[0].web_seats, made[0].walk_in_seats, made[0].pattern_id) == (3, 2, ID)


@pytest.mark.parametrize(
    ("pattern_values", "program_values", "spans", "count"),
    [
        ({}, {}, (), 0),
        ({}, {}, (Span(time(11), time(18)),), 0),
        ({}, {}, (Span(time(10), time(11)), Span(time(11, 30), time(18))), 0),
        ({"valid_from_on": date(2026, 11, 22)}, {}, TEN_TO_SIX, 1),
        ({"valid_until_on": date(2026, 11, 28)}, {}, TEN_TO_SIX, 1),
        ({"valid_until_on": date(2026, 11, 29)}, {}, TEN_TO_SIX, 2),
        ({}, {"ended_on": date(2026, 11, 28)}, TEN_TO_SIX, 1),
        ({}, {"ended_on": date(2026, 12, 28)}, TEN_TO_SIX, 2),
    ],
    ids=[
        "closed days",
        "opens too late",
        "a break within",
        "not yet valid",
        "no longer valid",
        "valid until later",
        "the program has ended",
        "ends later",
    ],
)
def test_days_that_make_none(
    pattern_values: dict[str, Any], program_values: dict[str, Any], spans: tuple[Span, ...], count: int
) -> None:
    made = sessions_of_pattern(pattern(**pattern_values), program(**program_values), days(spans=spans), TOKYO)
    assert len(made) == count
