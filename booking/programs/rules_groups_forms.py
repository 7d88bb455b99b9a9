"""What staff write about a weekly group, read and checked: every field's refusal at once."""

from collections.abc import Sequence
from datetime import date

from booking.kit.fields import Fields
from booking.programs.errors import SeatsOverCapacity
from booking.programs.errors_groups import GroupFormRefused, MinimumOverSeats, TimesMissing
from booking.programs.rules_forms import LONGEST_DESCRIPTION, LONGEST_NAME, MOST_SEATS
from booking.programs.schemas_groups import GroupForm, GroupValues, NewGroup, WeeklyTime

MOST_TIMES = 3
LONGEST_LEAD_DAYS = 90


def check_new_group(form: GroupForm, today: date, capacity: int) -> NewGroup:
    """Raises: GroupFormRefused."""
    read = Fields()
    first = read.day("first_on", form.first_on, first=today)
    times = read_times(read, form.weekday, form.starts, form.ends)
    values = _values(read, form, capacity, first)
    read.refuse_if_any(GroupFormRefused)
    assert first is not None and values is not None
    return NewGroup(first_on=first, times=times, values=values)


def check_group(form: GroupForm, first_on: date, capacity: int) -> GroupValues:
    """What is to change of a group that is there. Raises: GroupFormRefused."""
    read = Fields()
    values = _values(read, form, capacity, first_on)
    read.refuse_if_any(GroupFormRefused)
    assert values is not None
    return values


def _values(read: Fields, form: GroupForm, capacity: int, first: date | None) -> GroupValues | None:
    names = read.words_in_languages(("name", "names"), form.name, form.names, longest=LONGEST_NAME)
    notes = read.words_in_languages(
        *(("note", "notes"), form.note, form.notes), longest=LONGEST_DESCRIPTION, is_needed=False, has_lines=True
    )
    seats = read.number("seats", form.seats, low=1, high=MOST_SEATS)
    needed = read.number("min_to_open", form.min_to_open, low=1, high=MOST_SEATS)
    lead = read.number("starts_after_days", form.starts_after_days, low=0, high=LONGEST_LEAD_DAYS)
    last = read.day("last_on", form.last_on, first=first, is_needed=False)
    if seats is not None and seats > capacity:
        read.refuse("seats", SeatsOverCapacity(capacity=capacity))
    if seats is not None and needed is not None and needed > seats:
        read.refuse("min_to_open", MinimumOverSeats())
    if "ja" not in names or seats is None or needed is None or lead is None:
        return None
    return GroupValues(
        name=names["ja"],
        names=names,
        note=notes.get("ja", ""),
        notes=notes,
        seats=seats,
        min_to_open=needed,
        starts_after_days=lead,
        last_on=last,
    )


def read_times(
    read: Fields, weekdays: Sequence[str], starts: Sequence[str], ends: Sequence[str]
) -> tuple[WeeklyTime, ...]:
    """Up to three weekly times from rows of a form; a row without times is no time. Refusals stand at `times`."""
    found: list[WeeklyTime] = []
    rows = list(zip(weekdays, starts, ends, strict=False))[:MOST_TIMES]
    for weekday, start, end in rows:
        if not start.strip() and not end.strip():
            continue
        own = Fields()
        number = own.number("times", weekday, low=1, high=7)
        span = own.span(("times", "times"), (start, end))
        for refusal in own.refused.values():
            read.refuse("times", refusal)
        if number is not None and span is not None:
            found.append(WeeklyTime(number, *span))
    clash = any(one.overlaps(other) for at, one in enumerate(found) for other in found[:at])
    if clash or (not found and "times" not in read.refused):
        read.refuse("times", TimesMissing())
    return tuple(sorted(found))
