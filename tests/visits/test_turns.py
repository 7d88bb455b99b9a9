"""Numbered turns against the database: given, called, used, missed and over."""

from datetime import timedelta
from typing import Any

import pytest

from booking.facilities.schemas import FacilityView
from booking.kit import db as house_db
from booking.programs.schemas import SessionView
from booking.visits.queries_day_list import read_now
from booking.visits.queries_turns import CalledNow, list_called
from booking.visits.schemas_day_list import Heartbeat
from booking.visits.service_day_list import hear
from booking.visits.service_turns import call_turns
from tests.make.facilities import make_facility
from tests.make.kiosks import make_kiosk
from tests.make.passes import make_pass
from tests.make.people import make_member
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.make.visits import KioskHere, kiosk_at, make_scan, visits

pytestmark = pytest.mark.anyio


class Full:
    """A running session with its last walk-in seat taken, and children in front of the kiosk."""

    def __init__(self, facility: FacilityView, session: SessionView, kiosk: KioskHere, tokens: list[str]) -> None:
        self.facility, self.session, self.kiosk, self.tokens = facility, session, kiosk, tokens


@pytest.fixture
async def full(db: None, clock: Any) -> Full:
    facility = await make_facility()
    session = await make_session(seats=0, walk_in=1, starts_at=clock(), facility=facility)
    kiosk = await kiosk_at(facility)
    tokens = [(await make_pass(await make_member(8))).token for _ in range(4)]
    assert (await kiosk.shows(tokens[0])).code == "welcome-walk-in"
    return Full(facility, session, kiosk, tokens)


async def seats(full: Full, walk_in: int) -> None:
    await house_db.execute("update session set walk_in_seats = $2 where id = $1", full.session.id, walk_in)


async def states() -> list[str]:
    return [row["state"] for row in await house_db.fetch("select state from turn order by held_on, number")]


async def called(full: Full) -> CalledNow:
    return (await list_called([full.facility.id]))[full.facility.id]


async def test_numbers_are_given_in_order_and_told_again(full: Full) -> None:
    first, second = [await full.kiosk.shows(one) for one in full.tokens[1:3]]
    assert [(one.code, one.turn, one.ahead) for one in (first, second)] == [("turn-given", 1, 0), ("turn-given", 2, 1)]
    assert (first.verdict, first.name, first.session) == ("refused", "", full.session.id)
    assert "1番" in first.sentence
    again = await full.kiosk.shows(full.tokens[2])
    assert (again.code, again.turn, again.ahead) == ("turn-waiting", 2, 1)
    assert await states() == ["waiting", "waiting"]
    assert len(await visits()) == 1
    assert await called(full) == CalledNow((), 2)


async def test_a_seat_goes_to_the_first_in_line_before_any_job_ran(full: Full) -> None:
    for one in full.tokens[1:3]:
        await full.kiosk.shows(one)
    await seats(full, 2)
    assert (await full.kiosk.shows(full.tokens[3])).turn == 3
    assert (await full.kiosk.shows(full.tokens[2])).code == "turn-waiting"
    said = await full.kiosk.shows(full.tokens[1])
    assert (said.verdict, said.code, said.session) == ("welcome", "welcome-turn", full.session.id)
    assert await states() == ["entered", "waiting", "waiting"]
    assert await house_db.fetchval("select ended_at is not null from turn where number = 1")


async def test_who_is_called_has_ten_minutes(full: Full, clock: Any) -> None:
    for one in full.tokens[1:4]:
        await full.kiosk.shows(one)
    await seats(full, 2)
    assert await call_turns() == 1
    assert await call_turns() == 0
    assert await called(full) == CalledNow((1,), 2)
    clock.advance(minutes=9, seconds=59)
    assert (await full.kiosk.shows(full.tokens[2])).code == "turn-waiting"
    clock.advance(seconds=1)
    assert await called(full) == CalledNow((), 2)
    assert (await full.kiosk.shows(full.tokens[3])).code == "turn-waiting"
    assert await call_turns() == 2
    assert await states() == ["missed", "called", "waiting"]
    assert await called(full) == CalledNow((2,), 1)
    assert (await full.kiosk.shows(full.tokens[2])).code == "welcome-turn"
    # Who missed it and comes back waits at the end of the line.
    said = await full.kiosk.shows(full.tokens[1])
    assert (said.code, said.turn, said.ahead) == ("turn-given", 4, 1)


async def test_a_missed_turn_that_no_job_ended_gives_way_to_a_new_one(full: Full, clock: Any) -> None:
    await full.kiosk.shows(full.tokens[1])
    await seats(full, 2)
    await call_turns()
    await seats(full, 1)
    clock.advance(minutes=10)
    assert (await full.kiosk.shows(full.tokens[1])).turn == 2
    assert await states() == ["missed", "waiting"]


async def test_a_call_is_taken_back_when_its_seat_has_gone(full: Full, clock: Any) -> None:
    await full.kiosk.shows(full.tokens[1])
    await seats(full, 2)
    await call_turns()
    await seats(full, 1)
    assert await call_turns() == 1
    assert await states() == ["waiting"]
    assert await house_db.fetchval("select called_at from turn") is None


async def test_turns_end_with_their_session(full: Full, clock: Any) -> None:
    await full.kiosk.shows(full.tokens[1])
    clock.set(full.session.ends_at)
    assert await call_turns() == 1
    assert await states() == ["given-up"]


async def test_turns_end_when_the_facility_closes_at_once(full: Full, clock: Any) -> None:
    await full.kiosk.shows(full.tokens[1])
    await house_db.execute("update facility set closed_now_at = $1", clock())
    await seats(full, 2)
    assert (await full.kiosk.shows(full.tokens[1])).code == "closing-now"
    assert await call_turns() == 1
    assert await states() == ["given-up"]


async def test_turns_end_with_their_day_and_with_a_session_that_is_not_held(full: Full, clock: Any) -> None:
    await full.kiosk.shows(full.tokens[1])
    await house_db.execute("update session set state = 'cancelled'")
    assert await call_turns() == 1
    await house_db.execute("update session set state = 'published'")
    await full.kiosk.shows(full.tokens[2])
    clock.advance(days=1)
    assert await call_turns() == 1
    assert await call_turns() == 0
    assert await states() == ["given-up", "given-up"]


async def test_a_turn_whose_person_was_erased_is_over(full: Full) -> None:
    await full.kiosk.shows(full.tokens[1])
    await house_db.execute("update turn set member = null")
    await seats(full, 2)
    assert (await full.kiosk.shows(full.tokens[2])).code == "welcome-walk-in"
    assert await call_turns() == 1
    assert await states() == ["given-up"]


async def test_a_booking_waits_for_a_place_in_a_full_building(db: None, clock: Any) -> None:
    facility = await make_facility(capacity=1)
    session = await make_session(seats=3, walk_in=3, starts_at=clock(), facility=facility)
    booked, first, third = [await make_member(8) for _ in range(3)]
    await make_reservation(session, booked)
    kiosk = await kiosk_at(facility)
    tokens = [(await make_pass(one)).token for one in (booked, first, third)]
    await kiosk.shows(tokens[1])
    said = await kiosk.shows(tokens[0])
    assert (said.code, said.turn, said.session, said.label) == ("turn-given", 1, None, "ためし館")
    assert (await kiosk.shows(tokens[2])).session == session.id
    clock.advance(minutes=20)
    assert (await kiosk.shows(tokens[1])).code == "goodbye"
    assert await call_turns() == 1
    assert (await kiosk.shows(tokens[2])).code == "turn-waiting"
    # They wait for what was full, and are not called late for it.
    assert (await kiosk.shows(tokens[0])).code == "welcome-turn"
    assert await house_db.fetchval("select state from reservation") == "arrived"


async def test_a_number_nobody_saw_is_given_up(full: Full) -> None:
    scan = make_scan(full.tokens[1])
    assert (await full.kiosk.sends([scan]))[0].code == "turn-given"
    copy = make_scan(full.tokens[1], nonce=scan.nonce, seq=scan.seq, offline=True, told=("refused", "session-full"))
    assert (await full.kiosk.sends([copy]))[0].code == "session-full"
    assert await states() == ["given-up"]
    assert (await full.kiosk.shows(full.tokens[1])).turn == 2


async def test_given_and_used_in_one_batch(db: None, clock: Any) -> None:
    facility = await make_facility(capacity=1)
    await make_session(seats=0, walk_in=3, starts_at=clock(), facility=facility)
    kiosk = await kiosk_at(facility)
    one, two = [(await make_pass(await make_member(8))).token for _ in range(2)]
    start = clock()
    clock.advance(minutes=10)
    await kiosk.shows(one, at=start, offline=True)
    batch = [make_scan(two, direction="in"), make_scan(one, direction="out"), make_scan(two, direction="in")]
    assert [said.code for said in await kiosk.sends(batch)] == ["turn-given", "goodbye", "welcome-turn"]
    assert await states() == ["entered"]


async def test_the_heartbeat_tells_who_is_called(full: Full, clock: Any) -> None:
    for one in full.tokens[1:3]:
        await full.kiosk.shows(one)
    await seats(full, 3)
    await call_turns()
    kiosk, _ = await make_kiosk(full.facility)
    answer = await hear(kiosk, Heartbeat(version="1", kiosk_time=clock()))
    assert [one.called for one in answer.facilities] == [(1, 2)]
    assert (await read_now(kiosk.id, [full.facility.id], clock().date())).facilities[0]["inside"] == 1


async def test_numbers_begin_anew_each_day(full: Full, clock: Any) -> None:
    await full.kiosk.shows(full.tokens[1])
    clock.advance(days=1)
    await make_session(seats=0, walk_in=0, starts_at=clock(), facility=full.facility)
    said = await full.kiosk.shows(full.tokens[2])
    assert (said.code, said.turn) == ("turn-given", 1)
    assert clock() - full.session.starts_at == timedelta(days=1)
