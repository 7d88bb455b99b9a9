"""Residents' pages of the places: where, when open, what is not as usual today, getting in and being helped."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from markupsafe import Markup

from booking.facilities import queries, queries_accessibility, queries_spaces, rules_accessibility, rules_words
from booking.facilities.errors import UnknownFacility
from booking.facilities.rules import days_of
from booking.facilities.rules_accessibility import AccessibilityItem, Presence
from booking.facilities.rules_today import Today, today_of, unusual_of, usual_on
from booking.facilities.schemas import Calendar, FacilityView, WeekdayHours
from booking.kit import clock
from booking.kit.templating import render_piece
from booking.kit.web import Asking, language_of, page, slot, slots

AHEAD_DAYS = 28


async def _open_facilities() -> list[FacilityView]:
    today = clock.today()
    return [one for one in await queries.list_facilities() if one.ended_on is None or one.ended_on > today]


def _today(facility: FacilityView, calendar: Calendar, hours: list[WeekdayHours]) -> Today:
    rows = [row for row in hours if row.facility_id == facility.id]
    return today_of(
        days_of(calendar, facility.id)[0],
        rows,
        clock.local(clock.now()).time(),
        is_closed_now=facility.closed_now_at is not None,
    )


async def _places(request: Asking) -> list[tuple[FacilityView, Today, Markup]]:
    """Every place with how it stands and how full it is."""
    facilities, today = await _open_facilities(), clock.today()
    ids = [one.id for one in facilities]
    calendar, hours = await queries.load_calendar(ids, today, today), await queries.list_hours(ids, today)
    return [
        (one, _today(one, calendar, hours), await slot("facility.crowding", request, code=one.code))
        for one in facilities
    ]


@get("/facilities", include_in_schema=False)
async def show_facilities(request: Asking) -> Response[str]:
    """The places, open or not, each with its own page."""
    return page(request, "facilities/places.html", places=await _places(request), words=rules_words)


@get("/facilities/{code:str}", include_in_schema=False)
async def show_facility(request: Asking, code: FromPath[str]) -> Response[str]:
    """One place. Raises: UnknownFacility, also for one that is over."""
    facility = next((one for one in await _open_facilities() if one.code == code), None)
    if facility is None:
        raise UnknownFacility
    return page(
        request, "facilities/place.html", facility=facility, words=rules_words, **await _shown(request, facility)
    )


async def _shown(request: Asking, facility: FacilityView) -> dict[str, Any]:
    today = clock.today()
    calendar = await queries.load_calendar([facility.id], today, today + timedelta(days=AHEAD_DAYS))
    hours = await queries.list_hours([facility.id], today)
    _, *ahead = days_of(calendar, facility.id)
    return {
        "today": _today(facility, calendar, hours),
        "week": [
            (number, usual_on(hours, today + timedelta(days=(number - today.isoweekday()) % 7)))
            for number in range(1, 8)
        ],
        "unusual": [(day, kind) for day in ahead if (kind := unusual_of(day, usual_on(hours, day.day))) is not None],
        "rules": await queries.list_closing_rules([facility.id], today),
        "access": await slot("facility.access", request, facility_id=facility.id),
        "spaces": await queries_spaces.list_spaces([facility.id], today),
        "crowding": await slot("facility.crowding", request, code=facility.code),
        "pieces": await slots("place", request, facility=facility),
    }


async def _places_piece(request: Asking) -> Markup:
    """On the first page: the places, open or not."""
    return render_piece(
        "facilities/places_piece.html",
        language_of(request),
        places=await _places(request),
        words=rules_words,
        language=language_of(request),
    )


async def _access_piece(request: Asking, facility_id: UUID, phone: str | None = None) -> Markup:
    """What a place says about getting in, item by item; with a telephone where the page says none itself."""
    items = await queries_accessibility.list_accessibility(facility_id)
    return render_piece(
        "facilities/access_piece.html",
        language_of(request),
        items=[(rules_accessibility.NAMES[AccessibilityItem(one.item)], one) for one in items],
        answers={int(presence): said for presence, said in rules_accessibility.ANSWERS.items()},
        unknown=int(Presence.UNKNOWN),
        phone=phone,
    )


SLOTS = {"home.60-places": _places_piece, "facility.access": _access_piece}
PAGES = (show_facilities, show_facility)
