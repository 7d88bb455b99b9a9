"""The history: what was counted, beside the year before, for whom, and equal to counting by hand."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from booking.access.schemas import SYSTEM
from booking.kit import clock as house_clock
from booking.kit.tokens import new_id
from booking.occupancy import rules_history as rules
from booking.occupancy.service_history import get_utilisation
from booking.reservations.rules import ReservationState
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility
from tests.make.people import make_member
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio
TODAY = date(2026, 11, 21)
YEAR = timedelta(days=365)


def test_the_days_asked_for() -> None:
    usual = rules.period(None, None, TODAY)
    assert (usual.first, usual.last, usual.until) == (date(2026, 8, 30), TODAY, date(2026, 11, 22))
    assert rules.period(date(2027, 1, 1), date(2027, 2, 1), TODAY) == rules.Period(first=TODAY, last=TODAY)
    assert rules.period(date(1990, 1, 1), None, TODAY).first == TODAY - rules.LONGEST
    leap = rules.Period(first=date(2024, 2, 29), last=date(2024, 3, 1))
    assert leap.before == rules.Period(first=date(2023, 2, 28), last=date(2023, 3, 1))


def test_shares_and_small_cells() -> None:
    assert (rules.permille(1, 3), rules.permille(0, 0)) == (333, None)
    assert (rules.peak([(600, 3), (570, 5), (630, 5)]), rules.peak([])) == (570, None)
    assert [rules.told(one, sees_few=False) for one in (0, 1, 9, 10)] == [0, None, None, 10]
    assert rules.told(3, sees_few=True) == 3


async def test_users_by_weekday_and_hour(db: None, clock: Clock) -> None:
    here = await make_facility()
    person, now = new_id(), house_clock.now()
    await visit(here, person, left_at=now + timedelta(minutes=20))
    await visit(here, person, entered_at=now + timedelta(minutes=30), left_at=now + timedelta(minutes=100))
    await visit(here, None, kind="group", heads=4, left_at=now + timedelta(minutes=60))
    await visit(here, None, kind="guardian", heads=2)
    await visit(here, new_id(), voided_at=now)
    clock.advance(hours=3)
    found = await get_utilisation(SYSTEM)
    assert [(each.weekday, each.hour, each.users, each.days, each.average) for each in found.heat] == [
        (6, 12, 5, 1, 5.0),
        (6, 13, 1, 1, 1.0),
    ]
    assert [(each.at, each.users) for each in found.arrivals] == [("12:00", 5), ("12:30", 1)]
    assert (found.now.users, found.now.days, found.now.peak_arrival) == (5, 1, "12:00")


async def test_beside_the_year_before(db: None, clock: Clock) -> None:
    here = await make_facility()
    person, now = new_id(), house_clock.now()
    await visit(here, person, school_stage="elementary")
    await visit(here, None, entered_at=now - YEAR, heads=3, school_stage="elementary")
    await visit(here, None, entered_at=now - YEAR - timedelta(days=100), heads=9)
    found = await get_utilisation(SYSTEM, here.code)
    assert (found.now.users, found.year_before.users) == (1, 3)
    assert [(each.month, each.users, each.year_before) for each in found.by_month] == [("2026-11", 1, 3)]
    assert [(each.code, each.users, each.year_before) for each in found.by_school_stage] == [("elementary", 1, 3)]
    assert [(each.code, each.users, each.year_before) for each in found.by_program] == [("", 1, 3)]


async def test_seats_and_who_did_not_come(db: None, clock: Clock) -> None:
    here = await make_facility()
    session = await make_session(
        seats=8, walk_in=2, facility=here, starts_at=house_clock.now() - timedelta(hours=3), minutes=120
    )
    await make_session(seats=5, facility=here, starts_at=house_clock.now() - timedelta(hours=1), minutes=120)
    await make_session(
        seats=5, facility=here, starts_at=house_clock.now() - timedelta(hours=5), state="cancelled", minutes=60
    )
    states = (ReservationState.ARRIVED, ReservationState.ARRIVED, ReservationState.RELEASED, ReservationState.CONFIRMED)
    for number, state in enumerate((*states, ReservationState.CANCELLED, ReservationState.WAITING)):
        await make_reservation(session, await make_member(8, shown_name=f"だれか{number}"), state)
    await visit(here, new_id(), session=session.id)
    seats = (await get_utilisation(SYSTEM, here.code)).now.seats
    assert (seats.sessions, seats.seats, seats.used, seats.booked, seats.no_shows, seats.cancelled) == (
        1,
        10,
        3,
        4,
        2,
        1,
    )
    assert (seats.used_permille, seats.no_show_permille, seats.cancelled_permille) == (300, 500, 200)


async def test_first_time_in_the_fiscal_year_and_the_way_to_tsukurun(db: None, clock: Clock) -> None:
    here = await make_facility()
    tumo = await make_program(facility=here, brand="tumo")
    other = await make_program(facility=here, brand="tsukurun")
    walker, stayer, now = new_id(), new_id(), house_clock.now()
    await visit(here, walker, entered_at=now - timedelta(days=150), program=tumo.id)
    await visit(here, walker, entered_at=now - timedelta(days=3), program=tumo.id)
    await visit(here, walker, entered_at=now - timedelta(days=1), program=other.id)
    await visit(here, stayer, entered_at=now - timedelta(days=2), program=other.id)
    await visit(here, stayer, entered_at=now - timedelta(days=1), program=tumo.id)
    found = (await get_utilisation(SYSTEM, here.code)).now
    assert (found.returning.first_time, found.returning.returning) == (1, 3)
    assert (found.flow.tumo, found.flow.then_tsukurun, found.flow.permille) == (2, 1, 500)


async def test_rights_are_those_of_the_place_and_small_cells_those_of_the_role(
    client: httpx.AsyncClient, clock: Any
) -> None:
    mine = await make_facility(name="みえる館")
    other = await make_facility(body=await make_body(), name="みえない館")
    for facility in (mine, other):
        await visit(facility, new_id(), municipality_code="102032", school_stage="high")
    assert (await client.get("/api/v1/staff/utilisation")).status_code == 401
    await sign_in(client, await make_staff("front-desk", mine.code))
    assert (await client.get(f"/api/v1/staff/utilisation?facility={other.code}")).status_code == 403
    told = (await client.get("/api/v1/staff/utilisation")).json()
    assert told["facilities"] == [mine.code]
    assert (told["now"]["users"], told["by_school_stage"][0]["users"]) == (1, None)
    await sign_in(client, await make_staff("facility-manager", mine.code))
    told = (await client.get("/api/v1/staff/utilisation?from=2026-11-21&until=2026-11-21")).json()
    assert told["by_municipality"][0]["users"] == 1


async def test_the_page_shows_pictures_and_the_numbers_beneath_and_the_file_holds_them(
    client: httpx.AsyncClient, clock: Any
) -> None:
    here = await make_facility(name="みえる館")
    await visit(here, None, kind="group", heads=12, school_stage="high")
    await visit(here, None, entered_at=house_clock.now() - YEAR, heads=7, school_stage="high")
    await sign_in(client, await make_staff("front-desk", here.code))
    page = (await client.get(f"/staff/occupancy/history?facility={here.code}&from=2026-11-01&until=x")).text
    assert page.count('<svg class="drawn"') == 3
    assert "2026年11月1日" in page
    assert '<th scope="row">高校生</th><td class="n">12</td><td class="n">&lt;10</td>' in page
    assert '<th scope="row">みえる館</th><td class="n">12</td><td class="n">7</td>' in page
    assert f"history.csv?from=2026-11-01&until=2026-11-21&facility={here.code}" in page.replace("&amp;", "&")
    told = (await client.get(f"/staff/occupancy/history.csv?facility={here.code}&from=2026-11-01")).content
    lines = told.decode("utf-8-sig").split("\r\n")
    assert "学校の段階ごと,高校生,,12,<10" in lines
    assert "曜日と時間ごとの利用者,土曜日,12:00,12.0,0.0" in lines
    book = await client.get("/staff/occupancy/history.xlsx")
    assert book.content[:2] == b"PK"


async def test_weekdays_with_other_hours_stand_in_one_table(client: httpx.AsyncClient, clock: Any) -> None:
    here = await make_facility()
    await visit(here, None, kind="group", heads=4, left_at=house_clock.now() + timedelta(minutes=10))
    before = house_clock.now() - timedelta(days=1, hours=2)
    await visit(here, None, kind="group", heads=6, entered_at=before, left_at=before + timedelta(minutes=10))
    clock.advance(hours=1)
    await sign_in(client, await make_staff("front-desk", here.code))
    page = (await client.get("/staff/occupancy/history")).text
    assert '<th scope="row">金曜日</th><td class="n">6.0</td><td class="n">–</td><td class="n">–</td></tr>' in page
    assert '<th scope="row">土曜日</th><td class="n">–</td><td class="n">–</td><td class="n">4.0</td></tr>' in page


async def test_nothing_recorded_is_said(client: httpx.AsyncClient, clock: Any) -> None:
    here = await make_facility()
    await sign_in(client, await make_staff("auditor", here.code))
    page = (await client.get("/staff/occupancy/history")).text
    assert "この期間に利用の記録がありません。" in page
    assert '<svg class="drawn"' not in page
