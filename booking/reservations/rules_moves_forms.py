"""What a leader writes to ask the people of a group, read and checked."""

from datetime import date, timedelta
from uuid import UUID

import msgspec

from booking.kit.fields import Fields, Texts
from booking.programs.rules_groups_forms import read_times
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations.errors_enrolments import MoveFormRefused

LONGEST_NOTE = 400
LONGEST_DAYS = 60


class MoveForm(msgspec.Struct, kw_only=True):
    """A question as a leader writes it: to another group, or to other times."""

    to: str
    weekday: list[str]
    starts: list[str]
    ends: list[str]
    from_on: str
    until_on: str
    note: str
    without_room: bool = False
    notes: Texts = []


class ReadMove(msgspec.Struct, frozen=True, kw_only=True):
    """A question that was read. `until_on`: the last day to answer."""

    until_on: date
    notes: dict[str, str]
    to_group_id: UUID | None = None
    times: tuple[WeeklyTime, ...] = ()
    from_on: date | None = None
    without_room: bool = False


def read_group_move(form: MoveForm, today: date) -> ReadMove:
    """A question to come to another group. Raises: MoveFormRefused."""
    read = Fields()
    until, notes = _common(read, form, today)
    to = _id(form.to)
    if to is None:
        read.choice("to", "", ())
    read.refuse_if_any(MoveFormRefused)
    assert until is not None
    return ReadMove(until_on=until, notes=notes, to_group_id=to)


def read_time_move(form: MoveForm, today: date) -> ReadMove:
    """A question to meet at other times. Raises: MoveFormRefused."""
    read = Fields()
    until, notes = _common(read, form, today)
    times = read_times(read, form.weekday, form.starts, form.ends)
    from_on = read.day("from_on", form.from_on, first=today + timedelta(days=1))
    read.refuse_if_any(MoveFormRefused)
    assert until is not None and from_on is not None
    return ReadMove(until_on=until, notes=notes, times=times, from_on=from_on, without_room=form.without_room)


def _common(read: Fields, form: MoveForm, today: date) -> tuple[date | None, dict[str, str]]:
    until = read.day("until_on", form.until_on, first=today)
    if until is not None and until > today + timedelta(days=LONGEST_DAYS):
        until = today + timedelta(days=LONGEST_DAYS)
    notes = read.words_in_languages(
        *(("note", "notes"), form.note, form.notes), longest=LONGEST_NOTE, is_needed=False, has_lines=True
    )
    return until, notes


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
