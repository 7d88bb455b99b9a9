"""Coming in: by booking, walking in, when the turn has come, or unlisted with a good signature. From values alone."""

from uuid import UUID

from booking.visits.rules_answers import Case, answer, ask, closing_after, is_closed_at, is_open, leaving, refuse
from booking.visits.rules_refusing import closed, closing_now, next_of_each, refuse_by_booking, refuse_walk_in
from booking.visits.rules_targets import Target, booked_now, choices_of, running
from booking.visits.rules_turns import full, own_turn, room_for, turn_now
from booking.visits.schemas import Choice
from booking.visits.schemas_state import Effect, Outcome, SessionState


def enter(case: Case, chosen: Target | None) -> Outcome:
    """Let one person in, ask where to, or say what is possible."""
    if case.person.is_held:
        return refuse(case, "see-desk")
    if not case.person.is_listed:
        return _enter_unlisted(case, chosen)
    target = booked_now(case, chosen)
    if target is None:
        return _walk_in(case, chosen)
    if any(booking.session == target.session and booking.state == "arrived" for booking in case.person.bookings):
        return admit(case, target, "welcome-back", "again")
    late_at = session.late_at if (session := case.session(target.session)) is not None else None
    is_late = late_at is not None and case.at >= late_at
    return admit(case, target, "welcome-late" if is_late else "welcome", "booked")


def admit(case: Case, target: Target, code: str, how: str) -> Outcome:
    """Let in, unless the facility was closed at once or is full. A visit open elsewhere ends at this moment."""
    place, visit, scan = case.state.facilities[target.facility], case.visit, case.reading.scan
    heads = scan.heads or 1 if how == "heads" else 1
    if is_closed_at(place, case.at):
        return closing_now(case, target.facility)
    # Whoever walks in waits for a seat and a place, whoever has a seat for a place alone.
    waits_for = Target(target.facility, target.session if how == "walk-in" else None)
    inside = place.inside + heads - (visit is not None and visit.facility == target.facility)
    if not _has_place(case, waits_for, heads):
        if how in ("heads", "unlisted"):
            return refuse(case, "building-full", label=place.name, facility=target.facility, inside=place.inside)
        return full(case, "building-full", waits_for, place.name)
    session = case.session(target.session)
    entering = Effect(
        do="enter",
        person=case.key,
        facility=target.facility,
        session=target.session,
        at=case.at,
        how=how,
        until=closing_after(place, case.at) or (session.ends_at if session is not None else None),
        heads=heads,
        of=case.heads_of,
        visit=case.counted,
        group=case.reading.group if case.key is None else None,
    )
    moving = () if visit is None or case.key is None else (leaving(case.key, visit, case.at, "move"),)
    turn = own_turn(case, target.facility) if case.key is not None else None
    outcome = answer(
        case,
        "welcome",
        "welcome-turn" if turn is not None and turn.session == waits_for.session else code,
        name=case.name,
        label=case.label(target.facility, target.session),
        facility=target.facility,
        session=target.session,
        inside=inside,
        flags=("unlisted",) if how == "unlisted" else (),
    )
    return Outcome(verdict=outcome.verdict, happened_at=case.at, effects=(*moving, entering))


def _has_place(case: Case, waits_for: Target, heads: int) -> bool:
    """Whether there is room in the building; who moves within it needs none."""
    place, visit = case.state.facilities[waits_for.facility], case.visit
    if visit is not None and visit.facility == waits_for.facility:
        return place.inside <= place.capacity
    return heads <= room_for(case, waits_for.facility).places


def _enter_unlisted(case: Case, chosen: Target | None) -> Outcome:
    """A good signature that the list does not know is let in where it is open, and flagged."""
    open_now = [code for code in case.doors if is_open(case.state.facilities[code], case.at)]
    if chosen is not None and chosen.facility in open_now:
        return admit(case, Target(chosen.facility), "welcome-unlisted", "unlisted")
    if not open_now:
        return closed(case)
    if len(open_now) == 1:
        return admit(case, Target(open_now[0]), "welcome-unlisted", "unlisted")
    return ask(
        case,
        "ask-where",
        (Choice(id=f"facility:{code}", label=case.label(code, None), facility=code) for code in open_now),
    )


def _walk_in(case: Case, chosen: Target | None) -> Outcome:
    """Without a booking now: whose turn has come, the sessions with a walk-in seat, or why there is none."""
    waited_for = turn_now(case, chosen)
    if waited_for is not None:
        return admit(case, waited_for, "welcome-turn", "walk-in")
    options = _to_walk_in(case, chosen)
    booked_elsewhere = refuse_by_booking(case, options) if chosen is None else None
    if booked_elsewhere is not None:
        return booked_elsewhere
    if len(options) == 1:
        session_id, session = options[0]
        return admit(case, Target(session.facility, UUID(session_id)), "welcome-walk-in", "walk-in")
    if options:
        return ask(case, "ask-where", choices_of(options))
    return refuse_walk_in(case, chosen)


def _to_walk_in(case: Case, chosen: Target | None) -> list[tuple[str, SessionState]]:
    """Sessions with a seat; of one program at one facility the next, once its door is open, before the running one."""
    return next_of_each(
        [
            (session_id, session)
            for session_id, session in running(case, chosen)
            if session.program in case.person.programs and room_for(case, session.facility).seats(UUID(session_id)) > 0
        ]
    )
