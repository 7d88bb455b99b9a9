"""Weekly groups from values alone: on which days they meet, when they begin, which sessions that makes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.facilities.schemas import Hours
from booking.programs.rules import GroupState, windows_of
from booking.programs.schemas import PlannedSession, ProgramView
from booking.programs.schemas_groups import GroupTimeView, GroupView, WeeklyTime

ALIVE = frozenset({GroupState.GATHERING, GroupState.OPEN, GroupState.RUNNING})
MEETING = frozenset({GroupState.OPEN, GroupState.RUNNING})
"""States in which a group has sessions."""
FIRST_DAY_WITHIN = timedelta(weeks=26)
"""How far ahead a first day is looked for; a facility that is closed longer opens no group."""


def times_on(group: GroupView, day: date) -> list[GroupTimeView]:
    """The times at which a group would meet on a day, whatever the facility does."""
    return [
        each
        for each in group.times
        if each.weekday == day.isoweekday()
        and each.valid_from_on <= day
        and (each.valid_until_on is None or day < each.valid_until_on)
    ]


def current_times(group: GroupView, day: date) -> list[GroupTimeView]:
    """The weekly times that are valid on a day or begin later, in the order of the week."""
    valid = [each for each in group.times if each.valid_until_on is None or day < each.valid_until_on]
    return sorted(valid, key=lambda each: (each.valid_from_on > day, each.weekday, each.starts))


def weekly_times(group: GroupView, day: date) -> list[WeeklyTime]:
    """The same as times of the week alone."""
    found = {WeeklyTime(each.weekday, each.starts, each.ends) for each in current_times(group, day)}
    return sorted(found)


def ends_before(group: GroupView) -> date | None:
    """The first day on which a group no longer meets, or None."""
    own = None if group.last_on is None else group.last_on + timedelta(days=1)
    return min((each for each in (own, group.program_ended_on) if each is not None), default=None)


def earliest_start(group: GroupView, today: date) -> date:
    """The first day on which a group that opens today may meet."""
    return max(group.first_on, today + timedelta(days=group.starts_after_days))


def first_day(group: GroupView, days: Iterable[Hours], today: date) -> date | None:
    """The first day a group that opens today meets: one of its days, while the facility is open; None without one."""
    earliest, end = earliest_start(group, today), ends_before(group)
    for hours in days:
        if hours.day < earliest or (end is not None and hours.day >= end):
            continue
        if any(hours.covers(each.starts, each.ends) for each in times_on(group, hours.day)):
            return hours.day
    return None


def sessions_of_group(
    group: GroupView, program: ProgramView, days: Iterable[Hours], zone: ZoneInfo
) -> list[PlannedSession]:
    """The sessions a group that has opened makes on these days of its facility; days when it is closed make none."""
    if group.state not in MEETING or group.starts_on is None:
        return []
    end = ends_before(group)
    return [
        _plan(group, program, each, hours.day, zone)
        for hours in days
        if group.starts_on <= hours.day and (end is None or hours.day < end)
        for each in times_on(group, hours.day)
        if hours.covers(each.starts, each.ends)
    ]


def _plan(group: GroupView, program: ProgramView, time: GroupTimeView, day: date, zone: ZoneInfo) -> PlannedSession:
    starts_at = datetime.combine(day, time.starts, tzinfo=zone).astimezone(UTC)
    return PlannedSession(
        program_id=program.id,
        facility_id=group.facility_id,
        pattern_id=None,
        group_id=group.id,
        held_on=day,
        starts_at=starts_at,
        ends_at=datetime.combine(day, time.ends, tzinfo=zone).astimezone(UTC),
        web_seats=group.seats,
        walk_in_seats=0,
        windows=windows_of(program, starts_at, zone),
        space_id=group.space,
    )


def is_ever_open(times: Sequence[WeeklyTime], days: Iterable[Hours]) -> bool:
    """Whether the facility is open at every one of these times on one of these days at least."""
    left = set(times)
    for hours in days:
        left = {
            each for each in left if each.weekday != hours.day.isoweekday() or not hours.covers(each.starts, each.ends)
        }
    return not left


def is_reached(group: GroupView, enrolled: int) -> bool:
    """Whether a gathering group opens now."""
    return group.state == GroupState.GATHERING and enrolled >= group.min_to_open
