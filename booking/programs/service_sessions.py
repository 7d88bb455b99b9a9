"""What staff change of single sessions and days. Locks in the order of the house: facilities, then sessions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities import service_staff as facility_verbs
from booking.facilities.errors import ChangedMeanwhile
from booking.facilities.rules import ClosureKind, hours_of
from booking.facilities.rules_forms import check_closure, version_of
from booking.facilities.schemas import FacilityView
from booking.facilities.schemas_forms import ClosureForm, DayDecision
from booking.kit import clock, db
from booking.kit.fields import Fields
from booking.programs import queries
from booking.programs.errors import (
    DayHasBookings,
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
from booking.programs.service import generate_sessions
from booking.programs.service_rooms import retake_rooms
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
    """Facility, session and its taken seats, for somebody who may change it, while it has not begun."""
    known = await queries.get_session(session_id)
    facility = await lock_facility(by, known.facility_id)
    session = (await queries.lock_sessions([session_id]))[session_id]
    if session.state == SessionState.CANCELLED or session.starts_at <= clock.now():
        raise SessionBegun
    return facility, session, (await count_taken([session_id]))[session_id]


async def change_seats(by: Actor, session_id: UUID, form: SeatsForm) -> None:
    """Change a session's seats, never below what is booked.

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


async def decide_day(by: Actor, code: str, form: ClosureForm) -> UUID:
    """Close a facility for a day or a part of it, or open it against its rules.

    Sessions in the closed time without bookings are cancelled; with bookings nothing changes, because their people
    must be told first. An opened day gets the sessions of its weekly times at once.
    Raises: FacilityFormRefused, DayHasBookings, UnknownFacility, NotAllowed.
    """
    known = await facilities.get_facility(code)
    async with db.transaction():
        facility = await lock_facility(by, known.id)
        today, now = clock.today(), clock.now()
        hours = await facilities.list_hours([facility.id], today)
        decision = check_closure(form, today, frozenset(row.weekday for row in hours))
        closure_id = await facility_verbs.decide_day(by, facility, decision, now)
        await _cancel_outside_hours(facility, decision, now)
        if decision.kind == ClosureKind.OPEN:
            await generate_sessions()
        return closure_id


async def _cancel_outside_hours(facility: FacilityView, decision: DayDecision, now: datetime) -> None:
    """Cancel the sessions of a day that its new hours no longer cover. Raises: DayHasBookings."""
    calendar = await facilities.load_calendar([facility.id], decision.day, decision.day)
    hours = hours_of(calendar, facility.id, decision.day)
    held = await queries.list_sessions(first_day=decision.day, last_day=decision.day, facility_ids=[facility.id])
    locked = await queries.lock_sessions([session.id for session in held if session.ends_at > now])
    outside = [
        session.id
        for session in locked.values()
        if session.state == SessionState.PUBLISHED
        and not hours.covers(clock.local(session.starts_at).time(), clock.local(session.ends_at).time())
    ]
    taken = {session_id: count for session_id, count in (await count_taken(outside)).items() if count}
    if taken:
        raise DayHasBookings(sessions=len(taken), taken=sum(taken.values()))
    await cancel_sessions(outside, decision.reason, now)


async def revoke_closure(by: Actor, code: str, closure_id: UUID) -> date:
    """Take back a day decided by hand; sessions cancelled by it come back where the facility is open again.

    Raises: UnknownClosure, UnknownFacility, NotAllowed, DayHasBookings.
    """
    known = await facilities.get_facility(code)
    async with db.transaction():
        facility = await lock_facility(by, known.id)
        closure = await facility_verbs.revoke_closure(by, facility, closure_id)
        decision = DayDecision(
            day=closure.closed_on, kind=ClosureKind.CLOSED, from_time=None, until_time=None, reason=closure.reason
        )
        await _hold_again(facility, closure.closed_on, closure.decided_at)
        await _cancel_outside_hours(facility, decision, clock.now())
        await generate_sessions()
        return closure.closed_on


async def _hold_again(facility: FacilityView, day: date, cancelled_at: datetime) -> None:
    """Publish again what was cancelled at the moment of a decision and has not begun."""
    back: dict[Any, Any] = {"state": SessionState.PUBLISHED, "cancelled_at": None, "cancel_reason": None}
    await Session.update(back).where(
        (Session.facility == facility.id)
        & (Session.held_on == day)
        & (Session.cancelled_at == cancelled_at)
        & (Session.starts_at > clock.now())
    )
    held = await queries.list_sessions(first_day=day, last_day=day, facility_ids=[facility.id])
    await retake_rooms([session.id for session in held if session.space_id is not None])
