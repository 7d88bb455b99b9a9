"""Giving back the days of a series: one, or all that are left."""

from uuid import UUID

from booking.access.schemas import Actor
from booking.kit import clock, db
from booking.programs.queries_series import get_series
from booking.reservations import queries, queries_waiting, rules, service
from booking.reservations.rules import CANCELLABLE
from booking.reservations.schemas import ReservationView
from booking.reservations.service_waiting import lock_ahead


async def list_rest(by: Actor, reservation_id: UUID) -> list[ReservationView]:
    """The member's other days of the same series that can still be given back. Raises: ReservationUnknown."""
    found = await service.get_reservation_for(by, reservation_id, is_change=True)
    if found.series_id is None:
        return []
    now = clock.now()
    coming = await queries.list_reservations_of([found.member_id], since=now, states=CANCELLABLE)
    return [
        each
        for each in coming
        if each.series_id == found.series_id
        and each.id != found.id
        and rules.decide_cancel(each, now, frozenset()) is None
    ]


async def must_go_whole(found: ReservationView) -> bool:
    """Whether the days of this reservation's series go together."""
    return found.series_id is not None and (await get_series(found.series_id)).is_whole


async def cancel(by: Actor, reservation_id: UUID, *, whole: bool = False) -> ReservationView:
    """Give a reservation back, and with it the member's other days of its series: asked for, or because they are
    booked whole.

    Raises: as `service.cancel`. Safe: repeated; the sessions are locked in one order before the first is given back.
    """
    found = await service.get_reservation_for(by, reservation_id, is_change=True)
    if not whole and not await must_go_whole(found):
        return await service.cancel(by, reservation_id)
    async with db.transaction():
        rest = await list_rest(by, reservation_id)
        ids = sorted([found.id, *(each.id for each in rest)])
        await lock_ahead(await queries_waiting.list_freed(ids), ids)
        gone = await service.cancel(by, reservation_id)
        for each in rest:
            await service.cancel(by, each.id)
        return gone
