"""When a job is due, and what can become of a run."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class RunState(StrEnum):
    """What became of an occurrence."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    ABANDONED = "abandoned"


KEEP_DONE_DAYS = 7
KEEP_OTHERS_DAYS = 90
LONGEST_ERROR = 500
SPREAD_SECONDS = 10
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def last_multiple(period_seconds: int, now: datetime) -> datetime:
    """The newest instant up to `now` that is a whole multiple of the period since 1970."""
    return datetime.fromtimestamp(int(now.timestamp()) // period_seconds * period_seconds, UTC)


def first_firing(position: int, jobs: int, period_seconds: int) -> datetime:
    """From when on the job at a position fires, so that not all fire in the same second: within ten seconds, and well
    within the occurrence that it belongs to.
    """
    return EPOCH + timedelta(seconds=min(SPREAD_SECONDS, period_seconds / 2) * position / jobs)


def last_daily(hour: int, minute: int, now: datetime, zone: ZoneInfo) -> datetime:
    """The newest instant up to `now` at which clocks in the zone showed that time."""
    local = now.astimezone(zone)
    due = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if due > local:
        due -= timedelta(days=1)
    return due.astimezone(UTC)


def short_error(error: BaseException) -> str:
    """What a failure says of itself, without the values it was about: those may name a person."""
    return f"{type(error).__module__}.{type(error).__qualname__}"[:LONGEST_ERROR]
