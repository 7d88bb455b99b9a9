"""Which bookings come back when a facility that was closed opens again. From values alone."""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from booking.reservations import errors, errors_bookings
from booking.reservations.rules import ReservationState, decide_order, holding_of
from booking.reservations.schemas_closing import Booking
from booking.reservations.schemas_facts import OrderFacts

IN_THE_WAY = frozenset(
    each.code
    for each in (
        errors.AlreadyApplied,
        errors.AlreadyBooked,
        errors.AlreadyWaiting,
        errors.LimitHeld,
        errors.LimitWeek,
        errors_bookings.NotYours,
        errors.Overlaps,
        errors.SessionFull,
    )
)
"""What may have changed meanwhile: the member booked something else, or has left. Windows do not matter."""

UNUSED = frozenset({ReservationState.CONFIRMED, ReservationState.CANCELLED})
"""How a booking that stands instead of another may be for the other to come back: still held, or given up."""

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


def decide_waiting_again(facts: OrderFacts, bookings: Sequence[Booking]) -> set[UUID]:
    """Who waited and may wait again: members who have not left, nor taken a place in that session since."""
    here = {(one.session_id, one.member_id) for one in facts.holdings}
    return {
        one.id
        for one in bookings
        if one.waiting_at is not None
        and (one.session_id, one.member_id) not in here
        and one.member_id in facts.members
        and facts.members[one.member_id].left_at is None
    }


def state_given_back(booking: Booking, undrawn: Collection[UUID]) -> ReservationState:
    """What a booking is when it comes back: in the line, in a draw still to be held, or a seat."""
    if booking.session_id in undrawn:
        return ReservationState.APPLIED
    return ReservationState.WAITING if booking.waiting_at is not None else ReservationState.CONFIRMED
