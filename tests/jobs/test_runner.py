"""One runner among several processes, and another at once when it goes."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import asyncpg
import pytest

from booking.jobs.runner import LEADER_KEY, Runner
from booking.jobs.schemas import Every, Job
from booking.kit.settings import Settings

pytestmark = pytest.mark.anyio

PROCESS = """
import asyncio, os, signal, sys
from booking.jobs.runner import Runner
from booking.jobs.schemas import Every, Job
from booking.kit import db

async def note():
    await db.execute("INSERT INTO effect (process) VALUES ($1)", os.getpid())
    await asyncio.sleep(0.1)
    return 1

async def main():
    db.use_address(sys.argv[1])
    await db.start_pool(2)
    runner = Runner([Job("note", Every(seconds=1), note)], sys.argv[1])
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, runner.stop)
    await runner.run()
    await db.stop_pool()

asyncio.run(main())
"""


async def start(database_url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROCESS, database_url, cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.DEVNULL
    )


async def wait_for(connection: asyncpg.Connection, condition: str) -> None:
    async with asyncio.timeout(20):
        while True:
            if await connection.fetchval(f"SELECT {condition} FROM effect"):
                return
            await asyncio.sleep(0.05)


async def test_each_occurrence_runs_once_in_two_processes_even_when_the_leader_is_killed(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("CREATE TABLE effect (process int, at timestamptz DEFAULT clock_timestamp())")
    processes = {process.pid: process for process in [await start(database_url), await start(database_url)]}
    await wait_for(connection, "count(*) >= 2")
    (leader,) = await connection.fetchrow("SELECT DISTINCT process FROM effect")
    os.kill(leader, signal.SIGKILL)
    await processes.pop(leader).wait()
    (survivor,) = processes.values()
    await wait_for(connection, f"count(*) FILTER (WHERE process = {survivor.pid}) >= 2")
    survivor.terminate()
    assert await asyncio.wait_for(survivor.wait(), 5) == 0
    effects = await connection.fetchval("SELECT count(*) FROM effect")
    claims = await connection.fetch("SELECT due_at, state FROM job_run WHERE name = 'note'")
    assert len({claim["due_at"] for claim in claims}) == len(claims) == effects
    assert [claim["state"] for claim in claims].count("done") >= effects - 1
    await connection.close()


async def test_stopping_lets_the_job_in_progress_finish(db: None, settings: Settings) -> None:
    started, finished = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        started.set()
        await asyncio.sleep(0.3)
        finished.set()

    runner = Runner([Job("slow", Every(minutes=5), slow)], settings.database_url)
    running = asyncio.create_task(runner.run())
    await asyncio.wait_for(started.wait(), 5)
    runner.stop()
    await asyncio.wait_for(running, 5)
    assert finished.is_set()


async def test_who_stands_by_takes_over_when_the_lock_is_free(db: None, settings: Settings) -> None:
    ran = asyncio.Event()

    async def note() -> None:
        ran.set()

    holder = await asyncpg.connect(settings.database_url)
    await holder.execute("SELECT pg_advisory_lock($1)", LEADER_KEY)
    runner = Runner([Job("note", Every(minutes=5), note)], settings.database_url)
    running = asyncio.create_task(runner.run())
    await asyncio.sleep(0.3)
    assert not ran.is_set()
    assert not runner.leads.is_set()
    await holder.close()
    await asyncio.wait_for(ran.wait(), 5)
    runner.stop()
    await asyncio.wait_for(running, 5)


def test_two_jobs_may_not_have_one_name() -> None:
    async def nothing() -> None:
        return None

    with pytest.raises(ValueError, match="one name"):
        Runner([Job("a", Every(minutes=1), nothing), Job("a", Every(minutes=2), nothing)], "postgresql:///")
