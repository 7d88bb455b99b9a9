"""Who waits when a facility closes at once, and when it opens again."""

import pytest

from booking.access.schemas import SYSTEM
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.visits.service_closing import close_now, reopen
from tests.conftest import Clock
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.reservations.test_waiting import make_family, state_of

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


async def test_a_seat_nobody_holds_any_more_is_offered_when_it_opens_again(db: None, clock: Clock) -> None:
    session = await make_session(seats=1, walk_in=1, starts_at=house_clock.now().replace(hour=9))
    gone, waits = await make_reservation(session), await make_family(session)
    (waiting,) = await waits.order(session)
    clock.advance(minutes=1)
    (closing,) = await close_now(SYSTEM, session.facility_code, "power")
    await house_db.execute("update member set left_at = $2 where id = $1", gone.member_id, house_clock.now())
    await reopen(SYSTEM, closing.id)
    assert (await state_of(gone), await state_of(waiting)) == ("cancelled", "offered")
