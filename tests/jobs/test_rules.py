"""When a job is due."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from booking.jobs.rules import last_daily, last_multiple, short_error

TOKYO = ZoneInfo("Asia/Tokyo")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("period_seconds", "now", "due"),
    [
        (60, "2026-11-21T03:00:00", "2026-11-21T03:00:00"),
        (60, "2026-11-21T03:00:59.999", "2026-11-21T03:00:00"),
        (900, "2026-11-21T03:14:00", "2026-11-21T03:00:00"),
        (1, "2026-11-21T03:14:07.5", "2026-11-21T03:14:07"),
    ],
)
def test_occurrences_fall_on_whole_multiples(period_seconds: int, now: str, due: str) -> None:
    assert last_multiple(period_seconds, utc(now)) == utc(due)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-20T18:15:00", "2026-11-20T18:15:00"),
        ("2026-11-20T18:14:59", "2026-11-19T18:15:00"),
        ("2026-11-21T15:30:00", "2026-11-20T18:15:00"),
    ],
    ids=["the minute itself", "just before", "after midnight in Tokyo, still before the hour"],
)
def test_a_daily_job_is_due_at_local_time(now: str, due: str) -> None:
    assert last_daily(3, 15, utc(now), TOKYO) == utc(due)


def test_an_error_is_named_without_the_values_it_was_about() -> None:
    assert short_error(ValueError("新井 結衣")) == "builtins.ValueError"
