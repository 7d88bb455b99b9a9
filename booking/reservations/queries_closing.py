"""Bookings of sessions that a closing at once takes away, and gives back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.reservations.rules import CANCELLABLE, ReservationState


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking with who made it and which rules were set aside for it."""

    id: UUID
    session_id: UUID
    member_id: UUID
    booked_by_kind: str
    booked_by: UUID | None
    overridden: list[str]


_BOOKING = (
    "select id, session as session_id, member as member_id, booked_by_kind, booked_by, overridden from reservation"
)


async def list_bookings(reservation_ids: Sequence[UUID]) -> list[Booking]:
    """These bookings, in the order they were made."""
    return [Booking(**row) for row in await db.fetch(f"{_BOOKING} where id = any($1) order by id", reservation_ids)]


async def list_to_cancel(session_ids: Sequence[UUID]) -> list[Booking]:
    """The bookings of these sessions that nobody has used yet, in the order they were made."""
    states = [str(state) for state in CANCELLABLE]
    rows = await db.fetch(f"{_BOOKING} where session = any($1) and state = any($2) order by id", session_ids, states)
    return [Booking(**row) for row in rows]


async def list_cancelled(session_ids: Sequence[UUID], cancelled_at: datetime) -> list[Booking]:
    """The bookings of these sessions that were cancelled at exactly that moment, in the order they were made."""
    rows = await db.fetch(
        f"{_BOOKING} where session = any($1) and state = $2 and cancelled_at = $3 order by id",
        *(session_ids, str(ReservationState.CANCELLED), cancelled_at),
    )
    return [Booking(**row) for row in rows]


async def list_cancelled_at(facility_id: UUID, cancelled_at: datetime) -> list[Booking]:
    """The bookings of a facility that were cancelled at exactly that moment, whatever became of their sessions."""
    rows = await db.fetch(
        f"{_BOOKING} where session in (select id from session where facility = $1 and held_on = $3)"
        " and cancelled_at = $2",
        *(facility_id, cancelled_at, clock.local_date(cancelled_at)),
    )
    return [Booking(**row) for row in rows]
