"""Reading what was typed from a sheet: times as people write them, each row's faults at its fields."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from booking.kit.errors import Refusal
from booking.kit.fields import Fields, TimesOutOfOrder
from booking.visits.errors_paper import PaperNotThen, PaperTimeMissing
from booking.visits.rules_kinds import HeadsOf
from booking.visits.schemas_paper import Line, Tally

DAYS_BACK = timedelta(days=59)
MOST_HEADS = 500
PARTY_LENGTH = 80
At = Callable[[time], datetime]


def read_line(line: Line, at: At, now: datetime) -> tuple[datetime | None, datetime | None, dict[str, Refusal]]:
    """When somebody came and left, and what is wrong with it."""
    read = Fields()
    came, left = (_moment(read, name, text, at, now) for name, text in (("came", line.came), ("left", line.left)))
    if not read.refused and came is None and left is None:
        read.refuse("came", PaperTimeMissing())
    if came is not None and left is not None and left < came:
        read.refuse("left", TimesOutOfOrder())
    return came, left, read.refused


def read_tally(tally: Tally, at: At, now: datetime) -> tuple[datetime | None, int | None, dict[str, Refusal]]:
    """When how many heads came, and what is wrong with it."""
    read = Fields()
    heads = read.number("heads", tally.heads, low=1, high=MOST_HEADS)
    moment = _moment(read, "at", tally.at, at, now)
    if moment is None:
        read.refuse("at", PaperTimeMissing())
    read.choice("of", tally.of, tuple(HeadsOf))
    read.words("party", tally.party, longest=PARTY_LENGTH, is_needed=False)
    return moment, heads, read.refused


def _moment(read: Fields, name: str, text: str, at: At, now: datetime) -> datetime | None:
    """A moment on the day of the sheet."""
    wall = read.wall_time(name, text, is_needed=False)
    if wall is None:
        return None
    moment = at(wall)
    if moment > now:
        read.refuse(name, PaperNotThen())
    return moment
