"""Who waits for which sessions, whose kept seats are over, and where somebody could be promoted."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from booking.kit import db
from booking.reservations.rules import TAKING_A_SEAT, ReservationState
from booking.reservations.schemas_facts import Waiter

_TAKING = [str(state) for state in TAKING_A_SEAT]
_ENDS = """case coalesce(session.selection, program.selection) when 'draw' then session.roll_over_at
  else least(session.booking_closes_at, session.roll_over_at) end"""
"""The moment of `rules_waiting.offers_end_at`."""


async def list_waiting(session_ids: Iterable[UUID]) -> list[Waiter]:
    """Who waits for these sessions, in the order they came, with the rest of their parties in other sessions."""
    rows = await db.fetch(
        "select reservation.id, order_id, session as session_id, member as member_id, is_party, waiting_at, overridden,"
        "       uses_wheelchair, array(select program_option.code from reservation_option"
        "         join session_option on session_option.id = reservation_option.option"
        "         join program_option on program_option.id = session_option.option"
        "        where reservation_option.reservation = reservation.id order by 1) as options"
        "  from reservation where state = 'waiting' and (session = any($1) or (is_party and order_id in ("
        "    select order_id from reservation where state = 'waiting' and is_party and session = any($1))))"
        " order by waiting_at, reservation.id",
        list(session_ids),
    )
    lists = ("overridden", "options")
    return [Waiter(**{**dict(row), **{name: tuple(row[name] or ()) for name in lists}}) for row in rows]


async def list_sessions_waited_for(member_ids: Iterable[UUID]) -> set[UUID]:
    """The sessions for which these members wait: a booking they give back may have stood in their way there."""
    rows = await db.fetch(
        "select distinct session from reservation where member = any($1) and state = 'waiting'", list(member_ids)
    )
    return {row["session"] for row in rows}


async def list_freed(reservation_ids: Iterable[UUID]) -> set[UUID]:
    """The sessions in which a seat may be free for somebody once these reservations are given back: their own, and
    those for which their members wait."""
    rows = await db.fetch(
        "select session from reservation where id = any($1) union select waiting.session"
        " from reservation waiting join reservation given on given.member = waiting.member"
        " where given.id = any($1) and waiting.state = 'waiting'",
        list(reservation_ids),
    )
    return {row["session"] for row in rows}


async def list_over_offers(now: datetime, limit: int) -> list[UUID]:
    """Reservations whose seat was kept until now, the longest past first."""
    rows = await db.fetch(
        "select id from reservation where state = 'offered' and offered_until <= $1"
        " order by offered_until, id limit $2",
        *(now, limit),
    )
    return [row["id"] for row in rows]


async def list_party_of(reservation_id: UUID, state: ReservationState) -> list[UUID]:
    """The reservations in a state that stand and fall with this one: its whole party, or itself alone."""
    rows = await db.fetch(
        "select other.id from reservation one join reservation other"
        "  on other.id = one.id or (one.is_party and other.is_party and other.order_id = one.order_id)"
        " where one.id = $1 and other.state = $2 order by other.id",
        *(reservation_id, str(state)),
    )
    return [row["id"] for row in rows]


async def list_ended_waits(now: datetime, limit: int) -> list[UUID]:
    """Reservations that still wait although nobody is promoted any more, those of one party together."""
    rows = await db.fetch(
        "select reservation.id from reservation where state = 'waiting' and exists ("
        "  select 1 from reservation one join session on session.id = one.session"
        "    join program on program.id = session.program"
        "   where one.state = 'waiting' and (one.id = reservation.id"
        "      or (reservation.is_party and one.is_party and one.order_id = reservation.order_id))"
        f"    and ({_ENDS} <= $1 or session.state <> 'published'))"
        " order by reservation.order_id, reservation.id limit $2",
        *(now, limit),
    )
    return [row["id"] for row in rows]


async def list_sessions_to_promote(now: datetime, after: UUID, limit: int) -> list[UUID]:
    """Sessions with a free seat for which somebody waits, so many of those whose id comes after another."""
    rows = await db.fetch(
        "select session.id from session join program on program.id = session.program"
        " where session.state = 'published' and session.id in (select session from reservation where state = 'waiting')"
        f"  and {_ENDS} > $1 and session.web_seats > (select count(*) from reservation seat"
        "                                  where seat.session = session.id and seat.state = any($2))"
        "  and session.id > $3 order by session.id limit $4",
        *(now, _TAKING, after, limit),
    )
    return [row["id"] for row in rows]
