"""The live board, the public level, and what the kiosk and wall are told."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.facilities.rules import hours_of, is_open_at
from booking.facilities.schemas import Calendar, FacilityView
from booking.kit import clock
from booking.occupancy import queries, rules
from booking.occupancy.schemas import Attention, Board, BodyNow, LevelList, LevelView, PlaceNow, RoomUse, SpaceNow
from booking.occupancy.service_days import list_courses


async def list_places(chosen: list[FacilityView]) -> list[PlaceNow]:
    """Facilities with who is inside now."""
    today, ids = clock.today(), [each.id for each in chosen]
    counts = await queries.count_now(ids, today)
    return _places(chosen, counts, await facilities.load_calendar(ids, today, today))


def _places(
    chosen: list[FacilityView], counts: Mapping[UUID, tuple[int, int, int]], calendar: Calendar
) -> list[PlaceNow]:
    today, wall = clock.today(), clock.local(clock.now()).time()
    places = []
    for each in chosen:
        inside, users, users_today = counts[each.id]
        is_open = is_open_at(hours_of(calendar, each.id, today), wall, is_closed_now=each.closed_now_at is not None)
        limit = rules.Limit(each.capacity, each.busy_percent, each.full_percent)
        places.append(
            PlaceNow(
                id=each.id,
                code=each.code,
                name=each.name,
                names=each.names,
                body=each.body_code,
                capacity=each.capacity,
                busy_percent=each.busy_percent,
                full_percent=each.full_percent,
                level=rules.level(inside, limit, is_open=is_open),
                inside=inside,
                users=users,
                users_today=users_today,
            )
        )
    return places


async def list_levels() -> LevelList:
    """What everybody may know about how full each facility is."""
    places = await list_places(await facilities.list_facilities())
    return LevelList(
        items=[
            LevelView(
                code=place.code,
                level=place.level,
                about=rules.about(place.inside, is_open=place.level is not rules.Level.CLOSED),
            )
            for place in places
        ],
        as_of=clock.now(),
    )


async def get_board(by: Actor, *, facility: str | None = None) -> Board:
    """The live board of the facilities this member of staff may see, or of one. Raises: NotAllowed, UnknownFacility."""
    require_staff(by)
    if facility is None:
        chosen = await list_seen(by)
    else:
        chosen = [await facilities.get_facility(facility)]
        require_staff(by, scopes=chosen[0].scopes)
    now, today = clock.now(), clock.today()
    ids = [each.id for each in chosen]
    calendar = await _calendar(tuple(ids), now)
    courses = await list_courses(ids, calendar, now)
    read = await queries.read_now(ids, today, now, clock.day_span(today)[0])
    counts = {each.id: (each.inside, each.users, each.users_today) for each in read.counts}
    places = _places(chosen, counts, calendar)
    _add_spaces(places, read.spaces)
    for place in places:
        place.course = courses[place.id]
    return Board(
        as_of=now,
        bodies=_bodies(chosen, places),
        places=places,
        sessions=read.sessions,
        attention=Attention(silent_kiosks=read.silent_kiosks, open_flags=read.open_flags),
    )


CALENDAR_KEPT, MOST_CALENDARS = timedelta(seconds=5), 100
_calendars: dict[tuple[UUID, ...], tuple[datetime, Calendar]] = {}
"""Today's opening times of the facilities somebody looks at, read again every five seconds."""


async def _calendar(ids: tuple[UUID, ...], now: datetime) -> Calendar:
    today = clock.local_date(now)
    kept = _calendars.get(ids)
    if kept is None or kept[1].first_day != today or not timedelta() <= now - kept[0] < CALENDAR_KEPT:
        if len(_calendars) >= MOST_CALENDARS:
            _calendars.clear()
        kept = _calendars[ids] = now, await facilities.load_calendar(ids, today, today)
    return kept[1]


async def list_seen(by: Actor) -> list[FacilityView]:
    """The facilities whose board somebody may see."""
    return [each for each in await facilities.list_facilities() if by.kind == "system" or may_see(by, each)]


def _add_spaces(places: list[PlaceNow], rooms: Iterable[RoomUse]) -> None:
    """Give each facility its rooms; a room is as busy as its facility says of so many per cent."""
    by_id = {place.id: place for place in places}
    for place in places:
        place.spaces = []
    for room in rooms:
        place = by_id[room.facility]
        limit = rules.Limit(room.capacity, place.busy_percent, place.full_percent)
        level = rules.level(room.inside, limit, is_open=place.level is not rules.Level.CLOSED)
        said = {name: getattr(room, name) for name in RoomUse.__struct_fields__ if name != "facility"}
        place.spaces.append(SpaceNow(**said, level=level))


def _bodies(chosen: list[FacilityView], places: list[PlaceNow]) -> list[BodyNow]:
    """What the bodies of these facilities add up to, in the order of their codes."""
    named = {each.body_code: (each.body_name, each.body_names) for each in chosen}
    found = []
    for code, (name, names) in sorted(named.items()):
        mine = [place for place in places if place.body == code]
        found.append(
            BodyNow(
                code=code,
                name=name,
                names=names,
                capacity=sum(place.capacity for place in mine),
                inside=sum(place.inside for place in mine),
                users=sum(place.users for place in mine),
                users_today=sum(place.users_today for place in mine),
            )
        )
    return found


def may_see(by: Actor, facility: FacilityView) -> bool:
    """Whether a member of staff may see into a facility, in whatever role."""
    return any(grant.scope is None or grant.scope in facility.scopes for grant in by.grants)
