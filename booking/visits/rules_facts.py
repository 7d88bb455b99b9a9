"""From the facts of a batch to the state its rules work on. From values alone.

People go by their member id here; the keys under which a kiosk knows them are put in and out at its door.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from booking.facilities.schemas import FacilityView
from booking.people.rules import age, grade_on, is_adult_on
from booking.programs.rules import AGE_UNKNOWN, is_eligible
from booking.programs.rules import SessionState as SessionOf
from booking.programs.schemas import SessionView
from booking.visits.rules_answers import closing_after
from booking.visits.rules_kinds import HEADS_OF, VisitKind
from booking.visits.rules_turns import CALLED_FOR
from booking.visits.schemas import Answer
from booking.visits.schemas_day_list import ListedBooking, OpenSpan
from booking.visits.schemas_facts import Facts, GroupFact, PersonFact, Reference, SeatFact, TurnFact
from booking.visits.schemas_state import (
    FacilityState,
    GroupState,
    HeadsInside,
    LastAnswer,
    OpenVisit,
    PersonState,
    SessionState,
    TurnInLine,
)

NOBODY_FITS = 10**9
NUMBER_END = 3
"""So many last digits of a number stand for a name that is not shown."""


def facility_states(
    ids: Iterable[UUID], now: Mapping[UUID, FacilityView], facts: Facts, reference: Reference, days: Iterable[date]
) -> dict[str, FacilityState]:
    """The facilities of the doors, with everybody inside, and by name those that people may be sent to."""
    wanted = tuple(days)
    states = {one.code: FacilityState(name=one.name, capacity=NOBODY_FITS) for one in reference.facilities.values()}
    for one_id in ids:
        one = now[one_id]
        states[one.code] = FacilityState(
            name=one.name,
            capacity=one.capacity,
            inside=facts.inside.get(one_id, 0),
            is_closed=one.closed_now_at is not None,
            closed_at=one.closed_now_at,
            open=_spans(reference, one_id, wanted),
            shows_names=one.shows_names,
            gives_turns=one.gives_turns,
            turns=turns_in_line(facts.turns, one, reference),
            last_turn=facts.last_turns.get(one_id, 0),
            heads_inside=_heads(facts, one_id),
        )
    return states


def turns_in_line(turns: Iterable[TurnFact], place: FacilityView, reference: Reference) -> tuple[TurnInLine, ...]:
    """The turns of a facility by number, each with the moment it is worth nothing any more.

    Where staff closed at once or give no turns, and for a session that is no longer held, there are none.
    """
    if place.closed_now_at is not None or not place.gives_turns:
        return ()
    mine = [one for one in turns if one.facility == place.id and one.member and _is_held(one, reference)]
    return tuple(
        TurnInLine(
            number=one.number,
            person=str(one.member),
            session=one.session,
            until=_worth_until(one, reference),
        )
        for one in sorted(mine, key=lambda one: one.number)
    )


def _is_held(turn: TurnFact, reference: Reference) -> bool:
    session = reference.sessions.get(turn.session) if turn.session is not None else None
    return turn.session is None or (session is not None and session.cancelled_at is None)


def _worth_until(turn: TurnFact, reference: Reference) -> datetime | None:
    """Ten minutes after the call, with the session, at closing: what comes first."""
    session = reference.sessions.get(turn.session) if turn.session is not None else None
    closing = closing_of(reference, turn.facility, None, turn.taken_at, turn.held_on)
    ends = (
        closing,
        session.ends_at if session is not None else None,
        turn.called_at + CALLED_FOR if turn.called_at is not None else None,
    )
    return min((one for one in ends if one is not None), default=None)


def _heads(facts: Facts, facility_id: UUID) -> tuple[HeadsInside, ...] | None:
    if facts.heads is None:
        return None
    mine = [one for one in facts.heads if one.facility == facility_id]
    return tuple(
        HeadsInside(
            id=str(one.id),
            of=HEADS_OF[VisitKind(one.kind)],
            heads=one.heads,
            entered_at=one.entered_at,
            group=str(one.request) if one.request is not None else None,
        )
        for one in sorted(mine, key=lambda one: (one.entered_at, one.id), reverse=True)
    )


def group_states(groups: Iterable[GroupFact], reference: Reference) -> dict[str, GroupState]:
    """The group visits of the days whose codes were shown."""
    return {
        str(one.id): GroupState(
            facility=reference.facilities[one.facility].code,
            name=one.organisation,
            expected=one.expected,
            came=one.came,
            inside=one.inside,
        )
        for one in groups
    }


def _spans(reference: Reference, facility_id: UUID, days: tuple[date, ...]) -> tuple[OpenSpan, ...]:
    around = sorted({day + timedelta(days=shift) for day in days for shift in (-1, 0, 1)})
    return tuple(span for day in around for span in reference.spans.get((facility_id, day), ()))


def door_opens_at(session: SessionView) -> datetime:
    """From when people are let in."""
    return session.starts_at - timedelta(minutes=session.entry_opens_minutes)


def has_opened(session: SessionView) -> bool:
    """Whether anybody may ever have been let in: all but what was called off before its door opened."""
    if session.state != SessionOf.CANCELLED:
        return True
    return session.cancelled_at is not None and door_opens_at(session) < session.cancelled_at


def is_held_at(session: SessionView, at: datetime) -> bool:
    """Whether a session had not been called off by a moment, by closing at once or otherwise."""
    return session.cancelled_at is None or at < session.cancelled_at


def session_state(session: SessionView, seats: SeatFact | None) -> SessionState:
    """A session as the door sees it. Without a count nobody can walk in: its door is not open now."""
    return SessionState(
        facility=session.facility_code,
        program=session.program_code,
        label=session.title or session.program_name,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        door_opens_at=door_opens_at(session),
        late_at=session.starts_at + timedelta(minutes=session.late_minutes),
        walk_in=session.walk_in_seats,
        web_left=max(session.web_seats - seats.taken, 0) if seats is not None else 0,
        roll_over_at=session.roll_over_at,
        walked_in=seats.walked_in if seats is not None else session.walk_in_seats,
    )


def allowed_programs(person: PersonFact, reference: Reference, day: date) -> tuple[str, ...]:
    """Codes of the programs a person may walk in to on a day; what asks for a qualification, the desk decides."""
    years = AGE_UNKNOWN if person.birth_on is None else age(person.birth_on, day)
    key = (grade_on(person, day), is_adult_on(person, day), day, years)
    found = reference.allowed.get(key)
    if found is None:
        found = reference.allowed[key] = tuple(
            reference.program_codes[program]
            for program, rules in reference.eligibility.items()
            if is_eligible(rules, *key[:3], age=years, held=())
        )
    return found


def person_state(person: PersonFact, known: Mapping[UUID, PersonFact], reference: Reference, day: date) -> PersonState:
    """A person as the door sees them on a day."""
    booked = {one.session for one in person.bookings}
    walked = (ListedBooking(session, "arrived") for session in person.walked if session not in booked)
    bookings = [
        ListedBooking(one.session, "arrived" if one.state == "arrived" else "confirmed") for one in person.bookings
    ]
    visit, last = person.visit, person.last
    return PersonState(
        name="" if person.is_protected else person.shown_name,
        number_end=person.number[-NUMBER_END:],
        is_held=person.is_held,
        programs=allowed_programs(person, reference, day),
        bookings=(*bookings, *walked),
        family=tuple(str(one) for one in person.family if one in known),
        visit=None
        if visit is None
        else OpenVisit(
            facility=reference.facilities[visit.facility].code,
            entered_at=visit.entered_at,
            session=visit.session,
            until=closing_of(reference, visit.facility, visit.session, visit.entered_at, visit.visited_on),
        ),
        last=None
        if last is None
        else LastAnswer(
            at=last.at,
            verdict=cast(Answer, last.verdict),
            code=last.code,
            facility=reference.facilities[last.facility].code,
            session=last.session,
            minutes=last.minutes,
        ),
        turned_at=person.turned_at,
    )


def closing_of(
    reference: Reference, facility_id: UUID, session_id: UUID | None, entered_at: datetime, day: date
) -> datetime | None:
    """When a visit ends by itself: at closing, or with its session when the facility was not open."""
    place = FacilityState(name="", capacity=0, open=reference.spans.get((facility_id, day), ()))
    session = reference.sessions.get(session_id) if session_id is not None else None
    return closing_after(place, entered_at) or (session.ends_at if session is not None else None)
