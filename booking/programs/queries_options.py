"""Reads of what programs offer with a seat."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.programs.schemas import ProgramOptionView


async def list_program_options(program_id: UUID, today: date) -> list[ProgramOptionView]:
    """What a program offers with every seat today or later, by name."""
    rows = await db.fetch(
        f"select id, code, name, {words_sql('name', 'names')} as names, quota from program_option"
        " where program = $1 and (ended_on is null or ended_on > $2) order by name, code",
        *(program_id, today),
    )
    return [ProgramOptionView(**with_words(row, "names")) for row in rows]


async def list_not_offered(session_ids: Iterable[UUID]) -> list[tuple[UUID, UUID, int]]:
    """What the programs of these sessions offer and the sessions do not have yet: session, option, how many."""
    rows = await db.fetch(
        "select session.id, program_option.id as option, program_option.quota"
        "  from session join program_option on program_option.program = session.program"
        "  left join session_option on session_option.session = session.id"
        "   and session_option.option = program_option.id"
        " where session.id = any($1) and session_option.id is null"
        "   and (program_option.ended_on is null or program_option.ended_on > session.held_on)",
        list(session_ids),
    )
    return [(row["id"], row["option"], row["quota"]) for row in rows]
