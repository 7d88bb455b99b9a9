"""Closing a day, or a part of one: its sessions go, their bookings are moved or cancelled, everybody is told.

Locks in the order of the house: the facility, the members, the sessions that go and those gone to, options,
bookings. Everything of one closure bears its moment; taking it back gives back what bears that moment and still fits.
Source: docs/decisions/0038-closing-a-day.md.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities import service_staff as facility_verbs
from booking.facilities.errors import ChangedMeanwhile, DayDecidedAlready, UnknownClosure
from booking.facilities.rules import ClosureKind, hours_of
from booking.facilities.rules_closures import with_decision, without_closure
from booking.facilities.rules_forms import check_closure, version_of
from booking.facilities.schemas import ClosureView, FacilityView, Hours
from booking.facilities.schemas_forms import ClosureForm, DayDecision
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people.queries import lock_members
from booking.programs import queries as programs
from booking.programs.errors import DayHasBookings
from booking.programs.queries_taken import count_taken
from booking.programs.rules import SessionState
from booking.programs.schemas import SessionView
from booking.programs.service import generate_sessions
from booking.programs.service_closing import hold_again, list_outside
from booking.programs.service_sessions import lock_facility
from booking.programs.service_staff import EDITORS, cancel_sessions
from booking.reservations import (
    mail_closing_day,
    queries,
    queries_closing,
    queries_group_visits,
    queries_waiting,
    service_group_visits_closing,
)
from booking.reservations.errors_group_visits import GroupsComing
from booking.reservations.errors_staff import WayUnknown
from booking.reservations.mail_closing import News
from booking.reservations.rules import CANCELLABLE, ReservationState
from booking.reservations.rules_moving import Way, propose_moves
from booking.reservations.schemas_closing import Booking, Move
from booking.reservations.schemas_group_visits import GroupRequestView
from booking.reservations.service_closing import give_back
from booking.reservations.service_moving import read_facts, write_moves
from booking.reservations.service_points import take_back_for
from booking.reservations.service_waiting import promote

TRIES = 3
"""How often closing begins anew because somebody booked between the look and the locks."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A day as it will be, the sessions that no longer fit, and their bookings."""

    facility: FacilityView
    hours: Hours
    closed: tuple[SessionView, ...]
    bookings: tuple[Booking, ...]
    reasons: dict[str, str]
    visits: tuple[GroupRequestView, ...] = ()

    @property
    def reason(self) -> str:
        """Why, in Japanese."""
        return self.reasons["ja"]

    @property
    def seen(self) -> str:
        """The mark of what a page shows of this."""
        ids = [one.id for many in (self.closed, self.bookings, self.visits) for one in many]
        return version_of(sorted(map(str, ids)))


async def plan_closing(by: Actor, code: str, form: ClosureForm) -> tuple[Plan, DayDecision]:
    """What a decision about a day would reach. Raises: FacilityFormRefused, DayDecidedAlready, NotAllowed."""
    facility = await facilities.get_facility(code)
    require_staff(by, *EDITORS, scopes=facility.scopes)
    weekdays = frozenset(row.weekday for row in await facilities.list_hours([facility.id], clock.today()))
    decision = check_closure(form, clock.today(), weekdays)
    calendar = await facilities.load_calendar([facility.id], decision.day, decision.day)
    if calendar.facilities[facility.id].closures:
        raise DayDecidedAlready
    changed = with_decision(calendar, facility.id, decision, new_id(), clock.now())
    hours, before = (hours_of(each, facility.id, decision.day) for each in (changed, calendar))
    return await _plan(facility, hours, before, decision.reasons), decision


async def plan_revoking(by: Actor, code: str, closure_id: UUID) -> tuple[Plan, ClosureView]:
    """What taking a decision back would reach. Raises: UnknownClosure, UnknownFacility, NotAllowed."""
    facility = await facilities.get_facility(code)
    require_staff(by, *EDITORS, scopes=facility.scopes)
    known = await facilities.list_closures([facility.id], clock.today(), date.max)
    closure = next((one for one in known if one.id == closure_id), None)
    if closure is None:
        raise UnknownClosure
    calendar = await facilities.load_calendar([facility.id], closure.closed_on, closure.closed_on)
    changed = without_closure(calendar, facility.id, closure_id)
    hours, before = (hours_of(each, facility.id, closure.closed_on) for each in (changed, calendar))
    return await _plan(facility, hours, before, closure.reasons), closure


async def _plan(facility: FacilityView, hours: Hours, before: Hours, reasons: dict[str, str]) -> Plan:
    closed = await list_outside(facility.id, hours, clock.now())
    bookings = await queries_closing.list_to_cancel([one.id for one in closed])
    visits = await queries_group_visits.list_caught(facility.id, hours, before)
    return Plan(
        facility=facility,
        hours=hours,
        closed=tuple(closed),
        bookings=tuple(bookings),
        reasons=reasons,
        visits=tuple(visits),
    )


async def close_day(by: Actor, code: str, form: ClosureForm, *, way: str = "", seen: str | None = None) -> UUID:
    """Close a facility for a day or a part of it, or open it against its rules.

    `way` says what becomes of bookings in the closed time; without one a day with bookings stays as it is. `seen` is
    the mark of the page that listed them. An opened day gets the sessions of its weekly times at once.
    Raises: FacilityFormRefused, DayHasBookings, DayDecidedAlready, ChangedMeanwhile, WayUnknown, UnknownFacility,
    NotAllowed. Safe: whoever books at the same moment is moved or cancelled like the others, or comes too late.
    """
    _check_way(way)
    known = await facilities.get_facility(code)
    for attempt in range(TRIES):
        async with db.transaction():
            await lock_facility(by, known.id)
            plan, decision = await plan_closing(by, code, form)
            now = clock.now()
            closing = await _lock(plan, way, seen, now)
            fresh = await queries_closing.list_to_cancel([one.id for one in plan.closed])
            if {one.member_id for one in fresh} - closing.members and attempt + 1 < TRIES:
                continue
            closure_id = await facility_verbs.decide_day(by, plan.facility, decision, now)
            await _clear(by, closing)
            if decision.kind == ClosureKind.OPEN:
                await generate_sessions()
            return closure_id
    raise ChangedMeanwhile


async def revoke_day(by: Actor, code: str, closure_id: UUID, *, way: str = "", seen: str | None = None) -> ClosureView:
    """Take back a day decided by hand: its sessions come back where the facility is open again, and their bookings.

    Who was moved and has not used or cancelled the new booking comes back as well. Where opening hours end with the
    decision, bookings go the `way` said.
    Raises: UnknownClosure, UnknownFacility, NotAllowed, DayHasBookings, ChangedMeanwhile, WayUnknown.
    """
    _check_way(way)
    known = await facilities.get_facility(code)
    async with db.transaction():
        await lock_facility(by, known.id)
        plan, closure = await plan_revoking(by, code, closure_id)
        gone = await queries_closing.list_cancelled_of(known.id, closure.closed_on, closure.decided_at)
        now = clock.now()
        closing = await _lock(plan, way, seen, now, [one.member_id for one in gone])
        await facility_verbs.revoke_closure(by, plan.facility, closure_id)
        back = await hold_again(known.id, closure.closed_on, closure.decided_at, plan.hours)
        news = News(key=f"{news_key(closure, code)}:back", reasons=plan.reasons, at=now)
        await give_back(by, back, closure.decided_at, news, tell=mail_closing_day.tell_given_back)
        await service_group_visits_closing.restore(by, plan.facility, closure.decided_at, plan.hours)
        await _clear(by, closing)
        await generate_sessions()
        return closure


def _check_way(way: str) -> None:
    if way and way not in set(Way):
        raise WayUnknown


def news_key(closure: ClosureView, facility_code: str) -> str:
    """What all letters of one closure have in their names."""
    return f"day:{facility_code}:{closure.decided_at.timestamp():.6f}"


class _Closing(msgspec.Struct, frozen=True, kw_only=True):
    """One closing as it goes on: the plan, its way and moment, whose members and which targets are locked."""

    plan: Plan
    way: str
    at: datetime
    members: frozenset[UUID]
    targets: tuple[UUID, ...]


async def _lock(plan: Plan, way: str, seen: str | None, at: datetime, also: Sequence[UUID] = ()) -> _Closing:
    """Lock the members, then every session that goes or is gone to.

    Raises: DayHasBookings without a way, ChangedMeanwhile when a page showed something else.
    """
    if plan.bookings and not way:
        raise DayHasBookings(sessions=len({one.session_id for one in plan.bookings}), taken=len(plan.bookings))
    if plan.visits and not way:
        raise GroupsComing(n=len(plan.visits))
    if seen is not None and seen != plan.seen:
        raise ChangedMeanwhile
    members = frozenset(one.member_id for one in plan.bookings)
    await lock_members(members.union(also))
    moves = await find_moves(plan, way)
    targets = tuple(sorted({one.session.id for one in moves if one.session is not None}))
    await programs.lock_sessions({*targets, *(one.id for one in plan.closed)})
    return _Closing(plan=plan, way=way, at=at, members=members, targets=targets)


async def find_moves(plan: Plan, way: str) -> list[Move]:
    """Where everybody would go this way if nothing changed meanwhile."""
    if not plan.bookings or way in ("", Way.CANCEL):
        return []
    facts = await read_facts(plan.bookings, plan.closed, None)
    return propose_moves(facts, plan.bookings, plan.closed, Way(way))


async def _clear(by: Actor, closing: _Closing) -> None:
    """Take the sessions out of the day; within the transaction that has locked them. Raises: DayHasBookings."""
    plan = closing.plan
    known = await programs.list_sessions_by_id([one.id for one in plan.closed])
    closed = [one for one in known.values() if one.state == SessionState.PUBLISHED]
    ids = [one.id for one in closed]
    bookings = await queries_closing.list_to_cancel(ids)
    taken = {one: count for one, count in (await count_taken(ids)).items() if count}
    if not closing.way and (taken or bookings):
        raise DayHasBookings(sessions=len(taken), taken=sum(taken.values()))
    await cancel_sessions(ids, plan.reason, closing.at)
    if bookings:
        await _settle(by, closing, closed, bookings)
    await take_back_for(by, await queries_closing.list_ids(ids), plan.facility.code)
    await service_group_visits_closing.displace(by, plan.visits, plan.reason, closing.at, reasons=plan.reasons)


async def _settle(by: Actor, closing: _Closing, closed: Sequence[SessionView], bookings: Sequence[Booking]) -> None:
    """Cancel every booking, move those that fit elsewhere, tell their people once, let who waits elsewhere move up."""
    plan = closing.plan
    states = await queries.lock_reservations([one.id for one in bookings])
    live = [one for one in bookings if states.get(one.id) in CANCELLABLE]
    ours = [one for one in live if one.member_id in closing.members]
    moves: list[Move] = []
    if closing.targets:
        facts = await read_facts(ours, closed, closing.targets)
        moves = [one for one in propose_moves(facts, ours, closed, Way(closing.way)) if one.session is not None]
    await db.execute(
        "update reservation set state = $2, cancelled_at = $3, cancelled_by = $4 where id = any($1)",
        *([one.id for one in live], str(ReservationState.CANCELLED), closing.at, by.id),
    )
    for one in live:
        said = {"session": str(one.session_id), "way": closing.way}
        act = "reservation.cancelled"
        await record_audit(by, act, "reservation", one.id, scope=plan.facility.code, reason=plan.reason, detail=said)
    written = await write_moves(by, moves, plan.reason, closing.at)
    key = f"day:{plan.facility.code}:{closing.at.timestamp():.6f}"
    await mail_closing_day.tell_closed(live, written, News(key=key, reasons=plan.reasons, at=closing.at))
    await promote(await queries_waiting.list_freed([one.id for one in live]))
