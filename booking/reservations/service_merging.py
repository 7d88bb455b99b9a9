"""Two records of one person become one: what both hold is given up once, the rest moves."""

from uuid import UUID

from booking.access.schemas import SYSTEM, Actor
from booking.kit import clock, db
from booking.reservations import queries_merging, service, service_enrolments
from booking.reservations.errors_bookings import TooLateToCancel
from booking.reservations.queries_merging import Double

REASON = "merged"
_OVER = "update reservation set state = 'cancelled', cancelled_at = $2, cancelled_by = $3 where id = any($1)"
_MOVED = ("enrolment", "point", "reservation")


async def give_up_doubles(kept_id: UUID, gone_id: UUID) -> int:
    """Leave the groups and cancel the bookings ahead that both have; how many.

    Each in a transaction of its own, as whoever waits for the seat gets it. Safe: repeated.
    """
    places = await queries_merging.list_double_places(kept_id, gone_id)
    for one in places:
        await service_enrolments.leave(SYSTEM, one, reason=REASON)
    doubles = await queries_merging.list_doubles(kept_id, gone_id, clock.now())
    ahead = [each for each in doubles if each.is_ahead]
    for each in ahead:
        await service.cancel(SYSTEM, each.goes, overridden=[TooLateToCancel.code], reason=REASON)
    return len(places) + len(ahead)


async def merge_bookings(by: Actor, kept_id: UUID, gone_id: UUID) -> list[Double] | None:
    """Move every booking, place in a group and point of the second to the first, in a transaction that has locked both;
    which seats of past and running sessions were given up. None when both hold something ahead again.
    """
    doubles = await queries_merging.list_doubles(kept_id, gone_id, clock.now())
    if any(each.is_ahead for each in doubles) or await queries_merging.list_double_places(kept_id, gone_id):
        return None
    await db.execute(_OVER, [each.goes for each in doubles], clock.now(), by.id)
    for table in _MOVED:
        await db.execute(f"update {table} set member = $1 where member = $2", kept_id, gone_id)
    return doubles
