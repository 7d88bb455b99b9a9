"""How the machine is played: one example on one clone of the world, one step after another, and a look after each.

Hypothesis plays `machine.Machine` as it likes. `play` plays it from a number alone, the same way on every computer and
with every version of everything: so it is certain which mistakes it notices.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from hypothesis import currently_in_test_context, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.kit.postgres_server import PostgresServer
from booking.programs import service, service_groups
from booking.reservations import (
    rules_draws,
    service_draws,
    service_draws_opening,
    service_moves_asking,
    service_offers,
    service_seats,
    service_waiting,
)
from booking.visits import service_no_show, service_sweeps
from tests.conftest import NOON, Clock
from tests.reservations import machine_changes as changes
from tests.reservations import machine_laws as laws
from tests.reservations import machine_laws_door as door_laws
from tests.reservations import machine_laws_groups as group_laws
from tests.reservations import machine_laws_waiting as waiting_laws
from tests.reservations.machine_chance import steady
from tests.reservations.machine_picture import TAKING, Picture, read_picture
from tests.reservations.machine_world import WORLD, World, clone, drop

dice = st.integers(0, 2**32 - 1).map(Random)
"""What is drawn in a step is thrown with dice, so that every choice is as likely as every other."""
Condition = Callable[[Any], bool]
STEPS: dict[str, Condition] = {}
"""The name of every step, and when it can be taken."""
ALWAYS = (*laws.ALWAYS, *group_laws.ALWAYS, *door_laws.ALWAYS, *waiting_laws.ALWAYS)
PROMPT = (waiting_laws.in_vain, group_laws.gathered)
"""What also holds at once after a verb, and after the clock has moved once the sweeps have run."""


def step(when: Condition = lambda _: True) -> Callable[[Any], Any]:
    """A step of the machine, which throws its own dice; `when` it can be taken."""

    def take(played: Any) -> Any:
        STEPS[played.__name__] = when
        return precondition(when)(rule(chance=dice)(played))

    return take


def there_are(kind: str, *states: str) -> Condition:
    """Whether anything of a kind is in one of these states."""
    return lambda player: any(each["state"] in states for each in getattr(player.seen, kind).values())


class Playing(RuleBasedStateMachine):
    """One example: a clone of a world, a clock that stands until a step moves it, and one step after another."""

    server: PostgresServer
    world: Any
    template = WORLD
    begins_at = NOON
    sweeps: tuple[Callable[[], Awaitable[Any]], ...] = ()
    """The jobs that act on what is played, as the clock runs them."""

    def __init__(self) -> None:
        super().__init__()
        self.trace: list[str] = []
        self.runner = asyncio.Runner()
        self.name = f"machine_{uuid4().hex}"
        self.steady = steady(1)
        self.steady.__enter__()
        self.clock = Clock(self.begins_at)
        clock.use_source(self.clock)
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        address = await clone(self.server, self.name, self.template)
        house_db.use_address(address)
        await house_db.start_pool(2)
        self.eyes = await asyncpg.connect(address)
        self.seen = await self.read()

    @abstractmethod
    async def read(self) -> Any:
        """Everything the laws look at, as it is now."""

    @abstractmethod
    async def look(self, refusal: Refusal | None) -> None:
        """Whether everything is still true after a step."""

    def teardown(self) -> None:
        """Let the database go."""
        self.runner.run(self._end())
        self.runner.close()
        self.steady.__exit__(None, None, None)
        clock.use_source(None)

    async def _end(self) -> None:
        await self.eyes.close()
        await house_db.stop_pool()
        await drop(self.server, self.name)

    def say(self, *words: Any) -> None:
        """Note what a step does."""
        self.trace.append(" ".join(map(str, words)))
        if currently_in_test_context():
            note(f"    {self.trace[-1]}")

    def take(self, verb: Awaitable[Any], *, sweeps: bool = False) -> Any:
        """Do one thing, then look whether everything is still true; its answer, None when it was refused."""
        return self.runner.run(self._take(verb, sweeps=sweeps))

    async def _take(self, verb: Awaitable[Any], *, sweeps: bool) -> Any:
        self.clock.advance(seconds=1)
        refusal: Refusal | None = None
        answer = None
        try:
            answer = await verb
        except Refusal as said:
            refusal = said
        if sweeps and refusal is None:
            for job in self.sweeps:
                await job()
        await self.look(refusal)
        return answer


class Player(Playing):
    """Bookings, played on the world of `machine_world`."""

    world: World
    seen: Picture
    sweeps = (
        *(service_groups.start_running, service.generate_sessions, service_seats.settle_groups),
        *(service_moves_asking.settle_over, service_draws_opening.open_draws, service_draws.close_draws),
        *(service_sweeps.close_open_visits, service_no_show.release_missing),
        *(service_offers.expire_offers, service_waiting.settle_waiting),
    )

    async def read(self) -> Picture:
        """A picture; of what is known from the one before only what may have changed."""
        return await read_picture(self.eyes, self.clock.instant, getattr(self, "seen", None))

    async def look(self, refusal: Refusal | None) -> None:
        """Every law, and those of the step itself."""
        before, self.seen = self.seen, await self.read()
        one = changes.Step(before, self.seen)
        found = laws.breaches(self.seen, (*ALWAYS, *PROMPT))
        found += [f"record: {each}" for each in await self._recompute()]
        for law in (changes.unaudited, changes.untold, changes.leaked, waiting_laws.jumped):
            found += [f"{law.__name__}: {each}" for each in law(one)]
        if refusal is not None:
            self.say(f"refused: {refusal.code}")
            found += [f"undone: {each}" for each in changes.undone(one)]
        if not found and laws.breaches(self.seen, group_laws.SWEPT):
            await service_seats.settle_groups()
            self.seen = await self.read()
            found = laws.breaches(self.seen, (*ALWAYS, *PROMPT, *group_laws.SWEPT))
        assert not found, "\n".join(found)

    async def _recompute(self) -> list[str]:
        """What anybody finds who recomputes the draws from their published records."""
        drawn = [one for one, each in self.seen.draws.items() if each["drawn_at"] is not None]
        return [each for one in drawn for each in rules_draws.faults_of(await service_draws.get_record(one))]

    # ---- who and what -------------------------------------------------------------------------------------------

    @property
    def desk(self) -> Actor:
        """Somebody of the staff, who may do everything."""
        return self.world.actors[self.world.desk]

    def name_of(self, member_id: UUID) -> str:
        """What a member is called."""
        return str(self.seen.members[member_id]["shown_name"])

    def title_of(self, session_id: UUID) -> str:
        """What tells a session from every other."""
        session = self.seen.sessions[session_id]
        kind = self.world.programs.get(session["program"], "group")
        return f"{kind} {session['starts_at'] + timedelta(hours=9):%m-%d %H:%M}"

    def family(self, chance: Random) -> tuple[Actor, list[UUID]]:
        """A guardian, and one or two members they may book for; now and then somebody else's."""
        by = self.world.actors[chance.choice(self.world.guardians)]
        own = [one for one in self.world.members if one in self.children_of(by)]
        chosen = self.world.members if chance.random() < 0.05 else own
        return by, chance.sample(chosen, min(len(chosen), chance.choice((1, 1, 2))))

    def children_of(self, by: Actor) -> set[UUID]:
        """The members an account sees."""
        return {each["member"] for each in self.seen.readers if each["account"] == by.id}

    def acting_for(self, chance: Random, member_id: UUID) -> Actor:
        """One of those who may change what a member has."""
        may = {each["account"] for each in self.seen.readers if each["member"] == member_id and each["may_book"]}
        return self.world.actors[chance.choice([one for one in self.world.guardians if one in may])]

    def sessions(self, chance: Random, most: int = 1) -> list[UUID]:
        """One or some of the sessions that have not ended, most often of those that take bookings."""
        now = self.clock.instant
        coming = [each for each in self.seen.sessions.values() if each["ends_at"] > now]
        coming.sort(key=lambda each: (each["state"] == "cancelled", each["starts_at"], self.title_of(each["id"])))
        taking = [each for each in coming if each["booking_opens_at"] <= now < each["booking_closes_at"]]
        taking = [each for each in taking if each["state"] == "published" and each["group_id"] is None]
        among = taking[:6] if taking and chance.random() < 0.8 else coming[:10]
        return [each["id"] for each in chance.sample(among, min(len(among), chance.randint(1, most)))]

    def reservations(self, *states: str) -> list[UUID]:
        """The reservations in one of these states, in the order of their sessions and people."""
        found = [each for each in self.seen.reservations.values() if each["state"] in states]
        found.sort(
            key=lambda each: (
                self.title_of(each["session"]),
                self.name_of(each["member"]),
                each["booked_at"],
                each["id"],
            )
        )
        return [each["id"] for each in found]

    def reservation(self, chance: Random, *states: str, is_wanted: bool = False) -> tuple[UUID, Actor]:
        """A reservation in one of these states, and one of those who may change it; a seat somebody waits for if any is
        wanted."""
        found = self.reservations(*states)
        waited = {each["session"] for each in self.seen.reservations.values() if each["state"] == "waiting"}
        wanted = [one for one in self.reservations(*TAKING) if self.seen.reservations[one]["session"] in waited]
        chosen = self.seen.reservations[chance.choice(wanted if is_wanted and wanted else found)]
        self.say(self.name_of(chosen["member"]), chosen["state"], self.title_of(chosen["session"]))
        return chosen["id"], self.acting_for(chance, chosen["member"])


def play(machine: type[Playing], number: int, steps: int, favour: Mapping[str, int]) -> list[str]:
    """Play one example from a number, and say what was done. `favour`: how much likelier some steps are than others.

    Raises: AssertionError when a law is broken.
    """
    chance, player = Random(number), machine()
    try:
        for _ in range(steps):
            names = sorted(name for name, when in STEPS.items() if hasattr(player, name) and when(player))
            (name,) = chance.choices(names, [favour.get(each, 1) for each in names])
            player.say(name)
            getattr(player, name)(chance=Random(chance.getrandbits(32)))
        return player.trace
    except BaseException as error:
        error.add_note("\n".join(player.trace))
        raise
    finally:
        player.teardown()
