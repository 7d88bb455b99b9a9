"""The programs we start with, as written in `plan/programs.csv`, and their weekly times within opening hours."""

import csv
from collections.abc import Iterator, Sequence
from datetime import time

import msgspec


class PlannedProgram(msgspec.Struct, frozen=True, kw_only=True):
    """A provisional program at one facility."""

    code: str
    facility: str
    name: str
    names: dict[str, str]
    description: str
    descriptions: dict[str, str]
    category: str
    min_grade: int
    max_grade: int
    session_minutes: int
    web_seats: int
    walk_in_seats: int
    max_held: int


def read_programs(text: str, words: str) -> list[PlannedProgram]:
    """The rows of `programs.csv`, in the other languages of `words.csv`."""
    said = {(row.pop("code"), row.pop("field")): row for row in csv.DictReader(words.splitlines())}
    return [
        msgspec.convert(
            {**row, **{field: said.get((row["code"], field), {}) for field in ("names", "descriptions")}},
            PlannedProgram,
            strict=False,
        )
        for row in csv.DictReader(text.splitlines())
    ]


def weekly_times(hours: Sequence[tuple[int, time, time]], session_minutes: int) -> Iterator[tuple[int, time, time]]:
    """Weekday, start and end of every whole session that fits into the hours, one after the other."""
    for weekday, opens, closes in hours:
        starts = opens.hour * 60 + opens.minute
        while starts + session_minutes <= closes.hour * 60 + closes.minute:
            ends = starts + session_minutes
            yield weekday, _wall(starts), _wall(ends)
            starts = ends


def _wall(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
