"""Numbered turns (整理券) at a full door: who stands before whom, and whose turn it is. From values alone.

Nothing here is counted up or ticked off: whose turn it is follows from the seats and places that are free and from the
numbers before. What somebody waits for who has a turn is not there for those who come later.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from booking.visits.rules_answers import Case, closing_after, refuse
from booking.visits.rules_targets import Target, booked_now, fits, running
from booking.visits.schemas_state import Effect, FacilityState, Outcome, SessionState, TurnInLine

CALLED_FOR = timedelta(minutes=10)
"""Who was called and does not come within this time has missed the turn."""
NOW = timedelta(minutes=2)
"""A turn is a promise made on the screen: only for somebody who stands there."""


class Room(Struct):
    """What is left of a facility at one point of its line. Not frozen: every turn takes its part."""

    places: int
    seats_of: Callable[[UUID], int]
    reserved: dict[UUID, int]

    def seats(self, session: UUID | None) -> int:
        """Walk-in seats left; without a session no seat is needed."""
        return 1 if session is None else self.seats_of(session) - self.reserved.get(session, 0)

    def may_enter(self, session: UUID | None) -> bool:
        """Whether there is a place, and a seat where one is needed."""
        return self.places > 0 and self.seats(session) > 0

    def keep_for(self, turn: TurnInLine) -> None:
        """Keep what a turn waits for; who has no seat to come to takes no place in the building."""
        if self.seats(turn.session) > 0:
            self.places -= 1
        if turn.session is not None:
            self.reserved[turn.session] = self.reserved.get(turn.session, 0) + 1


def seats_to_walk_in(session: SessionState, at: datetime) -> int:
    """Seats somebody without a booking may take; free web seats count from the moment they roll over."""
    rolled = session.web_left if session.roll_over_at is not None and at >= session.roll_over_at else 0
    return session.walk_in + rolled - session.walked_in


def line_of(
    place: FacilityState, turns: Iterable[TurnInLine], seats_of: Callable[[UUID], int]
) -> Iterator[tuple[TurnInLine, bool]]:
    """Each turn of a facility by number, and whether it is its turn: there is room after all those before it."""
    room = Room(place.capacity - place.inside, seats_of, {})
    for turn in turns:
        yield turn, room.may_enter(turn.session)
        room.keep_for(turn)


def room_for(case: Case, facility: str) -> Room:
    """What is left for the person of a case: all that those before them do not wait for.

    They stand where their own turn is, or at the end of the line.
    """
    place = case.state.facilities[facility]
    room = Room(place.capacity - place.inside, lambda one: _seats(case, one), {})
    for turn in _live(case, place):
        if turn.person == case.key:
            break
        room.keep_for(turn)
    return room


def own_turn(case: Case, facility: str) -> TurnInLine | None:
    """The turn this person holds here: one at a time."""
    place = case.state.facilities[facility]
    return next((turn for turn in _live(case, place) if turn.person == case.key), None)


def turn_now(case: Case, chosen: Target | None) -> Target | None:
    """Where somebody whose turn has come may go: to the session they waited for, or to what they have booked."""
    for facility in case.doors:
        turn = own_turn(case, facility)
        target = _target_of(case, facility, turn, chosen) if turn is not None else None
        if turn is not None and target is not None and _has_come(case, facility, turn):
            return target
    return None


def _target_of(case: Case, facility: str, turn: TurnInLine, chosen: Target | None) -> Target | None:
    if turn.session is None:
        target = booked_now(case, chosen or Target(facility))
        return target if target is not None and target.facility == facility else None
    session = next((one for key, one in running(case, Target(facility, turn.session))), None)
    if session is None or not fits(session, str(turn.session), chosen):
        return None
    return Target(facility, turn.session)


def _has_come(case: Case, facility: str, turn: TurnInLine) -> bool:
    room, visit = room_for(case, facility), case.visit
    if visit is not None and visit.facility == facility:
        return room.seats(turn.session) > 0
    return room.may_enter(turn.session)


def full(case: Case, code: str, target: Target, label: str) -> Outcome:
    """Say that it is full: with a number where the facility gives them, and with the same number when asked again."""
    place = case.state.facilities[target.facility]
    if not _gives(case, place):
        return refuse(case, code, label=label, facility=target.facility, inside=place.inside)
    own = own_turn(case, target.facility)
    waits_for = target.session if own is None else own.session
    number = place.last_turn + 1 if own is None else own.number
    outcome = refuse(
        case,
        "turn-given" if own is None else "turn-waiting",
        label=label if own is None else case.label(target.facility, own.session),
        facility=target.facility,
        session=waits_for,
        turn=number,
        ahead=sum(turn.session == waits_for and turn.number < number for turn in _live(case, place)),
    )
    if own is not None:
        return outcome
    session = case.session(target.session)
    ends = [one for one in (closing_after(place, case.at), session.ends_at if session is not None else None) if one]
    effect = Effect(
        do="queue",
        person=case.key,
        facility=target.facility,
        session=target.session,
        at=case.at,
        how="turn",
        until=min(ends, default=None),
        turn=number,
    )
    return replace(outcome, effects=(effect,))


def wait(effect: Effect, place: FacilityState) -> FacilityState:
    """A facility after a turn was given."""
    turn = TurnInLine(number=effect.turn or 0, person=effect.person or "", session=effect.session, until=effect.until)
    return replace(place, turns=(*place.turns, turn), last_turn=turn.number)


def _live(case: Case, place: FacilityState) -> list[TurnInLine]:
    """The turns that count at this moment."""
    if not _gives(case, place):
        return []
    return [turn for turn in place.turns if turn.until is None or case.at < turn.until]


def _gives(case: Case, place: FacilityState) -> bool:
    """Whether turns are given and called here, to whoever stands at the door now and was not told anything else."""
    received_at = case.reading.received_at
    is_now = received_at is None or received_at - case.at <= NOW
    return place.gives_turns and case.reading.scan.told is None and is_now


def _seats(case: Case, session_id: UUID) -> int:
    session = case.session(session_id)
    return seats_to_walk_in(session, case.at) if session is not None else 0
