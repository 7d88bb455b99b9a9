"""The sessions of a day whose facility is closed at once, and their coming back when it opens again."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from booking.programs import queries
from booking.programs.rules import SessionState
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
    if back:
        again: dict[Any, Any] = {"state": SessionState.PUBLISHED, "cancelled_at": None, "cancel_reason": None}
        await Session.update(again).where(Session.id.is_in(back))
        await retake_rooms(back)
    return back
