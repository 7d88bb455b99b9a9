"""Reads of what the people of weekly groups are asked, and of what they answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.reservations.queries_enrolments import read_times
from booking.reservations.schemas_moves import AnswerView, MoveView

_MOVE = f"""
select id, "group" as group_id, kind, to_group as to_group_id, times, from_on, {words_sql("note", "notes")} as notes,
       state, asked_at, answer_until
  from group_move
"""
_ANSWER = """
select answered.id, answered.move as move_id, answered.enrolment as enrolment_id, enrolment.member as member_id,
       answered.is_yes, answered.answered_at
  from group_move_answer as answered join enrolment on enrolment.id = answered.enrolment
"""


def _move(row: Any) -> MoveView:
    return MoveView(**{**with_words(row, "notes"), "times": read_times(row["times"])})


async def find_move(move_id: UUID) -> MoveView | None:
    """The move with this id, whatever its state."""
    row = await db.fetchrow(_MOVE + "where id = $1", move_id)
    return None if row is None else _move(row)


async def find_asked(group_id: UUID) -> MoveView | None:
    """What the people of a group are being asked, or None."""
    row = await db.fetchrow(_MOVE + "where \"group\" = $1 and state = 'asked'", group_id)
    return None if row is None else _move(row)


async def list_over(now: datetime) -> list[MoveView]:
    """Proposals to come to another group whose time to answer has passed."""
    rows = await db.fetch(_MOVE + "where state = 'asked' and kind = 'other-group' and answer_until <= $1", now)
    return [_move(row) for row in rows]


async def list_answers(move_id: UUID) -> list[AnswerView]:
    """Everybody who was asked, with what they answered."""
    rows = await db.fetch(_ANSWER + "where answered.move = $1 order by answered.id", move_id)
    return [AnswerView(**row) for row in rows]


async def find_answer(answer_id: UUID) -> AnswerView | None:
    """One member's answer, whoever it is of: the caller decides who may see it."""
    row = await db.fetchrow(_ANSWER + "where answered.id = $1", answer_id)
    return None if row is None else AnswerView(**row)


async def list_open_answers(enrolment_ids: Iterable[UUID]) -> list[AnswerView]:
    """What these enrolments are being asked now."""
    rows = await db.fetch(
        _ANSWER + "join group_move on group_move.id = answered.move"
        " where answered.enrolment = any($1) and group_move.state = 'asked'",
        list(enrolment_ids),
    )
    return [AnswerView(**row) for row in rows]


async def list_guests(session_ids: Iterable[UUID]) -> list[UUID]:
    """Live bookings of these sessions that belong to no enrolment: guests of a group, by id."""
    rows = await db.fetch(
        "select id from reservation where session = any($1) and enrolment is null"
        " and state in ('confirmed', 'offered', 'waiting', 'applied') order by id",
        list(session_ids),
    )
    return [row["id"] for row in rows]


async def list_held_in(session_ids: Iterable[UUID]) -> list[UUID]:
    """Live bookings of these sessions that belong to an enrolment, by id."""
    rows = await db.fetch(
        "select id from reservation where session = any($1) and enrolment is not null"
        " and state in ('confirmed', 'offered') order by id",
        list(session_ids),
    )
    return [row["id"] for row in rows]
