"""A seat is released in one process while its holder checks in at a kiosk of another."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from booking.kiosks.queries import find_kiosk_by_token
from booking.kit import clock
from booking.kit import db as house_db
from booking.visits import service_no_show
from booking.visits.schemas_day_list import Heartbeat
from booking.visits.service_day_list import hear
from tests.make.facilities import make_facility
from tests.make.kiosks import make_kiosk
from tests.make.passes import make_pass
from tests.make.people import make_member
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.races.harness import Ask, breaks, race
from tests.races.test_doors import PLACE, show
from tests.races.unlocked import pausing

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
CHILDREN = 12
ROUNDS = 8
LOST = """
select count(*) from visit join reservation on reservation.id = visit.reservation
where reservation.state <> 'arrived' and visit.facility = $1
"""


async def one_round() -> tuple[Any, str, Ask]:
    """A session past its judging, its kiosk in good health, and all who booked it in front of the door."""
    now = clock.now()
    facility = await make_facility()
    session = await make_session(seats=CHILDREN, starts_at=now - timedelta(minutes=30), facility=facility)
    token = (await make_kiosk(facility))[1].token
    scans = []
    for number in range(CHILDREN):
        child = await make_member(8)
        await make_reservation(session, child)
        scans += show((await make_pass(child)).token, token, number + 1).json["scans"]
    return (
        facility.id,
        token,
        Ask("POST", "/api/v1/kiosk/scans", {"authorization": f"Bearer {token}"}, {"scans": scans}),
    )


async def seats_lost(database_url: str, monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> int:
    """How many came in by a reservation that was released under them."""
    rounds = [await one_round() for _ in range(ROUNDS)]
    lost = 0
    async with race(database_url, PLACE, locked=locked, servers=1) as running:
        monkeypatch.setattr(service_no_show, "lock_facilities", pausing(service_no_show.lock_facilities))
        for facility_id, token, ask in rounds:
            kiosk = await find_kiosk_by_token(token)
            assert kiosk is not None
            await hear(kiosk, Heartbeat(version="1", kiosk_time=clock.now()))
            (answer,), _ = await asyncio.gather(running.fire([ask]), service_no_show.release_missing())
            assert {one["verdict"] for one in answer.json()["verdicts"]} <= {"welcome", "refused"}
            lost += int(await house_db.fetchval(LOST, facility_id))
    return lost


async def test_nobody_is_let_in_on_a_seat_that_was_released(
    db: None, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await seats_lost(database_url, monkeypatch, locked=True) == 0


async def test_without_the_lock_a_seat_is_used_and_released(
    db: None, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def once() -> bool:
        return await seats_lost(database_url, monkeypatch, locked=False) > 0

    assert await breaks(once)
