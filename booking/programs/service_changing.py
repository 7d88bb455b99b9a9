"""Changing one session: its words, room, times, windows and options. Seats are in `service_sessions`."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import service_spaces as rooms
from booking.facilities.errors import ChangedMeanwhile
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.programs import queries, service_lines
from booking.programs.errors import OptionsTaken, SessionFormRefused, TimeIsBooked
from booking.programs.queries_taken import count_options_taken
from booking.programs.rules import Selection
from booking.programs.rules_forms import check_change
from booking.programs.schemas import SessionView, Windows
from booking.programs.schemas_forms import ChangeForm, SessionChange
from booking.programs.service_adding import check_draw, check_open, columns_of
from booking.programs.service_rooms import find_room, take_room
from booking.programs.service_sessions import lock_session
from booking.programs.tables import Session, SessionOption

WINDOWS = ("booking_opens_at", "booking_closes_at", "cancel_until", "roll_over_at")


async def change_session(by: Actor, session_id: UUID, form: ChangeForm) -> None:
    """Change a session that has not begun. With bookings its day, times and way of choosing stay as they are.

    Windows that were left as they were move with the start. Whoever waits gets what is free by now.
    Raises: SessionFormRefused, ChangedMeanwhile, SessionBegun, UnknownSession, NotAllowed.
    """
    async with db.transaction():
        facility, session, taken = await lock_session(by, session_id)
        pools = await queries.lock_options([session_id])
        if form.seen != version_of(session, pools):
            raise ChangedMeanwhile
        change = check_change(form, clock.today(), [pool.id for pool in pools])
        starts_at, ends_at = (clock.at_local(change.day, wall) for wall in (change.starts, change.ends))
        selection, was_drawn = change.words.selection or session.selection, session.selection == Selection.DRAW
        if (starts_at, ends_at, selection) != (session.starts_at, session.ends_at, session.selection):
            if taken:
                raise SessionFormRefused(fields={"day": TimeIsBooked(taken=taken)})
            await check_open(facility, change, change.day)
        await _set_quotas(change)
        new = {**await _room(facility, session, form.space, (starts_at, ends_at)), **columns_of(change.words)}
        new |= {"held_on": change.day, "starts_at": starts_at, "ends_at": ends_at}
        windows = Windows(**{name: _window(session, change, name, starts_at) for name in WINDOWS})
        if (change.day, windows.booking_closes_at) != (session.held_on, session.booking_closes_at) or not was_drawn:
            check_draw(selection, windows, change.day)
        new |= msgspec.structs.asdict(windows)
        await Session.update(new).where(Session.id == session_id)
        detail = {"new": msgspec.to_builtins(change), "space": form.space}
        await record_audit(by, "session.change", "session", session_id, scope=facility.code, detail=detail)
        await service_lines.serve([session_id])


def _window(session: SessionView, change: SessionChange, name: str, starts_at: datetime) -> datetime:
    """One window as it was written; untouched, it keeps its distance from the start."""
    was: datetime = getattr(session, name)
    wanted: datetime = getattr(change, name)
    written = clock.at_local(wanted.date(), wanted.time())
    is_untouched = clock.local(was).replace(second=0, microsecond=0, tzinfo=None) == wanted
    return was + (starts_at - session.starts_at) if is_untouched else written


async def _room(
    facility: FacilityView, session: SessionView, space_id: str, span: tuple[datetime, datetime]
) -> dict[Any, Any]:
    """The room asked for, taken for the new time; the one before is let go."""
    space = await find_room(facility, space_id, session.seats)
    await rooms.free([session.id])
    if space is not None:
        await take_room(space, session.id, span)
    return {"space": None if space is None else space.id, "wished_space": None}


async def _set_quotas(change: SessionChange) -> None:
    """Raises: SessionFormRefused."""
    taken = await count_options_taken(change.quotas)
    less = {f"quotas-{pool}": OptionsTaken(taken=taken[pool]) for pool, n in change.quotas.items() if n < taken[pool]}
    if less:
        raise SessionFormRefused(fields=dict(less))
    for pool, quota in change.quotas.items():
        await SessionOption.update({SessionOption.quota: quota}).where(SessionOption.id == pool)
