"""The room of a session: taken with it, let go when it is cancelled, changed when it moves."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from booking.facilities import queries_spaces
from booking.facilities import service_spaces as rooms
from booking.facilities.errors import SpaceInUse, UnknownSpace
from booking.facilities.rules import SpaceUse
from booking.facilities.schemas import FacilityView, SpaceView
from booking.kit import clock, db
from booking.kit.errors import InvalidForm
from booking.kit.i18n import N_
from booking.programs import queries
from booking.programs.errors import SeatsOverSpace, SessionFormRefused
from booking.programs.errors_rooms import RoomTakenOnDays
from booking.programs.schemas import PlannedSession, RoomClash

USES = {SpaceUse.GROUP_VISIT: N_("団体の来館"), SpaceUse.KEPT_FREE: N_("空けておく時間")}


async def find_room(
    facility: FacilityView, space_id: str, seats: int, refused: type[InvalidForm] = SessionFormRefused
) -> SpaceView | None:
    """The room somebody chose for so many seats; None when they chose none. Raises: `refused`, at `space`."""
    if not space_id:
        return None
    spaces = await queries_spaces.list_spaces([facility.id], clock.today())
    space = next((one for one in spaces if str(one.id) == space_id), None)
    if space is None:
        raise refused(fields={"space": UnknownSpace()})
    if seats > space.capacity:
        raise refused(fields={"space": SeatsOverSpace(capacity=space.capacity)})
    return space


async def take_room(space: SpaceView, session_id: UUID, span: tuple[datetime, datetime]) -> None:
    """Take a room for a session, within the caller's transaction. Raises: SessionFormRefused, naming what is there."""
    for use in await queries_spaces.list_uses([space.id], *span):
        said = await _said(use.used_for, use.used_by)
        refusal = SpaceInUse(space=space.name, starts_at=use.starts_at, ends_at=use.ends_at, used_by=said)
        raise SessionFormRefused(fields={"space": refusal})
    await rooms.take(space.id, span, SpaceUse.SESSION, session_id)


async def _said(used_for: str, used_by: UUID) -> str:
    session = await queries.find_session(used_by) if used_for == SpaceUse.SESSION else None
    return USES[SpaceUse(used_for)] if session is None else session.title or session.program_name


async def list_names_in(space_id: UUID, since: datetime, until: datetime) -> list[str]:
    """What uses a room between two moments, by name."""
    return [await _said(use.used_for, use.used_by) for use in await queries_spaces.list_uses([space_id], since, until)]


async def retake_rooms(session_ids: Iterable[UUID]) -> list[UUID]:
    """Give sessions that are held again their rooms back, within the caller's transaction.

    Where something else has the room by now the session has none and goes on wishing for it; which ones those are.
    """
    ids = list(session_ids)
    await db.execute(
        "update session set wished_space = coalesce(space, wished_space), space = null where id = any($1)", ids
    )
    return await give_rooms(ids)


async def wish_rooms(session_ids: Iterable[UUID], space_id: UUID | None) -> list[UUID]:
    """Move sessions to another room, or out of any, within the caller's transaction; who did not get theirs."""
    ids = list(session_ids)
    await rooms.free(ids)
    await db.execute("update session set wished_space = $2, space = null where id = any($1)", ids, space_id)
    return await give_rooms(ids)


_WISHES = """
select session.id, wished_space, starts_at, ends_at from session
  join space on space.id = wished_space and (space.ended_on is null or space.ended_on > held_on)
 where state <> 'cancelled' and starts_at > $1 and ($2::uuid[] is null or session.id = any($2))
 order by session.id for no key update of session"""


async def give_rooms(session_ids: Iterable[UUID] | None = None) -> list[UUID]:
    """Give these sessions, or all that wish for a room, theirs where it is free; who goes on without one.

    Within the caller's transaction. Safe: repeated and concurrent.
    """
    ids = None if session_ids is None else list(session_ids)
    rows = await db.fetch(_WISHES, clock.now(), ids)
    wishes = [(row["wished_space"], row["starts_at"], row["ends_at"], row["id"]) for row in rows]
    got = await rooms.take_where_free(wishes, SpaceUse.SESSION)
    await db.execute(
        "update session set space = wished_space, wished_space = null where id = any($1)", sorted(got, key=str)
    )
    return [row["id"] for row in rows if row["id"] not in got]


async def list_clashes(planned: Iterable[PlannedSession], own: Iterable[UUID] = ()) -> list[RoomClash]:
    """What is in the rooms of sessions to be made, but for what `own` sessions use themselves, in order."""
    mine, found = frozenset(own), []
    for one in sorted(planned, key=lambda each: each.starts_at):
        if one.space_id is None:
            continue
        for use in await queries_spaces.list_uses([one.space_id], one.starts_at, one.ends_at):
            if use.used_by not in mine:
                said = await _said(use.used_for, use.used_by)
                found.append(RoomClash(day=one.held_on, starts_at=use.starts_at, ends_at=use.ends_at, used_by=said))
    return found


async def require_free(
    planned: Sequence[PlannedSession],
    refused: type[InvalidForm],
    *,
    own: Iterable[UUID] = (),
    field: str = "space",
) -> None:
    """Raises: `refused`, at `field`, naming every day on which something else is in the room."""
    clashes = await list_clashes(planned, own)
    if clashes:
        space = await queries_spaces.get_space(next(each.space_id for each in planned if each.space_id is not None))
        raise refused(fields={field: RoomTakenOnDays(space=space.name, clashes=clashes)})
