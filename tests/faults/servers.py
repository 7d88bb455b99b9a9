"""Drills in which the service, or its database, dies while people come and go."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from tests.faults.bookings import guardians_of
from tests.faults.load import Crew, crew_of
from tests.faults.stage import Stage
from tests.faults.tally import Tally, count_kiosks

SEED = 3
RECOVERS_WITHIN_SECONDS = 10.0


async def server_killed(stage: Stage, tally: Tally) -> None:
    """The service, or a worker of it, is killed (SIGKILL) again and again while people come, go and book."""
    dice = random.Random(SEED)
    crew = crew_of(stage, doors=4 if stage.is_short else 16, people=20 if stage.is_short else 320)
    door = stage.take_door(30 if stage.is_short else 200)
    guardians = await guardians_of(stage, door, seats=len(door.people) // 3)
    times = [0, 0]

    async def kill(number: int) -> None:
        await asyncio.sleep(dice.uniform(0.3, 1.5))
        if number % 2 and stage.kill_worker():
            times[1] += 1
            return
        await stage.kill_service()
        times[0] += 1
        stage.start()
        await stage.is_up()

    rounds = 2 if stage.is_short else 8
    booking = asyncio.create_task(guardians.book(seconds=2.0 * rounds))
    await _under_load(crew, kill, rounds=rounds)
    await booking
    await guardians.check(tally)
    await count_kiosks(tally, stage, crew.kiosks)
    await crew.check(tally, stage)
    tally.notes.append(f"service killed {times[0]} times, a worker {times[1]} times")


async def postgres_killed(stage: Stage, tally: Tally) -> None:
    """PostgreSQL is killed under load: a clear 503 meanwhile, and it comes back by itself within ten seconds."""
    crew = crew_of(stage, doors=4 if stage.is_short else 8, people=40 if stage.is_short else 160)
    outages: list[float] = []

    async def kill(_number: int) -> None:
        await asyncio.sleep(1)
        before = stage.server.pid
        stage.kill_postgres()
        began = time.monotonic()
        while time.monotonic() < began + 30:
            await asyncio.sleep(0.05)
            is_back = stage.server.pid not in (None, before)
            if is_back and any(one.status == 200 and one.at > began + 0.2 for one in crew.heard):
                break
        good = [one.at for one in crew.heard if one.status == 200 and one.at > began]
        bad = [one.at for one in crew.heard if one.status != 200 and one.at > began]
        back = [at for at in good if not bad or at > max(one for one in bad if one < max(good))]
        outages.append((min(back) if back else time.monotonic()) - began)
        await asyncio.sleep(1)

    await _under_load(crew, kill, rounds=1 if stage.is_short else 3)
    statuses = {one.status for one in crew.heard}
    refused = [one for one in crew.heard if one.status == 503]
    tally.expect(statuses <= {200, 503, 0}, f"kiosks heard {sorted(statuses)}")
    tally.expect(bool(refused), "nobody was told 503")
    tally.expect(all(one.retry_after for one in refused), "a 503 without Retry-After")
    tally.expect(max(outages) <= RECOVERS_WITHIN_SECONDS, f"it took {max(outages):.1f} s to recover")
    await count_kiosks(tally, stage, crew.kiosks)
    await crew.check(tally, stage)
    tally.notes.append(f"back after {max(outages):.1f} s; {len(refused)} times 503")


async def _under_load(crew: Crew, trouble: Callable[[int], Awaitable[None]], rounds: int) -> None:
    """Make trouble so many times while people come and go; then let everything arrive."""
    running = asyncio.create_task(crew.work())
    for number in range(rounds):
        await trouble(number)
    await running
    await crew.finish()
