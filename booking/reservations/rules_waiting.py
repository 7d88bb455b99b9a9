"""Who may wait for a seat, whose turn it is when one frees, and until when it is kept for them. From values alone.

Waiting is judged by what other bookings do not change: the session's state and window, consent, who it is for. An
overlap or a limit does not stop anybody from waiting; whoever has one when a seat frees is passed over and stays.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from booking.kit.errors import Refusal
from booking.programs.rules import Selection
from booking.programs.schemas import SessionView
from booking.reservations import errors
from booking.reservations.errors_offers import SeatsFree
from booking.reservations.rules import TAKING_A_SEAT, decide_for, decide_order, holding_of
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_facts import Decision, OptionPool, OrderFacts, Waiter

OFFER_LASTS = timedelta(hours=24)
NIGHT_BEGINS, NIGHT_ENDS = time(21), time(8)
"""Between these wall times no offer ends: nobody loses a seat asleep."""
EVENING = time(20)
"""When an offer ends whose last moment would lie in the night after."""
WAITABLE = frozenset(each.code for each in (errors.SessionFull, errors.LimitHeld, errors.LimitWeek, errors.Overlaps))
"""What may change while somebody waits."""

Unit = tuple[Waiter, ...]
"""One reservation, or the reservations of a party, which get their seats together or not at all."""


# ---- joining ------------------------------------------------------------------------------------------------------


def refusal_to_wait(decision: Decision) -> Refusal | None:
    """Why one may not wait for this seat, or None. Somebody whose seat is free has nothing to wait for."""
    lasting = [refusal for refusal in decision.refusals if refusal.code not in WAITABLE]
    if lasting:
        return lasting[0]
    if any(isinstance(refusal, errors.SessionFull) for refusal in decision.refusals):
        return None
    return decision.refusals[0] if decision.refusals else SeatsFree()


def who_waits(facts: OrderFacts, decisions: Sequence[Decision], *, together: bool) -> list[Decision]:
    """The pairs of an order that go to the waiting list: each by itself, or all of them because not all can be had.

    Raises: the refusal of an order that is wanted whole and could never be had whole, or not now for another reason.
    """
    if not together:
        return [each for each in decisions if each.refusals and refusal_to_wait(each) is None]
    if all(not each.refusals for each in decisions):
        return []
    for each in decisions:
        for refusal in each.refusals:
            if refusal.code not in WAITABLE:
                raise refusal
    if not any(isinstance(refusal, errors.SessionFull) for each in decisions for refusal in each.refusals):
        raise next(each.refusals[0] for each in decisions if each.refusals)
    for each in decide_order(_alone(facts)):
        if each.refusals:
            raise each.refusals[0]
    return list(decisions)


def _alone(facts: OrderFacts) -> OrderFacts:
    """The same order as if nobody held anything: no seat, no option, no place in any other weekly group."""
    groups = {session.group_id for session in facts.sessions}
    pools = facts.pools.items()
    return msgspec.structs.replace(
        facts,
        taken=dict.fromkeys(facts.taken, 0),
        holdings=(),
        enrolments=tuple(each for each in facts.enrolments if each.group_id in groups),
        pools={key: tuple(msgspec.structs.replace(one, taken=0) for one in each) for key, each in pools},
        wheelchairs={},
    )


# ---- promotion ----------------------------------------------------------------------------------------------------


def offers_end_at(session: SessionView) -> datetime:
    """From when on nobody is promoted any more: free seats belong to the door, or booking is over.

    A session by draw closes its entries long before its seats are given.
    """
    if session.selection == Selection.DRAW:
        return session.roll_over_at
    return min(session.booking_closes_at, session.roll_over_at)


def units_of(waiters: Iterable[Waiter]) -> list[Unit]:
    """Those who wait, parties together, in the order they came. A party stands where its first reservation does."""

    def stands(one: Waiter) -> tuple[datetime, UUID]:
        return (one.waiting_at, one.id)

    def belongs(one: Waiter) -> UUID:
        return one.order_id if one.is_party else one.id

    ordered = sorted(waiters, key=lambda one: (belongs(one), *stands(one)))
    units = [tuple(unit) for _, unit in groupby(ordered, key=belongs)]
    return sorted(units, key=lambda unit: stands(unit[0]))


def choose(facts: OrderFacts, units: Sequence[Unit]) -> list[Unit]:
    """Who gets the free seats: the first come, as far as it fits; whoever does not fit is passed over and stays."""
    facts = msgspec.structs.replace(
        facts, holdings=tuple(each for each in facts.holdings if each.state in TAKING_A_SEAT)
    )
    chosen: list[Unit] = []
    for unit in units:
        after = _after(facts, unit)
        if after is not None:
            facts = after
            chosen.append(unit)
    return chosen


def _after(facts: OrderFacts, unit: Unit) -> OrderFacts | None:
    """The facts when a whole unit has its seats and what comes with them; None when it cannot have them all."""
    sessions = {session.id: session for session in facts.sessions}
    for one in unit:
        session = sessions.get(one.session_id)
        if session is None or facts.taken[session.id] >= session.web_seats:
            return None
        (decision,) = decide_order(_asked(facts, session, one))
        if decision.refusals:
            return None
        facts = msgspec.structs.replace(
            facts,
            taken={**facts.taken, session.id: facts.taken[session.id] + 1},
            holdings=(*facts.holdings, holding_of(session, one.member_id)),
            pools={**facts.pools, session.id: _pools_after(facts.pools.get(session.id, ()), one.options)},
            wheelchairs={**facts.wheelchairs, session.id: facts.wheelchairs.get(session.id, 0) + one.uses_wheelchair},
        )
    return facts


def _asked(facts: OrderFacts, session: SessionView, one: Waiter) -> OrderFacts:
    """The same facts for one who waits as if they asked now."""
    return msgspec.structs.replace(
        facts,
        sessions=(session,),
        member_ids=(one.member_id,),
        options=one.options,
        wheelchair_ids=frozenset({one.member_id} if one.uses_wheelchair else ()),
        overridden=frozenset(one.overridden) - {errors.SessionFull.code},
    )


def _pools_after(pools: Sequence[OptionPool], options: Collection[str]) -> tuple[OptionPool, ...]:
    return tuple(
        msgspec.structs.replace(pool, taken=pool.taken + 1) if pool.code in options else pool for pool in pools
    )


def obstacle_of(decision: Decision) -> Refusal | None:
    """What would stand in the way of somebody who waits if a seat were free now, or None."""
    return next((each for each in decision.refusals if not isinstance(each, errors.SessionFull)), None)


def obstacle_for(facts: OrderFacts, waiting: ReservationView) -> Refusal | None:
    """The same for one reservation that waits."""
    sessions = tuple(session for session in facts.sessions if session.id == waiting.session_id)
    return obstacle_of(decide_for(msgspec.structs.replace(facts, sessions=sessions), waiting.member_id))


# ---- until when ---------------------------------------------------------------------------------------------------


def is_night(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether no offer may end at this instant."""
    wall = instant.astimezone(zone).time()
    return wall >= NIGHT_BEGINS or wall < NIGHT_ENDS


def offer_until(now: datetime, end_at: datetime, zone: ZoneInfo, *, lasts: timedelta = OFFER_LASTS) -> datetime | None:
    """Until when a seat that frees now is kept; None when no moment is left at which an offer may end.

    A day (`lasts`), moved to the morning when it would end at night, and never past `end_at`; where that lies in the
    night itself, the evening before it.
    """
    wanted = _not_at_night(now + lasts, zone)
    if wanted <= end_at:
        return wanted
    last = _evening_before(end_at, zone)
    return last if last > now else None


def extended_until(until: datetime, end_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Until when an offer is kept that is extended; None when nothing can be gained."""
    longer = offer_until(until, end_at, zone)
    return longer if longer is not None and longer > until else None


def _not_at_night(instant: datetime, zone: ZoneInfo) -> datetime:
    if not is_night(instant, zone):
        return instant
    local = instant.astimezone(zone)
    day = local.date() + timedelta(days=1) if local.time() >= NIGHT_BEGINS else local.date()
    return datetime.combine(day, NIGHT_ENDS, tzinfo=zone).astimezone(instant.tzinfo)


def _evening_before(instant: datetime, zone: ZoneInfo) -> datetime:
    if not is_night(instant, zone):
        return instant
    local = instant.astimezone(zone)
    day = local.date() if local.time() >= NIGHT_BEGINS else local.date() - timedelta(days=1)
    return datetime.combine(day, EVENING, tzinfo=zone).astimezone(instant.tzinfo)
