"""Where the bookings of a closed day go: to the nearest session that fits. From values alone.

Nobody gets what they could not have booked: seats, school years, overlaps, options, wheelchair places and limits
count as ever. Only that booking has not opened yet is set aside, since it opens for everybody else later.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from booking.programs.schemas import SessionView
from booking.reservations import errors
from booking.reservations.rules import ReservationState, decide_order, holding_of
from booking.reservations.schemas_closing import Booking, Move
from booking.reservations.schemas_facts import OptionPool, OrderFacts

NOTICE = timedelta(hours=24)
"""A session that begins sooner is no place to move to: the message may not be read in time."""
WITHIN = timedelta(days=14)


class Way(StrEnum):
    """What becomes of bookings: cancelled; moved at the same place; moved to other places, too."""

    CANCEL = "cancel"
    MOVE_HERE = "move-here"
    MOVE_ANYWHERE = "move-anywhere"


def is_movable(booking: Booking) -> bool:
    """Whether a booking is a seat of its own: a weekly group meets again next week, and who waits holds nothing."""
    return booking.state == ReservationState.CONFIRMED and booking.enrolment_id is None


def targets_of(session: SessionView, others: Iterable[SessionView], way: Way, now: datetime) -> list[SessionView]:
    """The sessions a booking of this one may go to, the nearest first: same program and series, soon but not at once.

    Of two as near the one at the same facility comes first.
    """
    if way == Way.CANCEL:
        return []
    found = [
        other
        for other in others
        if other.program_id == session.program_id
        and other.series_id == session.series_id
        and other.group_id is None
        and (way == Way.MOVE_ANYWHERE or other.place_id == session.place_id)
        and other.starts_at >= now + NOTICE
        and abs(other.starts_at - session.starts_at) <= WITHIN
    ]
    return sorted(
        found,
        key=lambda other: (
            abs(other.starts_at - session.starts_at),
            other.facility_id != session.facility_id,
            other.starts_at,
            other.id,
        ),
    )


def propose_moves(
    facts: OrderFacts, bookings: Sequence[Booking], closed: Sequence[SessionView], way: Way
) -> list[Move]:
    """Where each booking goes, in the order they were made; `facts.sessions` are all that may be gone to.

    `facts.holdings` hold nothing of the closed sessions. What was booked together for one session stays together
    where it can.
    """
    left = {session.id: session for session in closed}
    found: dict[UUID, Move] = {}
    for unit in _units(bookings):
        targets = targets_of(left[unit[0].session_id], facts.sessions, way, facts.now)
        moved, facts = _move_together(facts, unit, targets)
        if not moved and len(unit) > 1:
            for one in unit:
                alone, facts = _move_together(facts, [one], targets)
                moved += alone
        found |= {move.booking.id: move for move in moved}
    return [found.get(booking.id, Move(booking=booking)) for booking in bookings]


def _units(bookings: Iterable[Booking]) -> list[list[Booking]]:
    """Seats that were booked in one order for one session, in the order they were made."""
    units: dict[tuple[UUID, UUID], list[Booking]] = {}
    for booking in bookings:
        if is_movable(booking):
            units.setdefault((booking.order_id, booking.session_id), []).append(booking)
    return list(units.values())


def _move_together(
    facts: OrderFacts, unit: Sequence[Booking], targets: Sequence[SessionView]
) -> tuple[list[Move], OrderFacts]:
    """All of these to the first session that takes all of them, and the facts afterwards; none if there is none."""
    for target in targets:
        after, moves = facts, []
        for booking in unit:
            move = _decide(after, booking, target)
            if move is None:
                break
            moves.append(move)
            after = _taken(after, booking, target)
        else:
            return moves, after
    return [], facts


def _decide(facts: OrderFacts, booking: Booking, target: SessionView) -> Move | None:
    if not {pool.code for pool in facts.pools.get(target.id, ())}.issuperset(booking.options):
        return None
    asked = msgspec.structs.replace(
        facts,
        sessions=(target,),
        member_ids=(booking.member_id,),
        options=tuple(booking.options),
        wheelchair_ids=frozenset({booking.member_id} if booking.uses_wheelchair else ()),
        overridden=frozenset(booking.overridden) - {errors.SessionFull.code} | {errors.BookingNotOpenYet.code},
    )
    (decision,) = decide_order(asked)
    return None if decision.refusals else Move(booking=booking, session=target, overridden=decision.overridden)


def _taken(facts: OrderFacts, booking: Booking, target: SessionView) -> OrderFacts:
    """The facts once this booking sits in that session."""
    pools = tuple(_asked(pool, booking) for pool in facts.pools.get(target.id, ()))
    wheelchairs = facts.wheelchairs.get(target.id, 0) + booking.uses_wheelchair
    return msgspec.structs.replace(
        facts,
        taken={**facts.taken, target.id: facts.taken.get(target.id, 0) + 1},
        holdings=(*facts.holdings, holding_of(target, booking.member_id)),
        pools={**facts.pools, target.id: pools},
        wheelchairs={**facts.wheelchairs, target.id: wheelchairs},
    )


def _asked(pool: OptionPool, booking: Booking) -> OptionPool:
    return msgspec.structs.replace(pool, taken=pool.taken + (pool.code in booking.options))
