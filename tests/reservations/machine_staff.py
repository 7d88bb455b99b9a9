"""What staff do: draw, seats, rooms, closing a day one way or another and taking it back, closing at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from booking.facilities.rules_forms import version_of
from booking.facilities.schemas_forms import ClosureForm
from booking.kit import clock
from booking.programs import queries, service_adding, service_sessions
from booking.programs.schemas_forms import SeatsForm, SessionForm
from booking.reservations import service_closing_day, service_draws
from booking.visits import service_closing
from tests.reservations.machine_play import Player, step

WAYS = ("", "cancel", "move-here", "move-anywhere")
DRAWABLE = timedelta(days=3)


def undrawn(player: Any) -> list[Any]:
    """The draws that have begun and were not held."""
    found = [each for each in player.seen.draws.values() if each["drawn_at"] is None]
    return sorted(found, key=lambda each: player.title_of(each["session"]))


def coming_closures(player: Any) -> list[UUID]:
    """The days decided by hand that have not passed."""
    found = [each for each in player.seen.closures.values() if each["closed_on"] >= clock.today()]
    return [each["id"] for each in sorted(found, key=lambda each: each["decided_at"])]


class Staff(Player):
    """Steps of the staff's pages."""

    pass_time: Callable[[datetime], None]
    """Let the clock stand at another moment, and run the jobs: a step of the machine's own."""

    # ---- draws --------------------------------------------------------------------------------------------------

    @step(lambda player: bool(undrawn(player)))
    def draw(self, chance: Random) -> None:
        """Draw with the public number, when it is out; often the clock goes there first."""
        chosen = chance.choice(undrawn(self))
        out_at = clock.day_span(chosen["public_on"])[0] + timedelta(hours=16)
        if self.clock.instant < out_at <= self.clock.instant + DRAWABLE and chance.random() < 0.5:
            self.pass_time(out_at)
        self.say(self.title_of(chosen["session"]))
        self.take(service_draws.run(self.desk, chosen["id"], str(chance.randint(30_000, 40_000))))

    # ---- sessions -----------------------------------------------------------------------------------------------

    @step()
    def change_seats(self, chance: Random) -> None:
        """More seats, or fewer. Who waits for a new one gets it."""
        if chosen := self.sessions(chance):
            seats = chance.randint(0, 3), chance.randint(0, 1)
            self.say(self.title_of(chosen[0]), seats)
            self.take(self._change_seats(chosen[0], *seats))

    async def _change_seats(self, session_id: UUID, web: int, walk_in: int) -> None:
        seen = version_of(await queries.get_session(session_id))
        form = SeatsForm(web_seats=str(web), walk_in_seats=str(walk_in), seen=seen)
        await service_sessions.change_seats(self.desk, session_id, form)

    @step()
    def plan(self, chance: Random) -> None:
        """One more session, or one less."""
        (self.add_in_room if chance.random() < 0.7 else self.call_off)(chance)

    def add_in_room(self, chance: Random) -> None:
        """One more session, in one of the two rooms, often when the room is taken."""
        day, hour = clock.today() + timedelta(chance.randint(0, 3)), chance.choice((10, 11, 12, 13, 17))
        code = chance.choice(self.world.codes)
        form = SessionForm(
            program=code,
            facility=self.world.facilities[0],
            day=day.isoformat(),
            starts=f"{hour}:00",
            ends=f"{hour + 2}:00",
            web_seats=str(chance.randint(1, 2)),
            walk_in_seats="1",
            space=str(chance.choice(self.world.rooms)),
            wheelchair_places="",
        )
        self.say(day, hour)
        self.take(service_adding.add_session(self.desk, form))

    def call_off(self, chance: Random) -> None:
        """Cancel a session for which nobody has a seat."""
        if chosen := self.sessions(chance):
            self.say(self.title_of(chosen[0]))
            self.take(service_sessions.cancel_session(self.desk, chosen[0], "講師の都合"))

    # ---- closing ------------------------------------------------------------------------------------------------

    @step()
    def close_day(self, chance: Random) -> None:
        """Close a facility for a day or a part of it; its bookings are cancelled or moved, or stand in the way."""
        day, way = clock.today() + timedelta(chance.choice((0, 1, 1, 2, 2, 5, 7))), chance.choice(WAYS)
        part = ("10:30", "13:30") if chance.random() < 0.3 else ("", "")
        form = ClosureForm(day=day.isoformat(), kind="closed", from_time=part[0], until_time=part[1], reason="工事")
        self.say(day, way, part)
        self.take(service_closing_day.close_day(self.desk, self.world.facilities[0], form, way=way))

    @step(lambda player: bool(coming_closures(player)))
    def open_day(self, chance: Random) -> None:
        """Take a closed day back."""
        closure = chance.choice(coming_closures(self))
        self.say(self.seen.closures[closure]["closed_on"])
        self.take(service_closing_day.revoke_day(self.desk, self.world.facilities[0], closure), sweeps=True)

    @step(lambda player: player.closing() is None)
    def close_now(self, chance: Random) -> None:
        """Close at once, though not often."""
        if chance.random() < 0.25:
            self.take(service_closing.close_now(self.desk, self.world.facilities[0], "power"))

    @step(lambda player: player.closing() is not None)
    def reopen(self, chance: Random) -> None:
        """Open again what was closed at once."""
        closing = self.closing()
        if closing is not None and chance.random() < 0.8:
            self.take(service_closing.reopen(self.desk, closing))

    def closing(self) -> UUID | None:
        """The closing that has not ended, if any."""
        return next((one for one, each in self.seen.closings.items() if each["reopened_at"] is None), None)
