"""Eight weeks counted twice, from values alone: which days they are, and what the two ways come to."""

from collections.abc import Mapping
from datetime import date, timedelta

from booking.kit.fields import Fields
from booking.kpi.errors_importing import DayNotOver, OutsideEightWeeks, ParallelRefused
from booking.kpi.schemas_parallel import Parallel, ParallelDay, ParallelForm, ParallelWeek, percent_of

WEEKS = 8
MOST_USERS = 9_999


def monday_of(day: date) -> date:
    """The first day of a week."""
    return day - timedelta(days=day.weekday())


def check_form(form: ParallelForm, known: Mapping[date, int], today: date) -> tuple[date, int]:
    """Day and users; all days entered lie within eight weeks. Raises: ParallelRefused."""
    read = Fields()
    on = read.day("on", form.on)
    users = read.number("users", form.users, low=0, high=MOST_USERS)
    if on is not None:
        if on >= today:
            read.refuse("on", DayNotOver())
        elif known:
            first, last = monday_of(max(known)) - timedelta(weeks=WEEKS - 1), _last(monday_of(min(known)))
            if not first <= on <= last:
                read.refuse("on", OutsideEightWeeks(first=first, last=last))
    read.refuse_if_any(ParallelRefused)
    assert on is not None and users is not None
    return on, users


def _last(starts_on: date) -> date:
    return starts_on + timedelta(weeks=WEEKS, days=-1)


def compare(facility: str, starts_on: date, known: Mapping[date, int], counted: Mapping[date, int]) -> Parallel:
    """The eight weeks from a Monday on. `counted` has the days on which the service counts."""
    days = [
        ParallelDay(on=on, users=known.get(on), counted=counted.get(on))
        for on in (starts_on + timedelta(days=n) for n in range(7 * WEEKS))
    ]
    weeks = [_week(days[n : n + 7]) for n in range(0, len(days), 7)]
    shares = [week.percent for week in weeks if week.percent is not None]
    users, both = sum(week.users for week in weeks), sum(week.days for week in weeks)
    total = sum(week.counted for week in weeks)
    return Parallel(
        facility=facility,
        starts_on=starts_on,
        last_on=_last(starts_on),
        days=days,
        weeks=weeks,
        both=both,
        users=users,
        counted=total,
        percent=percent_of(total, users),
        low=min(shares, default=None),
        high=max(shares, default=None),
    )


def _week(days: list[ParallelDay]) -> ParallelWeek:
    both = [(day.users, day.counted) for day in days if day.users is not None and day.counted is not None]
    return ParallelWeek(
        starts_on=days[0].on,
        days=len(both),
        users=sum(users for users, _ in both),
        counted=sum(counted for _, counted in both),
    )
