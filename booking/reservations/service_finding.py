"""Finding a session: a day or a week of them, for whom, where, of which program; and the next day where none fits."""

from datetime import date, timedelta

import msgspec

from booking.access.schemas import Actor
from booking.facilities.queries import load_calendar
from booking.facilities.rules import days_of
from booking.facilities.schemas import Hours
from booking.kit import clock
from booking.people import queries as people
from booking.people.schemas import MemberView
from booking.reservations import queries
from booking.reservations.rules_finder import (
    LOOK_AHEAD_DAYS,
    chosen,
    counts_of,
    day_of,
    find_asked,
    programs_of,
    week_from,
)
from booking.reservations.schemas_finding import Found, ListedSession, PlaceListed, Search

STEP = timedelta(days=14)
"""How many days are looked at together where the next one that fits is searched."""


async def find_sessions(by: Actor, asked: Search) -> Found:
    """The sessions of a day, or of seven, that fit, with whose of the reader's family hold a seat.

    A place that is not there, or somebody of another family, is as if nobody had asked for it.
    """
    members = await people.list_members_of(by.id) if by.is_signed_in and by.id is not None else []
    week = week_from(asked.first, asked.day, clock.today())
    places = await queries.list_places(week[0], week[-1])
    place = next((each for each in places if each.code == asked.facility), None)
    who = find_asked(asked.who, members)
    asked = msgspec.structs.replace(
        asked, facility=place.code if place else "", who=who if isinstance(who, str) else str(who.id)
    )
    counts = counts_of(places, asked.facility, asked.program, week)
    day = day_of(asked.day, counts)
    days = (week[0], week[-1]) if asked.is_week else (day, day)
    sessions = await _fitting(asked, place, days, members)
    return Found(
        asked=asked,
        day=day,
        counts=counts,
        places=places,
        programs=programs_of(places),
        sessions=sessions,
        members=members,
        next_day=None if sessions else await _next_day(asked, place, days[1], members),
        closed=None if sessions or asked.is_week else await _closed_on(place, day),
    )


async def _closed_on(place: PlaceListed | None, day: date) -> Hours | None:
    """The day of the place asked for, when it is closed then."""
    if place is None:
        return None
    (hours,) = days_of(await load_calendar([place.id], day, day), place.id)
    return None if hours.is_open else hours


async def _fitting(
    asked: Search, place: PlaceListed | None, days: tuple[date, date], members: list[MemberView]
) -> list[ListedSession]:
    listed = await queries.list_days(
        days,
        facility_id=place.id if place else None,
        program=asked.program,
        member_ids=[member.id for member in members],
    )
    return chosen(listed, find_asked(asked.who, members), only_free=asked.only_free, now=clock.now())


async def _next_day(asked: Search, place: PlaceListed | None, after: date, members: list[MemberView]) -> date | None:
    """The first day after with a free seat for whoever asks, where and of what they ask for."""
    free, last = msgspec.structs.replace(asked, only_free=True), clock.today() + timedelta(days=LOOK_AHEAD_DAYS)
    first = max(after, clock.today()) + timedelta(days=1)
    while first <= last:
        found = await _fitting(free, place, (first, first + STEP - timedelta(days=1)), members)
        if found:
            return found[0].session.held_on
        first += STEP
    return None
