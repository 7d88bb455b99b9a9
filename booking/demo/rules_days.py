"""One day of one facility: who comes and when, who had booked, who did not come. From chance and values alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from random import Random
from typing import NamedTuple
from uuid import UUID

MINUTE, HOUR = 60, 3600
PARTIES = ("みほん市立みほん小学校", "みほん市立みほん中学校", "みほん子ども会", "みほん学童クラブ")
BOOKED, STAFF_ENTRY, AUTO_EXIT, AGAIN = 0.6, 0.04, 0.06, 0.02
"""Shares of members' visits: booked, entered by staff, closed by the service, followed by another the same day."""
GROUP, NAMELESS, GUARDIAN = 0.004, 0.01, 0.05
"""Shares of all visits: a group counted by heads, somebody without a name, a guardian."""
PAPER_DAY = 0.012
"""Share of facility-days written down on paper: the power was out, or the network."""
ATTENDS, ABSENT = 0.86, 0.05
"""How often who belongs to a weekly group comes, and how often nobody heard why not."""
NOT_COME, CANCELLED = 0.10, 0.15
"""Bookings that nobody used and that were given back, beside those that were used."""


class Person(NamedTuple):
    """A member as visits of a month copy one. `band` is empty in the month of a birthday: it depends on the day."""

    at: int
    id: UUID
    key: UUID
    grade: int | None
    stage: str
    band: str
    town: str
    birth_on: date
    joined_on: date
    until_on: date


class Slot(NamedTuple):
    """A session of the day: seconds of the local day, and whether only its group takes part."""

    starts: int
    ends: int
    weight: float
    is_group: bool = False


class Stay(NamedTuple):
    """A visit: seconds of the local day, how it was noted, in which session, and with which booking if any."""

    person: Person | None
    kind: str
    heads: int
    starts: int
    ends: int
    entered_by: str
    closed_by: str
    slot: int | None
    is_booked: bool
    party: str | None = None


class Booking(NamedTuple):
    """A booking that nobody used."""

    person: Person
    slot: int
    state: str


class Pool:
    """Who may come to a facility in a month, each as often as its weight says."""

    def __init__(self, people: Sequence[Person], weights: Sequence[float]) -> None:
        self.people = people
        self.upto = list(accumulate(weights))

    def draw(self, chance: Random, count: int, on: date, taken: Mapping[int, int]) -> list[Person]:
        """So many different people who are members on a day and not `taken`; fewer when there are no more."""
        found: dict[int, Person] = {}
        for _ in range(4):
            if len(found) >= count or not self.people:
                break
            for person in chance.choices(self.people, cum_weights=self.upto, k=count - len(found)):
                if person.at not in taken and person.joined_on <= on < person.until_on:
                    found[person.at] = person
        if len(found) < count and len(found) < len(self.people):
            rest = [
                each
                for each in self.people
                if each.at not in taken and each.at not in found and each.joined_on <= on < each.until_on
            ]
            found |= {each.at: each for each in chance.sample(rest, min(len(rest), count - len(found)))}
        return list(found.values())


@dataclass
class Day:
    """A facility-day to be filled: opening in seconds of the local day, its sessions, who has come today and left when.

    `moves`: who comes over from the facility next door, and when. `enrolled`: who belongs to the group of a session.
    """

    on: date
    opens: int
    closes: int
    slots: Sequence[Slot]
    taken: dict[int, int]
    moves: Sequence[tuple[Person, int]] = ()
    enrolled: Mapping[int, Sequence[Person]] = field(default_factory=dict)
    regular: Person | None = None
    moved_on: list[tuple[Person, int]] = field(default_factory=list)


def fill(chance: Random, day: Day, pool: Pool, count: int, *, has_neighbour: bool) -> tuple[list[Stay], list[Booking]]:
    """So many visits of a day in the order people came, and the bookings nobody used."""
    is_paper = chance.random() < PAPER_DAY
    stays = [_after_move(chance, day, person, at) for person, at in day.moves]
    unused = _group_sessions(chance, day, stays, is_paper=is_paper)
    few = [_heads(chance, day, kind) for kind, share in _NAMELESS for _ in range(_about(chance, count * share))]
    stays += few[: max(0, count - len(stays))]
    people = [] if day.regular is None else [day.regular]
    count = max(count, len(stays) + len(people))
    people += pool.draw(chance, max(0, count - len(stays) - len(people)), day.on, day.taken)
    slots = [n for n, slot in enumerate(day.slots) if not slot.is_group]
    weights = [day.slots[n].weight for n in slots]
    places = chance.choices(slots, weights, k=len(people)) if slots else [None] * len(people)
    for person, place in zip(people, places, strict=True):
        if len(stays) >= count:
            break
        stay = _stay(chance, day, person, place, is_paper=is_paper)
        stays.append(stay)
        day.taken[person.at] = stay.ends
        if len(stays) < count and stay.closed_by == "scan" and chance.random() < AGAIN:
            _come_again(chance, day, stay, stays, has_neighbour=has_neighbour)
    unused += _unused(chance, day, pool, sum(stay.is_booked for stay in stays), slots)
    return sorted(stays, key=lambda stay: (stay.starts, stay.ends)), unused


def _group_sessions(chance: Random, day: Day, stays: list[Stay], *, is_paper: bool) -> list[Booking]:
    """Who belongs to a weekly group comes nearly every week; the bookings of those who did not."""
    unused = []
    for place, people in day.enrolled.items():
        slot = day.slots[place]
        for person in people:
            if person.at in day.taken or not person.joined_on <= day.on < person.until_on:
                continue
            luck = chance.random()
            if luck >= ATTENDS:
                unused.append(Booking(person, place, "released" if luck > 1 - ABSENT else "cancelled"))
                continue
            starts = max(day.opens, slot.starts + int((chance.random() - 0.6) * 18 * MINUTE))
            entered_by = "paper" if is_paper else "scan"
            stays.append(
                Stay(
                    person,
                    "member",
                    1,
                    starts,
                    slot.ends,
                    entered_by,
                    "staff" if is_paper else "scan",
                    place,
                    is_booked=True,
                )
            )
            day.taken[person.at] = slot.ends
    return unused


_NAMELESS = (("group", GROUP), ("anonymous", NAMELESS), ("guardian", GUARDIAN))


def _about(chance: Random, number: float) -> int:
    return int(number) + (chance.random() < number % 1)


def _stay(chance: Random, day: Day, person: Person, place: int | None, *, is_paper: bool) -> Stay:
    draw = chance.random
    is_booked = False
    if place is None:
        starts = day.opens + int(draw() * max(1, day.closes - day.opens - 45 * MINUTE))
    else:
        slot, is_booked = day.slots[place], draw() < BOOKED
        length = slot.ends - slot.starts
        starts = slot.starts + (
            int((draw() + draw()) * 13 * MINUTE) - 11 * MINUTE if is_booked else int(draw() * length * 0.6)
        )
        starts = max(starts, day.opens)
    ends = min(starts + int((25 + (draw() + draw()) * 75) * MINUTE), day.closes)
    entered_by = "paper" if is_paper else "staff" if draw() < STAFF_ENTRY else "scan"
    closed_by = "staff" if is_paper else "scan"
    if not is_paper and draw() < AUTO_EXIT:
        ends, closed_by = day.closes, "auto"
    return Stay(person, "member", 1, starts, ends, entered_by, closed_by, place, is_booked)


def _come_again(chance: Random, day: Day, stay: Stay, stays: list[Stay], *, has_neighbour: bool) -> None:
    """Somebody goes next door at once, or comes back later the same day."""
    assert stay.person is not None
    if day.closes - stay.ends < 40 * MINUTE:
        return
    if has_neighbour and chance.random() < 0.8:
        stays[-1] = stay._replace(closed_by="move")
        day.moved_on.append((stay.person, stay.ends))
        return
    starts = stay.ends + int((5 + chance.random() * 25) * MINUTE)
    again = _after_move(chance, day, stay.person, starts)
    stays.append(again._replace(entered_by=stay.entered_by))


def _after_move(chance: Random, day: Day, person: Person, at: int) -> Stay:
    ends = min(day.closes, at + int((20 + chance.random() * 80) * MINUTE))
    day.taken[person.at] = max(ends, day.taken.get(person.at, 0))
    place = next((n for n, slot in enumerate(day.slots) if not slot.is_group and slot.starts <= at < slot.ends), None)
    return Stay(person, "member", 1, at, max(at, ends), "scan", "scan", place, is_booked=False)


def _heads(chance: Random, day: Day, kind: str) -> Stay:
    """A group, somebody without a name, or a guardian, entered by the desk."""
    starts = day.opens + int(chance.random() * max(1, (day.closes - day.opens) * 0.7))
    ends = min(day.closes, starts + int((30 + chance.random() * 80) * MINUTE))
    heads = chance.randrange(8, 40) if kind == "group" else 1
    party = chance.choice(PARTIES) if kind == "group" else None
    return Stay(None, kind, heads, starts, ends, "staff", "staff", None, is_booked=False, party=party)


def _unused(chance: Random, day: Day, pool: Pool, booked: int, slots: Sequence[int]) -> list[Booking]:
    """Bookings of people who did not come that day: nobody used them, or they were given back."""
    if not slots:
        return []
    wanted = {"released": _about(chance, booked * NOT_COME), "cancelled": _about(chance, booked * CANCELLED)}
    people = pool.draw(chance, sum(wanted.values()), day.on, day.taken)
    states = [state for state, number in wanted.items() for _ in range(number)]
    return [Booking(person, chance.choice(slots), state) for person, state in zip(people, states, strict=False)]
