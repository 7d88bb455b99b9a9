"""Who waits when a facility closes at once, and when it opens again."""

from datetime import timedelta

import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.facilities.schemas_forms import ClosureForm
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.reservations.service_closing_day import close_day, revoke_day
from booking.visits.service_closing import close_now, reopen
from tests.conftest import Clock
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.reservations.test_waiting import mailed, make_family, state_of

pytestmark = pytest.mark.anyio


async def test_whoever_waited_waits_again_and_takes_no_walk_in_seat(db: None, clock: Clock) -> None:
    session = await make_session(seats=1, walk_in=1, starts_at=house_clock.now().replace(hour=9))
    first, second = await make_family(session), await make_family(session)
    (booked,), (waiting,) = await first.order(session), await second.order(session)
    assert (await state_of(booked), await state_of(waiting)) == ("confirmed", "waiting")
    for _ in range(2):
        clock.advance(minutes=1)
        (closing,) = await close_now(SYSTEM, session.facility_code, "power")
        assert (await state_of(booked), await state_of(waiting)) == ("cancelled", "cancelled")
        clock.advance(minutes=1)
        await reopen(SYSTEM, closing.id)
        assert (await state_of(booked), await state_of(waiting)) == ("confirmed", "waiting")
    said = {one["reader"]: one["content"] for one in await mailed("reservation-reopened")}
    held, waits = said[first.by.id], said[second.by.id]
    assert "次の予約は、もとどおりです。席があります。" in held and "待つ列" not in held
    assert "席があります" not in waits and "次の回は、まだ待つ列です。" in waits
    assert "もう待たないときは" in waits and second.children[0].shown_name in waits


async def test_a_day_that_opens_again_says_who_has_a_seat_and_who_waits(db: None, clock: Clock) -> None:
    wiring.introduce()
    session = await make_session(seats=1, starts_at=house_clock.now() + timedelta(days=3))
    first, second = await make_family(session), await make_family(session)
    (booked,), (waiting,) = await first.order(session), await second.order(session)
    day = ClosureForm(day=session.held_on.isoformat(), kind="closed", from_time="", until_time="", reason="点検")
    await close_day(SYSTEM, session.facility_code, day, way="cancel")
    clock.advance(minutes=1)
    closure = await house_db.fetchval("select id from closure")
    await revoke_day(SYSTEM, session.facility_code, closure)
    assert (await state_of(booked), await state_of(waiting)) == ("confirmed", "waiting")
    said = {one["reader"]: one["content"] for one in await mailed("reservation-day-reopened")}
    assert "席があります" in said[first.by.id] and "待つ列" not in said[first.by.id]
    assert "席があります" not in said[second.by.id] and "待つ列の順番も、もとどおりです。" in said[second.by.id]


async def test_a_seat_nobody_holds_any_more_is_offered_when_it_opens_again(db: None, clock: Clock) -> None:
    session = await make_session(seats=1, walk_in=1, starts_at=house_clock.now().replace(hour=9))
    gone, waits = await make_reservation(session), await make_family(session)
    (waiting,) = await waits.order(session)
    clock.advance(minutes=1)
    (closing,) = await close_now(SYSTEM, session.facility_code, "power")
    await house_db.execute("update member set left_at = $2 where id = $1", gone.member_id, house_clock.now())
    await reopen(SYSTEM, closing.id)
    assert (await state_of(gone), await state_of(waiting)) == ("cancelled", "offered")
