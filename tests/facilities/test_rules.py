"""The calendar: a table of cases, one line each, from what public facilities really do."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from booking.facilities.rules import (
    ClosingKind,
    ClosureKind,
    Conflict,
    OnHoliday,
    Reason,
    days_of,
    holiday_name,
    hours_of,
    is_open_at,
    is_working_day,
)
from booking.facilities.schemas import (
    Calendar,
    ClosingRuleView,
    ClosureView,
    FacilityCalendar,
    Hours,
    Span,
    WeekdayHours,
)

HERE = UUID(int=1)
ID = UUID(int=2)
LONG_AGO = date(2020, 1, 1)
TEN, FOUR, SIX = time(10), time(16), time(18)
REGULAR = (Span(TEN, SIX),)


def rule(kind: ClosingKind, **values: Any) -> ClosingRuleView:
    return ClosingRuleView(**{"id": ID, "facility_id": HERE, "valid_from_on": LONG_AGO, "kind": kind, **values})


def weekly(weekday: int, on_holiday: OnHoliday = OnHoliday.STAY_CLOSED, **values: Any) -> ClosingRuleView:
    return rule(ClosingKind.WEEKLY, weekday=weekday, on_holiday=on_holiday, **values)


def yearly(first: str, last: str) -> ClosingRuleView:
    return rule(ClosingKind.YEARLY, first_day=first, last_day=last)


def after(days: int) -> ClosingRuleView:
    return rule(ClosingKind.AFTER_HOLIDAY, days_after=days)


def closure(day: date, kind: ClosureKind, *times: time, hour: int = 0) -> ClosureView:
    left, right = times or (None, None)
    return ClosureView(
        id=UUID(int=hour),
        facility_id=HERE,
        closed_on=day,
        kind=kind,
        from_time=left,
        until_time=right,
        reason="点検",
        reasons={"ja": "点検"},
        decided_at=datetime(2026, 1, 1, hour, tzinfo=UTC),
    )


def week() -> tuple[WeekdayHours, ...]:
    return tuple(
        WeekdayHours(id=ID, facility_id=HERE, weekday=each, opens=TEN, closes=SIX, valid_from_on=LONG_AGO)
        for each in range(1, 8)
    )


def decide(day: date, *rules: ClosingRuleView, **values: Any) -> Hours:
    facility = FacilityCalendar(
        **{"facility_id": HERE, "opened_on": LONG_AGO, "hours": week(), "closing_rules": rules, **values}
    )
    return hours_of(Calendar(first_day=day, last_day=day, facilities={HERE: facility}), HERE, day)


STAY, OPEN, NEXT, WORKING = OnHoliday
HOLIDAYS = rule(ClosingKind.HOLIDAY)
NEW_YEAR = yearly("12-29", "01-03")
DISAGREE, ONTO_HOLIDAY, ONTO_CLOSED, AFTER_ON_HOLIDAY = Conflict

CASES = [
    # Weekly closing days.
    ("an ordinary Wednesday", date(2026, 11, 18), (weekly(2),), Reason.REGULAR, ()),
    ("the weekly closing day", date(2026, 11, 17), (weekly(2),), Reason.WEEKLY, ()),
    ("the third Wednesday", date(2026, 11, 18), (weekly(3, week_of_month=3),), Reason.WEEKLY, ()),
    ("the fourth, when the third is named", date(2026, 11, 25), (weekly(3, week_of_month=3),), Reason.REGULAR, ()),
    ("the first of a month is in its first week", date(2026, 12, 1), (weekly(2, week_of_month=1),), Reason.WEEKLY, ()),
    ("the fifth Monday", date(2026, 11, 30), (weekly(1, week_of_month=5),), Reason.WEEKLY, ()),
    ("before the rule counts", date(2026, 11, 17), (weekly(2, valid_from_on=date(2026, 11, 18)),), Reason.REGULAR, ()),
    ("on its first day", date(2026, 11, 17), (weekly(2, valid_from_on=date(2026, 11, 17)),), Reason.WEEKLY, ()),
    ("when it has ended", date(2026, 11, 17), (weekly(2, valid_until_on=date(2026, 11, 17)),), Reason.REGULAR, ()),
    # A weekly closing day on a public holiday: 2026-11-23 is a Monday, 2027-05-04 a Tuesday, both holidays.
    ("stays closed", date(2026, 11, 23), (weekly(1),), Reason.WEEKLY, ()),
    ("opens instead", date(2026, 11, 23), (weekly(1, OPEN),), Reason.REGULAR, ()),
    ("opens and moves", date(2026, 11, 23), (weekly(1, NEXT),), Reason.REGULAR, ()),
    ("moved to the next day", date(2026, 11, 24), (weekly(1, NEXT),), Reason.MOVED, ()),
    ("moved to the next working day", date(2026, 11, 24), (weekly(1, WORKING),), Reason.MOVED, ()),
    ("nothing moved without a holiday", date(2026, 11, 17), (weekly(1, NEXT),), Reason.REGULAR, ()),
    ("nor with a working day between", date(2026, 11, 25), (weekly(1, WORKING),), Reason.REGULAR, ()),
    ("Tuesday in Golden Week opens", date(2027, 5, 4), (weekly(2, NEXT),), Reason.REGULAR, ()),
    ("and moves onto a holiday", date(2027, 5, 5), (weekly(2, NEXT),), Reason.MOVED, (ONTO_HOLIDAY,)),
    ("a working day is past the row", date(2027, 5, 6), (weekly(2, WORKING),), Reason.MOVED, ()),
    ("not within the row of holidays", date(2027, 5, 5), (weekly(2, WORKING),), Reason.REGULAR, ()),
    ("国民の休日 between two holidays", date(2026, 9, 22), (weekly(2),), Reason.WEEKLY, ()),
    ("moved past Silver Week", date(2026, 9, 24), (weekly(1, WORKING),), Reason.MOVED, ()),
    ("moved over a weekend", date(2026, 3, 23), (weekly(5, WORKING),), Reason.MOVED, ()),
    ("not onto the Saturday", date(2026, 3, 21), (weekly(5, WORKING),), Reason.REGULAR, ()),
    ("the week counts where it fell", date(2026, 11, 24), (weekly(1, NEXT, week_of_month=4),), Reason.MOVED, ()),
    ("moved onto another closing day", date(2026, 11, 24), (weekly(1, NEXT), weekly(2)), Reason.WEEKLY, (ONTO_CLOSED,)),
    # Public holidays and the days after them.
    ("closed on holidays", date(2026, 11, 3), (HOLIDAYS,), Reason.HOLIDAY, ()),
    ("open on other days", date(2026, 11, 4), (HOLIDAYS,), Reason.REGULAR, ()),
    ("one rule opens, one closes", date(2026, 11, 23), (weekly(1, OPEN), HOLIDAYS), Reason.HOLIDAY, (DISAGREE,)),
    ("the day after", date(2026, 11, 4), (after(1),), Reason.AFTER_HOLIDAY, ()),
    ("祝日の翌々日", date(2026, 11, 5), (after(2),), Reason.AFTER_HOLIDAY, ()),
    ("not the day between", date(2026, 11, 4), (after(2),), Reason.REGULAR, ()),
    ("which is a holiday itself", date(2026, 5, 5), (after(2),), Reason.AFTER_HOLIDAY, (AFTER_ON_HOLIDAY,)),
    (
        "ended",
        date(2026, 11, 4),
        (rule(ClosingKind.AFTER_HOLIDAY, days_after=1, valid_until_on=LONG_AGO),),
        Reason.REGULAR,
        (),
    ),
    # Year end.
    ("before it", date(2026, 12, 28), (NEW_YEAR,), Reason.REGULAR, ()),
    ("its first day", date(2026, 12, 29), (NEW_YEAR,), Reason.YEARLY, ()),
    ("new year", date(2027, 1, 1), (NEW_YEAR,), Reason.YEARLY, ()),
    ("its last day", date(2027, 1, 3), (NEW_YEAR,), Reason.YEARLY, ()),
    ("after it", date(2027, 1, 4), (NEW_YEAR,), Reason.REGULAR, ()),
    ("a span within a year", date(2026, 8, 14), (yearly("08-13", "08-15"),), Reason.YEARLY, ()),
    ("past that span", date(2026, 8, 16), (yearly("08-13", "08-15"),), Reason.REGULAR, ()),
    ("a closing day in it is not moved", date(2029, 1, 2), (weekly(1, NEXT),), Reason.MOVED, ()),
    ("nor out of it", date(2029, 1, 4), (weekly(1, WORKING), NEW_YEAR), Reason.REGULAR, ()),
    ("and does not disagree with it", date(2029, 1, 1), (weekly(1, OPEN), NEW_YEAR), Reason.YEARLY, ()),
]


@pytest.mark.parametrize(
    ("day", "rules", "reason", "conflicts"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_days_by_rules(
    day: date, rules: tuple[ClosingRuleView, ...], reason: Reason, conflicts: tuple[Conflict, ...]
) -> None:
    decided = decide(day, *rules)
    assert (decided.reason, decided.conflicts) == (reason, conflicts)
    assert decided.spans == (REGULAR if reason == Reason.REGULAR else ())
    assert decided.holiday == holiday_name(day)


def test_a_facility_opens_and_ends_on_a_day() -> None:
    span = {"opened_on": date(2026, 11, 2), "ended_on": date(2026, 11, 5)}
    reasons = [decide(date(2026, 11, number), **span).reason for number in (1, 2, 4, 5)]
    assert reasons == [Reason.NOT_YET, Reason.REGULAR, Reason.REGULAR, Reason.ENDED]


def test_of_several_hours_the_one_that_began_last_counts() -> None:
    summer = WeekdayHours(
        id=ID, facility_id=HERE, weekday=6, opens=time(9), closes=SIX,
        valid_from_on=date(2026, 7, 1), valid_until_on=date(2026, 9, 1),
    )  # fmt: skip
    hours = (*week(), summer)
    assert decide(date(2026, 8, 1), hours=hours).opens == time(9)
    assert decide(date(2026, 9, 5), hours=hours).opens == TEN
    assert decide(date(2026, 6, 27), hours=hours).opens == TEN


def test_a_weekday_without_hours_is_closed() -> None:
    decided = decide(date(2026, 11, 18), hours=())
    assert (decided.reason, decided.is_open, decided.opens, decided.closes) == (Reason.NO_HOURS, False, None, None)


DAY = date(2026, 11, 18)
CLOSED, OPENED = ClosureKind


@pytest.mark.parametrize(
    ("decisions", "spans", "reason"),
    [
        ([closure(DAY, CLOSED)], (), Reason.CLOSED),
        ([closure(DAY, OPENED)], REGULAR, Reason.OPENED),
        ([closure(DAY, OPENED, time(12), time(20))], (Span(time(12), time(20)),), Reason.OPENED),
        ([closure(DAY, OPENED), closure(DAY, CLOSED, hour=1)], (), Reason.CLOSED),
        ([closure(DAY, CLOSED), closure(DAY, OPENED, hour=1)], REGULAR, Reason.OPENED),
        ([closure(DAY, CLOSED, TEN, time(12))], (Span(time(12), SIX),), Reason.REGULAR),
        ([closure(DAY, CLOSED, FOUR, time(21))], (Span(TEN, FOUR),), Reason.REGULAR),
        ([closure(DAY, CLOSED, time(12), time(13))], (Span(TEN, time(12)), Span(time(13), SIX)), Reason.REGULAR),
        ([closure(DAY, CLOSED, time(8), time(9))], REGULAR, Reason.REGULAR),
        ([closure(DAY, CLOSED, time(9), time(20))], (), Reason.CLOSED),
        ([closure(date(2026, 11, 19), CLOSED)], REGULAR, Reason.REGULAR),
    ],
)
def test_what_is_decided_by_hand_wins(decisions: list[ClosureView], spans: tuple[Span, ...], reason: Reason) -> None:
    decided = decide(DAY, closures=tuple(decisions))
    assert (decided.spans, decided.reason) == (spans, reason)


def test_a_decision_by_hand_ends_a_conflict() -> None:
    day, rules = date(2026, 11, 23), (weekly(1, OPEN), HOLIDAYS)
    decided = decide(day, *rules, closures=(closure(day, OPENED),))
    assert (decided.conflicts, decided.is_open, decided.note) == ((), True, "点検")


def test_opening_a_weekday_without_hours_needs_times() -> None:
    assert decide(DAY, hours=(), closures=(closure(DAY, OPENED),)).reason == Reason.NO_HOURS


def test_hours_cover_what_lies_in_one_span() -> None:
    decided = decide(DAY, closures=(closure(DAY, CLOSED, time(12), time(13)),))
    assert decided.covers(TEN, time(12)) and decided.covers(time(13), SIX)
    assert not decided.covers(time(11), time(14)) and not decided.covers(time(9), time(11))
    assert (decided.opens, decided.closes) == (TEN, SIX)


def test_open_now_ends_with_the_last_minute_and_with_closing_at_once() -> None:
    decided = decide(DAY)
    assert is_open_at(decided, TEN, is_closed_now=False)
    assert not is_open_at(decided, SIX, is_closed_now=False)
    assert not is_open_at(decided, TEN, is_closed_now=True)


def test_every_day_of_a_calendar_in_order() -> None:
    facility = FacilityCalendar(facility_id=HERE, opened_on=LONG_AGO, hours=week(), closing_rules=(weekly(2),))
    calendar = Calendar(first_day=date(2026, 11, 16), last_day=date(2026, 11, 18), facilities={HERE: facility})
    assert [each.is_open for each in days_of(calendar, HERE)] == [True, False, True]


def test_working_days() -> None:
    assert is_working_day(date(2026, 11, 24))
    assert not is_working_day(date(2026, 11, 23)) and not is_working_day(date(2026, 11, 22))
