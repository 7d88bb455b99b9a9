"""Why nobody is let in: the nearest truth first, and what is possible instead. From values alone."""

from datetime import datetime
from uuid import UUID

from booking.visits.rules_answers import NEAR, Case, is_closed_at, is_open, refuse
from booking.visits.rules_targets import Target, booked_now, choices_of, is_door_open, running
from booking.visits.rules_turns import full, own_turn
from booking.visits.schemas_state import Outcome, SessionState

Found = list[tuple[str, SessionState]]


def refuse_by_booking(case: Case, options: Found) -> Outcome | None:
    """Say first that the booking is elsewhere, or later; walking in stays possible as a choice."""
    elsewhere, later = [], []
    for booking in case.person.bookings:
        session = case.session(booking.session)
        if session is None:
            continue
        if session.facility not in case.doors:
            if is_door_open(session, case.at) and booking.state == "confirmed":
                elsewhere.append((session.starts_at, str(booking.session), session))
        elif case.at < session.door_opens_at <= case.at + NEAR:
            later.append((session.starts_at, str(booking.session), session))
    choices = tuple(choices_of(options))
    if elsewhere:
        _, session_id, session = min(elsewhere, key=lambda found: found[:2])
        label = case.label(session.facility, None)
        return refuse(
            case, "wrong-facility", label=label, facility=session.facility, session=UUID(session_id), choices=choices
        )
    if not later:
        return None
    _, session_id, session = min(later, key=lambda found: found[:2])
    return refuse(
        case,
        "too-early",
        label=session.label,
        facility=session.facility,
        session=UUID(session_id),
        minutes=-int((case.at - session.door_opens_at).total_seconds() // 60),
        at=session.door_opens_at,
        choices=choices,
    )


def refuse_walk_in(case: Case, chosen: Target | None) -> Outcome:
    """The nearest truth about why nobody can walk in now."""
    codes = case.doors if chosen is None else (chosen.facility,)
    if all(is_closed_at(case.state.facilities[code], case.at) for code in codes):
        return closing_now(case, codes[0])
    now = list(running(case, chosen))
    return _wrong_program(case, chosen, now) or _session_over(case) or _not_these(case, now) or _nothing_now(case)


def next_of_each(sessions: Found) -> Found:
    """Of one program at one facility only the next session, once its door is open, not the one still running."""
    return list({(one.facility, one.program): (session_id, one) for session_id, one in sessions}.values())


def closing_now(case: Case, facility: str) -> Outcome:
    """Staff closed the facility at once: nobody enters, whoever is inside may leave."""
    return refuse(case, "closing-now", label=case.label(facility, None), facility=facility)


def closed(case: Case) -> Outcome:
    """Outside opening hours, with the next opening if it is near."""
    places = [case.state.facilities[code] for code in case.doors]
    if all(is_closed_at(place, case.at) for place in places):
        return closing_now(case, case.doors[0])
    openings = [
        span.opens_at
        for place in places
        if not is_closed_at(place, case.at)
        for span in place.open
        if case.at < span.opens_at <= case.at + NEAR
    ]
    return refuse(case, "closed", label=places[0].name, facility=case.doors[0], at=min(openings, default=None))


def _wrong_program(case: Case, chosen: Target | None, now: Found) -> Outcome | None:
    """What was chosen cannot be entered, but another program, booked, is waiting at this very door."""
    target, visit = booked_now(case, None), case.visit
    booked = case.session(target.session) if target is not None else None
    if chosen is None or not now or target is None or booked is None:
        return None
    is_closed = is_closed_at(case.state.facilities[target.facility], case.at)
    is_no_way = is_closed or (visit is not None and target.is_at(visit))
    if is_no_way or any(session.program == booked.program for _, session in now):
        return None
    choices = tuple(choices_of([(str(target.session), booked)]))
    return refuse(
        case,
        "wrong-program",
        label=booked.label,
        facility=target.facility,
        session=target.session,
        choices=choices,
    )


def _session_over(case: Case) -> Outcome | None:
    """The last booking here ended lately."""
    ended = [
        session
        for booking in case.person.bookings
        if (session := case.session(booking.session)) is not None
        and session.facility in case.doors
        and session.ends_at <= case.at < session.ends_at + NEAR
    ]
    if not ended:
        return None
    over = max(ended, key=lambda session: session.ends_at)
    return refuse(case, "session-over", label=over.label, facility=over.facility)


def _not_these(case: Case, now: Found) -> Outcome | None:
    """Something is going on, but there is no walk-in seat, or it is for other people."""
    allowed = next_of_each([found for found in now if found[1].program in case.person.programs])
    if allowed:
        return _session_full(case, allowed)
    return refuse(case, "not-eligible", label=now[0][1].label, facility=now[0][1].facility) if now else None


def _session_full(case: Case, allowed: Found) -> Outcome:
    """No walk-in seat: the session this person waits for, or else the first that gives numbers, or the first."""

    def rank(found: tuple[str, SessionState]) -> tuple[bool, bool]:
        session_id, session = found
        waits = _is_waiting(case, session.facility, session_id)
        return not waits, not case.state.facilities[session.facility].gives_turns

    session_id, session = min(allowed, key=rank)
    return full(case, "session-full", Target(session.facility, UUID(session_id)), session.label)


def _is_waiting(case: Case, facility: str, session_id: str) -> bool:
    turn = own_turn(case, facility)
    return turn is not None and turn.session == UUID(session_id)


def _nothing_now(case: Case) -> Outcome:
    """Nothing is going on: outside opening hours, or between two sessions."""
    if not any(is_open(case.state.facilities[code], case.at) for code in case.doors):
        return closed(case)
    return refuse(case, "nothing-now", at=_next_start(case))


def _next_start(case: Case) -> datetime | None:
    """When the next session here begins that this person may enter."""
    starts = [
        session.starts_at
        for session in case.state.sessions.values()
        if session.facility in case.doors
        and session.program in case.person.programs
        and case.at < session.starts_at <= case.at + NEAR
    ]
    return min(starts, default=None)
