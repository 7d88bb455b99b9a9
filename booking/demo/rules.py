"""Who the people of a demo are and when they come: from a seed alone, plainly fictional, plausible in shape."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from random import Random

from booking.people.rules import number_from

FAMILY_NAMES = (("見本", "みほん"), ("例田", "れいだ"), ("仮野", "かりの"), ("試山", "ためやま"), ("架空", "かくう"))
GIVEN_NAMES = (
    ("あおい", "あおい"),
    ("そうた", "そうた"),
    ("ゆい", "ゆい"),
    ("はると", "はると"),
    ("ひまり", "ひまり"),
    ("れん", "れん"),
    ("めい", "めい"),
    ("みなと", "みなと"),
    ("さくら", "さくら"),
    ("いつき", "いつき"),
    ("つむぎ", "つむぎ"),
    ("かなた", "かなた"),
)
TOWNS = (("102024", 40), ("102016", 28), ("102032", 12), ("102041", 8), ("102059", 5), ("102083", 4), ("102105", 3))
"""Municipalities of members and how many of a hundred live there."""
GRADES = tuple(range(1, 13))
GRADE_WEIGHTS = (4, 5, 6, 7, 8, 9, 14, 13, 11, 9, 8, 6)
HOME_WEIGHTS = {"tumo-gunma": 45, "tsukurun-takasaki": 22, "tsukurun-maebashi": 21, "tsukurun-kiryu": 12}
"""How many of a hundred visits each facility has."""


@dataclass(frozen=True)
class Somebody:
    """A member of the demo."""

    number: str
    family_name: str
    family_kana: str
    given_name: str
    given_kana: str
    birth_on: date
    town: str
    joined_days_ago: int


@dataclass(frozen=True)
class Stay:
    """A stay of a demo: minutes after opening, minutes inside, and how it was noted."""

    member: int
    starts_minute: int
    lasts_minutes: int
    entered_by: str
    closed_by: str


def people(count: int, seed: int, fiscal_year: int, taken: Iterable[str] = ()) -> Iterator[Somebody]:
    """So many members with numbers nobody has; the same for the same seed and the same numbers `taken`."""
    chance = Random(f"people {seed}")  # noqa: S311 - plausible, not secret
    numbers = {int(number[:7]) for number in taken}
    towns, weights = zip(*TOWNS, strict=True)
    for _ in range(count):
        while (seven := chance.randrange(1_000_000, 10_000_000)) in numbers:
            pass
        numbers.add(seven)
        family, given = chance.choice(FAMILY_NAMES), chance.choice(GIVEN_NAMES)
        yield Somebody(
            number=number_from(seven),
            family_name=family[0],
            family_kana=family[1],
            given_name=given[0],
            given_kana=given[1],
            birth_on=birth_in_grade(chance, chance.choices(GRADES, GRADE_WEIGHTS)[0], fiscal_year),
            town=chance.choices(towns, weights)[0],
            joined_days_ago=chance.randrange(1, 500),
        )


def birth_in_grade(chance: Random, grade: int, fiscal_year: int) -> date:
    """A birthday of somebody in this grade in this fiscal year: from 2 April seven years before entering school."""
    first = date(fiscal_year - grade - 6, 4, 2)
    return date.fromordinal(first.toordinal() + chance.randrange(365))


def stays(chance: Random, members: int, visits: int, open_minutes: int) -> list[Stay]:
    """The stays of one facility-day, in the order people come. A few members come often, most seldom."""
    made = []
    for _ in range(visits):
        member = min(int(chance.paretovariate(0.9) * members / 40), chance.randrange(members))
        starts = int(chance.triangular(0, max(1, open_minutes - 45), open_minutes / 4))
        lasts = min(int(chance.triangular(30, 180, 100)), open_minutes - starts)
        by = chance.choices(("scan", "staff"), (96, 4))[0]
        closed = chance.choices(("scan", "auto"), (93, 7))[0]
        made.append(Stay(member, starts, lasts if closed == "scan" else open_minutes - starts, by, closed))
    return sorted(made, key=lambda stay: stay.starts_minute)


def share_of_day(chance: Random, facility: str, weekday: int, per_day: float) -> int:
    """How many come to a facility on a day when `per_day` come everywhere on average; weekends are fuller."""
    weight = HOME_WEIGHTS.get(facility, 20) / 100 * (1.7 if weekday >= 5 else 0.75)
    return max(0, round(per_day * weight * chance.uniform(0.7, 1.3)))


def minutes_between(opens: time, closes: time) -> int:
    """Minutes from opening to closing."""
    return (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
