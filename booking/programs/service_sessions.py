"""What staff change of single sessions. Locks in the order of the house: facilities, then sessions."""

from typing import Any
from uuid import UUID

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities.errors import ChangedMeanwhile
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.fields import Fields
from booking.programs import queries, service_lines
from booking.programs.errors import (
    SeatsTaken,
    SessionBegun,
    SessionFormRefused,
    SessionHasBookings,
)
from booking.programs.queries_taken import count_taken
from booking.programs.rules import SessionState
from booking.programs.rules_forms import check_seats
from booking.programs.schemas import SessionView
from booking.programs.schemas_forms import SeatsForm
from booking.programs.service_staff import EDITORS, cancel_sessions
from booking.programs.tables import Session

LONGEST_REASON = 120


async def lock_facility(by: Actor, facility_id: UUID) -> FacilityView:
    """The facility, locked, for somebody who may change its sessions. Raises: NotAllowed."""
    facility = (await facilities.lock_facilities([facility_id]))[facility_id]
    require_staff(by, *EDITORS, scopes=facility.scopes)
    return facility


async def _note(by: Actor, action: str, session_id: UUID, facility: str, **detail: Any) -> None:
    await record_audit(by, action, "session", session_id, scope=facility, detail=detail)


async def lock_session(by: Actor, session_id: UUID) -> tuple[FacilityView, SessionView, int]:
    """Facility, session and its taken seats, for somebody who may change it, while it has not begun.

    With who waits for it: whoever makes room ends with `service_lines.serve`.
    """
    known = await queries.get_session(session_id)
    facility = await lock_facility(by, known.facility_id)
    await service_lines.lock_ahead([session_id])
    session = (await queries.lock_sessions([session_id]))[session_id]
    if session.state == SessionState.CANCELLED or session.starts_at <= clock.now():
        raise SessionBegun
    return facility, session, (await count_taken([session_id]))[session_id]


async def change_seats(by: Actor, session_id: UUID, form: SeatsForm) -> None:
    """Change a session's seats, never below what is booked; whoever waits gets what is free at once.

    Raises: SessionFormRefused, SessionBegun, ChangedMeanwhile, UnknownSession, NotAllowed.
    """
    async with db.transaction():
        facility, session, taken = await lock_session(by, session_id)
        if form.seen != version_of(session):
            raise ChangedMeanwhile
        web, walk_in = check_seats(form, facility.capacity)
        if web < taken:
            raise SessionFormRefused(fields={"web_seats": SeatsTaken(taken=taken)})
        seats: dict[Any, Any] = {"web_seats": web, "walk_in_seats": walk_in}
        await Session.update(seats).where(Session.id == session_id)
        old = {"web_seats": session.web_seats, "walk_in_seats": session.walk_in_seats}
        await _note(by, "session.seats", session_id, facility.code, old=old, new=seats)
        await service_lines.serve([session_id])


async def cancel_session(by: Actor, session_id: UUID, reason: str) -> None:
    """Cancel a session for which nobody has a seat.

    Raises: SessionHasBookings, SessionFormRefused, SessionBegun, UnknownSession, NotAllowed.
    """
    read = Fields()
    said = read.words("reason", reason, longest=LONGEST_REASON)
    read.refuse_if_any(SessionFormRefused)
    async with db.transaction():
        facility, _, taken = await lock_session(by, session_id)
        if taken:
            raise SessionHasBookings(taken=taken)
        await cancel_sessions([session_id], said, clock.now())
        await record_audit(by, "session.cancel", "session", session_id, scope=facility.code, reason=said)
