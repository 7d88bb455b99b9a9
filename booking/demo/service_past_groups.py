"""Weekly groups of years past: each opened when enough had enrolled, and has met every week since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random
from uuid import UUID

from booking.demo import rules
from booking.demo.rules_words import GROUP_NAMES, GROUP_NOTES
from booking.demo.service_bulk import Row
from booking.demo.service_groups import FACILITY, GROUPS, PROGRAM, SPANS
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.words import others_of

SEATS, NEEDED, PEOPLE = 16, 8, (9, 16)
VISITS_FOR_ONE, MOST = 25_000, 40
LOWEST_GRADE = 7
WEEKLY = tuple((weekday, names) for (weekday, *_), names in zip(GROUPS, GROUP_NAMES, strict=True))


@dataclass(frozen=True)
class PastGroup:
    """A group and who belongs to it: place in the list of members → enrolment."""

    id: UUID
    facility: UUID
    program: UUID
    seats: int
    weekday: int
    starts: time
    ends: time
    starts_on: date
    enrolments: Mapping[int, UUID]

    def meets(self, on: date) -> bool:
        """Whether it has a session on an open day."""
        return on.isoweekday() == self.weekday and on >= self.starts_on


async def make_past_groups(
    chance: Random, members: Sequence[Row], everywhere: Sequence[FacilityView], since: date, *, visits: int
) -> list[PastGroup]:
    """Groups that have been running, one for so many visits; none where the centre is not known yet."""
    place = next((each for each in everywhere if each.code == FACILITY), None)
    program = await db.fetchval("select id from program where code = $1", PROGRAM)
    if place is None or program is None:
        return []
    first = max(since, place.opened_on)
    today = clock.today()
    fitting = [at for at, row in enumerate(members) if at and _fits(row, place, today)]
    chance.shuffle(fitting)
    made = []
    for number in range(min(MOST, visits // VISITS_FOR_ONE)):
        mine = [fitting.pop() for _ in range(min(len(fitting), chance.randint(*PEOPLE)))]
        if len(mine) < NEEDED or first >= today:
            break
        starts_on = first + timedelta(days=chance.randrange(max(1, (today - first).days // 2)))
        made.append(await _make(chance, (number, place.id, program), {at: members[at] for at in mine}, starts_on))
    return made


def _fits(row: Row, place: FacilityView, today: date) -> bool:
    """Still coming, from the first year of junior high school on, registered with the centre's body."""
    who = row.who
    is_known = who.is_with_both or rules.body_of(who.town) == place.body_code
    return is_known and who.until_on > today and rules.grade_at(who.birth_on, today) >= LOWEST_GRADE


async def _make(chance: Random, what: tuple[int, UUID, UUID], members: Mapping[int, Row], starts_on: date) -> PastGroup:
    number, facility, program = what
    weekday, words = WEEKLY[number % len(WEEKLY)]
    starts, ends = SPANS[weekday > 5]
    at = clock.at_local(starts_on - timedelta(days=7), starts)
    group = rules.identify(chance, at)
    names = {language: f"{name} {number + 1}" for language, name in words.items()}
    await db.execute(
        """insert into weekly_group (id, program, facility, name, names, note, notes, seats, min_to_open,
             starts_after_days, first_on, state, created_at, opened_at, starts_on)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 7, $10, 'running', $11, $11, $10)""",
        *(group, program, facility, names["ja"], others_of(names)),
        *(GROUP_NOTES["ja"], others_of(GROUP_NOTES), SEATS, NEEDED, starts_on, at),
    )
    await db.execute(
        """insert into group_time (id, "group", weekday, starts, ends, valid_from_on)
           values ($1, $2, $3, $4, $5, $6)""",
        *(rules.identify(chance, at), group, weekday, starts, ends, starts_on),
    )
    enrolments = {member: rules.identify(chance, at) for member in members}
    await db.execute_many(
        """insert into enrolment (id, "group", member, state, other_times, enrolled_at, enrolled_by_kind)
           values ($1, $2, $3, 'enrolled', '[]', $4, 'account')""",
        [
            (enrolments[place], group, row.id, max(at, clock.at_local(row.who.joined_on, starts)))
            for place, row in members.items()
        ],
    )
    return PastGroup(group, facility, program, SEATS, weekday, starts, ends, starts_on, enrolments)
