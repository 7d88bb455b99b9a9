"""Booking, cancelling, arriving.

Every order locks its members, then its sessions, each by id, before it reads what it decides from: two people can
never hold one seat and nobody can exceed a limit, whatever arrives at the same moment.
Source: docs/decisions/0001-who-referees.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from booking.access.rules import STAFF_ROLES, Role, require_account, require_staff
from booking.access.schemas import SYSTEM, Actor
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import queries as people
from booking.people.rules import may_be_known
from booking.people.schemas import MemberView
from booking.programs import queries as programs
from booking.programs.errors import UnknownSession
from booking.programs.queries_series import list_whole
from booking.programs.schemas import SessionView
from booking.reservations import (
    mail,
    queries,
    queries_enrolments,
    queries_options,
    queries_points,
    queries_waiting,
    rules,
    rules_draws,
    rules_options,
    rules_waiting,
)
from booking.reservations.errors_bookings import ReservationUnknown
from booking.reservations.rules import CANCELLABLE, HELD, ReservationState
from booking.reservations.schemas import Order, Refused, ReservationView, Wish
from booking.reservations.schemas_facts import Decision, OptionPool, OrderFacts
from booking.reservations.service_draws_opening import open_draw
from booking.reservations.service_points import give_for_late_cancel, take_back_for
from booking.reservations.service_waiting import lock_ahead, promote

DESK = (Role.FRONT_DESK, Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR)
"""Roles that book and cancel for others at their places."""

_INSERT = """
insert into reservation (id, session, member, state, waiting_at, is_party, order_id, booked_at, booked_by_kind,
                         booked_by, assistance, override_reason, overridden, uses_wheelchair, helpers, enrolment)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"""


async def book(
    by: Actor,
    session_ids: Iterable[UUID],
    member_ids: Iterable[UUID],
    *,
    assistance: str = "",
    overridden: Iterable[str] = (),
    reason: str = "",
    waits: bool = False,
) -> list[ReservationView]:
    """Book every one of these sessions for every one of these members, or nothing at all.

    `overridden`: codes of rules that staff set aside, with a `reason`. `waits`: the whole order goes to the waiting
    list when it cannot be had for want of seats.
    Raises: the refusal of the first pair that cannot be booked, with each pair's own in `fields`.
    Safe: concurrent orders take turns at the members and sessions they share.
    """
    wish = Wish(
        session_ids=tuple(dict.fromkeys(session_ids)),
        member_ids=tuple(dict.fromkeys(member_ids)),
        assistance=assistance,
        overridden=frozenset(overridden),
        reason=reason,
        waits=waits,
    )
    return list((await place_order(by, wish, all_or_nothing=True)).items)


async def place_order(by: Actor, wish: Wish, *, all_or_nothing: bool) -> Order:
    """Book what is wished, or as much of it as can be had; nothing at all is a refusal.

    A series that is booked whole comes with every session of it, all or nothing.

    Raises: as `book`. Safe: as `book`.
    """
    whole = await list_whole(wish.session_ids)
    if whole:
        wish = msgspec.structs.replace(wish, session_ids=tuple(dict.fromkeys((*wish.session_ids, *whole))))
        all_or_nothing = True
    refusal = rules.check_wish(len(wish.session_ids), len(wish.member_ids))
    refusal = refusal or rules.check_override(wish.overridden, wish.reason)
    if refusal is not None:
        raise refusal
    async with db.transaction():
        facts = await _read_facts(by, wish)
        decisions = rules.decide_order(facts)
        granted = [decision for decision in decisions if not decision.refusals]
        applied = rules_draws.who_applies(decisions, together=all_or_nothing)
        waits = wish.waits and not applied
        waiting = rules_waiting.who_waits(facts, decisions, together=all_or_nothing) if waits else []
        if all_or_nothing and waiting:
            granted = []
        got = [*granted, *waiting, *applied]
        if not got or (all_or_nothing and len(got) < len(decisions)):
            raise rules.refusal_of(decisions)
        for each in applied:
            await open_draw(SYSTEM, each.session)
        is_party = all_or_nothing and len(waiting + applied) > 1
        items = await _write(by, wish, facts, _Granted(granted, waiting, applied, is_party))
    refused = [
        Refused(session=each.session.id, member=each.member_id, refusal=each.refusals[0])
        for each in decisions
        if each.refusals and each not in got
    ]
    return Order(items=tuple(items), refused=tuple(refused))


async def _read_facts(by: Actor, wish: Wish) -> OrderFacts:
    members = await people.lock_members(wish.member_ids)
    sessions = await programs.lock_sessions(wish.session_ids)
    if len(sessions) < len(wish.session_ids):
        raise UnknownSession
    pools = await _lock_pools(wish)
    in_order = tuple(sorted(sessions.values(), key=lambda session: (session.starts_at, session.id)))
    now = clock.now()
    return OrderFacts(
        now=now,
        sessions=in_order,
        member_ids=wish.member_ids,
        members=members,
        bookable=frozenset(await _bookable(by, in_order, wish, members)),
        taken=await queries.taken(wish.session_ids),
        holdings=await queries.list_holdings(wish.member_ids, rules.since_of(in_order, now)),
        eligibility=await programs.load_eligibility({session.program_id for session in in_order}),
        pools=pools,
        options=wish.options,
        wheelchairs=await queries_options.count_wheelchairs(wish.session_ids) if wish.wheelchair_ids else {},
        wheelchair_ids=wish.wheelchair_ids,
        overridden=wish.overridden,
        is_desk=by.kind != "account",
        enrolments=await queries_enrolments.list_held(wish.member_ids),
        paused=await queries_points.list_paused(wish.member_ids, now),
    )


async def _lock_pools(wish: Wish) -> dict[UUID, tuple[OptionPool, ...]]:
    """The options of the sessions, locked where any is asked for. Raises: OptionUnknown."""
    if not wish.options:
        return {}
    options = await programs.lock_options(wish.session_ids)
    pools = rules_options.pools_of(options, await queries_options.count_options(each.id for each in options))
    if (refusal := rules_options.check_offered(pools, wish.options)) is not None:
        raise refusal
    return pools


async def _bookable(
    by: Actor, sessions: Sequence[SessionView], wish: Wish, members: Mapping[UUID, MemberView]
) -> set[UUID]:
    """For whom the asker may book: residents for the members they see, the desk for anybody at its own places.

    Of a protected member no desk of another body is told that there is one.
    """
    if by.kind in ("account", "nobody") and not wish.overridden:
        return await people.may_book(require_account(by).id or new_id(), wish.member_ids)
    for session in sessions:
        require_staff(by, *DESK, scopes=session.scopes)
    bodies = {session.body_code for session in sessions}
    return {each.id for each in members.values() if may_be_known(each, bodies)}


_DEEDS = {
    ReservationState.CONFIRMED: "reservation.booked",
    ReservationState.WAITING: "reservation.waiting",
    ReservationState.APPLIED: "reservation.applied",
}
_TOLD = {
    ReservationState.CONFIRMED: mail.tell_booked,
    ReservationState.WAITING: mail.tell_waiting,
    ReservationState.APPLIED: mail.tell_applied,
}


class _Granted(NamedTuple):
    """What an order gets: seats, places in the line, entries in a draw; of a party or one by one."""

    seats: Sequence[Decision]
    waits: Sequence[Decision]
    applied: Sequence[Decision]
    is_party: bool


async def _write(by: Actor, wish: Wish, facts: OrderFacts, granted: _Granted) -> list[ReservationView]:
    """One order: what is granted, and what waits; and tell whoever made it."""
    order_id, now = new_id(), clock.now()
    who = (granted.is_party, order_id, now, by.kind, by.id, wish.assistance.strip() or None)
    kinds = [(each, ReservationState.CONFIRMED) for each in granted.seats]
    kinds += [(each, ReservationState.WAITING) for each in granted.waits]
    kinds += [(each, ReservationState.APPLIED) for each in granted.applied]
    accompanied = {each.session.id: each.member_id for each, _ in reversed(kinds)}
    rows = [
        (
            new_id(),
            each.session.id,
            each.member_id,
            *(str(state), None if state == ReservationState.CONFIRMED else now),
            *who,
            wish.reason.strip() if each.overridden else None,
            list(each.overridden),
            each.member_id in wish.wheelchair_ids,
            wish.helpers if accompanied[each.session.id] == each.member_id else 0,
            each.enrolment_id,
        )
        for each, state in kinds
    ]
    await db.execute_many(_INSERT, rows)
    await db.execute_many(
        "insert into reservation_option (id, reservation, option) values ($1, $2, $3)",
        [
            (new_id(), row[0], pool.id)
            for row in rows
            for pool in rules_options.wanted(facts.pools.get(row[1], ()), wish.options)
        ],
    )
    for row, (each, state) in zip(rows, kinds, strict=True):
        await record_audit(
            by,
            _DEEDS[state],
            "reservation",
            row[0],
            scope=each.session.facility_code,
            reason=wish.reason.strip() if each.overridden else None,
            overridden=each.overridden,
            detail={"session": str(each.session.id), "order": str(order_id)},
        )
    items = await queries.list_reservations(row[0] for row in rows)
    for state, tell in _TOLD.items():
        await tell(by, [each for each in items if each.state == state])
    return items


async def cancel(
    by: Actor, reservation_id: UUID, *, overridden: Iterable[str] = (), reason: str = ""
) -> ReservationView:
    """Give a reservation back, or wait no longer; whoever waits for the seat gets it at once.

    Raises: ReservationUnknown, TooLateToCancel, AlreadyArrived, ReservationEnded.
    Safe: a second time changes nothing and answers the same.
    """
    set_aside = frozenset(overridden)
    if (refusal := rules.check_override(set_aside, reason)) is not None:
        raise refusal
    async with db.transaction():
        found = await get_reservation_for(by, reservation_id, is_change=True, needs_staff=bool(set_aside))
        freed = await queries_waiting.list_freed([reservation_id])
        await lock_ahead(freed, [reservation_id])
        found = await get_reservation_for(by, reservation_id, is_change=True, needs_staff=bool(set_aside))
        if (refusal := rules.decide_cancel(found, clock.now(), set_aside)) is not None:
            raise refusal
        if found.state not in CANCELLABLE:
            return found
        await db.execute(
            "update reservation set state = $2, cancelled_at = $3, cancelled_by = $4 where id = $1",
            *(reservation_id, str(ReservationState.CANCELLED), clock.now(), by.id),
        )
        await record_audit(
            by,
            "reservation.cancelled",
            "reservation",
            reservation_id,
            scope=found.facility_code,
            reason=reason.strip() or None,
            overridden=[refusal.code] if (refusal := rules.decide_cancel(found, clock.now(), frozenset())) else [],
            detail={"session": str(found.session_id)},
        )
        await mail.tell_gone(by, found)
        if found.state == ReservationState.CONFIRMED and by.kind == "account":
            await give_for_late_cancel(found)
        await promote(freed)
        return (await queries.list_reservations([reservation_id]))[0]


async def book_again(by: Actor, reservation_id: UUID) -> list[ReservationView]:
    """Take a cancelled reservation back, with what came with it, if all of that is still free.

    Raises: as `book`, ReservationUnknown.
    """
    found = await get_reservation_for(by, reservation_id, is_change=True)
    wish = Wish(
        session_ids=(found.session_id,),
        member_ids=(found.member_id,),
        options=tuple(each.code for each in found.options),
        wheelchair_ids=frozenset({found.member_id} if found.uses_wheelchair else ()),
        helpers=found.helpers,
    )
    async with db.transaction():
        again = list((await place_order(by, wish, all_or_nothing=True)).items)
        await take_back_for(by, [reservation_id], found.facility_code)
    return again


async def get_reservation_for(
    by: Actor, reservation_id: UUID, *, is_change: bool = False, needs_staff: bool = False
) -> ReservationView:
    """A reservation that the asker may see, or change: of their own members, or at their own places.

    Raises: ReservationUnknown whenever it is not theirs, as if there were none.
    """
    found = await queries.find_reservation(reservation_id)
    if by.kind in ("account", "nobody") and not needs_staff:
        account_id = require_account(by).id or new_id()
        if found is None or not await _may_account(account_id, found.member_id, is_change=is_change):
            raise ReservationUnknown
        return found
    require_staff(by, *(DESK if is_change or needs_staff else ()))
    if found is None or not (by.kind == "system" or by.may_in(found.scopes, *STAFF_ROLES)):
        raise ReservationUnknown
    require_staff(by, *(DESK if is_change or needs_staff else ()), scopes=found.scopes)
    return found


async def _may_account(account_id: UUID, member_id: UUID, *, is_change: bool) -> bool:
    if is_change:
        return bool(await people.may_book(account_id, [member_id]))
    return await people.find_member_of(account_id, member_id) is not None


async def arrive(arrivals: Mapping[UUID, datetime]) -> None:
    """Mark reservations as used, each at its moment. One statement, inside the transaction of the scans.

    Safe: repeated; what is no longer held stays as it is.
    """
    await db.execute(
        "update reservation set state = $3, arrived_at = came.at"
        " from unnest($1::uuid[], $2::timestamptz[]) as came (id, at)"
        " where reservation.id = came.id and reservation.state = any($4)",
        *(list(arrivals), list(arrivals.values()), str(ReservationState.ARRIVED), [str(state) for state in HELD]),
    )
