"""Somebody is inside at midnight: the visit is one of the day it began, whatever the clock says when it ends."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.visits.service_sweeps import close_open_visits
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_member
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.make.visits import kiosk_at, visits

pytestmark = pytest.mark.anyio
NIGHTS = {
    "an ordinary night": date(2026, 11, 21),
    "New Year's Eve": date(2026, 12, 31),
    "the last night of February": date(2028, 2, 29),
    "the last night of the fiscal year": date(2027, 3, 31),
}


@pytest.mark.parametrize("day", NIGHTS.values(), ids=NIGHTS)
@pytest.mark.parametrize("way", ["scanned", "swept"])
async def test_a_visit_over_midnight_belongs_to_the_day_it_began(day: date, way: str, db: None, clock: Any) -> None:
    evening = datetime(day.year, day.month, day.day, 13, 50, tzinfo=UTC)
    clock.set(evening)
    facility = await make_facility()
    session = await make_session(starts_at=evening + timedelta(minutes=10), minutes=150, facility=facility)
    child = await make_member(8)
    await make_reservation(session, child)
    assert session.held_on == day
    kiosk, token = await kiosk_at(facility), (await make_pass(child)).token
    assert (await kiosk.shows(token)).verdict == "welcome"
    clock.set(evening + timedelta(hours=1, minutes=30))
    assert house_clock.today() == day + timedelta(days=1)
    if way == "scanned":
        await kiosk.shows(token)
    await close_open_visits()
    (visit, *more) = await visits()
    assert (visit["visited_on"], visit["session"]) == (day, session.id)
    assert visit["left_at"] is not None and house_clock.local_date(visit["left_at"]) == day
    assert not more, "going out after midnight is no visit of the next day"
    rows = await house_db.fetch("select distinct visited_on from visit_change")
    assert {row["visited_on"] for row in rows} == {day}
    found = await house_db.fetchval("select state from reservation where session = $1", session.id)
    assert found == "arrived"


async def test_a_stay_of_a_closed_day_that_comes_late_ends_with_its_day(db: None, clock: Any) -> None:
    """The next day's opening is near, and yet not its own: nobody is inside twice, and no scan is turned away."""
    here, there = await make_facility(), await make_facility(weekdays=(6,))
    await make_session(starts_at=clock(), walk_in=5, facility=here)
    token = (await make_pass(await make_member(8))).token
    friday = clock() - timedelta(hours=14)
    assert (await (await kiosk_at(here)).shows(token)).verdict == "welcome"
    told = {"offline": True, "told": ("welcome", "welcome")}
    assert (await (await kiosk_at(there)).shows(token, at=friday, **told)).verdict == "welcome"
    late, now = await visits()
    assert (late["facility"], late["closed_by"], now["left_at"]) == (there.id, "auto", None)
    assert late["left_at"] == house_clock.day_span(late["visited_on"])[1]
