"""Reads of rooms and of what uses them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from booking.facilities.errors import UnknownSpace
from booking.facilities.schemas import SpaceUseView, SpaceView
from booking.kit import db
from booking.kit.words import with_words, words_sql

_SPACE = (
    f"select id, facility as facility_id, code, name, {words_sql('name', 'names')} as names, capacity,"
    "       wheelchair_places, ended_on"
    "  from space"
)
_USE = "select id, space as space_id, starts_at, ends_at, used_for, used_by from space_taken"


def _space(row: Any) -> SpaceView:
    return SpaceView(**with_words(row, "names"))


async def list_spaces(facility_ids: Iterable[UUID], today: date) -> list[SpaceView]:
    """The rooms in use at these facilities, by name."""
    rows = await db.fetch(
        f"{_SPACE} where facility = any($1) and (ended_on is null or ended_on > $2) order by name, code",
        *(list(facility_ids), today),
    )
    return [_space(row) for row in rows]


async def get_space(space_id: UUID) -> SpaceView:
    """A room by id, in use or not. Raises: UnknownSpace."""
    row = await db.fetchrow(f"{_SPACE} where id = $1", space_id)
    if row is None:
        raise UnknownSpace
    return _space(row)


async def list_uses(space_ids: Iterable[UUID], since: datetime, until: datetime) -> list[SpaceUseView]:
    """What uses these rooms at any time from `since` to `until`, in the order it begins."""
    rows = await db.fetch(
        f"{_USE} where space = any($1) and tstzrange(starts_at, ends_at) && tstzrange($2, $3) order by starts_at, id",
        *(list(space_ids), since, until),
    )
    return [SpaceUseView(**row) for row in rows]


async def count_uses(space_id: UUID, since: datetime) -> int:
    """How often a room is needed from an instant on."""
    count: int = await db.fetchval(
        "select count(*) from space_taken where space = $1 and ends_at > $2", space_id, since
    )
    return count
