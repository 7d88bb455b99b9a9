"""A machine that books, draws, waits, enrols, comes in, closes and lets time pass, on a real database.

Every step is a public verb or a job, as the doors and the clock call them; a refusal is an answer, and must change
nothing. After every step the laws of `machine_laws*` and `machine_changes` are read from the tables.
"""

import asyncio
from datetime import datetime, timedelta
from random import Random

from tests.reservations.machine_booking import Booking
from tests.reservations.machine_door import Door
from tests.reservations.machine_groups import Groups
from tests.reservations.machine_play import step
from tests.reservations.machine_staff import Staff

SPANS = (timedelta(minutes=7), timedelta(minutes=50), timedelta(hours=4), timedelta(hours=11), timedelta(days=2))


class Machine(Booking, Groups, Staff, Door):
    """All steps, and the clock."""

    @step()
    def wait(self, chance: Random) -> None:
        """Time passes, some of it or until just before or after something happens, and the jobs run."""
        moments = self._moments() if chance.random() < 0.6 else []
        span = chance.choice(SPANS)
        self.pass_time(chance.choice(moments[:6]) if moments else self.clock.instant + span)

    def _moments(self) -> list[datetime]:
        """When something happens by the clock, the next first."""
        found: set[datetime] = set()
        for each in self.seen.sessions.values():
            if each["state"] == "published":
                began = each["starts_at"] + timedelta(minutes=each["no_show_minutes"], seconds=30)
                windows = ("booking_opens_at", "booking_closes_at", "cancel_until", "roll_over_at")
                found |= {began, each["starts_at"] - timedelta(minutes=20), *(each[name] for name in windows)}
        found |= {each["offered_until"] for each in self.seen.reservations.values() if each["state"] == "offered"}
        return sorted(each for each in found if each > self.clock.instant)

    def pass_time(self, until: datetime) -> None:
        """Let the clock stand at another moment, and run the jobs."""
        self.clock.instant = until
        self.say(until)
        self.take(self.beat() if self.is_connected else asyncio.sleep(0), sweeps=True)
