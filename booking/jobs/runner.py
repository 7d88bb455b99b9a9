"""One runner among all processes: whoever holds the advisory lock fires the jobs, the others stand by.

Triggers live in memory and come from the code; nothing is scheduled in the database. The lock belongs to a connection
of its own, so leadership ends when that connection does. Two runners at once would do no harm: the ledger lets each
occurrence start only once.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from booking.jobs import rules, service
from booking.jobs.schemas import At, Job
from booking.kit.settings import get_settings

log = structlog.get_logger()

LEADER_KEY = 0x626F_6F6C
_STAND_BY_SECONDS = 1.0
_HEARTBEAT_SECONDS = 2.0
_GRACE_SECONDS = 2.5
_LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Runner:
    """Fires jobs while it leads. `run` it as one task; `stop` lets the jobs in progress finish."""

    def __init__(self, jobs: Sequence[Job], dsn: str) -> None:
        if len({job.name for job in jobs}) != len(jobs):
            raise ValueError("two jobs have one name")
        self._jobs = jobs
        self._dsn = dsn
        self._stopping = asyncio.Event()
        self._in_progress: dict[str, asyncio.Task[bool]] = {}
        self.leads = asyncio.Event()

    def stop(self) -> None:
        """Fire nothing more and let `run` return."""
        self._stopping.set()

    async def run(self) -> None:
        """Wait for leadership, lead, and begin again when it is lost; until `stop`."""
        while not self._stopping.is_set():
            try:
                async with self._connected() as (connection, lost):
                    if await self._elected(connection, lost):
                        await self._lead(connection, lost)
            except _LOST as error:
                log.warning("job runner lost the database", error=type(error).__name__)
            await self._pause(_STAND_BY_SECONDS * random.uniform(0.5, 1))  # noqa: S311 - spreads elections

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[Any, asyncio.Event]]:
        connection = await asyncpg.connect(
            self._dsn, timeout=5, server_settings={"application_name": "booking-jobs", "tcp_keepalives_idle": "10"}
        )
        lost = asyncio.Event()
        connection.add_termination_listener(lambda *_: lost.set())
        try:
            yield connection, lost
        finally:
            with contextlib.suppress(TimeoutError, *_LOST):
                await connection.close(timeout=1)

    async def _elected(self, connection: Any, lost: asyncio.Event) -> bool:
        while not self._stopping.is_set() and not lost.is_set():
            if await connection.fetchval("SELECT pg_try_advisory_lock($1)", LEADER_KEY, timeout=5):
                return True
            await self._pause(_STAND_BY_SECONDS * random.uniform(0.5, 1))  # noqa: S311 - spreads elections
        return False

    async def _lead(self, connection: Any, lost: asyncio.Event) -> None:
        scheduler = self._scheduler()
        scheduler.start()
        self.leads.set()
        log.info("this process runs the jobs", jobs=len(self._jobs))
        try:
            while not self._stopping.is_set() and not lost.is_set():
                await self._pause(_HEARTBEAT_SECONDS)
                await connection.fetchval("SELECT 1", timeout=5)
        except TimeoutError:
            log.warning("the job runner's lock did not answer")
        finally:
            self.leads.clear()
            scheduler.shutdown(wait=False)
            if self._in_progress:
                await asyncio.wait(self._in_progress.values(), timeout=_GRACE_SECONDS)

    def _scheduler(self) -> Any:
        zone = get_settings().zone
        defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        scheduler = AsyncIOScheduler(timezone=zone, job_defaults=defaults)
        for position, job in enumerate(self._jobs):
            if isinstance(job.every, At):
                trigger: Any = CronTrigger(hour=job.every.hour, minute=job.every.minute, timezone=zone)
            else:
                seconds = job.every.period_seconds
                begins = rules.first_firing(position, len(self._jobs), seconds)
                trigger = IntervalTrigger(seconds=seconds, start_date=begins, timezone="UTC")
            scheduler.add_job(self._fire, trigger, args=[job], id=job.name)
            # Whatever came due while nobody led is due now; the ledger knows whether somebody did.
            scheduler.add_job(self._fire, args=[job], id=f"{job.name} at once")
        return scheduler

    async def _fire(self, job: Job) -> None:
        """Run a job as a task of its own: the scheduler's shutdown cancels what it awaits, a job must finish."""
        if job.name in self._in_progress:
            return
        task = asyncio.create_task(service.run_due(job), name=f"job {job.name}")
        self._in_progress[job.name] = task
        task.add_done_callback(lambda _: self._in_progress.pop(job.name, None))
        await asyncio.shield(task)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
