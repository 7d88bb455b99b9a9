"""A draw is run twice at the same moment, with two numbers, in two processes."""

from datetime import timedelta

import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.access.service_tokens import new_token
from booking.kit import clock
from booking.kit import db as house_db
from booking.reservations import queries, service_draws
from booking.reservations.service_draws_opening import open_draw
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.races.harness import Ask, breaks, race

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
LOCKS = "people:lock_members,programs:lock_sessions,reservations:lock_reservations,reservations:lock_draws"
"""Each of them keeps the second waiting until the first has drawn; what decides is read behind the draw's own."""


async def drawn_twice(database_url: str, *, locked: bool) -> int:
    """Rounds in which more than one number gave a result."""
    wrong = 0
    wiring.introduce()
    async with race(database_url, LOCKS, locked=locked) as running:
        for _ in range(3):
            now = clock.now()
            days = {"booking_closes_at": now + timedelta(hours=1), "roll_over_at": now + timedelta(days=12)}
            session = await make_session(seats=2, selection="draw", starts_at=now + timedelta(days=12), **days)
            for _ in range(4):
                await make_reservation(session, state="applied")
            draw_id = await open_draw(SYSTEM, session)
            await house_db.execute(
                "update session set booking_closes_at = $2 where id = $1", session.id, now - timedelta(hours=1)
            )
            assert await service_draws.close_draws() == 1
            await house_db.execute("update draw set public_on = $2 where id = $1", draw_id, clock.today())
            key = await new_token("係", "facility-manager", session.facility_code, SYSTEM)
            headers = {"authorization": f"Bearer {key}"}
            path = f"/api/v1/staff/draws/{draw_id}/run"
            answers = await running.fire([Ask("POST", path, headers, {"public_number": str(n)}) for n in range(4)])
            done = [one.json()["public_number"] for one in answers if one.status_code == 200]
            refused = {one.json()["code"] for one in answers if one.status_code != 200}
            kept = await house_db.fetchval("select public_number from draw where id = $1", draw_id)
            taken = (await queries.taken([session.id]))[session.id]
            wrong += len(done) != 1 or kept != done[0] or refused != {"draw-done"} or taken != 2
    return wrong


async def test_a_draw_is_run_once(db: None, database_url: str) -> None:
    assert await drawn_twice(database_url, locked=True) == 0


async def test_without_the_locks_two_numbers_give_two_results(db: None, database_url: str) -> None:
    async def once() -> bool:
        return await drawn_twice(database_url, locked=False) > 0

    assert await breaks(once)
