"""A visit that staff entered, and the scans of it that come late: one visit, with the times staff said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.kit import db as house_db
from booking.visits.errors import VisitsOverlap
from booking.visits.service_corrections import add_visit
from booking.visits.service_desk import void_visit
from booking.visits.service_no_show import release_missing
from tests.make.access import actor_for, make_staff
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_member
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.make.visits import KioskHere, flags, kiosk_at, make_scan, visits

pytestmark = pytest.mark.anyio
WELCOME, GOODBYE = ("welcome", "welcome-walk-in"), ("goodbye", "goodbye")


@dataclass
class Desk:
    """A facility whose kiosk was without network from noon on, its desk, and a child."""

    facility: Any
    session: Any
    kiosk: KioskHere
    by: Actor
    child: Any
    token: str
    noon: datetime

    def at(self, minutes: int) -> datetime:
        """Some minutes after noon."""
        return self.noon + timedelta(minutes=minutes)

    async def adds(self, since: int, until: int | None) -> UUID:
        """Staff enter a visit, in minutes after noon."""
        left_at = None if until is None else self.at(until)
        spoken = await add_visit(
            self.by, self.facility.code, self.child.id, entered_at=self.at(since), left_at=left_at, reason="停電"
        )
        return spoken.id

    def shown(self, minute: int, told: tuple[str, str] = WELCOME) -> Any:
        """A scan without network."""
        return make_scan(self.token, at=self.at(minute), told=told, offline=True)


@pytest.fixture
async def desk(db: None, clock: Any) -> Desk:
    facility = await make_facility()
    session = await make_session(walk_in=3, starts_at=clock(), facility=facility)
    child = await make_member(8)
    by = await actor_for(await make_staff(Role.FRONT_DESK, facility.code))
    token = (await make_pass(child)).token
    return Desk(facility, session, await kiosk_at(facility), by, child, token, clock())


async def live() -> list[dict[str, Any]]:
    return [one for one in await visits() if one["voided_at"] is None]


async def test_late_scans_of_an_added_visit_make_no_second_one(desk: Desk, clock: Any) -> None:
    clock.advance(hours=2)
    made = await desk.adds(10, 60)
    scans = [desk.shown(12), desk.shown(30, GOODBYE), desk.shown(40), desk.shown(58, GOODBYE)]
    await desk.kiosk.sends(scans)
    await desk.kiosk.sends(scans)
    (visit,) = await visits()
    assert (visit["id"], visit["entered_at"], visit["left_at"]) == (made, desk.at(10), desk.at(60))
    assert (visit["entered_by"], visit["closed_by"]) == ("staff", "staff")
    stored = await house_db.fetchval("select id from scan where nonce = $1", scans[0].nonce)
    assert visit["entry_scan"] == stored
    assert await flags() == []


async def test_what_was_added_stays_where_no_scan_says_anything_of_it(desk: Desk, clock: Any) -> None:
    clock.advance(hours=2)
    made = await desk.adds(10, 30)
    await desk.kiosk.sends([desk.shown(1), desk.shown(5, GOODBYE)])
    await desk.kiosk.sends([desk.shown(40)])
    spans = [(one["entered_at"], one["left_at"]) for one in await live()]
    assert spans == [(desk.at(1), desk.at(5)), (desk.at(10), desk.at(30)), (desk.at(40), None)]
    assert [one["entry_scan"] is None for one in await live() if one["id"] == made] == [True]


async def test_scans_that_came_first_are_the_visit(desk: Desk, clock: Any) -> None:
    clock.advance(hours=2)
    await desk.kiosk.sends([desk.shown(12), desk.shown(58, GOODBYE)])
    with pytest.raises(VisitsOverlap):
        await desk.adds(10, 60)
    assert [(one["entered_at"], one["left_at"]) for one in await visits()] == [(desk.at(12), desk.at(58))]


async def test_an_added_visit_that_goes_on(desk: Desk, clock: Any) -> None:
    """A newer scan is stored already, so the day is told again while the added visit is open."""
    clock.advance(minutes=50)
    made = await desk.adds(10, None)
    await desk.kiosk.sends([desk.shown(45, ("refused", "session-full"))])
    await desk.kiosk.sends([desk.shown(12)])
    (visit,) = await visits()
    assert (visit["id"], visit["entered_at"], visit["left_at"]) == (made, desk.at(10), None)
    clock.advance(minutes=20)
    assert (await desk.kiosk.shows(desk.token)).verdict == "goodbye"
    assert [one["left_at"] for one in await visits()] == [clock()]


async def test_a_voided_visit_does_not_come_back_with_its_scans(desk: Desk, clock: Any) -> None:
    clock.advance(hours=2)
    made = await desk.adds(10, 60)
    await desk.kiosk.sends([desk.shown(12)])
    await void_visit(desk.by, made, "べつの人でした")
    await desk.kiosk.sends([desk.shown(58, GOODBYE)])
    assert await live() == []


async def test_a_scan_elsewhere_within_an_added_visit_is_for_staff_to_see(desk: Desk, clock: Any) -> None:
    other = await make_facility()
    await make_session(walk_in=3, starts_at=desk.noon, facility=other)
    away = await kiosk_at(other)
    clock.advance(hours=2)
    made = await desk.adds(10, 60)
    await away.sends([desk.shown(20), desk.shown(40, GOODBYE)])
    assert [one["id"] for one in await visits()] == [made]
    assert await flags() == ["disagreement"]
    await away.sends([desk.shown(50), desk.shown(80, GOODBYE)])
    spans = [(one["facility"], one["entered_at"], one["left_at"]) for one in await live()]
    assert spans == [(desk.facility.id, desk.at(10), desk.at(60)), (other.id, desk.at(60), desk.at(80))]


async def test_whoever_was_there_has_not_stayed_away(desk: Desk, clock: Any) -> None:
    booked = await make_reservation(desk.session, desk.child)
    clock.advance(hours=3)
    assert await desk.kiosk.shows(kind="number", number="1") is not None
    await house_db.execute("update kiosk set revoked_at = now()")
    assert await release_missing() == 1
    made = await desk.adds(10, 60)
    row = await house_db.fetchrow("select state, arrived_at from reservation where id = $1", booked.id)
    assert row is not None
    assert tuple(row) == ("arrived", desk.at(10))
    assert [(one["id"], one["reservation"]) for one in await visits()] == [(made, booked.id)]
    actions = "select count(*) from audit_entry where action = 'reservation.revived'"
    assert await house_db.fetchval(actions) == 1
