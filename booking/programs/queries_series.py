"""Reads of series: sessions that belong together."""

from collections.abc import Iterable
from uuid import UUID

from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.programs.errors import UnknownSession
from booking.programs.schemas import SeriesView


async def get_series(series_id: UUID) -> SeriesView:
    """A series by id. Raises: UnknownSession."""
    row = await db.fetchrow(
        f"select id, name, {words_sql('name', 'names')} as names, is_whole from series where id = $1", series_id
    )
    if row is None:
        raise UnknownSession
    return SeriesView(**with_words(row, "names"))


async def list_days(series_id: UUID) -> list[UUID]:
    """The published sessions of a series, in the order they start."""
    rows = await db.fetch(
        "select id from session where series = $1 and state = 'published' order by starts_at, id", series_id
    )
    return [row["id"] for row in rows]


async def list_whole(session_ids: Iterable[UUID]) -> list[UUID]:
    """The published sessions of every series that is booked whole and has one of these among them."""
    rows = await db.fetch(
        "select session.id from session join series on series.id = session.series and series.is_whole"
        " where session.state = 'published'"
        "   and session.series in (select series from session where id = any($1))"
        " order by session.starts_at, session.id",
        list(session_ids),
    )
    return [row["id"] for row in rows]
