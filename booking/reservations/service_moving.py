"""Moving bookings from sessions that go to others: the facts it is decided from, and the rows it becomes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people.queries import list_members
from booking.programs import queries as programs
from booking.programs.schemas import SessionView
from booking.reservations import queries, queries_enrolments, queries_options, rules
from booking.reservations.rules import ReservationState
from booking.reservations.rules_moving import WITHIN
from booking.reservations.schemas_closing import Booking, Move
from booking.reservations.schemas_facts import OrderFacts

_INSERT = """
insert into reservation (id, session, member, state, order_id, booked_at, booked_by_kind, booked_by, assistance,
                         override_reason, overridden, uses_wheelchair, helpers, moved_from)
select $1, $2, member, $3, order_id, $4, booked_by_kind, booked_by, assistance, $5, $6, uses_wheelchair, helpers, id
  from reservation where id = $7"""
_OPTIONS = """
insert into reservation_option (id, reservation, option)
select $1, $2, session_option.id from session_option join program_option on program_option.id = session_option.option
 where session_option.session = $3 and program_option.code = $4"""


async def read_facts(
    bookings: Sequence[Booking], closed: Sequence[SessionView], session_ids: Collection[UUID] | None
) -> OrderFacts:
    """What moving these bookings is decided from: as it is now, without what they hold in the closed sessions.

    `session_ids`: the sessions that may be gone to, which are locked with their options; None: all that are near.
    """
    now = clock.now()
    if session_ids is None:
        sessions = await _list_near(closed)
    else:
        sessions = list((await programs.lock_sessions(session_ids)).values())
        await programs.lock_options(session_ids)
    ids = [one.id for one in sessions]
    member_ids = sorted({one.member_id for one in bookings})
    gone = {one.id for one in closed}
    since = rules.since_of([*sessions, *closed], now)
    holdings = await queries.list_holdings(member_ids, since)
    return OrderFacts(
        now=now,
        sessions=tuple(sessions),
        member_ids=tuple(member_ids),
        members=await list_members(member_ids),
        bookable=frozenset(member_ids),
        taken=await queries.taken(ids),
        holdings=tuple(one for one in holdings if one.session_id not in gone),
        eligibility=await programs.load_eligibility({one.program_id for one in sessions}),
        pools=await queries_options.list_pools(ids),
        wheelchairs=await queries_options.count_wheelchairs(ids),
        is_desk=True,
        enrolments=await queries_enrolments.list_held(member_ids),
    )


async def _list_near(closed: Sequence[SessionView]) -> list[SessionView]:
    """Published sessions of the same programs around the day, but for those that go."""
    gone, found = {one.id for one in closed}, []
    days = [one.held_on for one in closed]
    for program_id in sorted({one.program_id for one in closed}):
        found += await programs.list_sessions(
            first_day=max(min(days) - WITHIN, clock.today()), last_day=max(days) + WITHIN, program_id=program_id
        )
    return [one for one in found if one.id not in gone]


async def write_moves(by: Actor, moves: Iterable[Move], reason: str, now: datetime) -> Mapping[UUID, UUID]:
    """The bookings that stand instead of others, with what came with them; by the booking they came from.

    Within the caller's transaction, who has locked the sessions and their options.
    """
    written: dict[UUID, UUID] = {}
    for move in moves:
        assert move.session is not None
        target, made = move.session, new_id()
        said = reason if move.overridden else None
        state = str(ReservationState.CONFIRMED)
        await db.execute(_INSERT, made, target.id, state, now, said, list(move.overridden), move.booking.id)
        for code in move.booking.options:
            await db.execute(_OPTIONS, new_id(), made, target.id, code)
        detail = {"session": str(target.id), "from": str(move.booking.id)}
        await record_audit(
            by,
            "reservation.moved",
            "reservation",
            made,
            scope=target.facility_code,
            reason=reason,
            overridden=list(move.overridden),
            detail=detail,
        )
        written[move.booking.id] = made
    return written
