"""The room of a session: taken with it, let go when it is cancelled, changed when it moves."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from booking.facilities import queries_spaces
from booking.facilities import service_spaces as rooms
from booking.facilities.errors import SpaceInUse, UnknownSpace
from booking.facilities.rules import SpaceUse
from booking.facilities.schemas import FacilityView, SpaceView
from booking.kit import clock
from booking.kit.i18n import N_
from booking.programs import queries
from booking.programs.errors import SeatsOverSpace, SessionFormRefused
from booking.programs.tables import Session

USES = {SpaceUse.GROUP_VISIT: N_("団体の来館"), SpaceUse.KEPT_FREE: N_("空けておく時間")}


async def find_room(facility: FacilityView, space_id: str, seats: int) -> SpaceView | None:
    """The room somebody chose for so many seats; None when they chose none. Raises: SessionFormRefused."""
    if not space_id:
        return None
    spaces = await queries_spaces.list_spaces([facility.id], clock.today())
    space = next((one for one in spaces if str(one.id) == space_id), None)
    if space is None:
        raise SessionFormRefused(fields={"space": UnknownSpace()})
    if seats > space.capacity:
        raise SessionFormRefused(fields={"space": SeatsOverSpace(capacity=space.capacity)})
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


async def retake_rooms(session_ids: Iterable[UUID]) -> list[UUID]:
    """Give sessions that are held again their rooms back, within the caller's transaction.

    Where something else has the room by now the session has none; which ones those are.
    """
    sessions = (await queries.list_sessions_by_id(session_ids)).values()
    wishes = [(one.space_id, one.starts_at, one.ends_at, one.id) for one in sessions if one.space_id is not None]
    got = await rooms.take_where_free(wishes, SpaceUse.SESSION)
    lost = [session_id for *_, session_id in wishes if session_id not in got]
    if lost:
        homeless: dict[Any, Any] = {"space": None}
        await Session.update(homeless).where(Session.id.is_in(lost))
    return lost
