"""Reads of facilities, and their lock."""

import asyncio
from datetime import date

import pytest

from booking.facilities import queries
from booking.facilities.errors import UnknownFacility
from booking.kit import db as house_db
from tests.make.facilities import make_body, make_facility, make_municipality

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def test_a_facility_is_found_with_its_body_and_place() -> None:
    body = await make_body("100005", "群馬県")
    made = await make_facility(body=body, capacity=3, code="one")
    assert await queries.get_facility("one") == made
    assert await queries.find_facility_by_id(made.id) == made
    assert await queries.list_facilities() == [made]
    assert (made.body_code, made.capacity, made.scopes) == ("100005", 3, ("one", "100005"))


async def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(UnknownFacility):
        await queries.get_facility("nowhere")


async def test_municipalities_list_outside_last_and_leave_the_prefecture_out() -> None:
    for code, kind in (("000000", "outside"), ("102016", "city"), ("100005", "prefecture")):
        await make_municipality(code, kind)
    assert [each.code for each in await queries.list_municipalities()] == ["102016", "000000"]


async def test_a_calendar_holds_what_decides() -> None:
    facility = await make_facility()
    calendar = await queries.load_calendar([facility.id], date(2026, 11, 1), date(2026, 11, 30))
    assert len(calendar.facilities[facility.id].hours) == 7


async def test_a_locked_facility_makes_the_next_wait() -> None:
    facility = await make_facility()
    order: list[str] = []

    async def second() -> None:
        async with house_db.transaction():
            await queries.lock_facilities([facility.id])
            order.append("second")

    async with house_db.transaction():
        assert (await queries.lock_facilities([facility.id]))[facility.id] == facility
        waiting = asyncio.ensure_future(_apart(second))
        await asyncio.sleep(0.05)
        order.append("first")
    await waiting
    assert order == ["first", "second"]


async def _apart(work: object) -> None:
    house_db.DB.current_transaction.set(None)
    await work()  # type: ignore[operator]
