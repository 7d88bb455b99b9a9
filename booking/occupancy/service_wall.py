"""The wall screen of an entrance: everybody may read it, so it says levels and rounded numbers and names nobody."""

from datetime import datetime, timedelta
from functools import lru_cache

from markupsafe import Markup

from booking.access.drawing import qr_svg
from booking.facilities import queries as facilities
from booking.facilities.rules import ClosingNowReason
from booking.facilities.rules_words import CLOSING_NOW
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.settings import get_settings
from booking.occupancy import rules
from booking.occupancy.schemas import Hall, PlaceNow, Upcoming, Wall
from booking.occupancy.service import list_places
from booking.programs.queries import list_sessions
from booking.programs.schemas import SessionView
from booking.visits.queries import count_seats
from booking.visits.queries_turns import list_called

ROWS = 4
OPENS_WITHIN_DAYS = 14


async def get_wall(code: str) -> Wall:
    """What the wall at a facility's entrance shows: every facility that shares it. Raises: UnknownFacility."""
    asked = await facilities.get_facility(code)
    together = [one for one in await facilities.list_facilities() if one.place_code == asked.place_code]
    now = clock.now()
    ids = [one.id for one in together]
    called = await list_called(ids)
    crowds = {one.id: one for one in await list_places(together)}
    opens = {one.id: await _opens_next(one, now) for one in together}
    return Wall(
        code=asked.code,
        as_of=now,
        halls=[
            Hall(
                code=one.code,
                name=one.name,
                names=one.names,
                capacity=one.capacity,
                level=crowds[one.id].level,
                about=_about(crowds[one.id]),
                closed_because=_reason(one),
                opens_at=opens[one.id],
                called=list(called[one.id].called),
                waiting=called[one.id].waiting,
            )
            for one in together
        ],
        upcoming=await _upcoming(together, now),
    )


def _about(place: PlaceNow) -> int | None:
    return rules.about(place.inside, is_open=place.level is not rules.Level.CLOSED)


def _reason(facility: FacilityView) -> str | None:
    if facility.closed_now_at is None:
        return None
    return CLOSING_NOW[ClosingNowReason(facility.closed_now_reason or ClosingNowReason.OTHER)]


async def _opens_next(facility: FacilityView, now: datetime) -> datetime | None:
    """When a facility that is closed by its hours opens next; None while it is open, or for longer than two weeks."""
    today = clock.local_date(now)
    calendar = await facilities.load_calendar([facility.id], today, today + timedelta(days=OPENS_WITHIN_DAYS))
    for shift in range(OPENS_WITHIN_DAYS + 1):
        day = today + timedelta(days=shift)
        for span in rules.spans_of(calendar, facility.id, day):
            opens, closes = clock.at_local(day, span.opens), clock.at_local(day, span.closes)
            if opens <= now < closes:
                return None
            if opens > now:
                return opens
    return None


async def _upcoming(together: list[FacilityView], now: datetime) -> list[Upcoming]:
    """The sessions of today that run now or come, with the seats somebody can still have."""
    today = clock.local_date(now)
    open_ids = [one.id for one in together if one.closed_now_at is None]
    found = await list_sessions(first_day=today, last_day=today, facility_ids=open_ids)
    coming = sorted((one for one in found if one.ends_at > now), key=lambda one: (one.starts_at, one.facility_code))
    seats = await count_seats([one.id for one in coming[:ROWS]])
    return [_row(one, *seats[one.id], now) for one in coming[:ROWS]]


def _row(one: SessionView, taken: int, walked_in: int, now: datetime) -> Upcoming:
    web = max(one.web_seats - taken, 0)
    rolled_over = now >= one.roll_over_at
    walk_in = max(one.walk_in_seats + (web if rolled_over else 0) - walked_in, 0)
    return Upcoming(
        names=one.titles or one.program_names,
        facility=one.facility_code,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        walk_in=walk_in,
        web=0 if rolled_over else web,
    )


@lru_cache(maxsize=32)
def way_to_book(title: str) -> Markup:
    """The picture of the address at which people book; `title` says what it is to those who do not see it."""
    return qr_svg(get_settings().public_url.rstrip("/") + "/", title)
