"""When a job is due."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from booking.jobs.rules import first_firing, last_daily, last_multiple, short_error

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


@pytest.mark.parametrize("period_seconds", [1, 5, 60, 3_600])
def test_jobs_of_one_period_fire_one_after_another_each_within_its_occurrence(period_seconds: int) -> None:
    begins = [first_firing(position, 24, period_seconds) for position in range(24)]
    assert begins == sorted(set(begins))
    assert {last_multiple(period_seconds, each) for each in begins} == {utc("1970-01-01")}
    assert (begins[-1] - begins[0]).total_seconds() < min(10, period_seconds / 2)


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
