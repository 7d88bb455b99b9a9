"""JSON doors of facilities, open to everybody."""

from datetime import datetime, timedelta

from litestar import get
from litestar.params import FromPath

from booking.facilities import queries
from booking.facilities.rules import days_of, is_open_at
from booking.facilities.schemas import Calendar, FacilityItem, FacilityPage, FacilityView, NextClosure
from booking.kit import clock

AHEAD = timedelta(days=28)


@get("/api/v1/facilities", operation_id="listFacilities", tags=["facilities"])
async def list_facilities() -> FacilityPage:
    """Every facility, whether it is open now, and its closed days of the next four weeks."""
    facilities = await queries.list_facilities()
    return FacilityPage(items=await _items(facilities))


@get("/api/v1/facilities/{code:str}", operation_id="getFacility", tags=["facilities"])
async def get_facility(code: FromPath[str]) -> FacilityItem:
    """One facility by its code."""
    return (await _items([await queries.get_facility(code)]))[0]


async def _items(facilities: list[FacilityView]) -> list[FacilityItem]:
    now = clock.now()
    today = clock.local_date(now)
    calendar = await queries.load_calendar([one.id for one in facilities], today, today + AHEAD)
    return [_item(one, calendar, now) for one in facilities]


def _item(facility: FacilityView, calendar: Calendar, now: datetime) -> FacilityItem:
    today, *days = days_of(calendar, facility.id)
    is_closed_now = facility.closed_now_at is not None
    return FacilityItem(
        id=facility.id,
        code=facility.code,
        name=facility.name,
        names=facility.names,
        kind=facility.kind,
        brand=facility.brand,
        body=facility.body_code,
        place=facility.place_code,
        municipality=facility.municipality_code,
        address=facility.address,
        addresses=facility.addresses,
        phone=facility.phone,
        capacity=facility.capacity,
        provisional=facility.provisional,
        opened_on=facility.opened_on,
        is_open_now=is_open_at(today, clock.local(now).time(), is_closed_now=is_closed_now),
        opens_today=today.opens,
        closes_today=today.closes,
        next_closures=[
            NextClosure(day=each.day, reason=each.reason, note=each.note, notes=each.notes)
            for each in (today, *days)
            if not each.is_open
        ],
    )


ROUTES = (list_facilities, get_facility)
