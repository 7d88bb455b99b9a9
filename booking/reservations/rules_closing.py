"""Which bookings come back when a facility that was closed at once opens again. From values alone."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from booking.reservations import errors
from booking.reservations.rules import decide_order, holding_of
from booking.reservations.schemas import OrderFacts

IN_THE_WAY = frozenset(
    each.code
    for each in (
        errors.AlreadyApplied,
        errors.AlreadyBooked,
        errors.AlreadyWaiting,
        errors.LimitHeld,
        errors.LimitWeek,
        errors.NotYours,
        errors.Overlaps,
        errors.SessionFull,
    )
)
"""What may have changed meanwhile: the member booked something else, or has left. Windows do not matter."""

Wanted = tuple[UUID, UUID, UUID, frozenset[str]]
"""A booking, its session, its member, and the rules that were set aside when it was made."""


def decide_giving_back(facts: OrderFacts, wanted: Sequence[Wanted]) -> list[UUID]:
    """The bookings that can be held again, each after those before it."""
    sessions = {session.id: session for session in facts.sessions}
    taken, holdings, found = dict(facts.taken), list(facts.holdings), []
    for booking_id, session_id, member_id, overridden in wanted:
        one = msgspec.structs.replace(
            facts,
            sessions=(sessions[session_id],),
            member_ids=(member_id,),
            taken=taken,
            holdings=tuple(holdings),
            overridden=overridden | {errors.SessionFull.code},
        )
        (decision,) = decide_order(one)
        if not any(refusal.code in IN_THE_WAY for refusal in decision.refusals):
            taken[session_id] = taken.get(session_id, 0) + 1
            holdings.append(holding_of(sessions[session_id], member_id))
            found.append(booking_id)
    return found
