"""Bookings of a facility that is closed at once are cancelled without a word against anybody, and given back.

Neither is a deed of the member: no window, no points, nothing that counts against them.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.people.queries import lock_members
from booking.programs import queries as programs
from booking.reservations import mail_closing, queries, queries_closing, queries_enrolments, rules
from booking.reservations.mail_closing import News
from booking.reservations.queries_closing import Booking
from booking.reservations.rules import CANCELLABLE, ReservationState
from booking.reservations.rules_closing import decide_giving_back
from booking.reservations.schemas import OrderFacts, ReservationView

CLOSED_NOW = "closed-now"


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
    return cancelled


async def give_back(
    by: Actor, session_ids: Sequence[UUID], cancelled_at: datetime, news: News
) -> list[ReservationView]:
    """Hold again what was cancelled at that moment, except for whom it no longer fits, and tell their people.

    Within the caller's transaction, who has locked the facilities and brought the sessions back.
    """
    bookings = await queries_closing.list_cancelled(session_ids, cancelled_at)
    if not bookings:
        return []
    facts = await _read_facts(bookings)
    wanted = [(one.id, one.session_id, one.member_id, frozenset(one.overridden)) for one in bookings]
    back = set(decide_giving_back(facts, wanted))
    live = [one for one in bookings if one.id in back]
    await queries.lock_reservations([one.id for one in live])
    await db.execute(
        "update reservation set state = $2, cancelled_at = null, cancelled_by = null where id = any($1)",
        *([one.id for one in live], str(ReservationState.CONFIRMED)),
    )
    given = await queries.list_reservations(back)
    await _note(by, "reservation.given-back", given)
    await mail_closing.tell_given_back(live, given, news)
    return given


async def _read_facts(bookings: Sequence[Booking]) -> OrderFacts:
    member_ids = sorted({one.member_id for one in bookings})
    members = await lock_members(member_ids)
    sessions = await programs.lock_sessions({one.session_id for one in bookings})
    in_order = tuple(sorted(sessions.values(), key=lambda session: (session.starts_at, session.id)))
    now = clock.now()
    return OrderFacts(
        now=now,
        sessions=in_order,
        member_ids=tuple(member_ids),
        members=members,
        bookable=frozenset(member_ids),
        taken=await queries.taken(sessions),
        holdings=await queries.list_holdings(member_ids, rules.since_of(in_order, now)),
        eligibility=await programs.load_eligibility({session.program_id for session in in_order}),
        is_desk=True,
        enrolments=await queries_enrolments.list_held(member_ids),
    )


async def _note(by: Actor, action: str, bookings: Sequence[ReservationView]) -> None:
    for one in bookings:
        detail = {"session": str(one.session_id)}
        await record_audit(by, action, "reservation", one.id, scope=one.facility_code, reason=CLOSED_NOW, detail=detail)
