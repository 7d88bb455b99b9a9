"""Where somebody wants to go, and what is going on at this door. From values alone."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from booking.visits.rules_answers import Case, is_closed_at
from booking.visits.schemas import Choice
from booking.visits.schemas_state import OpenVisit, SessionState


class Target(Struct, frozen=True):
    """Where somebody goes: a session, or a facility outside any session."""

    facility: str
    session: UUID | None = None

    def is_at(self, visit: OpenVisit) -> bool:
        """Whether a visit is already there."""
        return self.facility == visit.facility and self.session in (None, visit.session)


def chosen_at(case: Case) -> Target | None:
    """What was chosen on the kiosk, by an answer or before the scan, if it is at this door."""
    scan = case.reading.scan
    facility, session = scan.facility, str(scan.session_id)
    for choice in scan.answers:
        kind, _, name = choice.partition(":")
        if kind == "session":
            session = name
        if kind == "facility":
            facility, session = name, ""
    found = case.session(session)
    if found is not None and found.facility in case.doors:
        return Target(found.facility, UUID(session))
    return Target(facility) if facility in case.doors else None


def booked_now(case: Case, chosen: Target | None) -> Target | None:
    """The booking whose door is open here: one not yet used before one used, the earlier before the later."""
    found = []
    for booking in case.person.bookings:
        session = case.session(booking.session)
        if session is None or session.facility not in case.doors or not is_door_open(session, case.at):
            continue
        if fits(session, str(booking.session), chosen):
            found.append((booking.state == "arrived", session.starts_at, str(booking.session), session.facility))
    if not found:
        return None
    _, _, session_id, facility = min(found)
    return Target(facility, UUID(session_id))


def running(case: Case, chosen: Target | None) -> Iterator[tuple[str, SessionState]]:
    """Sessions at this door that may be entered now, in the order of their start."""
    found = [
        (session.starts_at, session_id, session)
        for session_id, session in case.state.sessions.items()
        if session.facility in case.doors
        and is_door_open(session, case.at)
        and not is_closed_at(case.state.facilities[session.facility], case.at)
        and fits(session, session_id, chosen)
    ]
    for _, session_id, session in sorted(found, key=lambda item: item[:2]):
        yield session_id, session


def fits(session: SessionState, session_id: str, chosen: Target | None) -> bool:
    """Whether a session is what was chosen; everything fits when nothing was."""
    if chosen is None:
        return True
    if chosen.session is not None:
        return str(chosen.session) == session_id
    return chosen.facility == session.facility


def is_door_open(session: SessionState, at: datetime) -> bool:
    """Whether a session may be entered at a moment."""
    return session.door_opens_at <= at < session.ends_at


def choices_of(options: list[tuple[str, SessionState]]) -> Iterator[Choice]:
    """Sessions as buttons."""
    for session_id, session in options:
        yield Choice(
            id=f"session:{session_id}", label=session.label, facility=session.facility, session=UUID(session_id)
        )
