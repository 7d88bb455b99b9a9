"""Reads of programs and sessions."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from booking.kit import clock, db
from booking.programs import queries
from booking.programs.errors import UnknownProgram, UnknownSession
from tests.make.facilities import LONG_AGO, make_facility
from tests.make.programs import make_pattern, make_program, make_session

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "clock")]


async def test_a_session_is_read_with_its_program_and_facility() -> None:
    facility = await make_facility(late_minutes=7)
    program = await make_program(facility=facility, no_show_minutes=30, max_held=2)
    session = await make_session(facility=facility, program=program, seats=3, walk_in=2)
    assert await queries.get_session(session.id) == session
    assert (session.seats, session.late_minutes, session.no_show_minutes, session.max_held) == (5, 7, 30, 2)
    assert session.scopes == (facility.code, facility.body_code)
    async with db.transaction():
        assert await queries.lock_sessions([session.id]) == {session.id: session}
    assert await queries.list_sessions_by_id([session.id]) == {session.id: session}


async def test_lists_show_published_sessions_of_the_days_asked() -> None:
    session = await make_session()
    await make_session(state="draft")
    day = session.held_on
    assert day == clock.today() + timedelta(days=1)
    assert await queries.list_sessions(first_day=day, last_day=day, facility_ids=[session.facility_id]) == [session]
    assert await queries.list_sessions(first_day=day, last_day=day, program_id=session.program_id) == [session]
    assert await queries.list_sessions(first_day=day + timedelta(days=1), last_day=day + timedelta(days=9)) == []
    assert len(await queries.list_sessions(first_day=day, last_day=day, states=["draft"])) == 1


async def test_programs_eligibility_and_patterns() -> None:
    facility = await make_facility()
    program = await make_program(facility=facility, grades=(7, 12), adults=False)
    assert await queries.list_programs() == [program]
    rows = (await queries.load_eligibility([program.id]))[program.id]
    assert [(row.min_grade, row.max_grade, row.adults, row.valid_from_on) for row in rows] == [(7, 12, False, LONG_AGO)]
    await make_pattern(program, facility, weekday=1, valid_until_on=date(2026, 11, 1))
    await make_pattern(program, facility, weekday=2)
    patterns = await queries.list_patterns(program_id=program.id, first_day=date(2026, 11, 1))
    assert [pattern.weekday for pattern in patterns] == [2]
    async with db.transaction():
        assert await queries.lock_programs([program.id]) == {program.id: program}


async def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(UnknownProgram):
        await queries.get_program("none")
    with pytest.raises(UnknownSession):
        await queries.get_session(uuid4())
