"""Days as people write them here: 西暦 or 和暦, with signs or kanji, or the day number of a spreadsheet."""

import re
import unicodedata
from datetime import date, timedelta

from booking.people.errors import BirthUnreadable
from booking.people.errors_import import DayNotInEra

ERAS = (
    ("明治", "M", date(1868, 10, 23)),
    ("大正", "T", date(1912, 7, 30)),
    ("昭和", "S", date(1926, 12, 25)),
    ("平成", "H", date(1989, 1, 8)),
    ("令和", "R", date(2019, 5, 1)),
)
"""Name, letter and first day of each era; one ends the day before the next begins. Source: 元号を改める政令."""

_NAMES = {spelling: place for place, (name, letter, _) in enumerate(ERAS) for spelling in (name, name[0], letter)}
_ERA_DAY = re.compile(
    rf"({'|'.join(sorted(_NAMES, key=len, reverse=True))})(元|\d{{1,2}})"
    r"(?:年|[./-])(\d{1,2})(?:月|[./-])(\d{1,2})日?",
    re.IGNORECASE,
)
_DAY = re.compile(r"(\d{4})(?:年|[./-])(\d{1,2})(?:月|[./-])(\d{1,2})日?")
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
_AFTER = re.compile(r"(\([日月火水木金土]\)|T?0{1,2}:00(:00)?(\.0+)?)$")


def read_day(text: str) -> date:
    """The day somebody wrote. Two digits of a year without an era are nobody's guess.

    Raises: BirthUnreadable; DayNotInEra for a day on which the era was not yet or no more.
    """
    plain = re.sub(r"[\s　]+", "", unicodedata.normalize("NFKC", text)).replace("−", "-").replace("ー", "-")
    plain = _AFTER.sub("", plain)
    if found := _ERA_DAY.fullmatch(plain):
        spelled = found[1].upper() if found[1].isascii() else found[1]
        return _in_era(_NAMES[spelled], 1 if found[2] == "元" else int(found[2]), int(found[3]), int(found[4]))
    found = _DAY.fullmatch(plain) or _TOGETHER.fullmatch(plain)
    if found is None:
        raise BirthUnreadable
    return _day(int(found[1]), int(found[2]), int(found[3]))


def _in_era(place: int, year: int, month: int, day: int) -> date:
    name, _, first = ERAS[place]
    found = _day(first.year + year - 1, month, day)
    until = ERAS[place + 1][2] if place + 1 < len(ERAS) else date.max
    if not first <= found < until:
        raise DayNotInEra(era=name)
    return found


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BirthUnreadable from None


def day_of_number(number: float, *, counts_from_1904: bool = False) -> date:
    """The day behind a spreadsheet's day number. Source: ECMA-376, 18.17.4.1; 1900 was no leap year, so days before
    March 1900 are not read.

    Raises: BirthUnreadable.
    """
    first = date(1904, 1, 1) if counts_from_1904 else date(1899, 12, 30)
    if not (0 if counts_from_1904 else 61) <= number <= 100_000:
        raise BirthUnreadable
    return first + timedelta(days=int(number))
