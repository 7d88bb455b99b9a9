"""Which reservations the desk's list of bookings holds."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from booking.kit import db
from booking.reservations import queries
from booking.reservations.schemas import ReservationView


async def list_bookings(
    facility_ids: Iterable[UUID],
    days: tuple[date, date],
    states: Iterable[str],
    *,
    program: str = "",
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[ReservationView]:
    """Reservations in sessions of these facilities on these days, both included, in the order the sessions start.

    `after` is where the page before ended. Protected members are in no list.
    """
    starts_at, last_id = after or (None, None)
    rows = await db.fetch(
        "select reservation.id from reservation join session on session.id = reservation.session"
        "  join member on member.id = reservation.member join program on program.id = session.program"
        " where session.facility = any($1) and session.held_on between $2 and $3 and not member.is_protected"
        "   and reservation.state = any($4) and ($5 = '' or program.code = $5)"
        "   and ($6::timestamptz is null or (session.starts_at, reservation.id) > ($6, $7::uuid))"
        " order by session.starts_at, reservation.id limit $8",
        *(list(facility_ids), *days, [str(state) for state in states], program, starts_at, last_id, limit),
    )
    found = await queries.list_reservations(row["id"] for row in rows)
    return sorted(found, key=lambda each: (each.starts_at, each.id))
