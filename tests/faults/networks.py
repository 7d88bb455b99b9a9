"""Drills at the kiosk's end: a network that flaps, a clock that is wrong, a queue of sixty."""

import asyncio
import random
import time
from datetime import timedelta

from tests.bench.report import percentile
from tests.faults.kiosk import FASTER
from tests.faults.load import crew_of
from tests.faults.proxy import Network, network
from tests.faults.stage import Stage, member
from tests.faults.tally import Tally, count_kiosks

SEED = 5
MINUTE = 60 / FASTER
"""A minute as the kiosks of the drills have it, in seconds."""
CLOCK_ERROR = timedelta(hours=2)
CLOSE_ENOUGH = timedelta(seconds=5)
QUEUE = 60


async def network_flapping(stage: Stage, tally: Tally) -> None:
    """The network comes and goes for an hour of the kiosks' time (short: a minute): refused, lost, stalled, halved."""
    dice, began = random.Random(SEED), time.monotonic()
    people, lasts = (25, MINUTE) if stage.is_short else (300, 60 * MINUTE)
    async with network(stage.port, SEED) as way:
        crew = crew_of(stage, doors=3, people=people, port=way.port, seed=SEED, pace=lasts / people)
        flapping = asyncio.create_task(_flap(way, dice))
        await crew.work()
        lasted = time.monotonic() - began
        flapping.cancel()
        way.mend()
        await crew.finish()
        spoilt = dict(way.spoilt)
    tally.expect(lasted >= lasts, f"it was over after {lasted:.0f} s")
    tally.expect(spoilt["lost after"] > 0, "no answer was lost after its request was done")
    await count_kiosks(tally, stage, crew.kiosks)
    await crew.check(tally, stage)
    what = ", ".join(f"{what} {times}" for what, times in spoilt.items())
    tally.notes.append(f"{lasted * FASTER / 60:.0f} minutes of kiosk time, gone {way.cuts} times; {what}")


async def _flap(way: Network, dice: random.Random) -> None:
    while True:
        way.mend()
        way.badness = dice.choice((0.0, 0.4, 0.8))
        await asyncio.sleep(dice.uniform(0.3, 1.5))
        if dice.random() < 0.4:
            await way.cut()
            await asyncio.sleep(dice.uniform(0.3, 1.5))


async def clock_wrong(stage: Stage, tally: Tally) -> None:
    """Two kiosks have clocks two hours off, one of them ahead; half of it they are without network."""
    people = 8 if stage.is_short else 40
    async with network(stage.port, SEED) as way:
        doors = [stage.take_door(people) for _ in range(2)]
        errors = (CLOCK_ERROR, -CLOCK_ERROR)
        kiosks = [stage.entrance(door, way.port, error) for door, error in zip(doors, errors, strict=True)]
        for kiosk, door in zip(kiosks, doors, strict=True):
            await kiosk.beat()
            for number, person in enumerate(door.people):
                if number == people // 2:
                    await way.cut()
                await kiosk.show(person, stage.codes[person])
                await asyncio.sleep(0.05)
            way.mend()
        for kiosk in kiosks:
            await kiosk.finish()
    await count_kiosks(tally, stage, kiosks)
    async with stage.database() as connection:
        for kiosk, door in zip(kiosks, doors, strict=True):
            for entry in kiosk.entries:
                at = await connection.fetchval("select entered_at from visit where member = $1", member(entry.person))
                tally.expect(at is not None and abs(at - entry.truth) < CLOSE_ENOUGH, f"noted as {at}")
            flags = await connection.fetchval(
                "select count(*) from door_flag where kiosk = $1 and code = 'clock-wrong'", door.kiosk
            )
            tally.expect(flags == 1, f"{flags} flags about the clock of one kiosk")
    tally.notes.append("times right within 5 s, flagged once a kiosk")


async def sixty_in_the_queue(stage: Stage, tally: Tally) -> None:
    """Sixty people within a minute at one kiosk (short: within fifteen seconds), while others come and go elsewhere."""
    door = stage.take_door(QUEUE)
    kiosk, crew = stage.entrance(door), crew_of(stage, doors=2, people=20, seed=SEED)
    others = asyncio.create_task(crew.work())
    await kiosk.beat()
    for person in door.people:
        entry = await kiosk.show(person, stage.codes[person])
        await asyncio.sleep(max(0.0, (15 if stage.is_short else 60) / QUEUE - entry.seconds))
    await others
    await asyncio.gather(kiosk.finish(), crew.finish())
    took = [one.seconds for one in kiosk.entries]
    await count_kiosks(tally, stage, [kiosk, *crew.kiosks])
    tally.expect(all(one.shown == "welcome" for one in kiosk.entries), "somebody was not let in")
    alone = sum("told" in one.scan for one in kiosk.entries)
    said = (
        f"{len(took)} people, answer p50 {percentile(took, 0.5) * 1000:.0f} ms, p95 {percentile(took, 0.95) * 1000:.0f}"
    )
    tally.notes.append(f"{said} ms, {alone} by the kiosk alone")
