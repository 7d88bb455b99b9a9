"""1 April in the middle of everything: who may come is decided as of each session's day, and families are told.

On 31 March 2027 えま is in 小6, あおい in 中3, おと in 高3; on 1 April each is a year further, おと a grown-up.
"""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.programs import service as programs
from booking.programs.schemas import SessionView
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations import queries_enrolments, service, service_seats
from tests.conftest import Clock
from tests.make.access import actor_for, make_account
from tests.make.facilities import make_facility
from tests.make.groups import enrol, make_group
from tests.make.people import make_member
from tests.make.programs import make_program, make_session
from tests.reservations.test_service import refused
from tests.reservations.test_waiting import mailed

pytestmark = pytest.mark.anyio
WEDNESDAY = WeeklyTime(3, time(17), time(19))
MARCH, APRIL = date(2027, 3, 31), date(2027, 4, 1)


def at(day: date, hour: int = 10) -> datetime:
    """An hour of a day in Tokyo."""
    return house_clock.at_local(day, time(hour))


BOOKED = {
    "小6 in March, for 小1 to 小6": (6, (1, 6), MARCH, ""),
    "小6 in March, for 小1 to 小6 in April": (6, (1, 6), APRIL, "not-eligible"),
    "小6 in March, for 中1 and above": (6, (7, 12), MARCH, "not-eligible"),
    "小6 in March, for 中1 and above in April": (6, (7, 12), APRIL, ""),
    "中3 in March, for 中1 to 中3 in April": (9, (7, 9), APRIL, "not-eligible"),
    "中3 in March, for 高1 and above in April": (9, (10, 12), APRIL, ""),
    "高3 in March, for 高1 and above": (12, (10, 12), MARCH, ""),
    "高3 in March, for 高1 and above in April": (12, (10, 12), APRIL, "not-eligible"),
}


@pytest.mark.parametrize(("grade", "grades", "day", "code"), BOOKED.values(), ids=BOOKED)
async def test_a_session_is_for_those_it_is_for_on_its_day(
    grade: int, grades: tuple[int, int], day: date, code: str, db: None, clock: Clock
) -> None:
    """Booked a week before by the same child: what counts is the day of the session."""
    clock.set(at(date(2027, 3, 25)))
    facility = await make_facility()
    program = await make_program(facility=facility, grades=grades, adults=False)
    session = await make_session(program=program, facility=facility, starts_at=at(day))
    account = await make_account()
    child = await make_member(grade, account=account, body=session.body_code)
    order = service.book(await actor_for(account), [session.id], [child.id])
    if code:
        await refused(code, order)
    else:
        assert [one.state for one in await order] == ["confirmed"]


# ---- a weekly group -------------------------------------------------------------------------------------------------


class Group:
    """A running group on Wednesdays for 中1 to 高3 with three children, one of them in 高3, and one who waits."""

    def __init__(self, **things: Any) -> None:
        self.__dict__.update(things)


@pytest.fixture
async def group(db: None, clock: Clock) -> Group:
    clock.set(at(date(2027, 2, 1)))
    made = await make_group(times=(WEDNESDAY,), seats=3, min_to_open=3, starts_after_days=0)
    account = await make_account("mother@example.jp")
    names = {"あおい": 9, "いずみ": 7, "おと": 12, "うみ": 8}
    children = [
        await make_member(grade, account=account, body=made.body_code, shown_name=name) for name, grade in names.items()
    ]
    by_name = {each.member_name: each for each in await enrol(made, *children[:3])}
    people = [by_name[each.shown_name] for each in children[:3]]
    (waiting,) = await enrol(made, children[3], may_wait=True)
    assert waiting.state == "waiting"
    return Group(made=made, children=children, people=people, waiting=waiting)


async def days_of(enrolment_id: UUID) -> list[date]:
    """The days on which an enrolment has a seat."""
    rows = await house_db.fetch(
        "select session.held_on from reservation join session on session.id = reservation.session"
        " where reservation.enrolment = $1 and reservation.state in ('confirmed', 'arrived') order by 1",
        enrolment_id,
    )
    return [row["held_on"] for row in rows]


async def night(clock: Clock, day: date) -> None:
    """The jobs of a night."""
    clock.set(at(day, 2))
    await programs.generate_sessions()
    await service_seats.settle_groups()


async def test_who_outgrows_a_group_has_seats_until_march_and_is_told_when_april_is_planned(
    group: Group, clock: Clock
) -> None:
    first, second, last = group.people
    assert max(await days_of(last.id)) < MARCH and not await mailed("group-outgrows")
    await night(clock, date(2027, 2, 20))
    assert max(await days_of(first.id)) == max(await days_of(second.id)) == date(2027, 4, 14)
    assert max(await days_of(last.id)) == MARCH
    (letter,) = await mailed("group-outgrows")
    assert letter["to_address"] == "mother@example.jp"
    assert "おと" in letter["content"] and "4月7日" in letter["content"] and "あおい" not in letter["content"]
    await night(clock, date(2027, 3, 1))
    assert len(await mailed("group-outgrows")) == 1, "once is enough"
    live = {each.id: each.state for each in await queries_enrolments.list_live([group.made.id])}
    assert live[last.id] == "enrolled" and live[group.waiting.id] == "waiting", "until April nothing changes"


async def test_on_1_april_the_place_goes_to_whoever_waits(group: Group, clock: Clock) -> None:
    await night(clock, MARCH)
    assert not await mailed("group-outgrown")
    await night(clock, APRIL)
    live = {each.id: each.state for each in await queries_enrolments.list_live([group.made.id])}
    first, second, last = group.people
    assert live == {first.id: "enrolled", second.id: "enrolled", group.waiting.id: "enrolled"}
    (ended,) = await queries_enrolments.list_enrolments([last.id])
    assert ended.state == "ended"
    (letter,), (came,) = await mailed("group-outgrown"), await mailed("group-promoted")
    assert "おと" in letter["content"] and "うみ" in came["content"]
    coming = [day for day in await days_of(first.id) if day >= APRIL]
    assert await days_of(group.waiting.id) == coming != []
    await night(clock, date(2027, 4, 2))
    assert len(await mailed("group-outgrown")) == 1
    said = await house_db.fetchval("select reason from audit_entry where action = 'enrolment.ended'")
    assert said == "outgrown"


async def test_whom_staff_let_in_against_the_school_year_stays(db: None, clock: Clock) -> None:
    clock.set(at(date(2027, 2, 1)))
    made = await make_group(times=(WEDNESDAY,), seats=3, min_to_open=1, starts_after_days=0)
    grown_up = await make_member(None, body=made.body_code)
    code = {"overridden": frozenset({"group-not-eligible"}), "reason": "館長に確認ずみ"}
    (one,) = await enrol(made, grown_up, **code)
    await night(clock, APRIL)
    (still,) = await queries_enrolments.list_enrolments([one.id])
    assert still.state == "enrolled" and max(await days_of(one.id)) > APRIL
    assert not await mailed("group-outgrown") and not await mailed("group-outgrows")


async def test_who_comes_of_age_for_a_group_joins_from_april(db: None, clock: Clock) -> None:
    clock.set(at(MARCH))
    made = await make_group(times=(WEDNESDAY,), seats=3, min_to_open=1, starts_after_days=0)
    child = await make_member(6, body=made.body_code)
    await refused("group-not-eligible", enrol(made, child))
    clock.set(at(APRIL))
    (one,) = await enrol(made, child)
    assert one.state == "enrolled"


# ---- 29 February ----------------------------------------------------------------------------------------------------

LEAP = {
    "not yet 16 the day before": (date(2028, 2, 28), "not-eligible"),
    "16 on 29 February": (date(2028, 2, 29), ""),
    "and the day after": (date(2028, 3, 1), ""),
}


async def from_age(years: int, session: SessionView) -> None:
    """Let a session be for those of an age alone."""
    await house_db.execute(
        "update eligibility set min_grade = null, max_grade = null, min_age = $2, adults = false where program = $1",
        *(session.program_id, years),
    )


@pytest.mark.parametrize(("day", "code"), LEAP.values(), ids=LEAP)
async def test_who_is_born_on_29_february_is_older_that_day(day: date, code: str, db: None, clock: Clock) -> None:
    clock.set(at(date(2028, 2, 22)))
    session = await make_session(starts_at=at(day))
    await from_age(16, session)
    account = await make_account()
    child = await make_member(account=account, body=session.body_code, birth_on=date(2012, 2, 29))
    order = service.book(await actor_for(account), [session.id], [child.id])
    if code:
        await refused(code, order)
    else:
        assert [one.state for one in await order] == ["confirmed"]


async def test_in_other_years_1_march_stands_for_29_february(db: None, clock: Clock) -> None:
    clock.set(at(date(2027, 2, 22)))
    account = await make_account()
    for day, code in ((date(2027, 2, 28), "not-eligible"), (date(2027, 3, 1), "")):
        session = await make_session(starts_at=at(day))
        await from_age(15, session)
        child = await make_member(account=account, body=session.body_code, birth_on=date(2012, 2, 29))
        order = service.book(await actor_for(account), [session.id], [child.id])
        if code:
            await refused(code, order)
        else:
            await order
