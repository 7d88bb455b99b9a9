"""Who may come to a facility in a month, and how often beside others. From values alone."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from booking.demo.rules import Somebody, body_of, grade_at
from booking.demo.rules_days import Person, Pool
from booking.kit.fiscal import fiscal_year
from booking.people import rules as people

HOMES = {"102016": ("tsukurun-maebashi",), "102032": ("tsukurun-kiryu",)}
HOME = ("tumo-gunma", "tsukurun-takasaki")
"""Where people from a municipality go; those from any other go to the centre."""
AWAY = 0.06
MOSTLY = 0.75
"""How much of it goes to the centre, once somebody is old enough for it."""


def month_of(day: date) -> tuple[date, date]:
    """The first day of a month and of the next."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def people_of(
    members: Sequence[tuple[UUID, Somebody]], keys: Mapping[tuple[UUID, int], UUID], day: date
) -> dict[int, Person]:
    """Everybody who is a member in the month of a day, with what a visit copies; by place in the list."""
    first, until = month_of(day)
    year, found = fiscal_year(first), dict[int, Person]()
    for at, (member, who) in enumerate(members):
        if who.joined_on >= until or who.until_on <= first:
            continue
        bands = {people.age_band(who.birth_on, on) for on in (first, until - timedelta(days=1))}
        found[at] = Person(
            at=at,
            id=member,
            key=keys[member, year],
            grade=people.grade(who.birth_on, first),
            stage=people.school_stage(who.birth_on, first).value,
            band=bands.pop().value if len(bands) == 1 else "",
            town=who.town,
            birth_on=who.birth_on,
            joined_on=who.joined_on,
            until_on=who.until_on,
        )
    return found


def weight_at(who: Somebody, facility: str, body: str, grades: tuple[int, int], on: date) -> float:
    """How often somebody goes there beside elsewhere; never where not registered or not of an age."""
    grade = grade_at(who.birth_on, on)
    if (body != body_of(who.town) and not who.is_with_both) or not grades[0] <= grade <= grades[1]:
        return 0.0
    homes = HOMES.get(who.town, HOME)
    if facility not in homes:
        return AWAY
    if len(homes) == 1 or grade < 7:
        return 1.0
    return MOSTLY if facility == homes[0] else 1 - MOSTLY


def pool_of(
    present: Mapping[int, Person],
    members: Sequence[tuple[UUID, Somebody]],
    weights: Sequence[float],
    facility: tuple[str, str, tuple[int, int]],
    on: date,
) -> tuple[Pool, dict[int, Person]]:
    """Who may come to a facility (its code, its body, its grades) in a month, and all of them by place in the list."""
    code, body, grades = facility
    fitting, often = [], []
    for at, person in present.items():
        weight = weight_at(members[at][1], code, body, grades, on)
        if weight:
            fitting.append(person)
            often.append(weight * weights[at])
    drawn = [(person, weight) for person, weight in zip(fitting, often, strict=True) if weight]
    by_place = {person.at: person for person in fitting}
    return Pool([person for person, _ in drawn], [weight for _, weight in drawn]), by_place
