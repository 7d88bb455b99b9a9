"""Booking decided from values alone: seats, windows, limits, states."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from booking.kit.errors import Refusal
from booking.people.rules import age, grade_on, is_adult_on
from booking.people.schemas import MemberView
from booking.programs.errors import UnknownSession
from booking.programs.rules import AGE_UNKNOWN, Selection, SessionState, is_eligible, rule_on
from booking.programs.schemas import EligibilityView, SessionView
from booking.reservations import errors, errors_bookings, errors_staff, rules_options
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_facts import Decision, HeldEnrolment, Holding, OrderFacts, Seats

ORDER_LIMIT = 50
NOTHING: Mapping[UUID, int] = {}


class ReservationState(StrEnum):
    """States of a reservation, named as in the public contract."""

    APPLIED = "applied"
    WAITING = "waiting"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NOT_DRAWN = "not-drawn"
    RELEASED = "released"


TAKING_A_SEAT = frozenset({ReservationState.OFFERED, ReservationState.CONFIRMED, ReservationState.ARRIVED})
LIVE = TAKING_A_SEAT | {ReservationState.APPLIED, ReservationState.WAITING}
HELD = frozenset({ReservationState.OFFERED, ReservationState.CONFIRMED})
CANCELLABLE = LIVE - {ReservationState.ARRIVED}
OVERRIDABLE = frozenset(
    each.code
    for each in (*vars(errors).values(), *vars(errors_bookings).values())
    if isinstance(each, type) and issubclass(each, errors.BookingRefusal) and each.is_overridable
)


class _Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One member and one session of an order, with the facts as they are after the pairs before it."""

    facts: OrderFacts
    session: SessionView
    member: MemberView
    taken: int
    holdings: tuple[Holding, ...]
    given: Mapping[UUID, int]


def seats_of(session: SessionView, taken: int, now: datetime) -> Seats:
    """The seats of a session at an instant. From `roll_over_at` on, free web seats are walk-in seats."""
    free = max(session.web_seats - taken, 0) if now < session.roll_over_at else 0
    return Seats(web=session.web_seats, walk_in=session.walk_in_seats, taken=taken, left=free)


def decide_order(facts: OrderFacts) -> list[Decision]:
    """Decide every session × member of an order in turn; what is granted counts for the pairs after it."""
    taken, holdings, given = dict(facts.taken), list(facts.holdings), Counter[UUID]()
    decisions: list[Decision] = []
    for session in facts.sessions:
        for member_id in facts.member_ids:
            decision = _decide(facts, session, member_id, taken.get(session.id, 0), holdings, given=given)
            decisions.append(decision)
            if not decision.refusals:
                taken[session.id] = taken.get(session.id, 0) + 1
                holdings.append(holding_of(session, member_id))
                given.update(rules_options.uses_of(facts, session, member_id))
    return decisions


def _decide(
    facts: OrderFacts,
    session: SessionView,
    member_id: UUID,
    taken: int,
    holdings: list[Holding],
    *,
    given: Mapping[UUID, int] = NOTHING,
) -> Decision:
    member = facts.members.get(member_id)
    if member is None or member.left_at is not None or member_id not in facts.bookable:
        return Decision(session=session, member_id=member_id, refusals=(errors_bookings.NotYours(),))
    own = tuple(each for each in holdings if each.member_id == member_id)
    ask = _Ask(facts=facts, session=session, member=member, taken=taken, holdings=own, given=given)
    found = [refusal for check in _CHECKS if (refusal := check(ask)) is not None]
    return Decision(
        session=session,
        member_id=member_id,
        enrolment_id=_enrolment_in(ask),
        refusals=tuple(refusal for refusal in found if not _is_set_aside(refusal, ask)),
        overridden=tuple(refusal.code for refusal in found if _is_set_aside(refusal, ask)),
    )


def _is_set_aside(refusal: Refusal, ask: _Ask) -> bool:
    """Whether staff have named this rule. `session-full` gives a walk-in seat, and never more seats than there are; the
    list of a draw, once closed, is closed for everybody.
    """
    if refusal.code not in ask.facts.overridden & OVERRIDABLE:
        return False
    if isinstance(refusal, errors.BookingClosed) and ask.session.selection == Selection.DRAW:
        return False
    return not isinstance(refusal, errors.SessionFull) or ask.taken < ask.session.seats


def holding_of(session: SessionView, member_id: UUID) -> Holding:
    """The holding a confirmed reservation of this session is."""
    return Holding(
        session_id=session.id,
        member_id=member_id,
        program_id=session.program_id,
        state=ReservationState.CONFIRMED,
        held_on=session.held_on,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        names=names_of(session),
    )


def names_of(named: SessionView | ReservationView) -> Mapping[str, str]:
    """What a session is called per language: its own title, else its program's name."""
    return named.titles or named.program_names


def not_eligible(session: SessionView, member: MemberView, rules: tuple[EligibilityView, ...]) -> Refusal | None:
    """The refusal of a member whom the session is not for, as of the session's day."""
    return ineligible(errors.NotEligible, member, session.held_on, rules)


def ineligible(
    kind: type[Refusal], member: MemberView, day: date, rules: tuple[EligibilityView, ...]
) -> Refusal | None:
    """Why a member may not take part on a day: `kind` for school year or age, or the qualification that is missing."""
    grade, is_adult = grade_on(member, day), is_adult_on(member, day)
    years = AGE_UNKNOWN if member.birth_on is None else age(member.birth_on, day)
    rule = rule_on(rules, day)
    if is_eligible(rules, grade, is_adult, day, age=years):
        held = {each.id for each in member.held if each.counts_on(day)}
        if rule is None or rule.qualification_id is None or rule.qualification_id in held:
            return None
        return errors.QualificationMissing(name=member.shown_name, qualification=rule.qualification_names)
    return kind(
        name=member.shown_name,
        grade=grade if grade is not None or is_adult else 0,
        min_grade=rule.min_grade if rule else None,
        max_grade=rule.max_grade if rule else None,
        adults=rule.adults if rule else False,
        ages=(rule.min_age, rule.max_age) if rule else (None, None),
    )


def _state_refusal(session: SessionView, now: datetime) -> Refusal | None:
    if session.state == SessionState.DRAFT:
        return UnknownSession()
    if session.state == SessionState.CANCELLED:
        return errors.SessionCancelled()
    if now >= session.ends_at:
        return errors.SessionPast()
    return None


def _window_refusal(session: SessionView, now: datetime, *, is_drawn: bool = False) -> Refusal | None:
    """`is_drawn`: the entries of a draw close long before its seats are given."""
    if now < session.booking_opens_at:
        return errors.BookingNotOpenYet(opens_at=session.booking_opens_at)
    if now >= session.roll_over_at:
        return errors.SeatsAtDoor(roll_over_at=session.roll_over_at)
    if now >= session.booking_closes_at and not is_drawn:
        return errors.BookingClosed(closes_at=session.booking_closes_at)
    return None


def _seat_refusal(session: SessionView, taken: int) -> Refusal | None:
    return None if taken < session.web_seats else errors.SessionFull()


def _check_session(ask: _Ask) -> Refusal | None:
    return _state_refusal(ask.session, ask.facts.now)


def _check_already(ask: _Ask) -> Refusal | None:
    own = next((each for each in ask.holdings if each.session_id == ask.session.id), None)
    if own is None:
        return None
    if own.state == ReservationState.APPLIED:
        return errors.AlreadyApplied()
    waits = (ReservationState.WAITING, ReservationState.OFFERED)
    return errors.AlreadyWaiting() if own.state in waits else errors.AlreadyBooked()


def _check_window(ask: _Ask) -> Refusal | None:
    is_drawn = ask.facts.is_drawn and ask.session.selection == Selection.DRAW
    return _window_refusal(ask.session, ask.facts.now, is_drawn=is_drawn)


def _check_consent(ask: _Ask) -> Refusal | None:
    if ask.session.body_code in ask.member.body_codes:
        return None
    if ask.facts.is_desk:
        return errors.RegistrationMissing()
    facility = ask.session.facility_names
    return errors.ConsentMissing(name=ask.member.shown_name, facility=facility)


def _check_eligible(ask: _Ask) -> Refusal | None:
    return not_eligible(ask.session, ask.member, ask.facts.eligibility.get(ask.session.program_id, ()))


def _check_overlap(ask: _Ask) -> Refusal | None:
    for each in ask.holdings:
        apart = each.ends_at <= ask.session.starts_at or ask.session.ends_at <= each.starts_at
        if each.session_id != ask.session.id and each.state in TAKING_A_SEAT and not apart:
            return errors.Overlaps(name=ask.member.shown_name, other=each.names)
    return None


def _enrolment_in(ask: _Ask) -> UUID | None:
    """The member's enrolment in the weekly group the session belongs to."""
    own = (each for each in ask.facts.enrolments if each.member_id == ask.member.id)
    return next((each.id for each in own if each.group_id == ask.session.group_id), None)


def _check_group(ask: _Ask) -> Refusal | None:
    is_guest = ask.session.group_id is not None and _enrolment_in(ask) is None
    return errors.GroupSession() if is_guest else None


def held_of(program_id: UUID, holdings: Sequence[Holding], enrolments: Sequence[HeldEnrolment], now: datetime) -> int:
    """How many bookings of a program one member holds; an enrolment is one, however many seats it has reserved."""
    single = [
        each
        for each in holdings
        if each.program_id == program_id and each.enrolment_id is None and each.state in HELD and each.ends_at > now
    ]
    return len(single) + sum(each.program_id == program_id for each in enrolments)


def _check_held(ask: _Ask) -> Refusal | None:
    limit = ask.session.max_held
    own = [each for each in ask.facts.enrolments if each.member_id == ask.member.id]
    if limit is None or _enrolment_in(ask) is not None:
        return None
    if held_of(ask.session.program_id, ask.holdings, own, ask.facts.now) < limit:
        return None
    return errors.LimitHeld(program=ask.session.program_names, n=limit, name=ask.member.shown_name)


def _check_week(ask: _Ask) -> Refusal | None:
    limit = ask.session.max_per_week
    week = ask.session.held_on.isocalendar()[:2]
    booked = [
        each
        for each in ask.holdings
        if each.program_id == ask.session.program_id
        and each.state in TAKING_A_SEAT
        and each.held_on.isocalendar()[:2] == week
    ]
    if limit is None or len(booked) < limit:
        return None
    return errors.LimitWeek(program=ask.session.program_names, n=limit, name=ask.member.shown_name)


def _check_seat(ask: _Ask) -> Refusal | None:
    return _seat_refusal(ask.session, ask.taken)


def _check_options(ask: _Ask) -> Refusal | None:
    return rules_options.option_refusal(ask.facts.pools.get(ask.session.id, ()), ask.facts.options, ask.given)


def _check_wheelchair(ask: _Ask) -> Refusal | None:
    if ask.member.id not in ask.facts.wheelchair_ids:
        return None
    taken = ask.facts.wheelchairs.get(ask.session.id, 0) + ask.given.get(ask.session.id, 0)
    return rules_options.wheelchair_refusal(ask.session.wheelchair_places, taken)


def _check_paused(ask: _Ask) -> Refusal | None:
    until = ask.facts.paused.get((ask.member.id, ask.session.body_code))
    return None if until is None else errors.BookingPaused(name=ask.member.shown_name, until=until)


def _check_draw(ask: _Ask) -> Refusal | None:
    return errors.SessionByDraw() if ask.session.selection == Selection.DRAW and not ask.facts.is_drawn else None


_CHECKS: tuple[Callable[[_Ask], Refusal | None], ...] = (
    _check_session,
    _check_already,
    _check_window,
    _check_consent,
    _check_eligible,
    _check_paused,
    _check_group,
    _check_overlap,
    _check_held,
    _check_week,
    _check_seat,
    _check_options,
    _check_wheelchair,
    _check_draw,
)


def decide_cancel(reservation: ReservationView, now: datetime, overridden: frozenset[str]) -> Refusal | None:
    """Why a reservation cannot be given back now, or None. A cancelled one stays cancelled without complaint."""
    if reservation.state == ReservationState.ARRIVED:
        return errors_bookings.AlreadyArrived()
    if reservation.state not in CANCELLABLE and reservation.state != ReservationState.CANCELLED:
        return errors_bookings.ReservationEnded()
    is_late = reservation.state == ReservationState.CONFIRMED and now >= reservation.cancel_until
    if is_late and errors_bookings.TooLateToCancel.code not in overridden:
        return errors_bookings.TooLateToCancel(until=reservation.cancel_until)
    return None


def check_override(overridden: frozenset[str], reason: str) -> Refusal | None:
    """Why these rules cannot be set aside like this, or None."""
    if not overridden:
        return None
    if not overridden <= OVERRIDABLE:
        return errors_staff.NotOverridable()
    return None if reason.strip() else errors_staff.ReasonMissing()


def check_wish(sessions: int, members: int) -> Refusal | None:
    """Why an order of this size is not taken, or None."""
    if not sessions or not members:
        return errors_bookings.OrderEmpty()
    return errors_bookings.OrderTooLarge(limit=ORDER_LIMIT) if sessions * members > ORDER_LIMIT else None


def refusal_of(decisions: list[Decision]) -> Refusal:
    """The one answer to an order nothing came of: the first refusal, with each pair's own when there are several."""
    refused = [decision for decision in decisions if decision.refusals]
    first = refused[0].refusals[0]
    if len(decisions) > 1:
        first.fields = {f"{each.session.id}/{each.member_id}": each.refusals[0] for each in refused}
    return first


def since_of(sessions: Sequence[SessionView], now: datetime) -> datetime:
    """From when on a member's other reservations matter for these sessions: limits look at most a week back."""
    return min(now, *(session.starts_at - timedelta(days=7) for session in sessions)) if sessions else now


def refusal_of_session(session: SessionView, taken: int, now: datetime) -> Refusal | None:
    """Why nobody can book a session now, or None."""
    refusal = _state_refusal(session, now) or _window_refusal(session, now)
    if refusal is None and session.selection == Selection.DRAW:
        return errors.SessionByDraw()
    return refusal or _seat_refusal(session, taken)


def refusal_for(facts: OrderFacts, member_id: UUID) -> Refusal | None:
    """Why a member cannot book the first session of these facts, or None, whatever others book."""
    decision = decide_for(facts, member_id)
    return decision.refusals[0] if decision.refusals else None


def decide_for(facts: OrderFacts, member_id: UUID) -> Decision:
    """Everything that stands between a member and the first session of these facts, whatever others book."""
    session = facts.sessions[0]
    return _decide(facts, session, member_id, facts.taken.get(session.id, 0), list(facts.holdings))
