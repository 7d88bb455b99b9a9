"""People who come in at one kiosk of a door and leave at the other, a little later."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

from tests.faults.kiosk import Heard, Kiosk
from tests.faults.stage import Door, Stage, member
from tests.faults.tally import Tally

PACE_SECONDS = 0.1
STAY_SECONDS = 0.6
"""Longer than two kiosks' clocks can differ once each has measured its own."""
ODD_SHARE = 0.1
ODD_CODES = ("P1NOTHING", "WIFI:T:WPA;S:cafe;;", "4901234567894")


@dataclass
class Crew:
    """The kiosks of some doors and the people in front of them."""

    stage: Stage
    doors: list[Door]
    entrances: list[Kiosk]
    exits: list[Kiosk]
    dice: random.Random
    pace: float = PACE_SECONDS
    leaving: int = 0
    touch: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def kiosks(self) -> list[Kiosk]:
        """All of them."""
        return [*self.entrances, *self.exits]

    @property
    def heard(self) -> list[Heard]:
        """Every answer any of them got."""
        return [one for kiosk in self.kiosks for one in kiosk.heard]

    async def work(self) -> None:
        """Everybody comes in, and leaves after a while. Clocks are measured before, while there is nothing to do."""
        for kiosk in self.kiosks:
            await kiosk.beat()
        self.touch = [asyncio.create_task(kiosk.stay_in_touch()) for kiosk in self.kiosks]
        doors = zip(self.doors, self.entrances, self.exits, strict=True)
        await asyncio.gather(*(self._come_and_go(*one) for one in doors))

    async def _come_and_go(self, door: Door, entrance: Kiosk, way_out: Kiosk) -> None:
        inside: asyncio.Queue[tuple[int, float] | None] = asyncio.Queue()

        async def come() -> None:
            for person in door.people:
                if self.dice.random() < ODD_SHARE:
                    await entrance.show(person, self.dice.choice(ODD_CODES))
                entry = await entrance.show(person, self.stage.codes[person])
                if entry.shown == "welcome":
                    inside.put_nowait((person, time.monotonic()))
                await asyncio.sleep(self.pace)
            inside.put_nowait(None)

        async def leave() -> None:
            while (came := await inside.get()) is not None:
                person, arrived = came
                await asyncio.sleep(max(0.0, arrived + STAY_SECONDS - time.monotonic()))
                await way_out.show(person, self.stage.codes[person])
                self.leaving += 1

        await asyncio.gather(come(), leave())

    async def finish(self) -> None:
        """Everything that waits is sent."""
        for one in self.touch:
            one.cancel()
        for error in await asyncio.gather(*self.touch, return_exceptions=True):
            if isinstance(error, Exception):
                raise error
        await asyncio.gather(*(kiosk.finish() for kiosk in self.kiosks))

    async def check(self, tally: Tally, stage: Stage) -> None:
        """Everybody has one visit, which begins and ends when they came and left."""
        sql = (
            "select count(*) as visits, count(left_at) as ended, count(reservation) as booked from visit"
            " where member = any($1) and voided_at is null"
        )
        people = [one for door in self.doors for one in door.people]
        async with stage.database() as connection:
            row: Any = await connection.fetchrow(sql, [member(one) for one in people])
        wanted = (len(people), self.leaving, len(people))
        found = (row["visits"], row["ended"], row["booked"])
        tally.expect(found == wanted, f"visits, ended, by booking: {found} instead of {wanted}")


def crew_of(
    stage: Stage, *, doors: int, people: int, port: int | None = None, seed: int = 1, pace: float = PACE_SECONDS
) -> Crew:
    """So many doors, each with two kiosks and so many people, one after the other at that pace."""
    taken = [stage.take_door(people) for _ in range(doors)]
    entrances = [stage.entrance(door, port) for door in taken]
    return Crew(stage, taken, entrances, [stage.exit(door, port) for door in taken], random.Random(seed), pace)
