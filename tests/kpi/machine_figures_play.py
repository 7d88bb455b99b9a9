"""How the machine of the figure is played: what is looked at after every step, and the choices every step makes."""

from collections.abc import Awaitable
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from booking.kit import clock
from booking.kit.errors import Refusal
from booking.visits import service_sweeps
from booking.visits.schemas import Scan
from tests.kpi.machine_figures_laws import WHOSE, YEARS, Look, breaches, undone, unmoved
from tests.kpi.machine_figures_picture import Picture, local_day, read_picture
from tests.kpi.machine_figures_world import BEGINS, WORLD, World
from tests.reservations.machine_play import Playing

BACK = (0, 0, 1, 2, 27, 40)
"""How many days ago what is recorded late happened: today, in this month, in those before."""


def has_visits(player: Any) -> bool:
    """Whether anybody has come."""
    return bool(player.seen.visits)


def has_members(player: Any) -> bool:
    """Whether anybody is left."""
    return bool(player.seen.members)


class Counting(Playing):
    """One example: what holds after every step, and who and when."""

    world: World
    seen: Picture
    template = WORLD
    begins_at = BEGINS
    sweeps = (service_sweeps.close_open_visits,)

    def __init__(self) -> None:
        self.seq = self.turn = 0
        super().__init__()

    async def read(self) -> Picture:
        """A picture of now."""
        return await read_picture(self.eyes, self.clock.instant)

    async def look(self, refusal: Refusal | None) -> None:
        """Every law: of one year and one controller this time, of another the next."""
        before, self.seen = self.seen, await self.read()
        self.turn += 1
        if refusal is not None:
            self.say(f"refused: {refusal.code}")
            undoing = list(undone(before, self.seen))
            assert not undoing, "\n".join(undoing)
        year, body = YEARS[self.turn % len(YEARS)], WHOSE[self.turn % len(WHOSE)]
        found = await breaches(Look(before, self.seen, year, body, self.turn))
        assert not found, "\n".join(found)

    def keep(self, verb: Awaitable[Any], **given: Any) -> Any:
        """Do what must change no figure."""
        before = self.seen
        answer = self.take(verb, **given)
        moved = list(unmoved(before, self.seen))
        assert not moved, "\n".join(moved)
        return answer

    # ---- who and when -------------------------------------------------------------------------------------------

    def member(self, chance: Random) -> UUID:
        """Somebody, rather one of the first."""
        living = self.seen.living()
        return chance.choice(living[: chance.randint(1, len(living))])

    def place(self, chance: Random) -> str:
        """One of the facilities."""
        return chance.choice(self.world.facilities)

    def moment(self, chance: Random, back: int | None = None) -> datetime:
        """A moment that has passed, today or on a day before."""
        day = local_day(self.clock.instant) - timedelta(days=chance.choice(BACK) if back is None else back)
        walls = [time(7, 5), time(10, 15), time(11, 40), time(15), time(23, 40)]
        moments = [clock.at_local(day, wall) for wall in walls]
        passed = [each for each in moments if each < self.clock.instant - timedelta(hours=2)]
        return chance.choice(passed) if passed else self.moment(chance, 1)

    def visit(self, chance: Random) -> Any:
        """One of the visits, rather a late one."""
        return chance.choice(self.seen.visits[-8:])

    def nonce(self, chance: Random) -> UUID:
        """What makes a scan this one."""
        return UUID(int=chance.getrandbits(128), version=4)

    def scan(self, chance: Random, at: datetime, **given: Any) -> Scan:
        """Something shown to a kiosk."""
        self.seq += 1
        return Scan(nonce=self.nonce(chance), seq=self.seq, scanned_at=at, **given)
