"""Coming in: by booking, walking in, as a group, or unlisted with a good signature. From values alone."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from booking.visits.rules_answers import NEAR, Case, answer, ask, closing_after, is_open, leaving, refuse
from booking.visits.schemas import Choice, Effect, OpenVisit, Outcome, SessionState


class Target(Struct, frozen=True):
    """Where somebody goes: a session, or a facility outside any session."""

    facility: str
    session: UUID | None = None

    def is_at(self, visit: OpenVisit) -> bool:
        """Whether a visit is already there."""
        return self.facility == visit.facility and self.session in (None, visit.session)


def enter(case: Case) -> Outcome:
    """Let one person in, ask where to, or say what is possible."""
    if case.person.is_held:
        return refuse(case, "see-desk")
    chosen = chosen_at(case)
    if not case.person.is_listed:
        return _enter_unlisted(case, chosen)
    target = booked_now(case, chosen)
    if target is None:
        return _walk_in(case, chosen)
    if any(booking.session == target.session and booking.state == "arrived" for booking in case.person.bookings):
        return _admit(case, target, "welcome-back", "again")
    return _admit(case, target, "welcome", "booked")


def enter_by_heads(case: Case) -> Outcome:
    """Let a counted group in."""
    scan = case.reading.scan
    if scan.facility not in case.doors or scan.heads is None:
        return refuse(case, "see-desk")
    return _admit(case, Target(scan.facility), "welcome-heads", "heads")


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
        if session is None or session.facility not in case.doors or not _is_door_open(session, case.at):
            continue
        if _fits(session, str(booking.session), chosen):
            found.append((booking.state == "arrived", session.starts_at, str(booking.session), session.facility))
    if not found:
        return None
    _, _, session_id, facility = min(found)
    return Target(facility, UUID(session_id))


def _admit(case: Case, target: Target, code: str, how: str) -> Outcome:
    """Let in, unless the facility was closed at once or is full. A visit open elsewhere ends at this moment."""
    place, visit = case.state.facilities[target.facility], case.visit
    heads = case.reading.scan.heads or 1 if how == "heads" else 1
    moves_within = visit is not None and visit.facility == target.facility
    inside = place.inside + heads - moves_within
    if place.is_closed:
        return refuse(case, "closed", label=place.name, facility=target.facility)
    if inside > place.capacity:
        return refuse(case, "building-full", label=place.name, facility=target.facility, inside=place.inside)
    session = case.session(target.session)
    until = closing_after(place, case.at) or (session.ends_at if session is not None else None)
    entering = Effect(
        do="enter",
        person=case.key,
        facility=target.facility,
        session=target.session,
        at=case.at,
        how=how,
        until=until,
        heads=heads,
    )
    moving = () if visit is None or case.key is None else (leaving(case.key, visit, case.at, "move"),)
    outcome = answer(
        case,
        "welcome",
        code,
        name=case.person.name if case.key is not None else "",
        label=case.label(target.facility, target.session),
        facility=target.facility,
        session=target.session,
        inside=inside,
        flags=("unlisted",) if how == "unlisted" else (),
    )
    return Outcome(verdict=outcome.verdict, happened_at=case.at, effects=(*moving, entering))


def _enter_unlisted(case: Case, chosen: Target | None) -> Outcome:
    """A good signature that the list does not know is let in where it is open, and flagged."""
    open_now = [code for code in case.doors if is_open(case.state.facilities[code], case.at)]
    if chosen is not None and chosen.facility in open_now:
        return _admit(case, Target(chosen.facility), "welcome-unlisted", "unlisted")
    if not open_now:
        return _closed(case)
    if len(open_now) == 1:
        return _admit(case, Target(open_now[0]), "welcome-unlisted", "unlisted")
    return ask(
        case,
        "ask-where",
        (Choice(id=f"facility:{code}", label=case.label(code, None), facility=code) for code in open_now),
    )


def _walk_in(case: Case, chosen: Target | None) -> Outcome:
    """Without a booking now: the sessions with a walk-in seat, or why there is none."""
    options = _to_walk_in(case, chosen)
    booked_elsewhere = _refuse_by_booking(case, options) if chosen is None else None
    if booked_elsewhere is not None:
        return booked_elsewhere
    if len(options) == 1:
        session_id, session = options[0]
        return _admit(case, Target(session.facility, UUID(session_id)), "welcome-walk-in", "walk-in")
    if options:
        return ask(case, "ask-where", _choices(options))
    return _refuse_walk_in(case, chosen)


def _to_walk_in(case: Case, chosen: Target | None) -> list[tuple[str, SessionState]]:
    """Sessions with a seat; of one program at one facility the next, once its door is open, before the running one."""
    with_seat = {
        (session.facility, session.program): (session_id, session)
        for session_id, session in _running(case, chosen)
        if session.program in case.person.programs and _seats_to_walk_in(session, case.at) > 0
    }
    return list(with_seat.values())


def _refuse_by_booking(case: Case, options: list[tuple[str, SessionState]]) -> Outcome | None:
    """Say first that the booking is elsewhere, or later; walking in stays possible as a choice."""
    elsewhere, later = [], []
    for booking in case.person.bookings:
        session = case.session(booking.session)
        if session is None:
            continue
        if session.facility not in case.doors:
            if _is_door_open(session, case.at) and booking.state == "confirmed":
                elsewhere.append((session.starts_at, str(booking.session), session))
        elif case.at < session.door_opens_at <= case.at + NEAR:
            later.append((session.starts_at, str(booking.session), session))
    choices = tuple(_choices(options))
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


def _refuse_walk_in(case: Case, chosen: Target | None) -> Outcome:
    """The nearest truth about why nobody can walk in now."""
    places = [case.state.facilities[code] for code in case.doors]
    running = [session for _, session in _running(case, chosen)]
    allowed = [session for session in running if session.program in case.person.programs]
    over = _just_over(case)
    if all(place.is_closed for place in places):
        return refuse(case, "closed", label=places[0].name, facility=case.doors[0])
    if over is not None:
        return refuse(case, "session-over", label=over.label, facility=over.facility)
    if allowed:
        return refuse(case, "session-full", label=allowed[0].label, facility=allowed[0].facility)
    if running:
        return refuse(case, "not-eligible", label=running[0].label, facility=running[0].facility)
    if not any(is_open(place, case.at) for place in places):
        return _closed(case)
    return refuse(case, "nothing-now", at=_next_start(case))


def _closed(case: Case) -> Outcome:
    """Outside opening hours, with the next opening if it is near."""
    places = [case.state.facilities[code] for code in case.doors]
    openings = [
        span.opens_at
        for place in places
        if not place.is_closed
        for span in place.open
        if case.at < span.opens_at <= case.at + NEAR
    ]
    return refuse(case, "closed", label=places[0].name, facility=case.doors[0], at=min(openings, default=None))


def _running(case: Case, chosen: Target | None) -> Iterator[tuple[str, SessionState]]:
    """Sessions at this door that may be entered now, in the order of their start."""
    found = [
        (session.starts_at, session_id, session)
        for session_id, session in case.state.sessions.items()
        if session.facility in case.doors
        and _is_door_open(session, case.at)
        and not case.state.facilities[session.facility].is_closed
        and _fits(session, session_id, chosen)
    ]
    for _, session_id, session in sorted(found, key=lambda item: item[:2]):
        yield session_id, session


def _just_over(case: Case) -> SessionState | None:
    """The last booking here that ended lately."""
    ended = [
        session
        for booking in case.person.bookings
        if (session := case.session(booking.session)) is not None
        and session.facility in case.doors
        and session.ends_at <= case.at < session.ends_at + NEAR
    ]
    return max(ended, key=lambda session: session.ends_at, default=None)


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


def _choices(options: list[tuple[str, SessionState]]) -> Iterator[Choice]:
    for session_id, session in options:
        yield Choice(
            id=f"session:{session_id}", label=session.label, facility=session.facility, session=UUID(session_id)
        )


def _fits(session: SessionState, session_id: str, chosen: Target | None) -> bool:
    """Whether a session is what was chosen; everything fits when nothing was."""
    if chosen is None:
        return True
    if chosen.session is not None:
        return str(chosen.session) == session_id
    return chosen.facility == session.facility


def _is_door_open(session: SessionState, at: datetime) -> bool:
    return session.door_opens_at <= at < session.ends_at


def _seats_to_walk_in(session: SessionState, at: datetime) -> int:
    """Seats somebody without a booking may take; free web seats count from the moment they roll over."""
    rolled = session.web_left if session.roll_over_at is not None and at >= session.roll_over_at else 0
    return session.walk_in + rolled - session.walked_in
