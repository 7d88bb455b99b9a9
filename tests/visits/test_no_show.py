"""Who did not come loses the seat, but never while a door may know better."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from booking.access.schemas import SYSTEM
from booking.kiosks.queries import find_kiosk_by_token
from booking.kiosks.service import revoke_kiosk
from booking.kit import db as house_db
from booking.reservations.queries import find_reservation
from booking.visits.schemas_day_list import Heartbeat
from booking.visits.service_day_list import hear
from booking.visits.service_no_show import release_missing
from tests.make.facilities import make_facility
from tests.make.kiosks import make_waiting_kiosk
from tests.make.passes import make_pass
from tests.make.people import make_member
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.make.visits import KioskHere, flags, kiosk_at, make_scan, visits

pytestmark = pytest.mark.anyio


@dataclass
class Door:
    """A full session that begins now, a booked child, another one, and a kiosk."""

    facility: Any
    session: Any
    booked: Any
    child: str
    other: str
    kiosk: KioskHere
    clock: Any

    async def beats(self, *, queue: int = 0) -> None:
        """The kiosk says that it is alive."""
        identity = await find_kiosk_by_token(self.kiosk.token)
        assert identity is not None
        await hear(identity, Heartbeat(version="1", kiosk_time=self.clock(), queue_length=queue))

    async def state(self) -> str:
        """What became of the booking."""
        found = await find_reservation(self.booked.id)
        assert found is not None
        return found.state


@pytest.fixture
async def door(db: None, clock: Any) -> Door:
    facility = await make_facility()
    session = await make_session(seats=1, starts_at=clock(), facility=facility)
    child = await make_member(8)
    booked = await make_reservation(session, child)
    tokens = [(await make_pass(one)).token for one in (child, await make_member(9))]
    return Door(facility, session, booked, *tokens, await kiosk_at(facility), clock)


async def test_the_seat_of_who_did_not_come_is_free_at_once(door: Door) -> None:
    door.clock.advance(minutes=19)
    await door.beats()
    assert await release_missing() == 0
    assert (await door.kiosk.shows(door.other)).verdict != "welcome"
    door.clock.advance(minutes=1)
    await door.beats()
    assert await release_missing() == 1
    assert await release_missing() == 0
    assert await door.state() == "released"
    assert await house_db.fetchval("select released_at from reservation") == door.clock()
    assert (
        await house_db.fetchval("select actor_kind from audit_entry where action = 'reservation.released'") == "system"
    )
    assert (await door.kiosk.shows(door.other)).verdict == "welcome"
    assert await house_db.fetchval("select count(*) from message") == 0


async def test_who_came_or_is_inside_is_not_missing(door: Door) -> None:
    assert (await door.kiosk.shows(door.child)).code == "welcome"
    later = await make_session(seats=1, starts_at=door.clock() + timedelta(hours=2), facility=door.facility)
    member = await house_db.fetchval("select member from visit")
    stays = await make_reservation(later, await make_member(7))
    await house_db.execute("update reservation set member = $1 where id = $2", member, stays.id)
    door.clock.advance(hours=2, minutes=30)
    await door.beats()
    assert await release_missing() == 0


async def test_nobody_is_judged_while_a_kiosk_is_silent_or_has_scans_to_send(door: Door) -> None:
    door.clock.advance(minutes=19)
    await door.beats()
    door.clock.advance(minutes=1)
    assert await release_missing() == 0, "its last word was before the moment that is judged"
    door.clock.advance(minutes=5)
    assert await release_missing() == 0, "it is silent"
    await door.beats(queue=1)
    assert await release_missing() == 0, "it has scans to send"
    await door.beats()
    assert await release_missing() == 1


async def test_a_scan_is_no_word_that_the_queue_is_empty(door: Door) -> None:
    door.clock.advance(minutes=30)
    await door.kiosk.shows("P1")
    assert await release_missing() == 0
    await door.beats()
    assert await release_missing() == 1


async def test_the_other_kiosk_of_the_place_is_waited_for(door: Door) -> None:
    second = await kiosk_at(door.facility)
    await make_waiting_kiosk(door.facility)
    door.clock.advance(minutes=20)
    await door.beats()
    assert await release_missing() == 0
    await revoke_kiosk(SYSTEM, second.id)
    assert await release_missing() == 1


async def test_a_place_without_a_kiosk_is_judged_by_what_staff_entered(door: Door) -> None:
    await revoke_kiosk(SYSTEM, door.kiosk.id)
    door.clock.advance(minutes=20)
    assert await release_missing() == 1


async def test_a_place_closed_at_once_judges_nobody(door: Door) -> None:
    await house_db.execute("update facility set closed_now_at = now()")
    door.clock.advance(minutes=20)
    await door.beats()
    assert await release_missing() == 0


async def test_a_silent_place_does_not_hold_up_another(door: Door) -> None:
    elsewhere = await make_facility()
    await make_reservation(
        await make_session(seats=1, starts_at=door.clock(), facility=elsewhere), await make_member(8)
    )
    door.clock.advance(minutes=25)
    assert await release_missing() == 1
    assert await door.state() == "confirmed"


async def test_a_late_scan_that_was_welcomed_gives_the_booking_back(door: Door) -> None:
    at = door.clock() + timedelta(minutes=2)
    door.clock.advance(minutes=20)
    await door.beats()
    assert await release_missing() == 1
    door.clock.advance(minutes=2)
    scan = make_scan(door.child, at=at, offline=True, told=("welcome", "welcome"))
    await door.kiosk.sends([scan])
    assert await door.state() == "arrived"
    assert await house_db.fetchval("select arrived_at from reservation") == at
    (visit,) = await visits()
    assert visit["reservation"] == door.booked.id
    await door.kiosk.sends([scan])
    assert len(await visits()) == 1
    assert await house_db.fetchval("select count(*) from audit_entry where action = 'reservation.revived'") == 1


async def test_who_comes_after_the_release_walks_in(door: Door) -> None:
    door.clock.advance(minutes=20)
    await door.beats()
    await release_missing()
    assert (await door.kiosk.shows(door.child)).code == "welcome-walk-in"
    assert await door.state() == "released"
    assert (await door.kiosk.shows(door.other)).verdict == "refused" or await flags() == []


async def test_a_seat_given_on_is_not_counted_twice_when_its_holder_is_revived(door: Door) -> None:
    at = door.clock() + timedelta(minutes=2)
    door.clock.advance(minutes=20)
    await door.beats()
    await release_missing()
    assert (await door.kiosk.shows(door.other)).code == "welcome-walk-in"
    await door.kiosk.sends([make_scan(door.child, at=at, offline=True, told=("welcome", "welcome"))])
    assert await door.state() == "arrived"
    assert await house_db.fetchval("select count(*) from visit where left_at is null") == 2
    inside = {row["reservation"]: row["session"] for row in await visits()}
    assert inside == {None: door.session.id, door.booked.id: door.session.id}
