"""The sessions of a day that is closed, at once or ahead, and their coming back when it opens again."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from booking.facilities.schemas import Hours
from booking.kit import clock
from booking.programs import queries
from booking.programs.rules import SessionState
from booking.programs.schemas import SessionView
from booking.programs.service_rooms import retake_rooms
from booking.programs.service_staff import cancel_sessions
from booking.programs.tables import Session


async def cancel_rest_of_day(facility_ids: Sequence[UUID], day: date, reason: str, now: datetime) -> list[UUID]:
    """Cancel what has not ended yet that day, within the caller's transaction; who calls has locked the facilities."""
    held = await queries.list_sessions(first_day=day, last_day=day, facility_ids=facility_ids)
    locked = await queries.lock_sessions([session.id for session in held if session.ends_at > now])
    running = [each.id for each in locked.values() if each.state == SessionState.PUBLISHED]
    await cancel_sessions(running, reason, now)
    return running


async def bring_back(facility_id: UUID, day: date, cancelled_at: datetime, now: datetime) -> list[UUID]:
    """Hold again what was cancelled at that moment and has not ended, within the caller's transaction."""
    gone = [SessionState.CANCELLED]
    held = await queries.list_sessions(first_day=day, last_day=day, facility_ids=[facility_id], states=gone)
    locked = await queries.lock_sessions(
        [each.id for each in held if each.cancelled_at == cancelled_at and each.ends_at > now]
    )
    back = [each.id for each in locked.values() if each.cancelled_at == cancelled_at]
    await _publish_again(back)
    return back


async def _publish_again(session_ids: Iterable[UUID]) -> None:
    back = list(session_ids)
    if back:
        again: dict[Any, Any] = {"state": SessionState.PUBLISHED, "cancelled_at": None, "cancel_reason": None}
        await Session.update(again).where(Session.id.is_in(back))
        await retake_rooms(back)


async def list_outside(facility_id: UUID, hours: Hours, now: datetime) -> list[SessionView]:
    """The published sessions of a day, not over yet, that hours to be would not cover."""
    held = await queries.list_sessions(first_day=hours.day, last_day=hours.day, facility_ids=[facility_id])
    return [one for one in held if one.ends_at > now and not is_covered(one, hours)]


def is_covered(session: SessionView, hours: Hours) -> bool:
    """Whether a place is open from the start of a session to its end; one that ends after midnight never is."""
    starts, ends = clock.local(session.starts_at), clock.local(session.ends_at)
    return starts.date() == ends.date() and hours.covers(starts.time(), ends.time())


async def hold_again(facility_id: UUID, day: date, cancelled_at: datetime, hours: Hours) -> list[UUID]:
    """Hold again what was cancelled at the moment of a decision and has not begun, where the day's hours cover it.

    Within the caller's transaction, who has locked the facility.
    """
    gone = await queries.list_sessions(
        first_day=day, last_day=day, facility_ids=[facility_id], states=[SessionState.CANCELLED]
    )
    now = clock.now()
    wanted = [
        one.id for one in gone if one.cancelled_at == cancelled_at and one.starts_at > now and is_covered(one, hours)
    ]
    await _publish_again((await queries.lock_sessions(wanted)).keys())
    return wanted
