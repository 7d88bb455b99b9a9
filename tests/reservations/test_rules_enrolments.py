"""Joining a group, the seats that come with it, and the merges, as tables of cases."""

from datetime import date, time, timedelta
from typing import Any

import msgspec
import pytest

from booking.programs.rules_groups import is_reached, weekly_times
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations import rules
from booking.reservations.rules_enrolments import (
    check_enrol_override,
    could_come,
    decide_enrolling,
    decide_seats,
    part_of,
    refusal_of_enrolling,
    tally,
)
from booking.reservations.rules_groups_list import Sought, chosen, standing_of
from booking.reservations.rules_moves import decide_moving, fits, suggest, too_full
from booking.reservations.schemas_enrolments import GroupListed, SeatFacts
from booking.reservations.schemas_moves import Candidate
from tests.reservations.facts import NOW, PROGRAM, a_holding, a_member, a_rule, a_session, the_facts
from tests.reservations.group_facts import (
    SATURDAY,
    SUNDAY,
    TODAY,
    a_group,
    an_enrolment,
    enrol_facts,
    in_group,
)

A_CHILD = a_member()
LITTLE = a_member(birth_on=date(2018, 6, 1), shown_name="ちび")
GROUP = a_group()


def answer(member: Any = A_CHILD, group: Any = GROUP, **given: Any) -> str:
    """What one member is told: the state, or the first refusal's code."""
    (decision,) = decide_enrolling(enrol_facts(group, member, **given), [member.id])
    return decision.refusals[0].code if decision.refusals else str(decision.state)


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "a free seat": ({}, "enrolled"),
    "the last seat": ({"enrolled": 11}, "enrolled"),
    "no seat": ({"enrolled": 12}, "group-full"),
    "no seat, and would wait": ({"enrolled": 12, "may_wait": True}, "waiting"),
    "a seat, and would wait": ({"may_wait": True}, "enrolled"),
    "in it already": ({"live": frozenset({A_CHILD.id})}, "already-enrolled"),
    "somebody else's child": ({"bookable": frozenset()}, "not-yours"),
    "too young": ({"member": LITTLE}, "group-not-eligible"),
    "too young, staff say so": ({"member": LITTLE, "overridden": frozenset({"group-not-eligible"})}, "enrolled"),
    "for nobody yet": ({"eligibility": ()}, "group-not-eligible"),
    "left the service": ({"member": a_member(left_at=NOW)}, "not-yours"),
    "not registered": ({"member": a_member(body_codes=())}, "consent-missing"),
    "not registered, at the desk": ({"member": a_member(body_codes=()), "is_desk": True}, "registration-missing"),
    "ended": ({"group": a_group(state="ended")}, "group-over"),
    "merged": ({"group": a_group(state="merged")}, "group-over"),
    "running": ({"group": a_group(state="running", starts_on=TODAY)}, "enrolled"),
    "another at the same time": ({"enrolments": (in_group(A_CHILD, a_group()),)}, "group-overlaps"),
    "somebody else in another": ({"enrolments": (in_group(LITTLE, a_group()),)}, "enrolled"),
    "another at another time": ({"enrolments": (in_group(A_CHILD, a_group(SUNDAY)),)}, "enrolled"),
    "one held of one": (
        {"group": a_group(max_held=1), "enrolments": (in_group(A_CHILD, a_group(SUNDAY)),)},
        "limit-held",
    ),
    "one single booking held of one": (
        {"group": a_group(max_held=1), "holdings": (a_holding(a_session(), A_CHILD),)},
        "limit-held",
    ),
    "twice a week of two": (
        {"group": a_group(max_per_week=2), "enrolments": (in_group(A_CHILD, a_group(SUNDAY)),)},
        "enrolled",
    ),
    "three times a week of two": (
        {
            "group": a_group(SATURDAY, WeeklyTime(3, time(17), time(19)), max_per_week=2),
            "enrolments": (in_group(A_CHILD, a_group(SUNDAY)),),
        },
        "group-limit-week",
    ),
}


@pytest.mark.parametrize(("given", "said"), CASES.values(), ids=CASES)
def test_who_may_join(given: dict[str, Any], said: str) -> None:
    assert answer(**given) == said


def test_members_of_one_enrolment_count_for_each_other() -> None:
    brother = a_member()
    facts = enrol_facts(GROUP, A_CHILD, brother, enrolled=11)
    decisions = decide_enrolling(facts, [A_CHILD.id, brother.id])
    refusal = refusal_of_enrolling(decisions)
    assert [str(each.state) for each in decisions] == ["enrolled", ""]
    assert refusal is not None and set(refusal.fields) == {str(brother.id)}
    assert refusal_of_enrolling(decisions[:1]) is None


def test_refusals_say_whom_the_group_is_for() -> None:
    (decision,) = decide_enrolling(enrol_facts(GROUP, LITTLE), [LITTLE.id])
    assert "中学1年〜高校3年が対象" in decision.refusals[0].say("ja")
    baby = a_member(birth_on=date(2024, 6, 1))
    (decision,) = decide_enrolling(enrol_facts(GROUP, baby), [baby.id])
    assert "小学生になったら" in decision.refusals[0].say("ja")


@pytest.mark.parametrize(
    ("named", "reason", "code"),
    [
        ((), "", None),
        (("group-full",), "x", "not-overridable"),
        (("group-overlaps",), " ", "override-reason-missing"),
        (("group-overlaps",), "x", None),
    ],
)
def test_rules_are_set_aside_by_name_with_a_reason(named: tuple[str, ...], reason: str, code: str | None) -> None:
    refusal = check_enrol_override(frozenset(named), reason)
    assert (refusal.code if refusal else None) == code


# ---- an enrolment is one booking held ------------------------------------------------------------------------------


def test_an_enrolment_counts_once_however_many_weeks_it_has_reserved() -> None:
    group, mine = a_group(), in_group(A_CHILD, a_group(SUNDAY))
    weeks = [a_session(24 * 7 * n + 200, group_id=mine.group_id) for n in range(8)]
    held = tuple(msgspec.structs.replace(a_holding(each, A_CHILD), enrolment_id=mine.id) for each in weeks)
    wanted = a_session(max_held=2)
    (free,) = rules.decide_order(the_facts(wanted, A_CHILD, holdings=held, enrolments=(mine,)))
    assert free.refusals == ()
    both = (mine, in_group(A_CHILD, group))
    (full,) = rules.decide_order(the_facts(wanted, A_CHILD, holdings=held, enrolments=both))
    assert [each.code for each in full.refusals] == ["limit-held"]


def test_a_session_of_a_group_is_for_its_people_and_taking_a_week_back_costs_no_limit() -> None:
    mine = in_group(A_CHILD, GROUP)
    week = a_session(group_id=GROUP.id, max_held=1)
    (guest,) = rules.decide_order(the_facts(week, A_CHILD))
    assert [each.code for each in guest.refusals] == ["group-session"]
    (own,) = rules.decide_order(the_facts(week, A_CHILD, enrolments=(mine,)))
    assert (own.refusals, own.enrolment_id) == ((), mine.id)
    named = the_facts(week, A_CHILD, overridden=frozenset({"group-session"}))
    (asked,) = rules.decide_order(named)
    assert asked.overridden == ("group-session",)


# ---- seats --------------------------------------------------------------------------------------------------------


def seats(sessions: Any, people: Any, **given: Any) -> list[str]:
    """Who gets a seat where: the refusal's code or nothing."""
    members = {each.id: each for each in given.pop("members", [A_CHILD])}
    facts: dict[str, Any] = {
        "taken": {},
        "holdings": (),
        "eligibility": (a_rule(),),
        "seen": frozenset(),
        **given,
    }
    made = decide_seats(SeatFacts(sessions=tuple(sessions), enrolments=tuple(people), members=members, **facts))
    return [each.refusal.code if each.refusal else "" for each in made]


def test_seats_of_a_group() -> None:
    week, me = a_session(group_id=GROUP.id, web_seats=1), an_enrolment(A_CHILD, GROUP)
    other = a_member()
    both = [me, an_enrolment(other, GROUP)]
    assert seats([week], [me]) == [""]
    assert seats([week], both, members=[A_CHILD, other]) == ["", "session-full"]
    assert seats([week], [me], seen=frozenset({(week.id, A_CHILD.id)})) == []
    assert seats([week], [me], members=[]) == []
    assert seats([week], [me], holdings=(a_holding(a_session(25), A_CHILD),)) == ["overlaps"]
    assert seats([week], [me], holdings=(a_holding(a_session(30), A_CHILD),)) == [""]
    assert seats([a_session(state="cancelled")], [me]) == ["not-yours"]
    assert seats([week], [me], members=[msgspec.structs.replace(A_CHILD, body_codes=())]) == ["registration-missing"]
    assert seats([week], [an_enrolment(LITTLE, GROUP)], members=[LITTLE]) == ["not-eligible"]
    named = an_enrolment(LITTLE, GROUP, overridden=("group-not-eligible",))
    assert seats([week], [named], members=[LITTLE]) == [""]


def test_from_the_first_of_april_a_member_past_the_school_years_gets_no_seat() -> None:
    """A pupil of 高3 comes until 31 March; one of 小6 may come from 1 April."""
    last_year = a_member(birth_on=date(2008, 6, 1))
    next_year = a_member(birth_on=date(2014, 6, 1))
    march, april = date(2027, 3, 27), date(2027, 4, 3)
    weeks = [a_session((each - TODAY).days * 24, group_id=GROUP.id) for each in (march, april)]
    assert [each.held_on for each in weeks] == [march, april]
    assert seats(weeks, [an_enrolment(last_year, GROUP)], members=[last_year]) == ["", "not-eligible"]
    assert seats(weeks, [an_enrolment(next_year, GROUP)], members=[next_year]) == ["not-eligible", ""]
    later = a_group(first_on=april)
    assert answer(next_year, later) == "enrolled"
    assert answer(last_year, later) == "group-not-eligible"


# ---- other times --------------------------------------------------------------------------------------------------


def test_other_times() -> None:
    assert part_of(6, "morning") == WeeklyTime(6, time(9), time(13))
    assert part_of(8, "morning") is None and part_of(6, "night") is None
    sunday = (WeeklyTime(7, time(13), time(17)),)
    assert could_come(sunday, [SUNDAY]) and not could_come(sunday, [SUNDAY, SATURDAY]) and not could_come(sunday, [])
    counted = tally([an_enrolment(A_CHILD, GROUP, other_times=sunday), an_enrolment(LITTLE, GROUP)])
    assert counted[(7, "afternoon")] == 1 and sum(counted.values()) == 1 and len(counted) == 21


# ---- finding ------------------------------------------------------------------------------------------------------


def listed(**columns: Any) -> GroupListed:
    """A group in a list."""
    enrolled, mine = columns.pop("enrolled", 0), columns.pop("mine", ())
    return GroupListed(group=a_group(**columns), enrolled=enrolled, waiting=0, eligibility=(a_rule(),), mine=mine)


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({}, 1),
        ({"facility": "here"}, 1),
        ({"facility": "there"}, 0),
        ({"program": "make"}, 1),
        ({"program": "draw"}, 0),
        ({"weekday": "6"}, 1),
        ({"weekday": "1"}, 0),
        ({"grade": "8"}, 1),
        ({"grade": "3"}, 0),
        ({"grade": "adult"}, 0),
        ({"grade": "x"}, 1),
        ({"only_free": True}, 1),
    ],
)
def test_groups_that_fit(sought: dict[str, Any], found: int) -> None:
    assert len(chosen([listed()], Sought(**sought), TODAY)) == found
    assert chosen([listed(enrolled=12)], Sought(only_free=True), TODAY) == []


@pytest.mark.parametrize(
    ("columns", "standing"),
    [
        ({}, "gathering"),
        ({"state": "ended"}, "over"),
        ({"state": "merged"}, "over"),
        ({"mine": (an_enrolment(A_CHILD, GROUP),)}, "yours"),
        ({"enrolled": 12}, "full"),
        ({"state": "running", "enrolled": 11}, "few"),
        ({"state": "open", "enrolled": 3}, "open"),
    ],
)
def test_how_a_group_stands(columns: dict[str, Any], standing: str) -> None:
    assert standing_of(listed(**columns)) == standing


# ---- moving and merging -------------------------------------------------------------------------------------------


def test_moving_keeps_the_order_and_forgets_the_place_left() -> None:
    source, target = a_group(), a_group(SATURDAY, seats=2)
    early, late, waiting = a_member(), a_member(), a_member()
    people = [
        an_enrolment(waiting, source, state="waiting", enrolled_at=NOW - timedelta(days=9)),
        an_enrolment(late, source, enrolled_at=NOW),
        an_enrolment(early, source, enrolled_at=NOW - timedelta(days=2)),
        an_enrolment(A_CHILD, source),
    ]
    facts = enrol_facts(
        target,
        *(early, late, waiting, A_CHILD),
        enrolled=1,
        live=frozenset({A_CHILD.id}),
        enrolments=tuple(in_group(each, source) for each in (early, late)),
    )
    comers = decide_moving(facts, source.id, people)
    assert [(each.state, each.is_there, each.refusal.code if each.refusal else "") for each in comers] == [
        ("enrolled", False, ""),
        ("", True, ""),
        ("", False, "group-full"),
        ("waiting", False, ""),
    ]
    assert too_full(comers) == 1
    assert fits(source, target) and not fits(source, source) and not fits(source, a_group(state="ended"))


def weigh(*groups: tuple[str, int, int, int, bool], fit: dict[tuple[str, str], int] | None = None) -> Any:
    """The suggestion for groups written as (name, enrolled, needed, seats, is open), with names instead of ids."""
    ids = {name: PROGRAM.__class__(int=at + 1) for at, (name, *_) in enumerate(groups)}
    names = {value: name for name, value in ids.items()}
    candidates = [
        Candidate(id=ids[name], enrolled=enrolled, needed=needed, seats=seats, is_open=is_open)
        for name, enrolled, needed, seats, is_open in groups
    ]
    liked = {(ids[one], ids[other]): n for (one, other), n in (fit or {}).items()}
    found = suggest(candidates, liked)
    return {(names[one], names[other]) for one, other in found.merges}, found.opened, found.people


def test_the_merges_that_open_most_groups() -> None:
    assert weigh(("a", 6, 12, 12, False)) == (set(), 0, 0)
    merges, opened, people = weigh(("a", 6, 12, 12, False), ("b", 6, 12, 12, False))
    assert (len(merges), opened, people) == (1, 1, 12)
    assert weigh(("a", 7, 12, 12, False), ("b", 6, 12, 12, False)) == (set(), 0, 0), "too many for the seats"
    four = [("a", 4, 6, 8, False), ("b", 3, 6, 8, False), ("c", 3, 6, 8, False), ("d", 2, 6, 8, False)]
    merges, opened, people = weigh(*four)
    assert (len(merges), opened, people) == (2, 2, 12), "two pairs rather than three into one"
    merges, opened, people = weigh(("a", 3, 6, 8, False), ("b", 2, 6, 8, False), ("open", 4, 4, 8, True))
    assert (opened, people) == (0, 3), "nothing opens, but three could come to the open one"
    assert merges == {("a", "open")}


def test_of_equal_merges_the_one_people_said_they_could_come_to() -> None:
    pair = [("a", 3, 6, 8, False), ("b", 3, 6, 8, False)]
    assert weigh(*pair, fit={("a", "b"): 3, ("b", "a"): 1})[0] == {("a", "b")}
    assert weigh(*pair, fit={("a", "b"): 0, ("b", "a"): 2})[0] == {("b", "a")}


def test_opening_is_reached_at_the_minimum_and_only_while_gathering() -> None:
    assert [is_reached(GROUP, n) for n in (5, 6, 7)] == [False, True, True]
    assert not is_reached(a_group(state="running"), 9)


def test_weekly_times_change_on_their_day() -> None:
    group = a_group()
    old = msgspec.structs.replace(group.times[0], valid_until_on=date(2026, 12, 7))
    new = msgspec.structs.replace(group.times[0], weekday=7, valid_from_on=date(2026, 12, 7))
    changing = msgspec.structs.replace(group, times=(old, new))
    assert [each.weekday for each in weekly_times(changing, TODAY)] == [6, 7]
    assert [each.weekday for each in weekly_times(changing, date(2026, 12, 7))] == [7]
