"""Joining a weekly group and the seats that come with it, from values alone."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, time
from uuid import UUID

import msgspec

from booking.kit.errors import Refusal
from booking.people.schemas import MemberView
from booking.programs.errors_groups import GroupOver
from booking.programs.rules import SessionState
from booking.programs.rules_groups import ALIVE, earliest_start, weekly_times
from booking.programs.schemas import EligibilityView, SessionView
from booking.programs.schemas_groups import GroupView, WeeklyTime
from booking.reservations import errors, errors_bookings, errors_enrolments, errors_staff
from booking.reservations.rules import TAKING_A_SEAT, held_of, holding_of, ineligible, not_eligible
from booking.reservations.rules_kinds import EnrolmentState
from booking.reservations.schemas_enrolments import EnrolDecision, EnrolFacts, EnrolmentView, Seat, SeatFacts
from booking.reservations.schemas_facts import Holding

LIVE = frozenset({EnrolmentState.ENROLLED, EnrolmentState.WAITING})
PARTS = (
    ("morning", time(9), time(13)),
    ("afternoon", time(13), time(17)),
    ("evening", time(17), time(21)),
)
"""Parts of a day that are asked for when somebody is asked at which other times they could come."""
OVERRIDABLE = frozenset(
    kind.code
    for kind in (
        errors_enrolments.GroupNotEligible,
        errors_enrolments.GroupOverlaps,
        errors_enrolments.GroupLimitWeek,
        errors.LimitHeld,
        errors.QualificationMissing,
    )
)

_SEATED_AS = {
    errors.NotEligible.code: errors_enrolments.GroupNotEligible.code,
    errors.QualificationMissing.code: errors.QualificationMissing.code,
}
"""The rule of a group that was set aside, by the refusal its sessions would give."""


class _Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One member of an enrolment, with the facts as they are after the members before."""

    facts: EnrolFacts
    member: MemberView


def first_coming(group: GroupView, today: date) -> date:
    """The first day on which somebody who joins today may come: who may join is decided as of it."""
    return max(today, group.starts_on or earliest_start(group, today))


def decide_enrolling(facts: EnrolFacts, member_ids: Sequence[UUID]) -> list[EnrolDecision]:
    """Decide every member in turn; who gets a seat counts for those after."""
    enrolled, found = facts.enrolled, []
    for member_id in member_ids:
        decision = _decide(msgspec.structs.replace(facts, enrolled=enrolled), member_id)
        enrolled += decision.state == EnrolmentState.ENROLLED
        found.append(decision)
    return found


def _decide(facts: EnrolFacts, member_id: UUID) -> EnrolDecision:
    member = facts.members.get(member_id)
    if member is None or member.left_at is not None or member_id not in facts.bookable:
        return EnrolDecision(member_id=member_id, refusals=(errors_bookings.NotYours(),))
    ask = _Ask(facts=facts, member=member)
    said = [refusal for check in _CHECKS if (refusal := check(ask)) is not None]
    set_aside = tuple(each.code for each in said if each.code in facts.overridden & OVERRIDABLE)
    refusals = tuple(each for each in said if each.code not in set_aside)
    if refusals:
        return EnrolDecision(member_id=member_id, refusals=refusals)
    is_full = facts.enrolled >= facts.group.seats
    if is_full and not facts.may_wait:
        return EnrolDecision(member_id=member_id, refusals=(errors_enrolments.GroupFull(),))
    state = EnrolmentState.WAITING if is_full else EnrolmentState.ENROLLED
    return EnrolDecision(member_id=member_id, state=state, overridden=set_aside)


def _check_alive(ask: _Ask) -> Refusal | None:
    return None if ask.facts.group.state in ALIVE else GroupOver()


def _check_already(ask: _Ask) -> Refusal | None:
    return errors.AlreadyEnrolled() if ask.member.id in ask.facts.live else None


def _check_consent(ask: _Ask) -> Refusal | None:
    group = ask.facts.group
    if group.body_code in ask.member.body_codes:
        return None
    if ask.facts.is_desk:
        return errors.RegistrationMissing()
    facility = group.facility_names
    return errors.ConsentMissing(name=ask.member.shown_name, facility=facility)


def _check_eligible(ask: _Ask) -> Refusal | None:
    day = first_coming(ask.facts.group, ask.facts.today)
    return ineligible(errors_enrolments.GroupNotEligible, ask.member, day, ask.facts.eligibility)


def _check_overlap(ask: _Ask) -> Refusal | None:
    own = weekly_times(ask.facts.group, ask.facts.today)
    for each in ask.facts.enrolments:
        is_theirs = each.member_id == ask.member.id and each.group_id != ask.facts.group.id
        if is_theirs and any(one.overlaps(other) for one in own for other in each.times):
            return errors_enrolments.GroupOverlaps(name=ask.member.shown_name, other=each.names)
    return None


def _check_held(ask: _Ask) -> Refusal | None:
    group, limit = ask.facts.group, ask.facts.group.max_held
    singles = [each for each in ask.facts.holdings if each.member_id == ask.member.id]
    groups = [each for each in ask.facts.enrolments if each.member_id == ask.member.id and each.group_id != group.id]
    if limit is None or held_of(group.program_id, singles, groups, ask.facts.now) < limit:
        return None
    return errors.LimitHeld(program=group.program_names, n=limit, name=ask.member.shown_name)


def _check_week(ask: _Ask) -> Refusal | None:
    group, limit = ask.facts.group, ask.facts.group.max_per_week
    weekly = len(weekly_times(group, ask.facts.today)) + sum(
        len(each.times)
        for each in ask.facts.enrolments
        if each.member_id == ask.member.id and each.program_id == group.program_id and each.group_id != group.id
    )
    if limit is None or weekly <= limit:
        return None
    return errors_enrolments.GroupLimitWeek(program=group.program_names, n=limit, name=ask.member.shown_name)


_CHECKS: tuple[Callable[[_Ask], Refusal | None], ...] = (
    _check_alive,
    _check_already,
    _check_consent,
    _check_eligible,
    _check_overlap,
    _check_held,
    _check_week,
)


def check_enrol_override(overridden: frozenset[str], reason: str) -> Refusal | None:
    """Why these rules cannot be set aside like this, or None."""
    if not overridden:
        return None
    if not overridden <= OVERRIDABLE:
        return errors_staff.NotOverridable()
    return None if reason.strip() else errors_staff.ReasonMissing()


def refusal_of_enrolling(decisions: Sequence[EnrolDecision]) -> Refusal | None:
    """The one answer when somebody cannot join: the first refusal, with each member's own when there are several."""
    refused = [each for each in decisions if each.refusals]
    if not refused:
        return None
    first = refused[0].refusals[0]
    if len(decisions) > 1:
        first.fields = {str(each.member_id): each.refusals[0] for each in refused}
    return first


# ---- seats --------------------------------------------------------------------------------------------------------


def decide_seats(facts: SeatFacts) -> list[Seat]:
    """The seats that the enrolled get in the sessions to come, in order; each after those before it.

    A member who was booked in a session before, and gave it back, is left out of that session.
    """
    taken, holdings, found = dict(facts.taken), list(facts.holdings), []
    for session in facts.sessions:
        for enrolment in facts.enrolments:
            member = facts.members.get(enrolment.member_id)
            if member is None or (session.id, enrolment.member_id) in facts.seen:
                continue
            own = [each for each in holdings if each.member_id == member.id]
            refusal = _no_seat(session, enrolment, member, own, facts.eligibility)
            if refusal is None and taken.get(session.id, 0) >= session.web_seats:
                refusal = errors.SessionFull()
            if refusal is None:
                taken[session.id] = taken.get(session.id, 0) + 1
                holdings.append(holding_of(session, member.id))
            found.append(Seat(enrolment=enrolment, session=session, refusal=refusal))
    return found


def _no_seat(
    session: SessionView,
    enrolment: EnrolmentView,
    member: MemberView,
    holdings: Sequence[Holding],
    eligibility: tuple[EligibilityView, ...],
) -> Refusal | None:
    if session.state != SessionState.PUBLISHED or member.left_at is not None:
        return errors_bookings.NotYours()
    if session.body_code not in member.body_codes:
        return errors.RegistrationMissing()
    refusal = not_eligible(session, member, eligibility)
    if refusal is not None and _SEATED_AS.get(refusal.code) not in enrolment.overridden:
        return refusal
    if errors_enrolments.GroupOverlaps.code in enrolment.overridden:
        return None
    for each in holdings:
        apart = each.ends_at <= session.starts_at or session.ends_at <= each.starts_at
        if each.session_id != session.id and each.state in TAKING_A_SEAT and not apart:
            return errors.Overlaps(name=member.shown_name, other=each.names)
    return None


def first_outgrown(seats: Iterable[Seat]) -> list[Seat]:
    """Of everybody whose school year or age does not fit some of these sessions, the first such session."""
    found: dict[UUID, Seat] = {}
    for each in seats:
        if isinstance(each.refusal, errors.NotEligible):
            found.setdefault(each.enrolment.id, each)
    return list(found.values())


def has_outgrown(
    group: GroupView,
    enrolment: EnrolmentView,
    member: MemberView,
    eligibility: tuple[EligibilityView, ...],
    today: date,
) -> bool:
    """Whether somebody's school year or age no longer fits on the group's next day, unless staff let them in against
    it. A qualification that is missing for a while does not count."""
    if errors_enrolments.GroupNotEligible.code in enrolment.overridden:
        return False
    day = first_coming(group, today)
    return isinstance(ineligible(errors.NotEligible, member, day, eligibility), errors.NotEligible)


# ---- other times --------------------------------------------------------------------------------------------------


def part_of(weekday: int, part: str) -> WeeklyTime | None:
    """A part of a day of the week by its name, or None."""
    if not 1 <= weekday <= 7:
        return None
    return next((WeeklyTime(weekday, starts, ends) for name, starts, ends in PARTS if name == part), None)


def could_come(other_times: Sequence[WeeklyTime], times: Sequence[WeeklyTime]) -> bool:
    """Whether somebody said they could come at every one of these times: each begins within a time they named."""
    return bool(times) and all(
        any(one.weekday == each.weekday and one.starts <= each.starts < one.ends for one in other_times)
        for each in times
    )


def tally(people: Sequence[EnrolmentView]) -> dict[tuple[int, str], int]:
    """How many could come on each weekday in each part of the day; none left out, zeros too."""
    return {
        (weekday, name): sum(
            any(one.weekday == weekday and one.starts < ends and starts < one.ends for one in each.other_times)
            for each in people
        )
        for weekday in range(1, 8)
        for name, starts, ends in PARTS
    }
