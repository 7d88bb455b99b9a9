"""Whom to call, and which numbered turns are over. From values alone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from booking.visits.rules_kinds import TurnState
from booking.visits.rules_turns import CALLED_FOR, line_of, seats_to_walk_in
from booking.visits.schemas_facts import TurnFact
from booking.visits.schemas_state import FacilityState, SessionState


class Change(Struct, frozen=True):
    """What becomes of a turn at a moment."""

    turn: UUID
    state: TurnState
    at: datetime


def changes_at(
    place: FacilityState,
    turns: Sequence[TurnFact],
    sessions: Mapping[str, SessionState],
    now: datetime,
    today: date,
) -> list[Change]:
    """What becomes of the stored turns of a facility: called, waiting again because the room has gone, or over."""

    def seats_of(session: UUID) -> int:
        return seats_to_walk_in(sessions[str(session)], now)

    alive = [turn for turn in place.turns if turn.until is None or now < turn.until]
    has_come = {turn.number: come for turn, come in line_of(place, alive, seats_of)}
    changes = []
    for one in turns:
        come = has_come.get(one.number) if one.held_on == today else None
        if come is None:
            changes.append(Change(one.id, _ended(one, now), now))
        elif come != (one.called_at is not None):
            changes.append(Change(one.id, TurnState.CALLED if come else TurnState.WAITING, now))
    return changes


def _ended(turn: TurnFact, now: datetime) -> TurnState:
    """A turn that was called and not used is missed; any other is given up."""
    is_missed = turn.called_at is not None and now >= turn.called_at + CALLED_FOR
    return TurnState.MISSED if is_missed else TurnState.GIVEN_UP
