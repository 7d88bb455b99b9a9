"""Facts of weekly groups for the rules, without a database."""

from datetime import date, time, timedelta
from typing import Any

from booking.kit.tokens import new_id
from booking.people.schemas import MemberView
from booking.programs.schemas_groups import GroupTimeView, GroupView, WeeklyTime
from booking.reservations.schemas_enrolments import EnrolFacts, EnrolmentView
from booking.reservations.schemas_facts import HeldEnrolment
from tests.reservations.facts import FACILITY, NOW, PLACE, PROGRAM, a_rule

TODAY = date(2026, 11, 21)
SATURDAY = WeeklyTime(6, time(10), time(12))
SUNDAY = WeeklyTime(7, time(13), time(15))


def a_group(*times: WeeklyTime, since: date = date(2020, 4, 1), **columns: Any) -> GroupView:
    """A gathering group of twelve seats that opens with six, on Saturday mornings unless said otherwise."""
    given: dict[str, Any] = {
        "id": new_id(),
        "program_id": PROGRAM,
        "program_code": "make",
        "program_name": "つくる",
        "program_names": {"ja": "つくる", "en": "Make"},
        "description": "",
        "descriptions": {},
        "max_held": None,
        "max_per_week": None,
        "program_ended_on": None,
        "facility_id": FACILITY,
        "facility_code": "here",
        "facility_name": "ここ",
        "facility_names": {"ja": "ここ", "en": "Here"},
        "facility_addresses": {"ja": "群馬県"},
        "place_id": PLACE,
        "body_code": "100005",
        "name": "土曜",
        "names": {"ja": "土曜", "en": "Saturday"},
        "note": "",
        "notes": {},
        "seats": 12,
        "min_to_open": 6,
        "starts_after_days": 7,
        "first_on": TODAY,
        "last_on": None,
        "state": "gathering",
        "created_at": NOW,
        "opened_at": None,
        "starts_on": None,
        "ended_at": None,
        "merged_into": None,
        "times": tuple(
            GroupTimeView(weekday=each.weekday, starts=each.starts, ends=each.ends, valid_from_on=since)
            for each in times or (SATURDAY,)
        ),
    }
    return GroupView(**{**given, **columns})


def in_group(member: MemberView, group: GroupView, **columns: Any) -> HeldEnrolment:
    """A member's place in a group."""
    times = tuple(WeeklyTime(each.weekday, each.starts, each.ends) for each in group.times)
    given: dict[str, Any] = {
        "id": new_id(),
        "member_id": member.id,
        "group_id": group.id,
        "program_id": group.program_id,
        "times": times,
        "names": {"ja": group.name},
    }
    return HeldEnrolment(**{**given, **columns})


def an_enrolment(member: MemberView, group: GroupView, **columns: Any) -> EnrolmentView:
    """A member in a group, as it is read."""
    given: dict[str, Any] = {
        "id": new_id(),
        "group_id": group.id,
        "member_id": member.id,
        "member_name": member.shown_name,
        "is_protected": False,
        "state": "enrolled",
        "other_times": (),
        "enrolled_at": NOW - timedelta(days=1),
        "booked_by_kind": "account",
        "booked_by": None,
        "overridden": (),
        "override_reason": None,
        "ended_at": None,
    }
    return EnrolmentView(**{**given, **columns})


def enrol_facts(group: GroupView, *members: MemberView, **given: Any) -> EnrolFacts:
    """Facts of an enrolment: the group is empty, everybody may be enrolled, the rule is 7th to 12th year."""
    facts: dict[str, Any] = {
        "now": NOW,
        "today": TODAY,
        "group": group,
        "enrolled": 0,
        "live": frozenset(),
        "members": {each.id: each for each in members},
        "bookable": frozenset(each.id for each in members),
        "enrolments": (),
        "holdings": (),
        "eligibility": (a_rule(),),
    }
    return EnrolFacts(**{**facts, **given})
