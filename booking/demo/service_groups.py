"""Weekly groups of the demo: two that have opened, two that still gather people, the family's eldest in one of each."""

from datetime import time

from booking.access.schemas import SYSTEM
from booking.demo.rules_words import GROUP_NAMES, GROUP_NOTES
from booking.demo.service_bulk import Row
from booking.facilities.queries import get_facility
from booking.facilities.queries_spaces import list_spaces
from booking.kit import clock
from booking.people.rules import grade
from booking.people.schemas import MemberView
from booking.programs.schemas_groups import GroupForm, WeeklyTime
from booking.programs.service_groups import add_group
from booking.reservations.schemas_enrolments import EnrolWish
from booking.reservations.service_enrolments import enrol

PROGRAM, FACILITY = "tumo-weekly", "tumo-gunma"
GROUPS = ((6, 10, 6, 7), (7, 8, 5, 5), (3, 12, 8, 5), (4, 12, 8, 4))
"""Weekday, seats, minimum, people."""
SPANS = {True: (time(14), time(16)), False: (time(17), time(19))}
"""On a day at the weekend, and on any other."""
OTHER_TIMES = (WeeklyTime(3, time(17), time(21)), WeeklyTime(4, time(17), time(21)))


async def make_groups(rows: list[Row], children: list[MemberView]) -> None:
    """Let members of the right school years join; the family's eldest joins the first group and the third.

    The first group meets in a room.
    """
    place = await get_facility(FACILITY)
    room = str((await list_spaces([place.id], clock.today()))[-1].id)
    today = clock.today()
    fitting = [row.id for row in rows if (grade(row.who.birth_on, today) or 0) >= 7 and row.who.town != "102032"]
    own = [child.id for child in children if (child.grade or 0) >= 7][:1]
    for at, (weekday, seats, needed, people) in enumerate(GROUPS):
        form = _form(GROUP_NAMES[at], weekday, seats, needed)
        form.space = room if at == 0 else ""
        group_id = await add_group(SYSTEM, form)
        joining = (*(own if at in (0, 2) else ()), *(fitting.pop() for _ in range(min(people, len(fitting)))))
        for member_id in joining:
            wish = EnrolWish(group_id=group_id, member_ids=(member_id,), other_times=OTHER_TIMES if at > 1 else ())
            await enrol(SYSTEM, wish)


def _form(names: dict[str, str], weekday: int, seats: int, needed: int) -> GroupForm:
    starts, ends = SPANS[weekday > 5]
    return GroupForm(
        program=PROGRAM,
        facility=FACILITY,
        name=names["ja"],
        names=names,
        note=GROUP_NOTES["ja"],
        notes=GROUP_NOTES,
        seats=str(seats),
        min_to_open=str(needed),
        starts_after_days="0",
        first_on=clock.today().isoformat(),
        last_on="",
        weekday=[str(weekday)],
        starts=[starts.isoformat("minutes")],
        ends=[ends.isoformat("minutes")],
        seen="",
    )
