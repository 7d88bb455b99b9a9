"""Two people close, and open again, at the same moment; a day is closed while people book it. In two processes."""

from datetime import timedelta

import pytest

from booking import wiring
from booking.access.rules import cookie_name
from booking.access.schemas import SYSTEM
from booking.access.service import open_sign_in
from booking.access.service_tokens import new_token
from booking.kit import clock
from booking.kit import db as house_db
from booking.programs.schemas import SessionView
from tests.make.access import make_account
from tests.make.facilities import make_facility
from tests.make.people import make_member
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation
from tests.races.harness import Ask, breaks, race

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
PLACE = "facilities:lock_facilities"
MANY = 6


async def close_at_once(database_url: str, *, locked: bool) -> list[int]:
    """Several people close a facility with a booking, then several open it; the statuses of all answers, sorted."""
    facility = await make_facility()
    session = await make_session(starts_at=clock.now(), facility=facility)
    await make_reservation(session)
    wiring.introduce()
    key = await new_token("受付", "front-desk", facility.code, SYSTEM)
    headers = {"authorization": f"Bearer {key}"}
    body = {"facility": facility.code, "now": True, "reason": "fire-alarm"}
    state = "select string_agg(state, ' ') from reservation where session = $1"
    async with race(database_url, PLACE, locked=locked) as running:
        closed = await running.fire([Ask("POST", "/api/v1/staff/closures", headers, body)] * MANY)
        assert await house_db.fetchval(state, session.id) == "cancelled"
        closing = await house_db.fetchval("select id from closing_now where facility = $1", facility.id)
        opened = await running.fire([Ask("POST", f"/api/v1/staff/closures/{closing}/reopen", headers)] * MANY)
    assert {one.json()["code"] for one in closed if one.status_code == 409} <= {"closed-now-already"}
    assert await house_db.fetchval(state, session.id) == "confirmed"
    return sorted(one.status_code for one in [*closed, *opened])


async def test_one_closes_and_one_opens(db: None, database_url: str) -> None:
    assert await close_at_once(database_url, locked=True) == [200, 201, *[409] * (2 * MANY - 2)]
    assert await house_db.fetchval("select count(*) from closing_now") == 1
    assert await house_db.fetchval("select count(*) from roll_call") == 1
    audited = "select count(*) from audit_entry where action in ('facility.close-now', 'facility.reopen')"
    assert await house_db.fetchval(audited) == 2


async def test_without_the_lock_it_is_opened_twice(db: None, database_url: str) -> None:
    async def once() -> bool:
        return (await close_at_once(database_url, locked=False)).count(200) > 1

    assert await breaks(once)


SESSIONS = "programs:lock_sessions"


async def someone_books(session: SessionView) -> Ask:
    """A guardian who books the session for a child."""
    account = await make_account()
    cookie = {"cookie": f"{cookie_name(secure=False)}={await open_sign_in(account.id, 'race')}"}
    child = await make_member(account=account, body=session.body_code)
    return Ask("POST", "/api/v1/reservations", cookie, {"session_id": str(session.id), "member_ids": [str(child.id)]})


async def close_a_day(database_url: str, *, locked: bool) -> bool:
    """Close a day while people book its session; whether everybody came too late, was moved, or was cancelled."""
    facility = await make_facility()
    program = await make_program(facility=facility)
    at = clock.now() + timedelta(days=4)
    session = await make_session(starts_at=at, minutes=30, seats=20, facility=facility, program=program)
    other = await make_session(starts_at=at + timedelta(days=1), seats=3, facility=facility, program=program)
    await make_reservation(session, await make_member(body=session.body_code))
    wiring.introduce()
    key = await new_token("管理", "facility-manager", facility.code, SYSTEM)
    day = {"facility": facility.code, "day": session.held_on.isoformat(), "reason": "点検", "way": "move-here"}
    asks = [await someone_books(session) for _ in range(MANY)]
    asks.append(Ask("POST", "/api/v1/staff/closures", {"authorization": f"Bearer {key}"}, day))
    async with race(database_url, SESSIONS, locked=locked) as running:
        answers = await running.fire(asks)
    assert answers[-1].status_code == 201, answers[-1].text
    seats = "select count(*) from reservation where session = $1 and state = 'confirmed'"
    left, moved = await house_db.fetchval(seats, session.id), await house_db.fetchval(seats, other.id)
    booked = sum(one.status_code == 201 for one in answers[:-1])
    letters = await house_db.fetchval("select count(*) from message where kind = 'reservation-day-closed'")
    return bool(left == 0 and moved == min(3, booked + 1) and letters == booked)


async def test_nobody_is_left_in_a_session_of_a_closed_day(db: None, database_url: str) -> None:
    assert await close_a_day(database_url, locked=True)


async def test_without_the_sessions_lock_somebody_is_left(db: None, database_url: str) -> None:
    async def broke() -> bool:
        return not await close_a_day(database_url, locked=False)

    assert await breaks(broke)
