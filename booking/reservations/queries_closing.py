"""Bookings of sessions that a closing takes away, moves, and gives back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from booking.kit import clock, db
from booking.reservations.rules import CANCELLABLE, ReservationState
from booking.reservations.schemas_closing import Booking, Moved

_BOOKING = """
select id, session as session_id, member as member_id, booked_by_kind, booked_by, overridden, order_id, state,
       enrolment as enrolment_id, uses_wheelchair, waiting_at,
       array(select program_option.code from reservation_option
               join session_option on session_option.id = reservation_option.option
               join program_option on program_option.id = session_option.option
              where reservation_option.reservation = reservation.id order by 1) as options
  from reservation"""


def _booking(row: Any) -> Booking:
    return Booking(**row)


async def list_bookings(reservation_ids: Sequence[UUID]) -> list[Booking]:
    """These bookings, in the order they were made."""
    return [_booking(row) for row in await db.fetch(f"{_BOOKING} where id = any($1) order by id", reservation_ids)]


async def list_to_cancel(session_ids: Sequence[UUID]) -> list[Booking]:
    """The bookings of these sessions that nobody has used yet, in the order they were made."""
    states = [str(state) for state in CANCELLABLE]
    rows = await db.fetch(
        f"{_BOOKING} where session = any($1) and state = any($2) and member is not null order by id",
        session_ids,
        states,
    )
    return [_booking(row) for row in rows]


async def list_cancelled(session_ids: Sequence[UUID], cancelled_at: datetime) -> list[Booking]:
    """The bookings of these sessions that were cancelled at exactly that moment, in the order they were made."""
    rows = await db.fetch(
        f"{_BOOKING} where session = any($1) and state = $2 and cancelled_at = $3 order by id",
        *(session_ids, str(ReservationState.CANCELLED), cancelled_at),
    )
    return [_booking(row) for row in rows]


async def list_cancelled_at(facility_id: UUID, cancelled_at: datetime) -> list[Booking]:
    """The bookings of a facility that were cancelled by a closing at once at exactly that moment, whatever became of
    their sessions."""
    return await list_cancelled_of(facility_id, clock.local_date(cancelled_at), cancelled_at)


async def list_cancelled_of(facility_id: UUID, day: date, cancelled_at: datetime) -> list[Booking]:
    """The bookings of a facility's day that were cancelled at exactly that moment."""
    rows = await db.fetch(
        f"{_BOOKING} where session in (select id from session where facility = $1 and held_on = $3)"
        " and cancelled_at = $2 order by id",
        *(facility_id, cancelled_at, day),
    )
    return [_booking(row) for row in rows]


async def list_moved(reservation_ids: Sequence[UUID]) -> dict[UUID, Moved]:
    """The bookings that stand instead of these, by the booking they came from."""
    rows = await db.fetch(
        "select id, moved_from, session as session_id, state from reservation where moved_from = any($1) order by id",
        reservation_ids,
    )
    return {row["moved_from"]: Moved(id=row["id"], session_id=row["session_id"], state=row["state"]) for row in rows}


async def list_undrawn(session_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these sessions whose draw has not been held."""
    rows = await db.fetch("select session from draw where session = any($1) and drawn_at is null", session_ids)
    return {row["session"] for row in rows}


async def list_groups_of(session_ids: Sequence[UUID]) -> list[tuple[UUID, str, int]]:
    """The weekly groups that meet in these sessions: id, name, and how many belong to each."""
    rows = await db.fetch(
        'select grouped.id, grouped.name, (select count(*) from enrolment where enrolment."group" = grouped.id'
        "   and enrolment.state = 'enrolled') as people"
        '  from weekly_group grouped where grouped.id in (select session."group" from session where id = any($1))'
        " order by grouped.name, grouped.id",
        session_ids,
    )
    return [(row["id"], row["name"], row["people"]) for row in rows]


async def list_ids(session_ids: Sequence[UUID]) -> list[UUID]:
    """Every booking of these sessions, whatever became of it."""
    rows = await db.fetch("select id from reservation where session = any($1) order by id", session_ids)
    return [row["id"] for row in rows]
