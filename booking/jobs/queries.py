"""What the ledger says."""

from datetime import datetime, timedelta

from booking.jobs.rules import RunState
from booking.jobs.schemas import JobStatus
from booking.kit import db

_LAST_RUNS = """
SELECT DISTINCT ON (name) name, due_at, state, started_at, finished_at, done_count, error,
       count(*) FILTER (WHERE started_at >= $1) OVER by_name AS runs,
       count(*) FILTER (WHERE started_at >= $1 AND state IN ('failed', 'abandoned')) OVER by_name AS failures
FROM job_run
WINDOW by_name AS (PARTITION BY name)
ORDER BY name, due_at DESC
"""


async def list_jobs(now: datetime) -> list[JobStatus]:
    """Every job that ever ran: its last run and its last 24 hours."""
    rows = await db.fetch(_LAST_RUNS, now - timedelta(days=1))
    return [
        JobStatus(
            name=row["name"],
            due_at=row["due_at"],
            state=RunState(row["state"]),
            started_at=row["started_at"],
            finished_at=row["finished_at"],
            done_count=row["done_count"],
            error=row["error"],
            runs_in_a_day=row["runs"],
            failures_in_a_day=row["failures"],
        )
        for row in rows
    ]
