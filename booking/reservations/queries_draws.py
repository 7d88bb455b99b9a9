"""Reads of draws, their entries and what they are drawn from."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.programs.queries import SESSION_COLUMNS, SESSION_TABLES, as_session
from booking.reservations.rules import ReservationState
from booking.reservations.schemas_draws import Drawn, DrawView, KeptEntry
from booking.reservations.schemas_facts import Waiter

_DRAW = f"""
select draw.id, draw.session as session_id, draw.commitment, draw.public_name,
       {words_sql("draw.public_name", "draw.public_names")} as public_names, draw.public_on, draw.public_number,
       draw.confirm_hours, draw.seats, draw.opened_at, draw.closed_at, draw.list_digest, draw.drawn_at,
       session.booking_opens_at as opens_at, session.booking_closes_at as closes_at, session.roll_over_at,
       (select count(*) from draw_entry where draw_entry.draw = draw.id) as entries
  from draw join session on session.id = draw.session"""
_BY_DRAW = "coalesce(session.selection, program.selection) = 'draw' and session.state = 'published'"
_APPLIED = "(select count(*) from reservation where reservation.session = session.id and reservation.state = 'applied')"


async def find_draw(draw_id: UUID) -> DrawView | None:
    """A draw by its id."""
    row = await db.fetchrow(f"{_DRAW} where draw.id = $1", draw_id)
    return None if row is None else DrawView(**with_words(row, "public_names"))


async def find_draw_of(session_id: UUID) -> DrawView | None:
    """The draw of a session, or None before one is prepared."""
    row = await db.fetchrow(f"{_DRAW} where draw.session = $1", session_id)
    return None if row is None else DrawView(**with_words(row, "public_names"))


async def list_drawn(scopes: Iterable[str] | None, since: datetime) -> list[Drawn]:
    """The sessions by draw that end after `since` at places in these scopes (None: everywhere), with their draws."""
    rows = await db.fetch(
        f"select {SESSION_COLUMNS}, {_APPLIED} as applied from {SESSION_TABLES} where {_BY_DRAW}"
        " and session.ends_at > $1 and ($2::text[] is null or facility.code = any($2) or body.code = any($2))"
        " order by session.starts_at, session.id limit 200",
        *(since, None if scopes is None else list(scopes)),
    )
    draws = await db.fetch(f"{_DRAW} where draw.session = any($1)", [row["id"] for row in rows])
    found = {row["session_id"]: DrawView(**with_words(row, "public_names")) for row in draws}
    return [Drawn(draw=found.get(row["id"]), session=as_session(row), applied=row["applied"]) for row in rows]


async def list_sessions_to_open(now: datetime) -> list[UUID]:
    """Sessions by draw whose entries are open and that have no draw yet."""
    rows = await db.fetch(
        f"select session.id from session join program on program.id = session.program where {_BY_DRAW}"
        " and session.booking_opens_at <= $1 and session.booking_closes_at > $1 and session.ends_at > $1"
        " and not exists (select 1 from draw where draw.session = session.id) order by session.id",
        now,
    )
    return [row["id"] for row in rows]


async def list_draws_to_close(now: datetime) -> list[UUID]:
    """Draws whose entries have ended and whose list is not closed."""
    rows = await db.fetch(
        "select draw.id from draw join session on session.id = draw.session"
        " where draw.closed_at is null and session.booking_closes_at <= $1 order by draw.id",
        now,
    )
    return [row["id"] for row in rows]


async def list_never_drawn(now: datetime) -> list[UUID]:
    """Entries whose session came before its draw was run, or does not take place."""
    rows = await db.fetch(
        "select reservation.id from reservation join session on session.id = reservation.session"
        " where reservation.state = 'applied' and (session.roll_over_at <= $1 or session.state <> 'published')"
        " order by reservation.id limit 500",
        now,
    )
    return [row["id"] for row in rows]


async def list_applied(session_id: UUID) -> list[Waiter]:
    """Who has applied for a session, in the order they came; `waiting_at` is when they did."""
    rows = await db.fetch(
        "select reservation.id, order_id, session as session_id, member as member_id, is_party,"
        "       booked_at as waiting_at, overridden, uses_wheelchair, array(select program_option.code"
        "         from reservation_option join session_option on session_option.id = reservation_option.option"
        "         join program_option on program_option.id = session_option.option"
        "        where reservation_option.reservation = reservation.id order by 1) as options"
        "  from reservation where session = $1 and state = $2 order by booked_at, reservation.id",
        *(session_id, str(ReservationState.APPLIED)),
    )
    lists = ("overridden", "options")
    return [Waiter(**{**dict(row), **{name: tuple(row[name] or ()) for name in lists}}) for row in rows]


async def list_entries(draw_id: UUID) -> list[KeptEntry]:
    """The entries of a closed list by number; a party is one, with as many seats as it applied for."""
    rows = await db.fetch(
        "select draw_entry.id, draw_entry.number, draw_entry.reservation as reservation_id, draw_entry.rank,"
        "       draw_entry.outcome, draw_entry.seats"
        "  from draw_entry where draw_entry.draw = $1 order by draw_entry.number",
        draw_id,
    )
    return [KeptEntry(**row) for row in rows]


async def find_sealed_secret(draw_id: UUID) -> str:
    """A draw's secret, still sealed."""
    return str(await db.fetchval("select secret from draw where id = $1", draw_id))


async def list_numbers(reservation_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The entry numbers of these reservations, those of a party at its first."""
    rows = await db.fetch(
        "select mine.id, draw_entry.number from reservation mine join reservation first"
        "   on first.id = mine.id or (mine.is_party and first.order_id = mine.order_id)"
        "  join draw_entry on draw_entry.reservation = first.id where mine.id = any($1)",
        list(reservation_ids),
    )
    return {row["id"]: row["number"] for row in rows}
