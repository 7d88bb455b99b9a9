"""Which sessions the weekly groups make in the weeks ahead, by the calendars of their facilities."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from booking.facilities import queries as facilities
from booking.facilities.rules import days_of
from booking.facilities.schemas import Hours
from booking.kit import clock
from booking.kit.settings import get_settings
from booking.programs import queries
from booking.programs.rules import GroupState
from booking.programs.rules_groups import FIRST_DAY_WITHIN, MEETING, earliest_start, first_day, sessions_of_group
from booking.programs.schemas import PlannedSession
from booking.programs.schemas_groups import GroupView


async def plan_sessions(groups: Sequence[GroupView]) -> list[PlannedSession]:
    """The sessions of these groups that start within the horizon and have not begun."""
    first = clock.today()
    last = first + timedelta(weeks=get_settings().horizon_weeks)
    programs = {program.id: program for program in await queries.list_programs()}
    calendar = await facilities.load_calendar({group.facility_id for group in groups}, first, last)
    days = {facility_id: days_of(calendar, facility_id) for facility_id in calendar.facilities}
    zone, now = get_settings().zone, clock.now()
    return [
        session
        for group in groups
        for session in sessions_of_group(group, programs[group.program_id], days[group.facility_id], zone)
        if session.starts_at > now
    ]


async def plan_if_open(group: GroupView) -> list[PlannedSession]:
    """The sessions a group makes within the horizon; one that gathers people, as if it opened today."""
    if group.state in MEETING:
        return await plan_sessions([group])
    return await plan_sessions([replace(group, state=GroupState.OPEN, starts_on=earliest_start(group, clock.today()))])


async def days_ahead(group: GroupView) -> list[Hours]:
    """The days of a group's facility on which it could meet for the first time if it opened today."""
    since = earliest_start(group, clock.today())
    calendar = await facilities.load_calendar([group.facility_id], since, since + FIRST_DAY_WITHIN)
    return days_of(calendar, group.facility_id)


async def find_first_day(group: GroupView) -> date | None:
    """The first day a group would meet if it opened today, or None while its facility stays closed then."""
    return first_day(group, await days_ahead(group), clock.today())
