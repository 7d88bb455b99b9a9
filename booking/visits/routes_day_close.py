"""JSON doors of the daily close: read days, count heads, sign."""

from datetime import date, timedelta
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import get_facility
from booking.kit import clock
from booking.visits import service_day_close as service
from booking.visits.schemas_day_close import CountBody, DayClosePage, DayCloseView, SignBody
from booking.visits.service_desk import DESK

EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


@get("/api/v1/staff/day-closes", operation_id="listDayCloses", tags=["visits"])
async def list_day_closes(
    actor: NamedDependency[Actor],
    facility: FromQuery[str],
    on: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
) -> DayClosePage:
    """A facility's day (today), or the days from `on` to `until`, newest first; and which past days nobody signed."""
    place = await get_facility(facility)
    require_staff(actor, scopes=place.scopes)
    first = min(max(on or clock.today(), EARLIEST), clock.today())
    last = max(first, min(until or first, clock.today(), first + timedelta(days=service.LONGEST_SPAN_DAYS - 1)))
    items = await service.read_days(place, first, last) if first != last else [await service.read_day(place, first)]
    return DayClosePage(items=items, unsigned=await service.list_unsigned(place))


@post("/api/v1/staff/day-closes", status_code=201, operation_id="signDay", tags=["visits"])
async def sign_day(actor: NamedDependency[Actor], data: JSONBody[SignBody]) -> DayCloseView:
    """Sign a day with its figures as they are now."""
    require_staff(actor, *DESK)
    day = min(max(data.on, EARLIEST), LATEST)
    return await service.sign_day(actor, data.facility, day, reason=data.reason, note=data.note)


@post("/api/v1/staff/head-counts", status_code=201, operation_id="countHeads", tags=["visits"])
async def count_heads(actor: NamedDependency[Actor], data: JSONBody[CountBody]) -> DayCloseView:
    """Write down heads counted; the answer is the day."""
    require_staff(actor, *DESK)
    at = data.counted_at or clock.now()
    await service.count_heads(actor, data.facility, data.heads, at)
    return await service.read_day(await get_facility(data.facility), clock.local_date(at))


ROUTES: tuple[Any, ...] = (list_day_closes, sign_day, count_heads)
