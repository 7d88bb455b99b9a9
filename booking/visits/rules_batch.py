"""A whole batch at the doors, folded scan by scan, and what is to be written afterwards. From values alone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from booking.facilities.schemas import FacilityView
from booking.programs.schemas import SessionView
from booking.visits.rules import person_of, verdict
from booking.visits.rules_facts import (
    allowed_programs,
    closing_of,
    door_opens_at,
    facility_states,
    group_states,
    is_held_at,
    person_state,
    session_state,
)
from booking.visits.rules_kinds import entered_by
from booking.visits.rules_stays import Event, in_order, stays_of
from booking.visits.schemas import Verdict
from booking.visits.schemas_facts import AnsweredFact, Door, Facts, GroupFact, PersonFact, Reference, SeatFact, Shown
from booking.visits.schemas_state import (
    GroupState,
    LastAnswer,
    OpenVisit,
    Outcome,
    PersonState,
    Reading,
    SessionState,
    State,
)

SAID = ("welcome", "goodbye")


class Entry(Struct, frozen=True, kw_only=True):
    """A scan with everything that was looked up for it."""

    shown: Shown
    door: Door
    reading: Reading
    scan_id: UUID
    holder: PersonFact | None
    person: PersonFact | None
    group: GroupFact | None = None
    answered: AnsweredFact | None = None
    is_late: bool = False


class Result(Struct, frozen=True, kw_only=True):
    """The answer to one scan.

    `is_known`: answered before, nothing is written. `is_retold`: stored before, and now what was told came after.
    """

    entry: Entry
    outcome: Outcome
    is_repeat: bool = False
    is_turn: bool = False
    is_known: bool = False
    is_retold: bool = False


class Batch(Struct, frozen=True, kw_only=True):
    """Everything the fold needs. `events`: what was said before to the people whose scans are late."""

    entries: Sequence[Entry]
    facts: Facts
    reference: Reference
    facilities: Mapping[UUID, FacilityView]
    events: Mapping[UUID, Sequence[Event]]


class _Working(Struct):
    """What changes while a batch is folded."""

    facilities: dict[str, Any]
    sessions: dict[str, SessionState]
    people: dict[str, PersonState]
    groups: dict[str, GroupState]
    days: dict[str, date]
    events: dict[UUID, list[Event]]
    said: dict[tuple[UUID | None, UUID], Result]
    known: dict[UUID, PersonFact]


def fold_batch(batch: Batch) -> tuple[list[Result], dict[UUID, list[Event]]]:
    """Answer every scan of a batch, in the order of each kiosk's counter, and tell the events of late people anew."""
    days = sorted({entry.shown.on for entry in batch.entries})
    ids = {one for entry in batch.entries for one in entry.door.facility_ids}
    working = _Working(
        facilities=facility_states(ids, batch.facilities, batch.facts, batch.reference, days),
        sessions={},
        people={},
        groups=group_states(batch.facts.groups, batch.reference),
        days={},
        events={member: list(events) for member, events in batch.events.items()},
        said={},
        known={one.id: one for one in batch.facts.people},
    )
    seats = {one.id: one for one in batch.facts.seats}
    results: dict[int, Result] = {}
    for positions in _by_door(batch.entries).values():
        sessions = _door_sessions(batch, positions, working, seats)
        for position in positions:
            results[position] = _answer(batch, batch.entries[position], working, sessions)
        working.sessions.update(sessions)
    return [results[position] for position in range(len(batch.entries))], working.events


def _by_door(entries: Sequence[Entry]) -> dict[tuple[str, UUID | None], list[int]]:
    """Positions of the entries of each door, each in the order of its counter."""
    found: dict[tuple[str, UUID | None], list[int]] = {}
    for position, entry in enumerate(entries):
        kiosk = entry.door.kiosk
        found.setdefault((",".join(entry.door.facility_codes), kiosk.id if kiosk else None), []).append(position)
    for positions in found.values():
        positions.sort(key=lambda position: entries[position].shown.scan.seq)
    return found


def _door_sessions(
    batch: Batch, positions: Sequence[int], working: _Working, seats: Mapping[UUID, SeatFact]
) -> dict[str, SessionState]:
    """The sessions one door may speak of: those of its facilities, and those its people have booked."""
    entries = [batch.entries[position] for position in positions]
    wanted = {one.id: one for at in entries[0].door.facility_ids for one in batch.reference.sessions_at.get(at, ())}
    for entry in entries:
        for person in _around(entry, batch.facts):
            for session in (*(one.session for one in person.bookings), *person.walked):
                if session in batch.reference.sessions:
                    wanted[session] = batch.reference.sessions[session]
    return {
        str(one.id): working.sessions.get(str(one.id)) or session_state(one, seats.get(one.id))
        for one in wanted.values()
    }


def _around(entry: Entry, facts: Facts) -> list[PersonFact]:
    """Who shows the credential, whom they may bring in, and whom the scan is for, even where they may not."""
    holder, person = entry.holder, entry.person
    found = [one for one in (holder, person) if one is not None]
    if holder is not None and holder.family:
        found += [one for one in facts.people if one.id in holder.family]
    return list({one.id: one for one in found}.values()) if len(found) > 1 else found


def _answer(batch: Batch, entry: Entry, working: _Working, sessions: dict[str, SessionState]) -> Result:
    """Answer one scan on what the ones before it left."""
    nonce = (entry.door.kiosk.id if entry.door.kiosk else None, entry.shown.scan.nonce)
    before = working.said.get(nonce)
    if before is not None:
        return replace(before, is_known=True)
    if entry.answered is not None and not is_retold(entry):
        result = _known(entry, entry.answered)
    else:
        result = _decide(batch, entry, working, sessions)
    working.said[nonce] = result
    return result


def is_retold(entry: Entry) -> bool:
    """Whether a second copy of a scan brings what the kiosk told meanwhile."""
    known = entry.answered
    return known is not None and known.told_verdict is None and entry.shown.scan.told is not None


def _known(entry: Entry, fact: AnsweredFact) -> Result:
    said = stored_verdict(fact)
    return Result(entry=entry, outcome=Outcome(verdict=said, happened_at=fact.happened_at), is_known=True)


def _decide(batch: Batch, entry: Entry, working: _Working, sessions: dict[str, SessionState]) -> Result:
    for person in _around(entry, batch.facts):
        _be_ready(batch, person, entry, working)
    key = person_of(entry.reading)
    held = _held(sessions, entry.shown.at, batch.reference)
    state = State(facilities=working.facilities, sessions=held, people=working.people, groups=working.groups)
    before = state.people.get(key or "")
    outcome, after = verdict(entry.reading, state)
    if entry.shown.is_clock_unthinkable:
        outcome = replace(outcome, verdict=replace(outcome.verdict, flags=(*outcome.verdict.flags, "clock-wrong")))
    person_after = after.people.get(key or "")
    said = outcome.verdict
    is_answer = said.verdict in SAID and said.facility is not None
    is_repeat = is_answer and person_after is not None and before is not None and person_after.last is before.last
    is_turn = person_after is not None and before is not None and person_after.turned_at != before.turned_at
    working.facilities, working.people, working.groups = after.facilities, after.people, after.groups
    sessions.update(after.sessions)
    result = Result(
        entry=entry, outcome=outcome, is_repeat=is_repeat, is_turn=is_turn, is_retold=entry.answered is not None
    )
    _note_event(batch, result, working)
    return result


def _held(sessions: dict[str, SessionState], at: datetime, reference: Reference) -> dict[str, SessionState]:
    """The sessions as of the moment of a scan: what was called off later was going on then."""
    gone = {str(one) for one, session in reference.sessions.items() if not is_held_at(session, at)}
    return {key: one for key, one in sessions.items() if key not in gone} if gone else sessions


def _be_ready(batch: Batch, person: PersonFact, entry: Entry, working: _Working) -> None:
    """Put a person into the state, as of the day of the scan; of late people, as of its moment."""
    key, day = str(person.id), entry.shown.on
    if key not in working.people:
        working.people[key] = person_state(person, working.known, batch.reference, day)
        working.days[key] = day
    elif working.days[key] != day:
        programs = allowed_programs(person, batch.reference, day)
        working.people[key] = replace(working.people[key], programs=programs)
        working.days[key] = day
    events = working.events.get(person.id)
    if events is not None:
        mine = [one for one in events if one.scan != entry.scan_id and one.at <= entry.shown.at]
        working.people[key] = _as_of(working.people[key], mine, entry.shown.at, batch.reference)


def _as_of(person: PersonState, events: Sequence[Event], at: datetime, reference: Reference) -> PersonState:
    """A person as they were at a moment, told from what was said to them before it."""
    stays = stays_of(events, at)
    going_on = stays[-1] if stays and stays[-1].left_at is None else None
    answers = [
        one for one in in_order(events) if one.verdict in SAID and not one.is_repeat and one.facility is not None
    ]
    last = answers[-1] if answers else None
    return replace(
        person,
        visit=None
        if going_on is None
        else OpenVisit(
            facility=reference.facilities[going_on.facility].code,
            entered_at=going_on.entered_at,
            session=going_on.session,
            until=going_on.until,
        ),
        last=None
        if last is None or last.facility is None
        else LastAnswer(
            at=last.at,
            verdict=last.verdict,
            code=last.code,
            facility=reference.facilities[last.facility].code,
            session=last.session,
            minutes=last.minutes,
        ),
        turned_at=None,
    )


def _note_event(batch: Batch, result: Result, working: _Working) -> None:
    """Add what was said to the events of a late person, in place of what the scan said before."""
    entry, said = result.entry, result.outcome.verdict
    if entry.person is None or entry.person.id not in working.events:
        return
    events = [one for one in working.events[entry.person.id] if one.scan != entry.scan_id]
    place = next((one for one in batch.reference.facilities.values() if one.code == said.facility), None)
    at = result.outcome.happened_at
    until = None
    if place is not None and said.verdict == "welcome":
        closing = closing_of(batch.reference, place.id, said.session, at, entry.shown.on)
        until = closing or entry.shown.day_ends_at
    events.append(
        Event(
            at=at,
            scan=entry.scan_id,
            verdict=said.verdict,
            code=said.code,
            facility=place.id if place else None,
            session=said.session,
            minutes=said.minutes,
            until=until,
            is_repeat=result.is_repeat,
            order=entry.shown.scan.seq,
            entered_by=entered_by(is_kiosk=entry.door.kiosk is not None, from_paper=entry.shown.asked.from_paper),
        )
    )
    working.events[entry.person.id] = events


def stored_verdict(fact: AnsweredFact) -> Verdict:
    """The answer that was stored for a nonce."""
    return msgspec.convert({**fact.answer, "nonce": str(fact.nonce)}, Verdict)


def walk_in_sessions(batch: Batch) -> set[UUID]:
    """Sessions somebody of the batch may walk in to, or waits for: their seats are about to be used up."""
    waited_for = {one.session for one in batch.facts.turns if one.session in batch.reference.sessions}
    found = {one for one in waited_for if one is not None}
    for entry in batch.entries:
        if entry.person is not None and entry.shown.scan.kind != "heads" and not _is_expected(batch, entry):
            found.update(one.id for one in _running(batch, entry))
    return found


def _running(batch: Batch, entry: Entry) -> list[SessionView]:
    """Sessions at this door that may be entered at the moment of the scan."""
    at = entry.shown.at
    sessions = [one for place in entry.door.facility_ids for one in batch.reference.sessions_at.get(place, ())]
    return [one for one in sessions if door_opens_at(one) <= at < one.ends_at and is_held_at(one, at)]


def _is_expected(batch: Batch, entry: Entry) -> bool:
    """Whether a person has a seat here now and goes nowhere else: nothing but that seat is asked for."""
    scan, person = entry.shown.scan, entry.person
    if person is None or scan.answers or scan.session_id is not None or scan.facility is not None:
        return False
    mine = {*(one.session for one in person.bookings), *person.walked}
    return any(one.id in mine for one in _running(batch, entry))
