"""Finding a weekly group: which fit what somebody looks for, and how each stands."""

from collections.abc import Sequence
from datetime import date

import msgspec

from booking.programs.rules import GroupState, is_eligible
from booking.programs.rules_groups import weekly_times
from booking.reservations.rules_enrolments import first_coming
from booking.reservations.schemas_enrolments import GroupListed


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody looks for; what is empty does not matter. `grade`: 1 to 12, or `adult`."""

    facility: str = ""
    program: str = ""
    weekday: str = ""
    grade: str = ""
    only_free: bool = False


def chosen(listed: Sequence[GroupListed], sought: Sought, today: date) -> list[GroupListed]:
    """The groups that fit."""
    return [each for each in listed if _fits(each, sought, today)]


def _fits(listed: GroupListed, sought: Sought, today: date) -> bool:
    group = listed.group
    if sought.facility and group.facility_code != sought.facility:
        return False
    if sought.program and group.program_code != sought.program:
        return False
    if sought.weekday and all(str(each.weekday) != sought.weekday for each in weekly_times(group, today)):
        return False
    if sought.only_free and not listed.left:
        return False
    return _is_for(listed, sought.grade, today)


def _is_for(listed: GroupListed, grade: str, today: date) -> bool:
    day = first_coming(listed.group, today)
    if grade == "adult":
        return is_eligible(listed.eligibility, None, True, day)
    if grade.isdecimal() and grade.isascii() and 1 <= int(grade[:3]) <= 12:
        return is_eligible(listed.eligibility, int(grade), False, day)
    return True


def standing_of(listed: GroupListed) -> str:
    """How a group stands: over, yours, full, gathering, few, or open."""
    if listed.group.state in (GroupState.ENDED, GroupState.MERGED):
        return "over"
    if listed.mine:
        return "yours"
    if not listed.left:
        return "full"
    if listed.group.state == GroupState.GATHERING:
        return "gathering"
    return "few" if listed.left * 5 <= listed.group.seats else "open"
