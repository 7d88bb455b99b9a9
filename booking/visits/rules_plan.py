"""What a folded batch writes: visits that begin and end, reservations used, flags, whom to tell. From values alone."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct, field

from booking.kit.tokens import new_id
from booking.people.rules import age_band, grade_on, stage_on
from booking.visits.rules_batch import Result
from booking.visits.rules_kinds import KIND_OF, ClosedBy, TurnState, VisitKind, entered_by
from booking.visits.schemas_facts import (
    ClosedVisit,
    Facts,
    HeadsFact,
    NewTurn,
    NewVisit,
    PersonFact,
    Reference,
    TurnFact,
    VisitFact,
)
from booking.visits.schemas_state import Effect

CLOSES = {"scan": ClosedBy.SCAN, "move": ClosedBy.MOVE, "closing": ClosedBy.AUTO}


class Notice(Struct, frozen=True, kw_only=True):
    """Guardians are to hear of an arrival or departure."""

    member: UUID
    what: Literal["arrived", "left"]
    facility: UUID
    at: datetime
    scan: UUID


class Flag(Struct, frozen=True, kw_only=True):
    """Something at the door that staff should look at."""

    code: str
    result: Result


class Plan(Struct, kw_only=True):
    """Everything to be written for one batch."""

    opened: list[NewVisit] = field(default_factory=list)
    closed: list[ClosedVisit] = field(default_factory=list)
    arrived: dict[UUID, datetime] = field(default_factory=dict)
    turns: list[NewTurn] = field(default_factory=list)
    ended_turns: dict[UUID, tuple[str, datetime]] = field(default_factory=dict)
    touched: set[tuple[UUID, date]] = field(default_factory=set)
    notices: list[Notice] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)


class _Inside(Struct, kw_only=True):
    """Who is where while a batch is told: people by member, heads by the name the rules gave them, turns in line."""

    people: dict[UUID, VisitFact | NewVisit]
    heads: dict[str, HeadsFact | NewVisit]
    turns: list[TurnFact | NewTurn]


def plan_of(results: Iterable[Result], facts: Facts, reference: Reference, late: frozenset[UUID]) -> Plan:
    """What the effects of a batch write; the days of late people are written by `rules_refold`."""
    plan = Plan()
    by_code = {one.code: one.id for one in reference.facilities.values()}
    inside = _Inside(
        people={one.id: one.visit for one in facts.people if one.visit is not None},
        heads={str(one.id): one for one in facts.heads or ()},
        turns=list(facts.turns),
    )
    people = {one.id: one for one in facts.people}
    for result in results:
        if result.is_known:
            continue
        plan.flags += [Flag(code=code, result=result) for code in result.outcome.verdict.flags]
        _take_turns(plan, result, inside, by_code)
        person = result.entry.person
        if (person is not None and person.id in late) or _is_written(result):
            continue
        for effect in result.outcome.effects:
            _follow(plan, result, effect, inside, (people, by_code, reference))
        _tell(plan, result, by_code)
    return plan


def _is_written(result: Result) -> bool:
    """Whether heads were counted when the first copy of this scan came, and what was told says the same."""
    known, said = result.entry.answered, result.outcome.verdict.verdict
    return result.is_retold and result.entry.person is None and known is not None and known.answer["verdict"] == said


def _follow(
    plan: Plan,
    result: Result,
    effect: Effect,
    inside: _Inside,
    around: tuple[Mapping[UUID, PersonFact], Mapping[str, UUID], Reference],
) -> None:
    """Write one beginning or end of a visit into the plan."""
    people, by_code, reference = around
    member = UUID(effect.person) if effect.person is not None else None
    if effect.do == "leave":
        gone = inside.people.pop(member, None) if member is not None else inside.heads.pop(effect.visit or "", None)
        _leave(plan, gone, effect, result.entry.scan_id)
    if effect.do == "enter":
        facility = by_code[effect.facility]
        made = _enter(result, effect, facility, people.get(member) if member else None, reference)
        plan.opened.append(made)
        plan.touched.add((facility, made.visited_on))
        if member is None:
            inside.heads[effect.visit or ""] = made
        else:
            inside.people[member] = made
            _use_booking(plan, people[member], made)


def _take_turns(plan: Plan, result: Result, inside: _Inside, by_code: Mapping[str, UUID]) -> None:
    """Numbers given, and numbers of people who came in: used for what they were for, or given up."""
    for effect in result.outcome.effects:
        if effect.person is None or effect.do == "leave":
            continue
        facility, member = by_code[effect.facility], UUID(effect.person)
        for turn in [one for one in inside.turns if (one.facility, one.member) == (facility, member)]:
            inside.turns.remove(turn)
            _end_turn(plan, turn, _state_after(turn, effect), effect.at)
        if effect.do == "queue":
            made = NewTurn(
                id=new_id(),
                facility=facility,
                session=effect.session,
                number=effect.turn or 0,
                member=member,
                scan=result.entry.scan_id,
                taken_at=effect.at,
            )
            plan.turns.append(made)
            inside.turns.append(made)


def _state_after(turn: TurnFact | NewTurn, effect: Effect) -> TurnState:
    """What became of a turn when its person came in, or needed a new one because this was worth nothing any more."""
    if effect.do == "queue":
        is_missed = isinstance(turn, TurnFact) and turn.called_at is not None
        return TurnState.MISSED if is_missed else TurnState.GIVEN_UP
    return TurnState.ENTERED if turn.session in (None, effect.session) else TurnState.GIVEN_UP


def _end_turn(plan: Plan, turn: TurnFact | NewTurn, state: TurnState, at: datetime) -> None:
    if isinstance(turn, NewTurn):
        turn.state, turn.ended_at = state, at
    else:
        plan.ended_turns[turn.id] = (state, max(at, turn.taken_at))


def _leave(plan: Plan, visit: VisitFact | HeadsFact | NewVisit | None, effect: Effect, scan: UUID) -> None:
    if visit is None:
        return
    plan.touched.add((visit.facility, visit.visited_on))
    how, by = CLOSES[effect.how], scan if effect.how != "closing" else None
    if isinstance(visit, NewVisit):
        visit.left_at, visit.closed_by, visit.exit_scan = effect.at, how, by
        return
    plan.closed.append(
        ClosedVisit(
            id=visit.id,
            facility=visit.facility,
            visited_on=visit.visited_on,
            left_at=effect.at,
            closed_by=how,
            exit_scan=by,
        )
    )


def _enter(result: Result, effect: Effect, facility: UUID, person: PersonFact | None, reference: Reference) -> NewVisit:
    session = reference.sessions.get(effect.session) if effect.session is not None else None
    entry, group = result.entry, result.entry.group
    named = group.organisation if group is not None else entry.shown.scan.party
    return NewVisit(
        id=new_id(),
        person=person,
        kind=KIND_OF[effect.of or "walk-in"] if person is None else VisitKind.MEMBER,
        heads=effect.heads,
        party=named if person is None else None,
        group=group.id if group is not None and person is None else None,
        facility=facility,
        program=session.program_id if session else None,
        session=session.id if session else None,
        reservation=booking_for(person, effect.session),
        visited_on=entry.shown.on,
        entered_at=effect.at,
        entered_by=entered_by(is_kiosk=entry.door.kiosk is not None, from_paper=entry.shown.asked.from_paper),
        entry_scan=entry.scan_id,
    )


def booking_for(person: PersonFact | None, session: UUID | None) -> UUID | None:
    """The reservation a visit uses; one that was called off with its session is given back first."""
    if person is None or session is None:
        return None
    return next((one.id for one in person.bookings if one.session == session and one.state != "cancelled"), None)


def _use_booking(plan: Plan, person: PersonFact, visit: NewVisit) -> None:
    if visit.reservation is not None and visit.reservation not in plan.arrived:
        is_fresh = any(one.id == visit.reservation and one.state == "confirmed" for one in person.bookings)
        if is_fresh:
            plan.arrived[visit.reservation] = visit.entered_at


def _tell(plan: Plan, result: Result, by_code: Mapping[str, UUID]) -> None:
    """Guardians hear of coming and going; of a move only where it leads, of a closing nothing."""
    moves = [
        effect
        for effect in result.outcome.effects
        if effect.person is not None and effect.do != "queue" and effect.how != "closing"
    ]
    if not moves or (len(moves) == 2 and moves[0].facility == moves[1].facility):
        return
    last = moves[-1]
    plan.notices.append(
        Notice(
            member=UUID(str(last.person)),
            what="arrived" if last.do == "enter" else "left",
            facility=by_code[last.facility],
            at=last.at,
            scan=result.entry.scan_id,
        )
    )


class Snapshot(Struct, frozen=True, kw_only=True):
    """What a visit keeps of a person, so that erasing them changes no figure."""

    grade: int | None = None
    school_stage: str | None = None
    age_band: str | None = None
    municipality_code: str | None = None


def snapshot(person: PersonFact | None, day: date) -> Snapshot:
    """A person's facts as of a day, coarse."""
    if person is None:
        return Snapshot()
    return Snapshot(
        grade=grade_on(person, day),
        school_stage=stage_on(person, day),
        age_band=age_band(person.birth_on, day),
        municipality_code=person.municipality_code,
    )
