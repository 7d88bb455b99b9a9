"""Answering an offer: taking the seat that is kept, declining it, asking once for more time; by sign-in or by link."""

from collections.abc import Sequence
from uuid import UUID

from booking.access.queries import find_actor
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.people import queries as people
from booking.programs import queries as programs
from booking.reservations import mail, queries, queries_waiting
from booking.reservations.errors_bookings import ReservationUnknown
from booking.reservations.errors_offers import OfferExtendedAlready, OfferLinkUnusable, OfferNotExtendable, OfferOver
from booking.reservations.rules import ReservationState
from booking.reservations.rules_links import OfferLink, is_for, read_token
from booking.reservations.rules_waiting import extended_until, offers_end_at
from booking.reservations.schemas import ReservationView
from booking.reservations.service import get_reservation_for
from booking.reservations.service_waiting import expire, lock_ahead, promote

AT_ONCE = 200


async def accept(by: Actor, reservation_id: UUID) -> list[ReservationView]:
    """Take the seat that is kept, or all seats of a party; the reservations, confirmed.

    Raises: OfferOver, ReservationUnknown. Safe: a second time changes nothing and answers the same.
    """
    async with db.transaction():
        found = await get_reservation_for(by, reservation_id, is_change=True)
        ids = await _lock_offer(by, found)
        if not ids:
            again = await get_reservation_for(by, reservation_id, is_change=True)
            if again.state == ReservationState.CONFIRMED and again.offered_at is not None:
                return [again]
            raise OfferOver
        await db.execute(
            "update reservation set state = $2, waiting_at = null where id = any($1)",
            *(ids, str(ReservationState.CONFIRMED)),
        )
        taken = await queries.list_reservations(ids)
        await _note(by, "reservation.accepted", taken)
        await mail.tell_booked(by, taken)
        return taken


async def _lock_offer(by: Actor, found: ReservationView) -> list[UUID]:
    """The offered reservations that stand and fall with this one and that the asker may answer for, locked; none when
    nothing is offered any more."""
    party = await queries_waiting.list_party_of(found.id, ReservationState.OFFERED)
    await queries.lock_reservations({*party, found.id})
    now = clock.now()
    offered = {
        each.id: each.member_id
        for each in await queries.list_reservations(party)
        if each.state == ReservationState.OFFERED and each.offered_until is not None and each.offered_until > now
    }
    if found.id not in offered:
        return []
    if by.kind != "account" or by.id is None:
        return list(offered)
    own = await people.may_book(by.id, offered.values())
    return [one for one, member_id in offered.items() if member_id in own]


async def decline(by: Actor, reservation_id: UUID) -> list[ReservationView]:
    """Say no to the seat that is kept, or to all seats of a party; the next in line gets it at once, and whoever said
    no gets what it stood in the way of.

    Raises: OfferOver, ReservationUnknown. Safe: a second time changes nothing and answers the same.
    """
    async with db.transaction():
        found = await get_reservation_for(by, reservation_id, is_change=True)
        party = await queries_waiting.list_party_of(reservation_id, ReservationState.OFFERED)
        freed = await queries_waiting.list_freed([*party, reservation_id])
        await lock_ahead(freed)
        ids = await _lock_offer(by, found)
        if not ids:
            again = await get_reservation_for(by, reservation_id, is_change=True)
            if again.state == ReservationState.CANCELLED and again.offered_at is not None:
                return [again]
            raise OfferOver
        await db.execute(
            "update reservation set state = $2, cancelled_at = $3, cancelled_by = $4 where id = any($1)",
            *(ids, str(ReservationState.CANCELLED), clock.now(), by.id),
        )
        left = await queries.list_reservations(ids)
        await _note(by, "reservation.declined", left)
        await mail.tell_left(by, left)
        await promote(freed)
        return left


async def extend(by: Actor, reservation_id: UUID) -> list[ReservationView]:
    """Keep the seat longer, once.

    Raises: OfferOver, OfferExtendedAlready, OfferNotExtendable, ReservationUnknown.
    """
    async with db.transaction():
        found = await get_reservation_for(by, reservation_id, is_change=True)
        ids = await _lock_offer(by, found)
        offered = await queries.list_reservations(ids)
        until = max((each.offered_until for each in offered if each.offered_until), default=None)
        if until is None:
            raise OfferOver
        if any(each.extended_at is not None for each in offered):
            raise OfferExtendedAlready(until=until)
        sessions = await programs.list_sessions_by_id({each.session_id for each in offered})
        end_at = min(offers_end_at(session) for session in sessions.values())
        longer = extended_until(until, end_at, get_settings().zone)
        if longer is None:
            raise OfferNotExtendable(until=until)
        await db.execute(
            "update reservation set offered_until = $2, extended_at = $3 where id = any($1)", ids, longer, clock.now()
        )
        kept = await queries.list_reservations(ids)
        await _note(by, "reservation.offer-extended", kept)
        await mail.tell_extended(by, kept)
        return kept


async def expire_offers() -> int:
    """End the offers nobody answered in time and keep their seats for the next in line; how many ended.

    Safe: repeated, and beside answers: whoever holds the locks first decides, and the other reads it.
    """
    ended = 0
    for one_id in await queries_waiting.list_over_offers(clock.now(), AT_ONCE):
        ended += await _expire(one_id)
    return ended


async def _expire(reservation_id: UUID) -> int:
    async with db.transaction():
        party = await queries_waiting.list_party_of(reservation_id, ReservationState.OFFERED)
        freed = await queries_waiting.list_freed(party)
        await lock_ahead(freed, party)
        now = clock.now()
        over = [
            each.id
            for each in await queries.list_reservations(party)
            if each.state == ReservationState.OFFERED and each.offered_until is not None and each.offered_until <= now
        ]
        if over:
            await expire(over, "reservation.offer-over")
            await promote(freed)
        return len(over)


async def _note(by: Actor, action: str, views: Sequence[ReservationView]) -> None:
    for view in views:
        detail = {"session": str(view.session_id), "order": str(view.order_id)}
        await record_audit(by, action, "reservation", view.id, scope=view.facility_code, detail=detail)


# ---- by link ------------------------------------------------------------------------------------------------------


async def open_link(token: str) -> tuple[Actor, list[ReservationView]]:
    """Who holds a link, and the reservations it is for that they may answer for. Looking changes nothing.

    Raises: OfferLinkUnusable whenever it is none of ours, of an earlier offer, or not for this person to see any more.
    """
    link = read_token(token)
    actor = await find_actor(link.account_id, clock.now())
    if actor is None:
        raise OfferLinkUnusable
    return actor, await _list_linked(actor, link)


async def _list_linked(actor: Actor, link: OfferLink) -> list[ReservationView]:
    try:
        found = await get_reservation_for(actor, link.reservation_id, is_change=True)
    except ReservationUnknown:
        raise OfferLinkUnusable from None
    if not is_for(link, found.offered_at):
        raise OfferLinkUnusable
    if not found.is_party:
        return [found]
    party = [
        each for each in await queries.list_order_of(found.id) if each.offered_at == found.offered_at and each.is_party
    ]
    own = await people.may_book(link.account_id, {each.member_id for each in party})
    return [each for each in party if each.member_id in own]
