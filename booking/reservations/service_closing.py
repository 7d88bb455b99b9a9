"""Bookings of a facility that is closed are cancelled without a word against anybody, and given back.

Neither is a deed of the member: no window, no points, nothing that counts against them.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.people.queries import lock_members
from booking.programs import queries as programs
from booking.reservations import mail_closing, queries, queries_closing, queries_enrolments, queries_waiting, rules
from booking.reservations.mail_closing import News
from booking.reservations.rules import CANCELLABLE, ReservationState
from booking.reservations.rules_closing import UNUSED, decide_giving_back, decide_waiting_again, state_given_back
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_closing import Booking
from booking.reservations.schemas_facts import OrderFacts
from booking.reservations.service_waiting import promote

CLOSED_NOW = "closed-now"
Tell = Callable[[Sequence[Booking], Sequence[ReservationView], News], Awaitable[None]]


async def cancel_for_closing(
    by: Actor, session_ids: Sequence[UUID], now: datetime, news: News
) -> list[ReservationView]:
    """Cancel the bookings of these sessions and tell their people, within the caller's transaction.

    Who calls has locked the sessions. Who has come already keeps the booking as arrived.
    """
    bookings = await queries_closing.list_to_cancel(session_ids)
    states = await queries.lock_reservations([one.id for one in bookings])
    live = [one for one in bookings if states.get(one.id) in CANCELLABLE]
    await db.execute(
        "update reservation set state = $2, cancelled_at = $3, cancelled_by = $4 where id = any($1)",
        *([one.id for one in live], str(ReservationState.CANCELLED), now, by.id),
    )
    cancelled = await queries.list_reservations(one.id for one in live)
    await _note(by, "reservation.cancelled", cancelled)
    await mail_closing.tell_closed(live, cancelled, news)
    await promote(await queries_waiting.list_freed([one.id for one in live]))
    return cancelled


async def give_back(
    by: Actor,
    session_ids: Sequence[UUID],
    cancelled_at: datetime,
    news: News,
    *,
    tell: Tell = mail_closing.tell_given_back,
) -> list[ReservationView]:
    """Hold again what was cancelled at that moment, except for whom it no longer fits, and tell their people.

    The seat of a weekly group comes back only for who is still in it.

    Who waited waits again, in the old place of the line; who had been moved and still holds the new booking gives it
    up. Within the caller's transaction, who has locked the facilities and brought the sessions back.
    """
    bookings = await queries_closing.list_cancelled(session_ids, cancelled_at)
    moved = await queries_closing.list_moved([one.id for one in bookings])
    bookings = [one for one in bookings if one.id not in moved or moved[one.id].state in UNUSED]
    if not bookings:
        return []
    facts = await _read_facts(bookings, {each.session_id for each in moved.values()})
    still_in = {each.id for each in facts.enrolments}
    held = [one for one in bookings if one.waiting_at is None and one.enrolment_id in {None, *still_in}]
    wanted = [(one.id, one.session_id, one.member_id, frozenset(one.overridden)) for one in held]
    back = set(decide_giving_back(facts, wanted)) | decide_waiting_again(facts, bookings)
    live = [one for one in bookings if one.id in back]
    replaced = [moved[one.id].id for one in live if one.id in moved]
    states = await queries.lock_reservations([*(one.id for one in live), *replaced])
    await _cancel_replaced(by, [one for one in replaced if states[one] == ReservationState.CONFIRMED])
    await _hold_again(live)
    given = await queries.list_reservations(back)
    await _note(by, "reservation.given-back", given)
    await tell(live, given, news)
    await promote({*session_ids, *await queries_waiting.list_freed(replaced)})
    return given


async def _cancel_replaced(by: Actor, reservation_ids: Sequence[UUID]) -> None:
    """What stood instead of a booking that is held again."""
    await db.execute(
        "update reservation set state = $2, cancelled_at = $3, cancelled_by = $4 where id = any($1)",
        *(reservation_ids, str(ReservationState.CANCELLED), clock.now(), by.id),
    )
    await _note(by, "reservation.cancelled", await queries.list_reservations(reservation_ids), "given-back")


async def _hold_again(bookings: Sequence[Booking]) -> None:
    undrawn = await queries_closing.list_undrawn([one.session_id for one in bookings])
    states = [str(state_given_back(one, undrawn)) for one in bookings]
    await db.execute(
        "update reservation set state = back.state, cancelled_at = null, cancelled_by = null, offered_at = null,"
        " offered_until = null from unnest($1::uuid[], $2::text[]) as back (id, state) where reservation.id = back.id",
        *([one.id for one in bookings], states),
    )


async def _read_facts(bookings: Sequence[Booking], instead: set[UUID]) -> OrderFacts:
    """What giving back is decided from, without what was booked `instead` when these were moved."""
    member_ids = sorted({one.member_id for one in bookings})
    members = await lock_members(member_ids)
    sessions = await programs.lock_sessions({one.session_id for one in bookings})
    in_order = tuple(sorted(sessions.values(), key=lambda session: (session.starts_at, session.id)))
    now = clock.now()
    holdings = await queries.list_holdings(member_ids, rules.since_of(in_order, now))
    return OrderFacts(
        now=now,
        sessions=in_order,
        member_ids=tuple(member_ids),
        members=members,
        bookable=frozenset(member_ids),
        taken=await queries.taken(sessions),
        holdings=tuple(one for one in holdings if one.session_id not in instead),
        eligibility=await programs.load_eligibility({session.program_id for session in in_order}),
        is_desk=True,
        enrolments=await queries_enrolments.list_held(member_ids),
    )


async def _note(by: Actor, action: str, bookings: Sequence[ReservationView], reason: str = CLOSED_NOW) -> None:
    for one in bookings:
        detail = {"session": str(one.session_id)}
        await record_audit(by, action, "reservation", one.id, scope=one.facility_code, reason=reason, detail=detail)
