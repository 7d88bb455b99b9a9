"""Run what is due, once, and write down what became of it."""

import os
import socket
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from booking.jobs import rules
from booking.jobs.rules import RunState
from booking.jobs.schemas import Every, Job
from booking.kit import clock, db, tokens
from booking.kit.errors import Busy
from booking.kit.settings import get_settings

log = structlog.get_logger()

RUNNER = f"{socket.gethostname()}:{os.getpid()}"

_CLAIM = """
INSERT INTO job_run (id, name, due_at, state, started_at, runner) VALUES ($1, $2, $3, 'running', $4, $5)
ON CONFLICT (name, due_at) DO NOTHING RETURNING id
"""
_FINISH = "UPDATE job_run SET state = $2, finished_at = $3, done_count = $4, error = $5 WHERE id = $1"
_ABANDON = "UPDATE job_run SET state = 'abandoned', finished_at = $1 WHERE state = 'running' AND started_at < $2"
_FORGET = "DELETE FROM job_run WHERE started_at < $1 AND (state = 'done' OR started_at < $2)"


def due_at(job: Job, now: datetime) -> datetime:
    """The occurrence of a job that `now` belongs to; all processes name it alike."""
    if isinstance(job.every, Every):
        return rules.last_multiple(job.every.period_seconds, now)
    return rules.last_daily(job.every.hour, job.every.minute, now, get_settings().zone)


async def run_due(job: Job) -> bool:
    """Run the occurrence that is due now, unless it has been started already; whether it was ours.

    Safe: any number of processes may ask at once. A failure is noted and logged, never raised: the next occurrence
    asks again what is due.
    """
    now = clock.now()
    try:
        run_id = await db.fetchval(_CLAIM, tokens.new_id(), job.name, due_at(job, now), now, RUNNER)
        if run_id is None:
            return False
        await _run(job, run_id)
    except (Busy, *db.LOST) as error:
        log.warning("job could not reach the database", job=job.name, error=rules.short_error(error))
        return False
    return True


async def _run(job: Job, run_id: UUID) -> None:
    try:
        count = await job.run()
    except Exception as error:
        log.exception("job failed", job=job.name)
        await db.execute(_FINISH, run_id, RunState.FAILED, clock.now(), None, rules.short_error(error))
        return
    await db.execute(_FINISH, run_id, RunState.DONE, clock.now(), count, None)


async def abandon_lost_runs(older_than: timedelta = timedelta(hours=1)) -> int:
    """Mark runs whose process must have died; one that is merely slow corrects the entry when it ends."""
    now = clock.now()
    return _affected(await db.execute(_ABANDON, now, now - older_than))


async def forget_old_runs() -> int:
    """Delete what the ledger need not keep: a week of runs that went well, three months of the others."""
    now = clock.now()
    done, others = (now - timedelta(days=days) for days in (rules.KEEP_DONE_DAYS, rules.KEEP_OTHERS_DAYS))
    return _affected(await db.execute(_FORGET, done, others))


def _affected(answer: str) -> int:
    return int(answer.rpartition(" ")[2])
