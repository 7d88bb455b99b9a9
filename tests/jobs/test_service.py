"""The ledger: an occurrence starts once, and what became of it is written down."""

import asyncio

import pytest

from booking.jobs import queries, service
from booking.jobs.rules import RunState
from booking.jobs.schemas import At, Every, Job
from booking.kit import db as house_db
from booking.kit import tokens
from tests.conftest import NOON, Clock

pytestmark = pytest.mark.anyio


class Sweep:
    """Counts how often it ran."""

    def __init__(self, *, fails: bool = False) -> None:
        self.runs = 0
        self.fails = fails

    async def __call__(self) -> int:
        self.runs += 1
        await asyncio.sleep(0.01)
        if self.fails:
            raise RuntimeError("the name of a child")
        return 3


async def test_an_occurrence_starts_once_however_many_ask(db: None, clock: Clock) -> None:
    sweep = Sweep()
    job = Job("sweep", Every(minutes=5), sweep)
    ours = await asyncio.gather(*(service.run_due(job) for _ in range(6)))
    assert sorted(ours) == [False] * 5 + [True]
    assert sweep.runs == 1
    clock.advance(minutes=4, seconds=59)
    assert not await service.run_due(job)
    clock.advance(seconds=1)
    assert await service.run_due(job)
    (status,) = await queries.list_jobs(clock())
    assert (status.state, status.done_count, status.runs_in_a_day, status.failures_in_a_day) == ("done", 3, 2, 0)
    assert status.due_at == clock()


async def test_a_failure_is_noted_without_values_and_the_next_occurrence_runs(db: None, clock: Clock) -> None:
    sweep = Sweep(fails=True)
    job = Job("sweep", Every(seconds=10), sweep)
    assert await service.run_due(job)
    (status,) = await queries.list_jobs(clock())
    assert (status.state, status.error, status.failures_in_a_day) == ("failed", "builtins.RuntimeError", 1)
    sweep.fails = False
    clock.advance(seconds=10)
    assert await service.run_due(job)
    (status,) = await queries.list_jobs(clock())
    assert (status.state, status.error, status.failures_in_a_day) == ("done", None, 1)


async def test_a_daily_job_belongs_to_its_local_day(db: None, clock: Clock) -> None:
    job = Job("nightly", At(3, 15), Sweep())
    assert await service.run_due(job)
    clock.advance(hours=12)
    assert not await service.run_due(job)
    clock.advance(hours=4)
    assert await service.run_due(job)


async def test_a_run_whose_process_died_is_abandoned_after_an_hour(db: None, clock: Clock) -> None:
    await house_db.execute(service._CLAIM, tokens.new_id(), "sweep", NOON, NOON, "gone:1")
    assert await service.abandon_lost_runs() == 0
    clock.advance(minutes=61)
    assert await service.abandon_lost_runs() == 1
    (status,) = await queries.list_jobs(clock())
    assert status.state == RunState.ABANDONED


async def test_the_ledger_forgets_what_went_well_sooner_than_what_did_not(db: None, clock: Clock) -> None:
    await service.run_due(Job("good", Every(minutes=1), Sweep()))
    await service.run_due(Job("bad", Every(minutes=1), Sweep(fails=True)))
    clock.advance(days=8)
    assert await service.forget_old_runs() == 1
    assert [status.name for status in await queries.list_jobs(clock())] == ["bad"]
    clock.advance(days=90)
    assert await service.forget_old_runs() == 1
