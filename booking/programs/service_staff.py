"""What staff change of programs: words and windows, who may take part, weekly times."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities import service_spaces as rooms
from booking.facilities.errors import ChangedMeanwhile
from booking.facilities.queries_spaces import get_space
from booking.facilities.rules_forms import version_of
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kit.words import others_of
from booking.people.queries_qualifications import list_qualifications
from booking.programs import queries, service_lines
from booking.programs.errors import (
    EligibilityInForce,
    OtherBody,
    ProgramFormRefused,
    SeatsOverSpace,
    SessionFormRefused,
    UnknownPattern,
)
from booking.programs.queries_taken import count_taken
from booking.programs.rules import Selection, SessionState
from booking.programs.rules_forms import (
    check_eligibility,
    check_new_program,
    check_pattern,
    check_program,
    check_seats,
)
from booking.programs.schemas import PatternView, ProgramView, SessionView
from booking.programs.schemas_forms import (
    EligibilityForm,
    Outcome,
    PatternForm,
    ProgramForm,
    ProgramValues,
    RoomForm,
    SeatsForm,
)
from booking.programs.service import generate_sessions, plan_pattern
from booking.programs.service_rooms import find_room, require_free, wish_rooms
from booking.programs.tables import Eligibility, Pattern, Program, Session

EDITORS = (Role.FACILITY_MANAGER, Role.BODY_ADMINISTRATOR)
"""Who may change programs of their body and weekly times at their facilities."""
PATTERN_ENDED, PROGRAM_ENDED = "毎週の時間が終わったため", "プログラムが終わったため"


async def _lock(by: Actor, code: str, *scopes: str) -> ProgramView:
    """The program, locked, for somebody who may change it in its body or one of `scopes`."""
    program = await queries.get_program(code)
    require_staff(by, *EDITORS, scopes=(program.body_code, *scopes))
    return (await queries.lock_programs([program.id]))[program.id]


async def _note(by: Actor, action: str, program: ProgramView, **detail: Any) -> None:
    await record_audit(by, action, "program", program.id, scope=program.body_code, detail=detail)


def _columns(values: ProgramValues) -> dict[Any, Any]:
    columns: dict[Any, Any] = msgspec.structs.asdict(values)
    for name in ("names", "descriptions"):
        columns[name] = others_of(columns[name])
    return columns


async def add_program(by: Actor, form: ProgramForm) -> str:
    """Add a first-come program of a body; its code. Raises: ProgramFormRefused, CodeTaken, NotAllowed."""
    bodies = {body.code: body for body in await facilities.list_bodies()}
    new = check_new_program(form, frozenset(bodies))
    require_staff(by, *EDITORS, scopes=(new.body,))
    program_id = new_id()
    async with db.transaction():
        await Program.insert(
            Program(
                id=program_id,
                code=new.code,
                brand=new.brand,
                category=new.category,
                selection=Selection.FIRST_COME,
                body=bodies[new.body].id,
                provisional=False,
                **_columns(new.values),
            )
        )
        said = msgspec.to_builtins(new)
        await record_audit(by, "program.add", "program", program_id, scope=new.body, detail=said)
    return new.code


async def change_program(by: Actor, code: str, form: ProgramForm) -> None:
    """Change words, windows and limits. Windows of sessions that are there stay as they were announced.

    Raises: ProgramFormRefused, ChangedMeanwhile, NotAllowed.
    """
    values = check_program(form)
    async with db.transaction():
        program = await _lock(by, code)
        if form.seen != version_of(program):
            raise ChangedMeanwhile
        wanted = msgspec.structs.asdict(values)
        new = {name: to for name, to in wanted.items() if to != getattr(program, name)}
        if new:
            columns = _columns(values)
            changed: dict[Any, Any] = {name: columns[name] for name in new}
            await Program.update(changed).where(Program.id == program.id)
            old = {name: getattr(program, name) for name in new}
            await _note(by, "program.change", program, old=msgspec.to_builtins(old), new=msgspec.to_builtins(new))


async def confirm_program(by: Actor, code: str) -> None:
    """Say that a provisional program and its weekly times are right as they are. Raises: NotAllowed."""
    async with db.transaction():
        program = await _lock(by, code)
        await Program.update({"provisional": False}).where(Program.id == program.id)
        await Pattern.update({"provisional": False}).where(Pattern.program == program.id)
        await _note(by, "program.confirm", program)


async def add_eligibility(by: Actor, code: str, form: EligibilityForm) -> None:
    """Say who may take part from a day on; decided as of a session's day. Raises: ProgramFormRefused, NotAllowed."""
    async with db.transaction():
        program = await _lock(by, code)
        granted = await list_qualifications([program.body_code], clock.today())
        new = check_eligibility(form, clock.today(), [each.id for each in granted])
        values = msgspec.structs.asdict(new)
        await Eligibility.insert(Eligibility(id=new_id(), program=program.id, **values))
        await _note(by, "program.eligibility.add", program, new=msgspec.to_builtins(new))


async def remove_eligibility(by: Actor, code: str, eligibility_id: UUID) -> None:
    """Take back a rule that has not begun. Raises: EligibilityInForce, NotAllowed. Safe: repeated."""
    async with db.transaction():
        program = await _lock(by, code)
        for row in (await queries.load_eligibility([program.id]))[program.id]:
            if row.id == eligibility_id:
                if row.valid_from_on <= clock.today():
                    raise EligibilityInForce
                await Eligibility.delete().where(Eligibility.id == eligibility_id)
                await _note(by, "program.eligibility.remove", program, old=msgspec.to_builtins(row))


async def add_pattern(by: Actor, code: str, form: PatternForm) -> None:
    """Add a weekly time and make its sessions at once. Raises: ProgramFormRefused, UnknownFacility, NotAllowed."""
    facility = await facilities.get_facility(form.facility)
    new = check_pattern(form, clock.today(), facility.capacity)
    async with db.transaction():
        program = await _lock(by, code, facility.code)
        require_staff(by, *EDITORS, scopes=facility.scopes)
        if program.body_id != facility.body_id:
            raise ProgramFormRefused(fields={"facility": OtherBody()})
        space = await find_room(facility, form.space, new.web_seats + new.walk_in_seats, ProgramFormRefused)
        values, pattern_id = msgspec.structs.asdict(new), new_id()
        room = None if space is None else space.id
        await Pattern.insert(
            Pattern(id=pattern_id, program=program.id, facility=facility.id, provisional=False, space=room, **values)
        )
        if not form.without_room:
            await _require_room(pattern_id)
        await _note(by, "program.pattern.add", program, facility=facility.code, new=msgspec.to_builtins(new))
        await generate_sessions()


async def _require_room(pattern_id: UUID, own: Sequence[UUID] = ()) -> None:
    """Raises: ProgramFormRefused when something else is in the room of a weekly time; each day is named."""
    pattern = await queries.find_pattern(pattern_id)
    assert pattern is not None
    await require_free(await plan_pattern(pattern), ProgramFormRefused, own=own)


async def change_pattern_room(by: Actor, pattern_id: UUID, form: RoomForm) -> None:
    """Let a weekly time be held in another room, or in none; its sessions to come go along.

    Raises: ProgramFormRefused, ChangedMeanwhile, UnknownPattern, NotAllowed.
    """
    async with db.transaction():
        program, pattern = await _pattern(by, pattern_id)
        if form.seen != version_of(pattern):
            raise ChangedMeanwhile
        facility = await facilities.get_facility(pattern.facility_code)
        seats = pattern.web_seats + pattern.walk_in_seats
        space = await find_room(facility, form.space, seats, ProgramFormRefused)
        room: dict[Any, Any] = {"space": None if space is None else space.id}
        await Pattern.update(room).where(Pattern.id == pattern_id)
        ids = await queries.list_session_ids_of_pattern(pattern_id, clock.today(), clock.now())
        held, _ = await _lock_held(ids)
        own = await queries.list_in_room([each.id for each in held], pattern.space_id)
        if not form.without_room:
            await _require_room(pattern_id, own)
        await wish_rooms(own, room["space"])
        await _note(by, "program.pattern.room", program, pattern=str(pattern_id), space=space and space.code)


async def _pattern(by: Actor, pattern_id: UUID) -> tuple[ProgramView, PatternView]:
    """The pattern and its program, locked, for somebody who may change it."""
    pattern = await queries.find_pattern(pattern_id)
    if pattern is None or (pattern.valid_until_on is not None and pattern.valid_until_on <= clock.today()):
        raise UnknownPattern
    require_staff(by, *EDITORS, scopes=(pattern.facility_code, pattern.body_code))
    program = (await queries.lock_programs([pattern.program_id]))[pattern.program_id]
    return program, pattern


async def _lock_held(session_ids: list[UUID]) -> tuple[list[SessionView], dict[UUID, int]]:
    """Those of the sessions that are not cancelled, locked, and their taken seats."""
    sessions = await queries.lock_sessions(session_ids)
    held = [session for session in sessions.values() if session.state != SessionState.CANCELLED]
    return held, await count_taken([session.id for session in held])


async def _cancel_free(session_ids: list[UUID], reason: str) -> Outcome:
    """Cancel those of the sessions for which nobody has a seat; the others stay."""
    sessions, taken = await _lock_held(session_ids)
    free = [session.id for session in sessions if taken[session.id] == 0]
    await cancel_sessions(free, reason, clock.now())
    return Outcome(changed=len(free), kept=len(sessions) - len(free))


async def end_program(by: Actor, code: str, last_day: date) -> Outcome:
    """Let a program end after a day; its later sessions without bookings are cancelled, the others stay.

    Raises: UnknownProgram, NotAllowed.
    """
    async with db.transaction():
        program = await _lock(by, code)
        until = last_day + timedelta(days=1)
        await Program.update({"ended_on": until}).where(Program.id == program.id)
        ids = await queries.list_session_ids_of_program(program.id, until, clock.now())
        outcome = await _cancel_free(ids, PROGRAM_ENDED)
        await _note(by, "program.end", program, until=until.isoformat(), kept=outcome.kept)
        return outcome


async def _check_room(pattern: PatternView, seats: int) -> None:
    """Raises: SessionFormRefused when so many do not fit into the room of a weekly time."""
    if pattern.space_id is not None:
        capacity = (await get_space(pattern.space_id)).capacity
        if seats > capacity:
            raise SessionFormRefused(fields={"web_seats": SeatsOverSpace(capacity=capacity)})


async def change_pattern_seats(by: Actor, pattern_id: UUID, form: SeatsForm) -> Outcome:
    """Change the seats of a weekly time and of its sessions to come; a session with more bookings stays as it was.

    Raises: SessionFormRefused, ChangedMeanwhile, UnknownPattern, NotAllowed.
    """
    async with db.transaction():
        program, pattern = await _pattern(by, pattern_id)
        if form.seen != version_of(pattern):
            raise ChangedMeanwhile
        facility = await facilities.get_facility(pattern.facility_code)
        web, walk_in = check_seats(form, facility.capacity)
        await _check_room(pattern, web + walk_in)
        ids = await queries.list_session_ids_of_pattern(pattern.id, clock.today(), clock.now())
        await service_lines.lock_ahead(ids)
        sessions, taken = await _lock_held(ids)
        fitting = [session.id for session in sessions if taken[session.id] <= web]
        seats: dict[Any, Any] = {"web_seats": web, "walk_in_seats": walk_in}
        await Pattern.update(seats).where(Pattern.id == pattern.id)
        if fitting:
            await Session.update(seats).where(Session.id.is_in(fitting))
        outcome = Outcome(changed=len(fitting), kept=len(sessions) - len(fitting))
        await _note(by, "program.pattern.seats", program, pattern=str(pattern.id), new=seats, kept=outcome.kept)
        await service_lines.serve(fitting)
        return outcome


async def end_pattern(by: Actor, pattern_id: UUID, last_day: date) -> Outcome:
    """Let a weekly time end after a day; its later sessions without bookings are cancelled, the others stay.

    Raises: UnknownPattern, ProgramFormRefused, NotAllowed.
    """
    async with db.transaction():
        program, pattern = await _pattern(by, pattern_id)
        until = max(last_day + timedelta(days=1), pattern.valid_from_on)
        await Pattern.update({"valid_until_on": until}).where(Pattern.id == pattern.id)
        ids = await queries.list_session_ids_of_pattern(pattern.id, until, clock.now())
        outcome = await _cancel_free(ids, PATTERN_ENDED)
        await _note(by, "program.pattern.end", program, pattern=str(pattern.id), until=until.isoformat())
        return outcome


async def cancel_sessions(session_ids: list[UUID], reason: str, at: datetime) -> None:
    """Mark sessions as cancelled and let go of their rooms, within the caller's transaction.

    Who calls has locked them and told their people.
    """
    if session_ids:
        cancelled: dict[Any, Any] = {
            "state": SessionState.CANCELLED,
            "cancelled_at": at,
            "cancel_reason": reason,
        }
        await Session.update(cancelled).where(Session.id.is_in(session_ids))
        await rooms.free(session_ids)
