"""On which days a weekly group meets: closing days, holidays, year ends, 29 February, first and last days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.facilities.rules import days_of
from booking.facilities.schemas import (
    Calendar,
    ClosingRuleView,
    ClosureView,
    FacilityCalendar,
    Hours,
    WeekdayHours,
)
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.programs import queries, queries_groups, service
from booking.programs.errors_groups import GroupFormRefused
from booking.programs.rules_groups import current_times, ends_before, first_day, is_ever_open, sessions_of_group
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations import service_moves
from booking.reservations.errors_enrolments import NoFirstDay
from tests.make.access import actor_for, make_staff
from tests.make.facilities import LONG_AGO, make_facility
from tests.make.groups import enrol, make_group
from tests.make.people import make_member
from tests.make.programs import make_program
from tests.reservations.group_facts import a_group

TOKYO = ZoneInfo("Asia/Tokyo")
TUESDAY = WeeklyTime(2, time(17), time(19))
HERE = a_group().facility_id


def closing(kind: str, **columns: Any) -> ClosingRuleView:
    """A closing rule in force since long ago."""
    return ClosingRuleView(id=new_id(), facility_id=HERE, kind=kind, valid_from_on=LONG_AGO, **columns)


def days(first: date, weeks: int, *rules: ClosingRuleView, closed: tuple[date, ...] = ()) -> list[Hours]:
    """The days of a facility open from ten to eight every day but as its rules say."""
    last = first + timedelta(weeks=weeks) - timedelta(days=1)
    hours = tuple(
        WeekdayHours(
            id=new_id(), facility_id=HERE, weekday=each, opens=time(10), closes=time(20), valid_from_on=LONG_AGO
        )
        for each in range(1, 8)
    )
    closures = tuple(
        ClosureView(
            id=new_id(),
            facility_id=HERE,
            closed_on=each,
            kind="closed",
            reason="x",
            decided_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for each in closed
    )
    own = FacilityCalendar(facility_id=HERE, opened_on=LONG_AGO, hours=hours, closing_rules=rules, closures=closures)
    return days_of(Calendar(first_day=first, last_day=last, facilities={HERE: own}), HERE)


def met(group: Any, program: Any, shown: list[Hours]) -> list[date]:
    """The days on which a group meets."""
    return [each.held_on for each in sessions_of_group(group, program, shown, TOKYO)]


@pytest.fixture
async def program(db: None, clock: Any) -> Any:
    return await make_program()


TUESDAYS_SHUT = closing("weekly", weekday=2, on_holiday="stay-closed")
TUESDAYS_BUT_HOLIDAYS = closing("weekly", weekday=2, on_holiday="open")
MONDAYS_MOVED = closing("weekly", weekday=1, on_holiday="next-day")
NEW_YEAR = closing("yearly", first_day="12-29", last_day="01-03")
SEPTEMBER, MAY, DECEMBER = date(2026, 9, 7), date(2027, 4, 19), date(2026, 12, 14)

MEETINGS: dict[str, tuple[WeeklyTime, date, tuple[ClosingRuleView, ...], list[str]]] = {
    "Tuesdays where Tuesday is shut": (TUESDAY, SEPTEMBER, (TUESDAYS_SHUT,), []),
    "Tuesdays where only holidays open: the 22nd of September 2026": (
        TUESDAY,
        SEPTEMBER,
        (TUESDAYS_BUT_HOLIDAYS,),
        ["09-22"],
    ),
    "Tuesdays where only holidays open: the 4th of May 2027": (TUESDAY, MAY, (TUESDAYS_BUT_HOLIDAYS,), ["05-04"]),
    "Tuesdays where holidays close": (TUESDAY, SEPTEMBER, (closing("holiday"),), ["09-08", "09-15", "09-29"]),
    "Tuesdays where Monday's closing moves on: a chain of three holidays": (
        TUESDAY,
        SEPTEMBER,
        (MONDAYS_MOVED,),
        ["09-08", "09-15", "09-29"],
    ),
    "Mondays that are holidays only": (WeeklyTime(1, time(10), time(12)), SEPTEMBER, (MONDAYS_MOVED,), ["09-21"]),
    "Thursdays over the year's end": (
        WeeklyTime(4, time(10), time(12)),
        DECEMBER,
        (NEW_YEAR,),
        ["12-17", "12-24", "01-07"],
    ),
    "too early for the opening hours": (WeeklyTime(6, time(9), time(11)), SEPTEMBER, (), []),
}


@pytest.mark.anyio
@pytest.mark.parametrize(("at", "since", "rules", "expected"), MEETINGS.values(), ids=MEETINGS)
async def test_days_on_which_a_group_meets(
    program: Any, at: WeeklyTime, since: date, rules: tuple[ClosingRuleView, ...], expected: list[str]
) -> None:
    shown = days(since, 4, *rules)
    group = a_group(at, state="running", starts_on=since)
    assert [f"{each:%m-%d}" for each in met(group, program, shown)] == expected
    assert is_ever_open([at], shown) == bool(expected)
    gathering = a_group(at, first_on=since, starts_after_days=0)
    first = first_day(gathering, shown, since)
    assert (f"{first:%m-%d}" if first else "") == (expected[0] if expected else "")


@pytest.mark.anyio
async def test_leap_day_and_last_day_and_closed_by_hand(program: Any) -> None:
    since = date(2028, 2, 21)
    group = a_group(TUESDAY, state="running", starts_on=since)
    assert met(group, program, days(since, 3)) == [date(2028, 2, 22), date(2028, 2, 29), date(2028, 3, 7)]
    until = a_group(TUESDAY, state="running", starts_on=since, last_on=date(2028, 2, 29))
    assert met(until, program, days(since, 3)) == [date(2028, 2, 22), date(2028, 2, 29)]
    ended = a_group(TUESDAY, state="running", starts_on=since, program_ended_on=date(2028, 2, 29))
    assert met(ended, program, days(since, 3)) == [date(2028, 2, 22)]
    assert ends_before(until) == date(2028, 3, 1)
    shut = days(since, 3, closed=(date(2028, 2, 29),))
    assert met(group, program, shut) == [date(2028, 2, 22), date(2028, 3, 7)]
    assert met(a_group(TUESDAY), program, shut) == [], "a gathering group makes none"
    first = a_group(TUESDAY, first_on=date(2028, 2, 23), last_on=date(2028, 2, 29), starts_after_days=0)
    assert first_day(first, shut, since) is None
    assert len(current_times(group, since)) == 1


def test_the_first_day_waits_for_the_days_between_opening_and_beginning() -> None:
    since = date(2026, 11, 21)
    shown = days(since, 6)
    waits = {0: 21, 1: 28, 7: 28, 8: 35}
    for after, day in waits.items():
        group = a_group(first_on=since, starts_after_days=after)
        assert first_day(group, shown, since) == date(2026, 11, 1) + timedelta(days=day - 1)


@pytest.mark.anyio
async def test_a_group_on_the_closing_day_is_not_made(db: None, clock: Any) -> None:
    facility = await make_facility(weekdays=[1, 3, 4, 5, 6, 7])
    with pytest.raises(GroupFormRefused) as refused:
        await make_group(facility=facility, times=[TUESDAY])
    assert refused.value.fields["times"].code == "never-open-then"


@pytest.mark.anyio
async def test_a_group_whose_facility_closes_for_good_cannot_open(db: None, clock: Any) -> None:
    facility = await make_facility()
    group = await make_group(facility=facility, min_to_open=1)
    await house_db.execute("update facility set ended_on = '2026-11-22' where id = $1", facility.id)
    manager = await actor_for(await make_staff("facility-manager", facility.code))
    with pytest.raises(NoFirstDay):
        await service_moves.open_anyway(manager, group.id)
    await enrol(group, await make_member(body=group.body_code))
    assert (await queries_groups.get_group(group.id)).state == "gathering"


@pytest.mark.anyio
async def test_a_closure_drops_out_and_the_night_tells_nobody_twice(db: None, clock: Any) -> None:
    group = await make_group(min_to_open=1)
    (one,) = await enrol(group, await make_member(body=group.body_code))
    before = await house_db.fetchval("select count(*) from message")
    await house_db.execute(
        "insert into closure (id, facility, closed_on, kind, reason, decided_at)"
        " values ($1, $2, $3, 'closed', 'x', $4)",
        *(new_id(), group.facility_id, date(2027, 1, 23), clock()),
    )
    clock.advance(weeks=2)
    assert await service.generate_sessions() == 1, "of two new weeks one is closed"
    assert await service.generate_sessions() == 0
    held = await queries_groups.list_sessions_of_groups([group.id], clock())
    assert date(2027, 1, 23) not in [each.held_on for each in held]
    assert await house_db.fetchval("select count(*) from message") == before
    assert (await queries.get_session(held[0].id)).group_id == one.group_id
