"""The waiting list: joining it, and who gets a seat the moment one frees.

Whoever frees seats calls `lock_ahead` before and `promote` after, in one transaction. A waiting reservation changes
only while its session is locked. Those first in line are locked ahead, in the order of the house; whoever else turns
out to be next is locked without waiting, and left to the sweep when somebody else is busy with them.
Source: docs/decisions/0043-waiting-lists.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from booking.access.schemas import SYSTEM
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.people import queries as people
from booking.people.schemas import MemberView
from booking.programs import queries as programs
from booking.programs.schemas import SessionView
from booking.reservations import (
    mail_offers,
    queries,
    queries_enrolments,
    queries_options,
    queries_points,
    queries_waiting,
    rules,
)
from booking.reservations.rules import ReservationState
from booking.reservations.rules_waiting import Unit, choose, offer_until, offers_end_at, units_of
from booking.reservations.schemas_facts import OrderFacts, Waiter

AHEAD = 20
"""So many of those who wait for a session are locked ahead; more than one moment ever frees."""
AT_ONCE = 200

_OFFER = """
update reservation set state = one.state, offered_at = $4, offered_until = one.until_at, extended_at = null,
       waiting_at = case when one.until_at is null then null else waiting_at end
from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as one (id, state, until_at) where reservation.id = one.id"""


class Line(NamedTuple):
    """Those first in line for some sessions, read without a lock, and every session they wait for together."""

    waiters: tuple[Waiter, ...]
    session_ids: frozenset[UUID]

    @property
    def member_ids(self) -> frozenset[UUID]:
        """Whose members are to be locked before anything else."""
        return frozenset(one.member_id for one in self.waiters)


async def read_line(session_ids: Iterable[UUID]) -> Line:
    """Who comes first when seats of these sessions free: for whoever locks more than `lock_ahead` does."""
    wanted = frozenset(session_ids)
    first = units_of(await queries_waiting.list_waiting(wanted))[: AHEAD * max(len(wanted), 1)]
    waiters = tuple(one for unit in first for one in unit)
    return Line(waiters, wanted | {one.session_id for one in waiters})


async def lock_ahead(session_ids: Iterable[UUID], reservation_ids: Iterable[UUID] = ()) -> dict[UUID, str]:
    """Lock what freeing seats of these sessions may touch, then these reservations; their states as they are then.

    In the order of the house: members first in line, the sessions, the reservations.
    """
    line = await read_line(session_ids)
    if line.waiters:
        await people.lock_members(line.member_ids)
    await programs.lock_sessions(line.session_ids)
    await lock_pools(line.waiters)
    ids = list(reservation_ids)
    return await queries.lock_reservations(ids) if ids else {}


async def lock_pools(waiters: Sequence[Waiter]) -> None:
    """Lock the options of the sessions where somebody waits with one."""
    if session_ids := {one.session_id for one in waiters if one.options}:
        await programs.lock_options(session_ids)


async def promote(session_ids: Iterable[UUID]) -> list[UUID]:
    """Keep the free seats of these sessions for those who wait, the first come first; whose they are now.

    Within the transaction of whoever freed them, who has locked the sessions. Safe: repeated, nothing is given twice.
    """
    left = units_of(await queries_waiting.list_waiting(session_ids))
    given: list[UUID] = []
    while left:
        chosen = choose(await facts_of(left), left)
        if not chosen:
            break
        kept = await _lock_and_choose(chosen)
        await _offer(kept)
        given += [one.id for unit in kept for one in unit]
        left = [unit for unit in left if unit not in chosen]
        if len(kept) == len(chosen):
            break
    return given


async def serve_waits(member_ids: Iterable[UUID]) -> list[UUID]:
    """The same for the sessions these members wait for: something that stood in their way there is gone."""
    return await promote(await queries_waiting.list_sessions_waited_for(member_ids))


async def _lock_and_choose(chosen: Sequence[Unit]) -> list[Unit]:
    """Of these, who can be locked now without waiting and, read again, still gets a seat."""
    waiters = [one for unit in chosen for one in unit]
    sessions = await programs.lock_sessions_at_once({one.session_id for one in waiters})
    members = await people.lock_members_at_once({one.member_id for one in waiters})
    await lock_pools(waiters)
    states = await queries.lock_reservations([one.id for one in waiters])
    units = [
        unit
        for unit in chosen
        if all(
            one.session_id in sessions and one.member_id in members and states[one.id] == ReservationState.WAITING
            for one in unit
        )
    ]
    return choose(await facts_of(units, members, sessions), units) if units else []


async def facts_of(
    units: Sequence[Unit],
    members: Mapping[UUID, MemberView] | None = None,
    sessions: Mapping[UUID, SessionView] | None = None,
) -> OrderFacts:
    """What is decided from for those who wait or have applied; read anew unless members and sessions are given."""
    waiters = [one for unit in units for one in unit]
    member_ids = sorted({one.member_id for one in waiters})
    if members is None:
        members = await people.list_members(member_ids)
    if sessions is None:
        sessions = await programs.list_sessions_by_id({one.session_id for one in waiters})
    now = clock.now()
    in_order = tuple(sorted(sessions.values(), key=lambda session: (session.starts_at, session.id)))
    return OrderFacts(
        now=now,
        sessions=in_order,
        member_ids=tuple(member_ids),
        members=members,
        bookable=frozenset(member_ids),
        taken=await queries.taken(sessions),
        holdings=await queries.list_holdings(member_ids, rules.since_of(in_order, now)),
        eligibility=await programs.load_eligibility({session.program_id for session in in_order}),
        pools=await queries_options.list_pools(sessions) if any(one.options for one in waiters) else {},
        wheelchairs=await queries_options.count_wheelchairs(sessions),
        is_drawn=True,
        enrolments=await queries_enrolments.list_held(member_ids),
        paused=await queries_points.list_paused(member_ids, now),
        is_desk=True,
    )


async def _offer(units: Sequence[Unit]) -> None:
    """Keep a seat for each of these until its people have answered, and tell them."""
    if not units:
        return
    now, zone = clock.now(), get_settings().zone
    sessions = await programs.list_sessions_by_id({one.session_id for unit in units for one in unit})
    until: dict[UUID, datetime | None] = {}
    for unit in units:
        end_at = min(offers_end_at(sessions[one.session_id]) for one in unit)
        until.update(dict.fromkeys((one.id for one in unit), offer_until(now, end_at, zone)))
    states = [ReservationState.OFFERED if at else ReservationState.CONFIRMED for at in until.values()]
    await db.execute(_OFFER, list(until), [str(state) for state in states], list(until.values()), now)
    views = {each.id: each for each in await queries.list_reservations(until)}
    for one_id, view in views.items():
        action = "reservation.offered" if until[one_id] else "reservation.given"
        detail = {"session": str(view.session_id), "order": str(view.order_id)}
        await record_audit(SYSTEM, action, "reservation", one_id, scope=view.facility_code, detail=detail)
    await mail_offers.tell_offered([[views[one.id] for one in unit] for unit in units])


async def settle_waiting() -> int:
    """Give free seats to those who wait although nobody freed one just now, and end the waits that came to nothing.

    A limit passes with time, a busy member is passed over for the moment. How many changed. Safe: repeated.
    """
    changed, after = 0, UUID(int=0)
    while ids := await queries_waiting.list_sessions_to_promote(clock.now(), after, AT_ONCE):
        after = ids[-1]
        for session_id in ids:
            async with db.transaction():
                await lock_ahead([session_id])
                changed += len(await promote([session_id]))
    for one_id in await queries_waiting.list_ended_waits(clock.now(), AT_ONCE):
        changed += await _end_wait(one_id)
    return changed


async def _end_wait(reservation_id: UUID) -> int:
    async with db.transaction():
        ids = await queries_waiting.list_party_of(reservation_id, ReservationState.WAITING)
        states = await lock_ahead({each.session_id for each in await queries.list_reservations(ids)}, ids)
        waiting = [one for one, state in states.items() if state == ReservationState.WAITING]
        return len(await expire(waiting, "reservation.wait-ended"))


async def expire(reservation_ids: Sequence[UUID], action: str) -> Sequence[UUID]:
    """End these, locked by the caller: nobody answered in time, or no seat came free; and tell their people."""
    await db.execute(
        "update reservation set state = $2 where id = any($1)", reservation_ids, str(ReservationState.EXPIRED)
    )
    views = await queries.list_reservations(reservation_ids)
    for view in views:
        detail = {"session": str(view.session_id)}
        await record_audit(SYSTEM, action, "reservation", view.id, scope=view.facility_code, detail=detail)
    await mail_offers.tell_over(views)
    return reservation_ids
