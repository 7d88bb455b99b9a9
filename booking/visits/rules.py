"""The rules of the door: from a reading and the facts, the answer and what it changes. From values alone.

`kiosk/src/verdict.ts` is the same in TypeScript; `tests/vectors/verdict.json` holds the two together, and
`docs/kiosk-protocol.md` tells the rules in order. The service folds a whole batch over one state.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from booking.visits.rules_answers import Case, answer, ask, leaving, refuse
from booking.visits.rules_entering import enter
from booking.visits.rules_heads import count, count_group, count_heads
from booking.visits.rules_targets import booked_now, chosen_at
from booking.visits.rules_told import as_told
from booking.visits.rules_turns import turn_now, wait
from booking.visits.schemas import Choice
from booking.visits.schemas_day_list import ListedBooking
from booking.visits.schemas_state import (
    Effect,
    FacilityState,
    LastAnswer,
    OpenVisit,
    Outcome,
    PersonState,
    Reading,
    State,
)

REPEAT = timedelta(minutes=3)
TURNING_TWICE = timedelta(minutes=10)
CLOCK_TOLERANCE = timedelta(seconds=120)


def verdict(reading: Reading, state: State) -> tuple[Outcome, State]:
    """Answer one reading and say how the facts are afterwards. Neither argument changes."""
    outcomes, after = fold([reading], state)
    return outcomes[0], after


def fold(readings: Iterable[Reading], state: State) -> tuple[list[Outcome], State]:
    """Answer readings in order, each on the facts that the ones before it left. Neither argument changes."""
    working = State(
        facilities=dict(state.facilities),
        sessions=dict(state.sessions),
        people=dict(state.people),
        answered=dict(state.answered),
        groups=dict(state.groups),
    )
    outcomes = []
    for reading in readings:
        outcome = decide(reading, working)
        if str(reading.scan.nonce) not in working.answered:
            _take_effect(reading, outcome, working)
        outcomes.append(outcome)
    return outcomes, working


def decide(reading: Reading, state: State) -> Outcome:
    """Answer one reading; the state stays as it is."""
    at, is_clock_wrong = happened_at(reading)
    known = state.answered.get(str(reading.scan.nonce))
    if known is not None:
        return Outcome(verdict=known, happened_at=at)
    case = Case(reading, state, at, person_of(reading))
    outcome = _decide(case)
    if reading.scan.told is not None:
        outcome = as_told(case, reading.scan.told, outcome)
    more = ("clock-wrong",) if is_clock_wrong else ()
    if _is_turning(case, outcome) and _turned_lately(case):
        more = (*more, "pass-shared")
    if not more:
        return outcome
    return replace(outcome, verdict=replace(outcome.verdict, flags=(*outcome.verdict.flags, *more)))


def happened_at(reading: Reading) -> tuple[datetime, bool]:
    """When the scan happened by the service's clock, and whether the kiosk's clock is wrong."""
    offset = timedelta(milliseconds=reading.scan.clock_offset_ms)
    at = reading.scan.scanned_at + offset
    is_wrong = abs(offset) > CLOCK_TOLERANCE
    if reading.received_at is not None and at > reading.received_at:
        is_wrong = is_wrong or at - reading.received_at > CLOCK_TOLERANCE
        at = reading.received_at
    return at, is_wrong


def person_of(reading: Reading) -> str | None:
    """The key of the person a reading is for: the chosen family member, or else the holder."""
    return reading.subject if reading.scan.member_key is not None else reading.holder


def _decide(case: Case) -> Outcome:
    """The answer by the rules alone, whatever the person was told."""
    scan, people = case.reading.scan, case.state.people
    if scan.kind == "heads":
        return count_heads(case)
    problem = _credential_problem(case)
    if problem is not None:
        return refuse(case, problem)
    holder = people.get(case.reading.holder or "")
    if holder is None or case.key not in people or case.key not in (case.reading.holder, *holder.family):
        return refuse(case, "see-desk")
    if scan.member_key is None and holder.family:
        return _ask_who(case, holder)
    return _after_closing(case, case.key)


def _after_closing(case: Case, key: str) -> Outcome:
    """End a visit whose closing has passed, then answer."""
    visit = case.visit
    if visit is None or visit.until is None or case.at < visit.until:
        return _decide_for(case)
    closing = leaving(key, visit, visit.until, "closing")
    closed = State(
        facilities=dict(case.state.facilities),
        sessions=case.state.sessions,
        people=dict(case.state.people),
        answered=case.state.answered,
        groups=case.state.groups,
    )
    _move(closing, closed)
    outcome = _decide_for(replace(case, state=closed))
    return replace(outcome, effects=(closing, *outcome.effects))


def _decide_for(case: Case) -> Outcome:
    """The answer for one known person: the same again, out, or in."""
    last, visit, direction = case.person.last, case.visit, case.reading.scan.direction
    if last is not None and _is_repeat(case, last):
        return _say_again(case, last)
    if visit is None:
        return _not_inside(case) if direction == "out" else enter(case, chosen_at(case))
    if direction == "out":
        return _goodbye(case, visit)
    chosen = chosen_at(case)
    if chosen is None:
        chosen = turn_now(case, None)
    target = (booked_now(case, chosen) if direction == "in" else None) or chosen
    if visit.facility not in case.doors or (target is not None and not target.is_at(visit)):
        return enter(case, chosen)
    return _goodbye(case, visit) if direction == "auto" else _already_inside(case, visit)


def _credential_problem(case: Case) -> str | None:
    """Why a credential is not accepted now, or None."""
    reading = case.reading
    if reading.problem is not None:
        return reading.problem
    if reading.is_revoked:
        return "pass-revoked"
    if reading.valid_until is not None and case.at >= reading.valid_until:
        return "pass-expired"
    if reading.valid_from is not None and case.at < reading.valid_from:
        return "pass-not-yet-valid"
    return None


def _ask_who(case: Case, holder: PersonState) -> Outcome:
    """Ask a holder with family who comes in; the holder is a choice when there is something to enter."""
    keys = [key for key in holder.family if key in case.state.people]
    if holder.programs or holder.bookings:
        keys.insert(0, case.key or "")
    choices = []
    for key in keys:
        person = case.state.people[key]
        is_inside = person.visit is not None and person.visit.facility in case.doors
        choices.append(Choice(id=f"member:{key}", label=_label_of(case, person), is_inside=is_inside))
    return ask(case, "ask-who", choices)


def _label_of(case: Case, person: PersonState) -> str:
    """What a family member is called on a button: where no name is shown, the end of their number."""
    return (person.name if case.shows_names else "") or (f"…{person.number_end}" if person.number_end else "")


def _is_repeat(case: Case, last: LastAnswer) -> bool:
    """Whether this scan only shows again what was just answered at this door. Who chooses elsewhere corrects it."""
    if abs(case.at - last.at) >= REPEAT or last.facility not in case.doors:
        return False
    chosen = chosen_at(case)
    if (
        last.verdict == "welcome"
        and chosen is not None
        and (chosen.facility, chosen.session) != (last.facility, last.session)
    ):
        return False
    return {"auto": True, "in": last.verdict == "welcome", "out": last.verdict == "goodbye"}[
        case.reading.scan.direction
    ]


def _say_again(case: Case, last: LastAnswer) -> Outcome:
    return answer(
        case,
        last.verdict,
        last.code,
        name=case.name,
        label=case.label(last.facility, last.session),
        facility=last.facility,
        session=last.session,
        minutes=last.minutes,
        inside=case.inside(last.facility),
    )


def _already_inside(case: Case, visit: OpenVisit) -> Outcome:
    """Said as a welcome: the person stands in front of a door that only lets in."""
    return answer(
        case,
        "welcome",
        "already-inside",
        name=case.name,
        label=case.label(visit.facility, visit.session),
        facility=visit.facility,
        session=visit.session,
        inside=case.inside(visit.facility),
        flags=("already-inside",),
    )


def _goodbye(case: Case, visit: OpenVisit) -> Outcome:
    """Leaving is never refused. The goodbye names the next booking."""
    effect = leaving(case.key or "", visit, case.at, "scan")
    coming = [
        session.starts_at
        for booking in case.person.bookings
        if booking.state == "confirmed"
        and (session := case.session(booking.session)) is not None
        and session.starts_at > case.at
    ]
    outcome = answer(
        case,
        "goodbye",
        "goodbye",
        name=case.name,
        label=case.label(visit.facility, visit.session),
        facility=visit.facility,
        session=visit.session,
        minutes=int((effect.at - visit.entered_at).total_seconds()) // 60,
        at=min(coming, default=None),
        inside=max(case.inside(visit.facility) - 1, 0),
    )
    return replace(outcome, effects=(effect,))


def _not_inside(case: Case) -> Outcome:
    """Someone leaves of whom no entry is known."""
    return answer(case, "goodbye", "not-inside", name=case.name, facility=case.doors[0], flags=("not-inside",))


def _is_turning(case: Case, outcome: Outcome) -> bool:
    """Whether this person goes the other way than last time."""
    person = case.state.people.get(case.key or "")
    moved = any(effect.do != "queue" and effect.how != "closing" for effect in outcome.effects)
    return moved and person is not None and person.last is not None and person.last.verdict != outcome.verdict.verdict


def _turned_lately(case: Case) -> bool:
    turned_at = case.person.turned_at
    return turned_at is not None and abs(case.at - turned_at) <= TURNING_TWICE


def _take_effect(reading: Reading, outcome: Outcome, working: State) -> None:
    """Write into a working copy what one outcome changes."""
    said = outcome.verdict
    working.answered[str(reading.scan.nonce)] = said
    case = Case(reading, working, outcome.happened_at, person_of(reading))
    is_turning = _is_turning(case, outcome)
    for effect in outcome.effects:
        _move(effect, working)
    person = working.people.get(case.key or "")
    is_answer = said.verdict in ("welcome", "goodbye") and said.facility is not None
    if person is None or case.key is None or not is_answer or _is_same(person.last, case, outcome):
        return
    last = LastAnswer(
        at=case.at,
        verdict=said.verdict,
        code=said.code,
        facility=said.facility or "",
        session=said.session,
        minutes=said.minutes,
    )
    turned_at = case.at if is_turning else person.turned_at
    working.people[case.key] = replace(person, last=last, turned_at=turned_at)


def _is_same(last: LastAnswer | None, case: Case, outcome: Outcome) -> bool:
    """Whether the answer repeated the last one; the three minutes run from the first."""
    return not outcome.effects and last is not None and _is_repeat(case, last)


def _move(effect: Effect, working: State) -> None:
    """Write what one effect changes into a working copy."""
    place = working.facilities.get(effect.facility)
    if place is not None:
        working.facilities[effect.facility] = _changed(effect, place)
    group = working.groups.get(effect.group or "")
    if group is not None and effect.group is not None:
        working.groups[effect.group] = count_group(effect, group)
    if effect.how == "walk-in":
        session = working.sessions[str(effect.session)]
        working.sessions[str(effect.session)] = replace(session, walked_in=session.walked_in + 1)
    person = working.people.get(effect.person or "")
    if person is None or effect.person is None or effect.do == "queue":
        return
    if effect.do == "leave":
        working.people[effect.person] = replace(person, visit=None)
        return
    visit = OpenVisit(facility=effect.facility, entered_at=effect.at, session=effect.session, until=effect.until)
    bookings = person.bookings
    if effect.session is not None:
        others = tuple(booking for booking in bookings if booking.session != effect.session)
        bookings = (*others, ListedBooking(effect.session, "arrived"))
    working.people[effect.person] = replace(person, visit=visit, bookings=bookings)


def _changed(effect: Effect, place: FacilityState) -> FacilityState:
    """A facility after one effect. Who came in waits no longer."""
    if effect.do == "queue":
        return wait(effect, place)
    step = effect.heads if effect.do == "enter" else -effect.heads
    place = replace(place, inside=max(place.inside + step, 0))
    if effect.person is None:
        return count(effect, place)
    if effect.do == "leave":
        return place
    return replace(place, turns=tuple(turn for turn in place.turns if turn.person != effect.person))
