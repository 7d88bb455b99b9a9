"""The live board, the public level, and what the kiosk and wall are told."""

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.facilities.rules import hours_of, is_open_at
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.occupancy import queries, rules
from booking.occupancy.schemas import Attention, Board, LevelList, LevelView, PlaceNow


async def list_places(chosen: list[FacilityView]) -> list[PlaceNow]:
    """Facilities with who is inside now."""
    today, wall = clock.today(), clock.local(clock.now()).time()
    ids = [each.id for each in chosen]
    counts = await queries.count_now(ids, today)
    calendar = await facilities.load_calendar(ids, today, today)
    places = []
    for each in chosen:
        inside, users, users_today = counts[each.id]
        is_open = is_open_at(hours_of(calendar, each.id, today), wall, is_closed_now=each.closed_now_at is not None)
        places.append(
            PlaceNow(
                id=each.id,
                code=each.code,
                name=each.name,
                capacity=each.capacity,
                level=rules.level(inside, each.capacity, is_open=is_open),
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
        chosen = [each for each in await facilities.list_facilities() if by.kind == "system" or may_see(by, each)]
    else:
        chosen = [await facilities.get_facility(facility)]
        require_staff(by, scopes=chosen[0].scopes)
    now = clock.now()
    ids = [each.id for each in chosen]
    async with db.transaction("repeatable_read", readonly=True):
        return Board(
            as_of=now,
            places=await list_places(chosen),
            sessions=await queries.list_running_sessions(ids, now),
            attention=Attention(
                silent_kiosks=await queries.list_silent_kiosks(ids, now),
                open_flags=await queries.count_open_flags(ids, clock.day_span(clock.today())[0]),
            ),
        )


def may_see(by: Actor, facility: FacilityView) -> bool:
    """Whether a member of staff may see into a facility, in whatever role."""
    return any(grant.scope is None or grant.scope in facility.scopes for grant in by.grants)
