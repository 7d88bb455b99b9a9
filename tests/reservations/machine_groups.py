"""What families and leaders do with weekly groups: join, leave, open anyway, ask, answer by link, merge, end."""

from datetime import time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from booking.facilities.queries import get_facility
from booking.facilities.rules_forms import version_of
from booking.kit import clock
from booking.programs import queries, queries_groups, service_groups
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations import service_enrolments, service_moves, service_moves_asking
from booking.reservations.schemas_enrolments import EnrolWish
from booking.reservations.schemas_moves import Asking
from tests.make.groups import group_form
from tests.reservations.machine_play import Player, step, there_are

ALIVE = ("gathering", "open", "running")
TIMES = tuple(WeeklyTime(day, time(hour), time(hour + 2)) for day in (3, 6, 7) for hour in (10, 13))


class Groups(Player):
    """Steps of the group pages."""

    def groups(self, *states: str) -> list[UUID]:
        """The groups in one of these states, those made last at the end."""
        found = [each for each in self.seen.groups.values() if each["state"] in states]
        return [each["id"] for each in sorted(found, key=lambda each: (each["created_at"], each["id"]))]

    def a_group(self, chance: Random) -> UUID:
        """One of the groups, rarely one that is over."""
        over = self.groups("ended", "merged")
        return chance.choice(over if over and chance.random() < 0.05 else self.groups(*ALIVE))

    def group_name(self, group_id: UUID) -> int:
        """What a group is called here: the first is 0."""
        return self.groups(*ALIVE, "ended", "merged").index(group_id)

    @step()
    def enrol(self, chance: Random) -> None:
        """Some join a weekly group, or its waiting list."""
        for _ in range(chance.randint(1, 3)):
            by, members = self._family_for(chance)
            group_id = self.a_group(chance)
            self.say([self.name_of(each) for each in members], self.group_name(group_id))
            wish = EnrolWish(group_id=group_id, member_ids=tuple(members), may_wait=chance.random() < 0.8)
            self.take(service_enrolments.enrol(by, wish))

    @step(there_are("enrolments", "enrolled", "waiting"))
    def leave(self, chance: Random) -> None:
        """Leave a group."""
        live = [each for each in self.seen.enrolments.values() if each["state"] in ("enrolled", "waiting")]
        live.sort(key=lambda each: (each["enrolled_at"], self.name_of(each["member"])))
        chosen = chance.choice(live)
        self.say(self.name_of(chosen["member"]), self.group_name(chosen["group_id"]))
        self.take(service_enrolments.leave(self.desk, chosen["id"]))

    def _family_for(self, chance: Random) -> tuple[Any, list[UUID]]:
        """A guardian, most often with children of a school year the groups are for."""
        by, members = self.family(chance)
        own = self.children_of(by)
        old = [one for one in self.world.members if one in own and self.seen.members[one]["birth_on"].year < 2015]
        return by, chance.sample(old, min(len(old), len(members))) if chance.random() < 0.9 else members

    @step()
    def lead(self, chance: Random) -> None:
        """The leader does something with a group."""
        (verb,) = chance.choices((self.ask, self.merge, self.change, self.open_anyway, self.end), (9, 2, 3, 2, 1))
        self.say(verb.__name__)
        verb(chance)

    def open_anyway(self, chance: Random) -> None:
        """Open a group that has not reached its minimum."""
        self.take(service_moves.open_anyway(self.desk, self.a_group(chance)))

    def change(self, chance: Random) -> None:
        """More seats for a group, or another minimum."""
        seats = chance.randint(1, 4)
        self.take(self._change(self.a_group(chance), seats, chance.randint(1, seats)))

    async def _change(self, group_id: UUID, seats: int, minimum: int) -> None:
        group = await queries_groups.get_group(group_id)
        program = await queries.get_program(group.program_code)
        facility = await get_facility(group.facility_code)
        words = {"seats": seats, "min_to_open": minimum, "first_on": group.first_on, "seen": version_of(group)}
        words["space"] = group.space or ""
        form = group_form(program, facility, (), **words)
        await service_moves.change(self.desk, group_id, form)

    def ask(self, chance: Random) -> None:
        """Ask the people of a group to come to another one, or to meet at other times."""
        group_id, until = self.a_group(chance), self.clock.instant + timedelta(days=chance.choice((1, 3)))
        asking = Asking(answer_until=until, to_group_id=self.a_group(chance))
        if chance.random() < 0.5:
            day = clock.today() + timedelta(days=chance.randint(0, 9))
            asking = Asking(answer_until=until, times=(chance.choice(TIMES),), from_on=day)
        self.say(self.group_name(group_id), asking.times or self.group_name(asking.to_group_id))
        verb = service_moves_asking.ask_or_change if asking.times else service_moves_asking.ask
        self.take(verb(self.desk, group_id, asking))

    @step(lambda player: bool(player.seen.answers))
    def answer_by_link(self, chance: Random) -> None:
        """Somebody who got a link says yes or no, now and then twice."""
        answer = chance.choice(self._answers())
        member = self.seen.enrolments[answer["enrolment"]]["member"]
        token = service_moves_asking.token_of(answer["id"], chance.choice(self.world.guardians))
        is_yes = chance.random() < 0.7
        self.say(self.name_of(member), f"{is_yes=}")
        self.take(service_moves_asking.answer(token, is_yes=is_yes))

    def _answers(self) -> list[Any]:
        asked = self.seen.moves

        def stands(one: Any) -> tuple[Any, ...]:
            enrolment = self.seen.enrolments[one["enrolment"]]
            return (asked[one["move"]]["asked_at"], self.name_of(enrolment["member"]), enrolment["enrolled_at"])

        found = sorted(self.seen.answers.values(), key=stands)
        return [each for each in found if asked[each["move"]]["state"] == "asked"] or found

    @step(there_are("moves", "asked"))
    def settle(self, chance: Random) -> None:
        """The leader carries out what was asked, or asks no more."""
        asked = sorted(
            (each for each in self.seen.moves.values() if each["state"] == "asked"), key=lambda each: each["asked_at"]
        )
        verb = chance.choice((service_moves_asking.carry_out, service_moves_asking.withdraw))
        self.say(verb.__name__)
        self.take(verb(self.desk, chance.choice(asked)["id"]))

    def merge(self, chance: Random) -> None:
        """Merge a group into another."""
        one, other = self.a_group(chance), self.a_group(chance)
        self.say(self.group_name(one), self.group_name(other))
        self.take(service_moves.merge(self.desk, one, other))
        if len(self.groups(*ALIVE)) < 2:
            self.take(self._gather(chance.choice(TIMES), 3))

    def end(self, chance: Random) -> None:
        """End a group, and begin to gather another."""
        self.take(service_moves.end(self.desk, self.a_group(chance)))
        self.take(self._gather(chance.choice(TIMES), chance.randint(2, 3)))

    async def _gather(self, at: WeeklyTime, seats: int) -> None:
        program = await queries.get_program(self.world.weekly)
        facility = await get_facility(self.world.facilities[0])
        room = {"space": self.world.rooms[0], "without_room": True}
        form = group_form(program, facility, (at,), seats=seats, min_to_open=2, starts_after_days=0, **room)
        await service_groups.add_group(self.desk, form)
