"""Who the people of a demo are and when they come: from a seed alone, plainly fictional, plausible in shape."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from booking.kit.fiscal import fiscal_year
from booking.people.rules import entry_year, number_from

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
LEAVES_OF_100 = 12
"""Members who have left before the school is over."""
BOTH_BODIES_OF_100 = 10
"""Members who are registered with the prefecture and with Kiryu."""


@dataclass(frozen=True)
class Somebody:
    """A member of the demo. Comes from `joined_on` until before `until_on`: has left by then, or school is over."""

    number: str
    family_name: str
    family_kana: str
    given_name: str
    given_kana: str
    birth_on: date
    town: str
    joined_on: date
    until_on: date
    has_left: bool
    is_with_both: bool


def people(count: int, seed: int, since: date, today: date, taken: Iterable[str] = ()) -> Iterator[Somebody]:
    """So many members, who joined from `since` until before `today`, with numbers nobody has.

    The same for the same seed, days and numbers `taken`. The first one comes all the time: never leaves, and is young.
    """
    chance = Random(f"people {seed}")  # noqa: S311 - plausible, not secret
    numbers = {int(number[:7]) for number in taken}
    days = max(1, (today - since).days)
    for n in range(count):
        while (seven := chance.randrange(1_000_000, 10_000_000)) in numbers:
            pass
        numbers.add(seven)
        joined = since + timedelta(days=max(0, chance.randrange(-days // 6, days)))
        school_year = chance.choices(GRADES, GRADE_WEIGHTS)[0]
        yield _somebody(chance, number_from(seven), (since, 4) if n == 0 else (joined, school_year), today, n > 0)


def _somebody(chance: Random, number: str, begins: tuple[date, int], today: date, may_leave: bool) -> Somebody:
    joined, school_year = begins
    family, given = chance.choice(FAMILY_NAMES), chance.choice(GIVEN_NAMES)
    graduates = date(fiscal_year(joined) + 13 - school_year, 4, 1)
    leaves = joined + timedelta(days=chance.randrange(1, 900))
    has_left = may_leave and chance.randrange(100) < LEAVES_OF_100 and leaves < min(graduates, today)
    return Somebody(
        number=number,
        family_name=family[0],
        family_kana=family[1],
        given_name=given[0],
        given_kana=given[1],
        birth_on=birth_in_grade(chance, school_year, fiscal_year(joined)),
        town=chance.choices(*zip(*TOWNS, strict=True))[0] if may_leave else "102016",
        joined_on=joined,
        until_on=leaves if has_left else graduates,
        has_left=has_left,
        is_with_both=may_leave and chance.randrange(100) < BOTH_BODIES_OF_100,
    )


def birth_in_grade(chance: Random, grade: int, fiscal_year: int) -> date:
    """A birthday of somebody in this grade in this fiscal year: from 2 April seven years before entering school."""
    first = date(fiscal_year - grade - 6, 4, 2)
    return date.fromordinal(first.toordinal() + chance.randrange(365))


def body_of(town: str) -> str:
    """The body somebody from there registers with first."""
    return "102032" if town == "102032" else "100005"


def grade_at(birth_on: date, on: date) -> int:
    """The school year on a day, counted on after school."""
    return fiscal_year(on) - entry_year(birth_on) + 1


def identify(chance: Random, at: datetime) -> UUID:
    """An identifier as the service makes them (they sort by time), the same for the same chance."""
    milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
    value = milliseconds << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0x2 << 62 | chance.getrandbits(62)
    return UUID(int=value)


def random_id(chance: Random) -> UUID:
    """An identifier that says nothing, the same for the same chance."""
    return UUID(int=chance.getrandbits(128), version=4)
