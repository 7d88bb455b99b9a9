"""A machine that books, cancels, waits, enrols, closes and lets time pass as Hypothesis likes, on a real database.

Every step is a public verb or a job, as the doors and the clock call them; a refusal is an answer, and must change
nothing. After every step the laws of `machine_laws` and `machine_changes` are read from the tables.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from booking.access.schemas import Actor
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas_forms import ClosureForm
from booking.kit import clock
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.kit.postgres_server import PostgresServer
from booking.programs import queries as programs
from booking.programs import service, service_groups, service_sessions
from booking.programs.schemas_forms import SeatsForm
from booking.reservations import service as reservations
from booking.reservations import service_closing_day, service_enrolments, service_offers, service_seats, service_waiting
from booking.reservations.schemas import Wish
from booking.reservations.schemas_enrolments import EnrolWish
from booking.visits import service_closing, service_no_show
from tests.conftest import NOON, Clock
from tests.reservations import machine_changes as changes
from tests.reservations import machine_laws as laws
from tests.reservations.machine_world import World, clone, drop, steady

SPANS = (timedelta(minutes=7), timedelta(minutes=50), timedelta(hours=4), timedelta(hours=11), timedelta(days=2))
OVERRIDES = ("session-full", "overlaps", "limit-held", "limit-week", "not-eligible", "booking-closed")
ENDED = ("cancelled", "released", "expired")
dice = st.integers(0, 2**32 - 1).map(Random)
"""What is drawn in a step is thrown with dice, so that every choice is as likely as every other."""


def there_are(kind: str, *states: str) -> Callable[["Machine"], bool]:
    """Whether anything of a kind is in one of these states."""
    return lambda machine: any(each["state"] in states for each in getattr(machine.seen, kind).values())


class Machine(RuleBasedStateMachine):
    """One example: a clone of the world, a clock that stands until a step moves it, and one step after another."""

    server: PostgresServer
    world: World
    sweeps = (
        *(service_groups.start_running, service.generate_sessions, service_seats.settle_groups),
        *(service_no_show.release_missing, service_offers.expire_offers, service_waiting.settle_waiting),
    )
    """The jobs that act on bookings, as the clock runs them."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.name = f"machine_{uuid4().hex}"
        self.steady = steady(1)
        self.steady.__enter__()
        self.clock = Clock(NOON)
        clock.use_source(self.clock)
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        address = await clone(self.server, self.name)
        house_db.use_address(address)
        await house_db.start_pool(2)
        self.eyes = await asyncpg.connect(address)
        self.seen = await laws.read_picture(self.eyes, NOON)

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

    # ---- one step -----------------------------------------------------------------------------------------------

    def step(self, verb: Awaitable[Any], *, sweeps: bool = False) -> None:
        """Do one thing, then look whether everything is still true."""
        self.runner.run(self._step(verb, sweeps=sweeps))

    async def _step(self, verb: Awaitable[Any], *, sweeps: bool) -> None:
        self.clock.advance(seconds=1)
        refusal: Refusal | None = None
        try:
            await verb
        except Refusal as said:
            refusal = said
        if sweeps and refusal is None:
            for job in self.sweeps:
                await job()
        await self._look(refusal)

    async def _look(self, refusal: Refusal | None) -> None:
        before, self.seen = self.seen, await laws.read_picture(self.eyes, self.clock.instant)
        step = changes.Step(before, self.seen)
        found = laws.breaches(self.seen, laws.ALWAYS + laws.PROMPT)
        found += [f"unaudited: {each}" for each in changes.unaudited(step)]
        found += [f"untold: {each}" for each in changes.untold(step)]
        found += [f"leaked: {each}" for each in changes.leaked(step)]
        if refusal is not None:
            note(f"    refused: {refusal.code}")
            found += [f"undone: {each}" for each in changes.undone(step)]
        if not found and list(laws.seatless(self.seen)):
            await service_seats.settle_groups()
            self.seen = await laws.read_picture(self.eyes, self.clock.instant)
            found = laws.breaches(self.seen, (*laws.ALWAYS, *laws.PROMPT, laws.seatless))
        assert not found, "\n".join(found)

    # ---- who and what -------------------------------------------------------------------------------------------

    @property
    def desk(self) -> Actor:
        """Somebody of the staff, who may do everything."""
        return self.world.actors[self.world.desk]

    def name_of(self, member_id: UUID) -> str:
        """What a member is called."""
        return str(self.seen.members[member_id]["shown_name"])

    def family(self, chance: Random) -> tuple[Actor, list[UUID]]:
        """A guardian, and one or two members they may book for; now and then somebody else's."""
        by = self.world.actors[chance.choice(self.world.guardians)]
        own = [each["member"] for each in self.seen.readers if each["account"] == by.id]
        chosen = self.world.members if chance.random() < 0.05 else own
        return by, chance.sample(chosen, min(len(chosen), chance.choice((1, 1, 2))))

    def sessions(self, chance: Random, most: int = 1) -> list[UUID]:
        """One or some of the sessions that have not ended, the next ones; a group's own too."""
        coming = [each for each in self.seen.sessions.values() if each["ends_at"] > self.clock.instant]
        coming.sort(key=lambda each: (each["state"] == "cancelled", each["starts_at"], each["id"]))
        chosen = chance.sample(coming[:10], min(len(coming), chance.randint(1, most)))
        return [each["id"] for each in chosen]

    def reservation(self, chance: Random, *states: str) -> tuple[UUID, Actor]:
        """A reservation in one of these states, and one of those who may change it."""
        found = sorted(one for one, each in self.seen.reservations.items() if each["state"] in states)
        chosen = chance.choice(found)
        member = self.seen.reservations[chosen]["member"]
        may = [each["account"] for each in self.seen.readers if each["member"] == member and each["may_book"]]
        note(f"    {self.name_of(member)}: {self.seen.reservations[chosen]['state']} {chosen}")
        return chosen, self.world.actors[chance.choice(may)]

    # ---- booking ------------------------------------------------------------------------------------------------

    @rule(chance=dice)
    def book_one(self, chance: Random) -> None:
        """Some guardians book one session each, or wait for it."""
        for _ in range(chance.randint(1, 4)):
            self._order(chance, 1)

    @rule(chance=dice)
    def book_some(self, chance: Random) -> None:
        """A guardian orders several, all or nothing or as much as there is."""
        for _ in range(chance.randint(1, 2)):
            self._order(chance, 3)

    def _order(self, chance: Random, most: int) -> None:
        by, members = self.family(chance)
        extra, together = chance.random(), chance.random() < 0.6
        chosen = self.sessions(chance, most)
        offers = any(each["session"] in chosen for each in self.seen.options.values())
        wish = Wish(
            session_ids=tuple(chosen),
            member_ids=tuple(members),
            options=("laptop",) if offers and extra < 0.5 else (),
            wheelchair_ids=frozenset(members if extra > 0.6 else ()),
            waits=chance.random() < 0.8,
        )
        if wish.session_ids:
            note(f"    {[self.name_of(each) for each in members]} {wish.session_ids} {together=} {wish.waits=}")
            self.step(reservations.place_order(by, wish, all_or_nothing=together))

    @rule(chance=dice)
    def let_in_by_staff(self, chance: Random) -> None:
        """The desk books for somebody, and sets rules aside."""
        codes = frozenset(chance.sample(OVERRIDES, chance.randint(0, len(OVERRIDES))))
        wish = Wish(
            session_ids=tuple(self.sessions(chance)),
            member_ids=(chance.choice(self.world.members),),
            overridden=codes,
            reason="館長に確認ずみ" if codes else "",
            waits=chance.random() < 0.5,
        )
        if wish.session_ids:
            note(f"    {self.name_of(wish.member_ids[0])} {wish.session_ids} {sorted(codes)}")
            self.step(reservations.place_order(self.desk, wish, all_or_nothing=True))

    @precondition(there_are("reservations", *laws.LIVE))
    @rule(chance=dice)
    def cancel(self, chance: Random) -> None:
        """Give something back, too late or not."""
        one, by = self.reservation(chance, *laws.LIVE)
        self.step(reservations.cancel(by, one))

    @precondition(there_are("reservations", *laws.LIVE))
    @rule(chance=dice)
    def cancel_late(self, chance: Random) -> None:
        """The desk gives something back for somebody on the telephone, however late."""
        one, _ = self.reservation(chance, *laws.LIVE)
        late = {"overridden": ("too-late-to-cancel",), "reason": "電話で聞きました"}
        self.step(reservations.cancel(self.desk, one, **late))

    @precondition(there_are("reservations", *ENDED))
    @rule(chance=dice)
    def book_again(self, chance: Random) -> None:
        """Take back what was given back."""
        one, by = self.reservation(chance, *ENDED)
        self.step(reservations.book_again(by, one))

    @precondition(there_are("reservations", "offered"))
    @rule(chance=dice)
    def answer(self, chance: Random) -> None:
        """Answer an offer."""
        one, by = self.reservation(chance, "offered")
        verb = chance.choice((service_offers.accept, service_offers.decline, service_offers.extend))
        note(f"    {verb.__name__}")
        self.step(verb(by, one))

    @precondition(there_are("reservations", "confirmed"))
    @rule(chance=dice)
    def come(self, chance: Random) -> None:
        """Somebody comes in, if it is time."""
        one, _ = self.reservation(chance, "confirmed")
        session = self.seen.sessions[self.seen.reservations[one]["session"]]
        if session["starts_at"] - timedelta(minutes=30) <= self.clock.instant < session["ends_at"]:
            self.step(self._arrive(one))

    async def _arrive(self, one: UUID) -> None:
        async with house_db.transaction():
            await reservations.arrive({one: self.clock.instant})

    # ---- weekly groups ------------------------------------------------------------------------------------------

    @rule(chance=dice)
    def enrol(self, chance: Random) -> None:
        """Some join a weekly group, or its waiting list."""
        for _ in range(chance.randint(1, 3)):
            self._enrol(chance)

    def _enrol(self, chance: Random) -> None:
        by, members = self.family(chance)
        group_id = chance.choice(self.world.groups)
        wish = EnrolWish(group_id=group_id, member_ids=tuple(members), may_wait=chance.random() < 0.8)
        note(f"    {[self.name_of(each) for each in members]} {group_id}")
        self.step(service_enrolments.enrol(by, wish))

    @precondition(there_are("enrolments", "enrolled", "waiting"))
    @rule(chance=dice)
    def leave(self, chance: Random) -> None:
        """Leave a group."""
        live = sorted(one for one, each in self.seen.enrolments.items() if each["state"] in ("enrolled", "waiting"))
        self.step(service_enrolments.leave(self.desk, chance.choice(live)))

    # ---- staff --------------------------------------------------------------------------------------------------

    @rule(chance=dice)
    def change_seats(self, chance: Random) -> None:
        """More seats, or fewer. Who waits for a new one gets it with the next sweep."""
        if chosen := self.sessions(chance):
            self.step(self._change_seats(chosen[0], chance.randint(0, 3), chance.randint(0, 1)), sweeps=True)

    async def _change_seats(self, session_id: UUID, web: int, walk_in: int) -> None:
        seen = version_of(await programs.get_session(session_id))
        form = SeatsForm(web_seats=str(web), walk_in_seats=str(walk_in), seen=seen)
        await service_sessions.change_seats(self.desk, session_id, form)

    @rule(chance=dice)
    def close_day(self, chance: Random) -> None:
        """Close a facility for a day."""
        day = clock.today() + timedelta(chance.randint(0, 9))
        form = ClosureForm(day=day.isoformat(), kind="closed", from_time="", until_time="", reason="工事")
        self.step(service_closing_day.close_day(self.desk, self.world.facilities[0], form))

    @precondition(lambda machine: any(each["closed_on"] >= clock.today() for each in machine.seen.closures.values()))
    @rule(chance=dice)
    def open_day(self, chance: Random) -> None:
        """Take a closed day back."""
        closures = sorted(one for one, each in self.seen.closures.items() if each["closed_on"] >= clock.today())
        self.step(
            service_closing_day.revoke_day(self.desk, self.world.facilities[0], chance.choice(closures)), sweeps=True
        )

    @precondition(lambda machine: machine.closing() is None)
    @rule()
    def close_now(self) -> None:
        """Close at once."""
        self.step(service_closing.close_now(self.desk, self.world.facilities[0], "power"))

    @precondition(lambda machine: machine.closing() is not None)
    @rule()
    def reopen(self) -> None:
        """Open again what was closed at once."""
        self.step(service_closing.reopen(self.desk, self.closing()))

    def closing(self) -> UUID | None:
        """The closing that has not ended, if any."""
        return next((one for one, each in self.seen.closings.items() if each["reopened_at"] is None), None)

    # ---- time ---------------------------------------------------------------------------------------------------

    @rule(span=st.sampled_from(SPANS))
    def wait(self, span: timedelta) -> None:
        """Time passes, and the jobs run."""
        self.clock.instant += span
        self.step(asyncio.sleep(0), sweeps=True)


with suppress(AttributeError):
    del Machine.TestCase  # pytest finds the machine through `test_machine`, which gives it a database
