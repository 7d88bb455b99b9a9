"""Weekly groups, as small as they may be."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.people.schemas import MemberView
from booking.programs import queries_groups
from booking.programs.schemas import ProgramView
from booking.programs.schemas_groups import GroupForm, GroupView, WeeklyTime
from booking.programs.service_groups import add_group
from booking.reservations import service_enrolments
from booking.reservations.schemas_enrolments import EnrolmentView, EnrolWish
from tests.make.facilities import make_facility
from tests.make.programs import make_program

SATURDAY = WeeklyTime(6, time(10), time(12))


def group_form(program: ProgramView, facility: FacilityView, times: Sequence[WeeklyTime], **given: Any) -> GroupForm:
    """A group as staff would write it."""
    plain: dict[str, Any] = {
        "name": "土曜の午前",
        "names": {"en": "Saturday morning"},
        "note": "",
        "notes": {},
        "seats": "12",
        "min_to_open": "6",
        "starts_after_days": "7",
        "first_on": clock.today().isoformat(),
        "last_on": "",
        "seen": "",
        **{name: value if isinstance(value, dict) else str(value) for name, value in given.items()},
    }
    return GroupForm(
        program=program.code,
        facility=facility.code,
        weekday=[str(each.weekday) for each in times],
        starts=[each.starts.isoformat("minutes") for each in times],
        ends=[each.ends.isoformat("minutes") for each in times],
        **plain,
    )


async def make_group(
    *,
    facility: FacilityView | None = None,
    program: ProgramView | None = None,
    times: Sequence[WeeklyTime] = (SATURDAY,),
    **given: Any,
) -> GroupView:
    """A gathering group of twelve seats that opens with six, on Saturday mornings, unless said otherwise."""
    facility = facility or await make_facility()
    program = program or await make_program(facility=facility, grades=(7, 12), adults=False, category="group")
    return await queries_groups.get_group(await add_group(SYSTEM, group_form(program, facility, times, **given)))


async def enrol(group: GroupView | UUID, *members: MemberView, by: Any = SYSTEM, **given: Any) -> list[EnrolmentView]:
    """Let members join a group."""
    group_id = group if isinstance(group, UUID) else group.id
    wish = EnrolWish(group_id=group_id, member_ids=tuple(each.id for each in members), **given)
    return await service_enrolments.enrol(by, wish)


def next_saturday(day: date) -> date:
    """The first Saturday on a day or after it."""
    return day + timedelta(days=(6 - day.isoweekday()) % 7)
