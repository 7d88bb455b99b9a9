"""The plan's reference data as it is written in `plan/*.csv`: text in, values out."""

import csv
from collections.abc import Iterator
from datetime import date, time

import msgspec

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OUTSIDE = ("000000", "県外", "けんがい")
"""Where somebody lives who lives in none of the municipalities; no local government has this code."""
YEAR_END = ("12-29", "01-03")
"""Source: the ordinary year-end holidays of public facilities; provisional until confirmed."""
_PROVISIONAL_NAMES = {"hours": "hours", "capacity": "capacity", "opened_on day": "opened_on"}


class PlannedHours(msgspec.Struct, frozen=True):
    """Hours of one weekday (1 Monday … 7 Sunday)."""

    weekday: int
    opens: time
    closes: time


class PlannedFacility(msgspec.Struct, frozen=True, kw_only=True):
    """A facility of the plan, other things named by code."""

    code: str
    name: str
    names: dict[str, str]
    kind: str
    brand: str
    body: str
    place: str
    municipality: str
    address: str
    addresses: dict[str, str]
    opened_on: date
    capacity: int
    closed_weekdays: tuple[int, ...]
    hours: tuple[PlannedHours, ...]
    provisional: tuple[str, ...]
    source: str


class Difference(msgspec.Struct, frozen=True):
    """What the plan says and what the database holds now."""

    subject: str
    column: str
    planned: str
    here: str


def read_weekdays(text: str) -> tuple[int, ...]:
    """`mon,wed-fri` → (1, 3, 4, 5)."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        start = WEEKDAYS.index(first)
        found.extend(number + 1 for number in range(start, WEEKDAYS.index(last or first) + 1))
    return tuple(found)


def read_hours(text: str) -> tuple[PlannedHours, ...]:
    """`mon,wed-fri 13:00-19:00; sat,sun 10:00-18:00`, by weekday."""
    found: list[PlannedHours] = []
    for group in text.split(";"):
        weekdays, span = group.split()
        opens, closes = (time.fromisoformat(each) for each in span.split("-"))
        found.extend(PlannedHours(weekday, opens, closes) for weekday in read_weekdays(weekdays))
    return tuple(sorted(found, key=lambda each: each.weekday))


def read_rows(text: str) -> Iterator[dict[str, str]]:
    """The rows of a csv with a head."""
    return csv.DictReader(text.splitlines())


def read_words(text: str, kind: str) -> dict[tuple[str, str], dict[str, str]]:
    """The other languages in `words.csv` of bodies, places or facilities: (code, field) → language → text."""
    heads = ("kind", "code", "field")
    return {
        (row["code"], row["field"]): {name: said for name, said in row.items() if name not in heads and said}
        for row in read_rows(text)
        if row["kind"] == kind
    }


def read_facilities(text: str, words: str) -> list[PlannedFacility]:
    """The facilities of `facilities.csv`, in the languages of `words.csv`. Closing rules carry their own mark, so
    `closed_weekdays` is not listed."""
    said = read_words(words, "facility")
    return [_facility(row, said) for row in read_rows(text)]


def _facility(row: dict[str, str], said: dict[tuple[str, str], dict[str, str]]) -> PlannedFacility:
    read = {
        "names": {"ja": row["name"], **said.get((row["code"], "names"), {})},
        "addresses": {"ja": row["address"], **said.get((row["code"], "addresses"), {})},
        "opened_on": date.fromisoformat(row["opened_on"]),
        "capacity": int(row["capacity"]),
        "closed_weekdays": read_weekdays(row["closed_weekdays"]),
        "hours": read_hours(row["hours"]),
        "provisional": tuple(
            _PROVISIONAL_NAMES[name] for name in row["provisional"].split(",") if name in _PROVISIONAL_NAMES
        ),
    }
    return msgspec.convert({**row, **read}, PlannedFacility)
