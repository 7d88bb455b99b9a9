"""Two people close, and open again, at the same moment, in two processes."""

import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.access.service_tokens import new_token
from booking.kit import clock
from booking.kit import db as house_db
from tests.make.facilities import make_facility
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.races.harness import Ask, race

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
    async with race(database_url, PLACE, locked=locked) as running:
        closed = await running.fire([Ask("POST", "/api/v1/staff/closures", headers, body)] * MANY)
        assert [row["state"] for row in await house_db.fetch("select state from reservation")] == ["cancelled"]
        closing = await house_db.fetchval("select id from closing_now")
        opened = await running.fire([Ask("POST", f"/api/v1/staff/closures/{closing}/reopen", headers)] * MANY)
    assert {one.json()["code"] for one in closed if one.status_code == 409} <= {"closed-now-already"}
    assert [row["state"] for row in await house_db.fetch("select state from reservation")] == ["confirmed"]
    return sorted(one.status_code for one in [*closed, *opened])


async def test_one_closes_and_one_opens(db: None, database_url: str) -> None:
    assert await close_at_once(database_url, locked=True) == [200, 201, *[409] * (2 * MANY - 2)]
    assert await house_db.fetchval("select count(*) from closing_now") == 1
    assert await house_db.fetchval("select count(*) from roll_call") == 1
    audited = "select count(*) from audit_entry where action in ('facility.close-now', 'facility.reopen')"
    assert await house_db.fetchval(audited) == 2


async def test_without_the_lock_it_is_opened_twice(db: None, database_url: str) -> None:
    assert (await close_at_once(database_url, locked=False)).count(200) > 1
