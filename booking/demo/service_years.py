"""Years of visits with their sessions and bookings, at any size: facility-day by facility-day, in the order of days."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from random import Random
from uuid import UUID

import asyncpg

from booking.demo import rules, rules_days, rules_pools, rules_years
from booking.demo.rules_days import Day, Person, Pool, Slot
from booking.demo.service_bulk import Row
from booking.demo.service_loose import loosened
from booking.demo.service_past_groups import PastGroup, make_past_groups
from booking.demo.service_rows import Filled, Progress, SlotOf, Writer
from booking.facilities import queries as facilities
from booking.facilities.rules import hours_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.fiscal import fiscal_year
from booking.kpi import queries as kpi

LARGE = 100_000
"""From so many visits on, tables are filled without their indexes, which are made afterwards."""
REGULAR_FROM = 6_000
"""Of fewer visits nobody came 300 times."""


@dataclass(frozen=True)
class Open:
    """A facility on an open day: seconds of the local day, and how busy it is beside others."""

    facility: FacilityView
    on: date
    opens: int
    closes: int
    weight: float


@dataclass(frozen=True)
class Time:
    """A weekly time of a facility's program."""

    program: UUID
    pattern: UUID
    weekday: int
    starts: int
    ends: int
    web_seats: int
    walk_in_seats: int


@dataclass
class Known:
    """What every day needs: who there is, what is offered where, and who belongs to which pool this month."""

    members: Sequence[tuple[UUID, rules.Somebody]]
    weights: Sequence[float]
    times: Mapping[UUID, Sequence[Time]]
    grades: Mapping[UUID, tuple[int, int]]
    keys: dict[tuple[UUID, int], UUID]
    groups: Sequence[PastGroup]
    planned: set[tuple[UUID, date]]
    regular_on: set[date]
    everywhere: Sequence[FacilityView]
    spans: Mapping[tuple[UUID, date], tuple[int, int]]
    month: date | None = None
    present: Mapping[int, Person] = field(default_factory=dict)
    pools: dict[UUID, tuple[Pool, dict[int, Person]]] = field(default_factory=dict)


async def first_day(from_on: date) -> date:
    """The day from which visits can be made: not before the first facility was open."""
    return max(from_on, min((each.opened_on for each in await facilities.list_facilities()), default=from_on))


async def make_visits(
    members: Sequence[Row],
    count: int,
    seed: int,
    from_on: date,
    *,
    until_on: date,
    progress: Progress = lambda *_: None,
) -> int:
    """So many visits on the open days from `from_on` until before `until_on`; how many were made.

    Fewer where more would be impossible: nobody is at two places at once, or comes before joining or after leaving.
    A day that is signed gets none, and its share of them is not made.
    """
    everyday = await _open_days(from_on, until_on)
    signed = await _signed_days(from_on, until_on)
    opened = [each for each in everyday if (each.facility.id, each.on) not in signed]
    if not opened or not members:
        return 0
    if signed:
        count = round(count * sum(each.weight for each in opened) / sum(each.weight for each in everyday))
    existing = await db.fetchval("select count(*) from person_key")
    chance = Random(f"visits {seed} {existing}")  # noqa: S311 - plausible, not secret
    async with _filling(is_large=count >= LARGE) as connection:
        known = await _learn(chance, members, count, opened)
        had = dict(known.keys)
        writer = Writer(connection, chance, progress, count)
        await _fill_days(chance, known, opened, writer)
        await writer.write_keys(had)
    progress(writer.made, writer.made)
    return writer.made


@asynccontextmanager
async def _filling(*, is_large: bool) -> AsyncIterator[asyncpg.Connection]:
    async with loosened(("visit", "reservation", "session")) if is_large else db.transaction() as connection:
        yield connection


async def _open_days(from_on: date, until_on: date) -> list[Open]:
    """Open facility-days in order; of a day the facilities from which people go next door come first."""
    everywhere = sorted(await facilities.list_facilities(), key=lambda each: (each.brand != "tumo", each.code))
    if from_on >= until_on:
        return []
    targets = {year: await kpi.find_target(year) or 0 for year in await kpi.list_fiscal_years()}
    calendar = await facilities.load_calendar([each.id for each in everywhere], from_on, until_on - timedelta(days=1))
    found = []
    for n in range((until_on - from_on).days):
        on = from_on + timedelta(days=n)
        for each in everywhere:
            hours = hours_of(calendar, each.id, on)
            if hours.is_open:
                span = hours.spans[0]
                weight = rules_years.weight_of(each.code, each.opened_on, on, targets)
                found.append(Open(each, on, _second(span.opens), _second(span.closes), weight))
    return found


async def _signed_days(from_on: date, until_on: date) -> set[tuple[UUID, date]]:
    rows = await db.fetch(
        "select facility, closed_on from day_close where closed_on >= $1 and closed_on < $2", from_on, until_on
    )
    return {(row["facility"], row["closed_on"]) for row in rows}


def _second(wall: time) -> int:
    return wall.hour * 3600 + wall.minute * 60


async def _learn(chance: Random, members: Sequence[Row], count: int, opened: Sequence[Open]) -> Known:
    everywhere = list({each.facility.id: each.facility for each in opened}.values())
    by_prefecture = {each.on for each in opened if each.facility.body_code == rules.body_of("")}
    regular_on = rules_years.days_of_the_regular(chance, by_prefecture) if count >= REGULAR_FROM else set()
    times, grades = await _list_times()
    ids = [row.id for row in members]
    keys = await db.fetch("select member, fiscal_year, key from person_key where member = any($1::uuid[])", ids)
    held = await db.fetch(
        "select distinct facility, held_on from session where held_on >= $1 and held_on <= $2",
        *(opened[0].on, opened[-1].on),
    )
    return Known(
        members=[(row.id, row.who) for row in members],
        weights=[min(40.0, chance.paretovariate(1.1)) if n or not regular_on else 0.0 for n in range(len(members))],
        times=times,
        grades=grades,
        keys={(row["member"], row["fiscal_year"]): row["key"] for row in keys},
        groups=await make_past_groups(chance, members, everywhere, opened[0].on, visits=count),
        planned={(row["facility"], row["held_on"]) for row in held},
        regular_on=regular_on,
        everywhere=everywhere,
        spans={(each.facility.id, each.on): (each.opens, each.closes) for each in opened},
    )


async def _list_times() -> tuple[dict[UUID, list[Time]], dict[UUID, tuple[int, int]]]:
    """The weekly times of every facility, and the lowest and highest school year they are for."""
    rows = await db.fetch(
        """select p.facility, p.program, p.id, p.weekday, p.starts, p.ends, p.web_seats, p.walk_in_seats, e.min_grade,
             e.max_grade from pattern p left join eligibility e on e.program = p.program and e.valid_until_on is null
           where p.valid_until_on is null order by p.facility, p.weekday, p.starts, p.id"""
    )
    times: dict[UUID, list[Time]] = {}
    for row in rows:
        span, seats = (_second(row["starts"]), _second(row["ends"])), (row["web_seats"], row["walk_in_seats"])
        times.setdefault(row["facility"], []).append(Time(row["program"], row["id"], row["weekday"], *span, *seats))
    return times, {row["facility"]: (row["min_grade"] or 1, row["max_grade"] or 12) for row in rows}


async def _fill_days(chance: Random, known: Known, opened: Sequence[Open], writer: Writer) -> None:
    whole, reached = sum(each.weight for each in opened), 0.0
    taken, moves, on = dict[int, int](), dict[UUID, list[tuple[Person, int]]](), opened[0].on
    for each in opened:
        if each.on != on:
            on, taken, moves = each.on, {}, {}
        reached += each.weight
        pool, by_place = _pool(chance, known, each)
        slots = _slots(known, each)
        day = Day(
            on=on,
            opens=each.opens,
            closes=each.closes,
            slots=[slot for slot, _ in slots],
            taken=taken,
            moves=moves.pop(each.facility.id, ()),
            enrolled={
                n: [by_place[at] for at in what.enrolments if at in by_place]
                for n, (_, what) in enumerate(slots)
                if what.group is not None
            },
            regular=by_place.get(0) if on in known.regular_on and 0 not in taken else None,
        )
        neighbour = _next_door(known, each)
        share = round(writer.whole * reached / whole) - writer.made
        stays, unused = rules_days.fill(chance, day, pool, share, has_neighbour=neighbour is not None)
        if neighbour is not None:
            moves[neighbour] = day.moved_on
        await writer.add(
            Filled(
                facility=each.facility.id,
                program=known.times[each.facility.id][0].program if each.facility.id in known.times else None,
                on=on,
                midnight=clock.day_span(on)[0],
                times=[(slot.starts, slot.ends) for slot, _ in slots],
                slots=[what for _, what in slots],
                stays=stays,
                unused=unused,
            )
        )
    await writer.write()


def _pool(chance: Random, known: Known, each: Open) -> tuple[Pool, dict[int, Person]]:
    month, _ = rules_pools.month_of(each.on)
    if month != known.month:
        year = fiscal_year(month)
        if known.month is None or fiscal_year(known.month) != year:
            for member, _who in known.members:
                known.keys.setdefault((member, year), rules.random_id(chance))
        known.month, known.pools = month, {}
        known.present = rules_pools.people_of(known.members, known.keys, month)
    place = each.facility
    if place.id not in known.pools:
        what = place.code, place.body_code, known.grades.get(place.id, (1, 12))
        known.pools[place.id] = rules_pools.pool_of(known.present, known.members, known.weights, what, month)
    return known.pools[place.id]


def _slots(known: Known, each: Open) -> list[tuple[Slot, SlotOf]]:
    """The sessions of a day; none where it has some already."""
    place = each.facility.id
    if (place, each.on) in known.planned:
        return []
    weekday, is_free = each.on.isoweekday(), rules_years.is_free(each.on)
    found = [
        (
            Slot(at.starts, at.ends, rules_years.weight_of_hour(at.starts // 3600, is_free=is_free)),
            SlotOf(at.program, at.pattern, None, (at.web_seats, at.walk_in_seats), {}),
        )
        for at in known.times.get(place, ())
        if at.weekday == weekday and at.starts >= each.opens and at.ends <= each.closes
    ]
    for group in known.groups:
        starts, ends = _second(group.starts), _second(group.ends)
        if group.facility == place and group.meets(each.on) and starts >= each.opens and ends <= each.closes:
            what = SlotOf(group.program, None, group.id, (group.seats, 0), group.enrolments)
            found.append((Slot(starts, ends, 0.0, is_group=True), what))
    return found


def _next_door(known: Known, each: Open) -> UUID | None:
    """Where people go from a TUMO place at once: the tsukurun of the same floor, when it is open at the same hours."""
    if each.facility.brand != "tumo":
        return None
    for other in known.everywhere:
        is_there = other.place_id == each.facility.place_id and other.id != each.facility.id
        if is_there and known.spans.get((other.id, each.on)) == (each.opens, each.closes):
            return other.id
    return None
