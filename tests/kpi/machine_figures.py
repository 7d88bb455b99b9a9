"""A machine that counts people in, corrects, forgets, certifies and lets a year end, and never loses a user.

Every step is a public verb or a job, as the doors and the clock call them. After every step the laws of
`machine_figures_laws` hold the figure, its parts, the plain SQL, the auditor's program and what is certified against
the visits as they are stored, counted by hand in `machine_figures_picture`.
"""

from datetime import timedelta
from random import Random

from tests.kpi.machine_figures_door import Door
from tests.kpi.machine_figures_office import Office
from tests.reservations.machine_play import step

SPANS = tuple(timedelta(minutes=each) for each in (4, 50, 240, 840, 1_380, 2_900))


class Machine(Door, Office):
    """All steps, and the clock."""

    @step()
    def wait(self, chance: Random) -> None:
        """Time passes, and who forgot to leave is closed out."""
        self.clock.advance(seconds=chance.choice(SPANS).total_seconds())
        self.say(self.clock.instant)
        self.take(self._nothing(), sweeps=True)

    async def _nothing(self) -> None:
        """Only the sweeps."""
