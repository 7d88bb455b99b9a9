"""A seat whose holder did not come goes to whoever is there; whoever had come all the same gets the booking back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.reservations import queries, queries_waiting
from booking.reservations.rules import LIVE, ReservationState
from booking.reservations.service_points import give_for_no_show, take_back_for
from booking.reservations.service_waiting import lock_ahead, promote


async def release(by: Actor, reservation_ids: Iterable[UUID]) -> list[UUID]:
    """Release confirmed reservations inside the transaction of whoever judged them; which were released.

    Nobody is told. From now on the seat is free: whoever waits gets it at once before the roll-over, walk-ins after it.
    Whoever did not come gets what the booking stood in the way of.

    Safe: what is not confirmed any more stays as it is.
    """
    ids = list(reservation_ids)
    freed = await queries_waiting.list_freed(ids)
    states = await lock_ahead(freed, ids)
    due = [one for one, state in states.items() if state == ReservationState.CONFIRMED]
    await db.execute(
        "update reservation set state = $2, released_at = $3 where id = any($1)",
        *(due, str(ReservationState.RELEASED), clock.now()),
    )
    for found in await queries.list_reservations(due):
        await record_audit(
            by,
            "reservation.released",
            "reservation",
            found.id,
            scope=found.facility_code,
            detail={"session": str(found.session_id)},
        )
    await give_for_no_show(await queries.list_reservations(due))
    await promote(freed)
    return due


_REVIVE = """
update reservation set state = $3, arrived_at = came.at, cancelled_at = null, cancelled_by = null
from unnest($1::uuid[], $2::timestamptz[]) as came (id, at)
where reservation.id = came.id and (reservation.state = $4 or reservation.state = $6 and reservation.cancelled_at = (
    select session.cancelled_at from session where session.id = reservation.session)) and not exists (
  select 1 from reservation other where other.session = reservation.session and other.member = reservation.member
     and other.id <> reservation.id and other.state = any($5))
returning reservation.id
"""


async def revive(by: Actor, arrivals: Mapping[UUID, datetime]) -> list[UUID]:
    """Mark reservations as used after all that were released or called off with their session, each at its moment: a
    scan came late. Inside the transaction of whoever learnt of it; which were revived.

    Safe: repeated; a reservation beside which its member holds a new one for the session stays released.
    """
    rows = await db.fetch(
        _REVIVE,
        list(arrivals),
        list(arrivals.values()),
        str(ReservationState.ARRIVED),
        str(ReservationState.RELEASED),
        sorted(str(state) for state in LIVE),
        str(ReservationState.CANCELLED),
    )
    revived = [row["id"] for row in rows]
    for found in await queries.list_reservations(revived):
        await record_audit(
            by,
            "reservation.revived",
            "reservation",
            found.id,
            scope=found.facility_code,
            detail={"session": str(found.session_id)},
        )
    await take_back_for(by, revived)
    return revived
