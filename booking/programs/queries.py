"""Reads of programs, eligibility, patterns and sessions, and the session lock."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.programs.errors import UnknownProgram, UnknownSession
from booking.programs.rules import SessionState
from booking.programs.schemas import EligibilityView, OptionView, PatternView, ProgramView, RoomWish, SessionView

_PROGRAM = f"""
select program.id, program.code, program.name, {words_sql("program.name", "program.names")} as names,
       program.description, {words_sql("program.description", "program.descriptions")} as descriptions,
       program.brand, program.category, program.selection, body.id as body_id,
       body.code as body_code, program.booking_opens_days, program.booking_opens_time,
       program.booking_closes_minutes, program.cancel_until_minutes, program.roll_over_minutes, program.max_held,
       program.max_per_week, program.entry_opens_minutes, program.late_minutes, program.no_show_minutes,
       program.is_drafted, program.provisional, program.ended_on
  from program
  join body on body.id = program.body
"""
SESSION_COLUMNS = f"""
session.id, session.program as program_id, program.code as program_code, program.name as program_name,
       {words_sql("program.name", "program.names")} as program_names, program.brand, program.category,
       coalesce(session.selection, program.selection) as selection, program.max_held, program.max_per_week,
       session.facility as facility_id,
       facility.code as facility_code, facility.name as facility_name,
       {words_sql("facility.name", "facility.names")} as facility_names,
       facility.place as place_id, facility.body as body_id, body.code as body_code, session.pattern as pattern_id,
       session."group" as group_id, session.series as series_id, session.space as space_id,
       {words_sql("space.name", "space.names")} as space_names,
       session.title, {words_sql("session.title", "session.titles")} as titles,
       session.note, {words_sql("session.note", "session.notes")} as notes,
       coalesce(session.wheelchair_places, space.wheelchair_places) as wheelchair_places,
       session.held_on, session.starts_at, session.ends_at, session.web_seats, session.walk_in_seats, session.state,
       session.booking_opens_at, session.booking_closes_at, session.cancel_until, session.roll_over_at,
       coalesce(program.entry_opens_minutes, facility.entry_opens_minutes) as entry_opens_minutes,
       coalesce(program.late_minutes, facility.late_minutes) as late_minutes,
       coalesce(program.no_show_minutes, facility.no_show_minutes) as no_show_minutes,
       session.cancelled_at, session.cancel_reason
"""
SESSION_TABLES = """
session
  join program on program.id = session.program
  join facility on facility.id = session.facility
  join body on body.id = facility.body
  left join space on space.id = session.space
"""
"""What a `SessionView` is read from, for rooms above that read sessions together with rows of their own."""
_SESSION = f"select {SESSION_COLUMNS} from {SESSION_TABLES}"
_SESSION_FIELDS = SessionView.__struct_fields__
_SESSION_TEXTS = ("program_names", "facility_names", "space_names", "titles", "notes")
_PATTERN = f"""
select pattern.id, pattern.program as program_id, pattern.facility as facility_id, facility.code as facility_code,
       facility.name as facility_name, {words_sql("facility.name", "facility.names")} as facility_names,
       body.code as body_code, pattern.weekday,
       pattern.starts, pattern.ends, pattern.web_seats, pattern.walk_in_seats, pattern.valid_from_on,
       pattern.valid_until_on, pattern.provisional, pattern.space as space_id, space.name as space_name
  from pattern
  left join space on space.id = pattern.space
  join facility on facility.id = pattern.facility
  join body on body.id = facility.body
"""
ELIGIBILITY = f"""
eligibility.id, eligibility.program as program_id, eligibility.valid_from_on, eligibility.valid_until_on,
       eligibility.min_grade, eligibility.max_grade, eligibility.adults, eligibility.min_age, eligibility.max_age,
       eligibility.qualification as qualification_id,
       {words_sql("qualification.name", "qualification.names")} as qualification_names
"""
"""What an `EligibilityView` is read from, with a left join of qualifications."""
_OPTION = f"""
select session_option.id, session_option.session as session_id, program_option.id as option_id, program_option.code,
       program_option.name, {words_sql("program_option.name", "program_option.names")} as names, session_option.quota
  from session_option
  join program_option on program_option.id = session_option.option
"""
PUBLISHED = (SessionState.PUBLISHED,)


def _program(row: Any) -> ProgramView:
    return ProgramView(**with_words(row, "names", "descriptions"))


def as_session(row: Any) -> SessionView:
    """The session in a row of `SESSION_COLUMNS`."""
    return SessionView(**with_words({name: row[name] for name in _SESSION_FIELDS}, *_SESSION_TEXTS))


async def list_programs() -> list[ProgramView]:
    """Every program, running or ended, by brand and code."""
    return [_program(row) for row in await db.fetch(_PROGRAM + "order by program.brand, program.code")]


async def list_programs_at(facility_id: UUID, first_day: date, last_day: date) -> list[ProgramView]:
    """Programs with a published session at a facility on these days, both included, by brand and code."""
    rows = await db.fetch(
        _PROGRAM + "where exists (select 1 from session where session.program = program.id and session.facility = $1"
        " and session.held_on between $2 and $3 and session.state = 'published') order by program.brand, program.code",
        *(facility_id, first_day, last_day),
    )
    return [_program(row) for row in rows]


async def find_program(code: str) -> ProgramView | None:
    """The program with this code."""
    row = await db.fetchrow(_PROGRAM + "where program.code = $1", code)
    return None if row is None else _program(row)


async def get_program(code: str) -> ProgramView:
    """The program with this code. Raises: UnknownProgram."""
    found = await find_program(code)
    if found is None:
        raise UnknownProgram
    return found


async def lock_programs(program_ids: Iterable[UUID]) -> dict[UUID, ProgramView]:
    """Lock these programs until the transaction ends, in order of id, and read them as they are then."""
    rows = await db.fetch(
        _PROGRAM + "where program.id = any($1) order by program.id for no key update of program", list(program_ids)
    )
    return {row["id"]: _program(row) for row in rows}


def _eligibility(row: Any) -> EligibilityView:
    return EligibilityView(**with_words(row, "qualification_names"))


async def load_eligibility(program_ids: Iterable[UUID]) -> dict[UUID, tuple[EligibilityView, ...]]:
    """Who may take part in these programs, as dated rows in the order of their first days."""
    ids = list(program_ids)
    rows = await db.fetch(
        f"select {ELIGIBILITY} from eligibility"
        "  left join qualification on qualification.id = eligibility.qualification"
        " where eligibility.program = any($1) order by eligibility.program, eligibility.valid_from_on",
        ids,
    )
    found = [_eligibility(row) for row in rows]
    return {each: tuple(row for row in found if row.program_id == each) for each in ids}


async def list_patterns(
    *, program_id: UUID | None = None, facility_ids: Sequence[UUID] | None = None, first_day: date
) -> list[PatternView]:
    """Patterns that are valid on `first_day` or later, by facility, weekday and time."""
    rows = await db.fetch(
        _PATTERN + " where ($1::uuid is null or pattern.program = $1)"
        "   and ($2::uuid[] is null or pattern.facility = any($2))"
        "   and (pattern.valid_until_on is null or pattern.valid_until_on > $3)"
        " order by facility.code, pattern.weekday, pattern.starts, pattern.valid_from_on",
        program_id,
        None if facility_ids is None else list(facility_ids),
        first_day,
    )
    return [PatternView(**with_words(row, "facility_names")) for row in rows]


async def find_pattern(pattern_id: UUID) -> PatternView | None:
    """The weekly time with this id, running or ended."""
    row = await db.fetchrow(_PATTERN + " where pattern.id = $1", pattern_id)
    return None if row is None else PatternView(**with_words(row, "facility_names"))


async def list_in_room(session_ids: Iterable[UUID], space_id: UUID | None) -> list[UUID]:
    """Those of the sessions that have a room, or wish for it; with None, those that have none and wish for none."""
    rows = await db.fetch(
        "select id from session where id = any($1)"
        " and ((space is not distinct from $2 and wished_space is null) or wished_space = $2)",
        *(list(session_ids), space_id),
    )
    return [row["id"] for row in rows]


async def list_without_room(facility_ids: Iterable[UUID], after: datetime) -> list[RoomWish]:
    """Sessions to come that wish for a room which something else uses, in the order they begin."""
    rows = await db.fetch(
        "select session.id as session_id, session.wished_space as space_id, space.name as space_name from session"
        " join space on space.id = session.wished_space where session.facility = any($1) and session.starts_at > $2"
        " and session.state <> 'cancelled' order by session.starts_at, session.id",
        *(list(facility_ids), after),
    )
    return [RoomWish(**dict(row)) for row in rows]


async def list_session_ids_of_pattern(pattern_id: UUID, first_day: date, after: datetime) -> list[UUID]:
    """The sessions of a weekly time held on a day or later that start after an instant."""
    rows = await db.fetch(
        "select id from session where pattern = $1 and held_on >= $2 and starts_at > $3", pattern_id, first_day, after
    )
    return [row["id"] for row in rows]


async def list_session_ids_of_program(program_id: UUID, first_day: date, after: datetime) -> list[UUID]:
    """The sessions of a program held on a day or later that start after an instant."""
    rows = await db.fetch(
        "select id from session where program = $1 and held_on >= $2 and starts_at > $3", program_id, first_day, after
    )
    return [row["id"] for row in rows]


async def list_session_ids_in_space(space_id: UUID, after: datetime) -> list[UUID]:
    """The sessions in a room that start after an instant."""
    rows = await db.fetch("select id from session where space = $1 and starts_at > $2", space_id, after)
    return [row["id"] for row in rows]


async def list_sessions(
    *,
    first_day: date,
    last_day: date,
    facility_ids: Sequence[UUID] | None = None,
    program_id: UUID | None = None,
    states: Sequence[str] = PUBLISHED,
) -> list[SessionView]:
    """Sessions held from `first_day` to `last_day`, both included, in the order they start; published ones only
    unless asked otherwise."""
    rows = await db.fetch(
        _SESSION + "where session.held_on between $1 and $2 and ($3::uuid[] is null or session.facility = any($3))"
        " and ($4::uuid is null or session.program = $4) and session.state = any($5)"
        " order by session.starts_at, facility.code, program.code, session.id",
        first_day,
        last_day,
        None if facility_ids is None else list(facility_ids),
        program_id,
        [str(state) for state in states],
    )
    return [as_session(row) for row in rows]


async def find_session(session_id: UUID) -> SessionView | None:
    """The session with this id, whatever its state."""
    row = await db.fetchrow(_SESSION + "where session.id = $1", session_id)
    return None if row is None else as_session(row)


async def get_session(session_id: UUID) -> SessionView:
    """The session with this id, whatever its state. Raises: UnknownSession."""
    found = await find_session(session_id)
    if found is None:
        raise UnknownSession
    return found


async def list_sessions_by_id(session_ids: Iterable[UUID]) -> dict[UUID, SessionView]:
    """These sessions by id; the same read as `lock_sessions`, without the lock."""
    rows = await db.fetch(_SESSION + "where session.id = any($1) order by session.id", list(session_ids))
    return {row["id"]: as_session(row) for row in rows}


async def lock_sessions(session_ids: Iterable[UUID]) -> dict[UUID, SessionView]:
    """Lock these sessions until the transaction ends, in order of id, and read them as they are then."""
    rows = await db.fetch(
        _SESSION + "where session.id = any($1) order by session.id for no key update of session", list(session_ids)
    )
    return {row["id"]: as_session(row) for row in rows}


def _option(row: Any) -> OptionView:
    return OptionView(**with_words(row, "names"))


async def list_options(session_ids: Iterable[UUID]) -> list[OptionView]:
    """What can be asked for with a seat in these sessions, by code."""
    rows = await db.fetch(
        _OPTION + "where session_option.session = any($1) order by program_option.code, session_option.id",
        list(session_ids),
    )
    return [_option(row) for row in rows]


async def lock_options(session_ids: Iterable[UUID]) -> list[OptionView]:
    """Lock the pools of every option of these sessions until the transaction ends, in order of id, and read them."""
    rows = await db.fetch(
        _OPTION
        + "where session_option.session = any($1) order by session_option.id for no key update of session_option",
        list(session_ids),
    )
    return [_option(row) for row in rows]


async def lock_groups(group_ids: Iterable[UUID]) -> set[UUID]:
    """Lock weekly groups until the transaction ends, in order of id; what they are is read after."""
    rows = await db.fetch(
        "select id from weekly_group where id = any($1) order by id for no key update", list(group_ids)
    )
    return {row["id"] for row in rows}


async def lock_sessions_at_once(session_ids: Iterable[UUID]) -> dict[UUID, SessionView]:
    """The same without waiting: those that nobody else has locked. Late in a transaction no lock may be waited for."""
    rows = await db.fetch(
        _SESSION + "where session.id = any($1) order by session.id for no key update of session skip locked",
        list(session_ids),
    )
    return {row["id"]: as_session(row) for row in rows}
