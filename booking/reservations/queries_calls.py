"""Offers that reached nobody: the families the desk must phone before the time to answer is over."""

from collections.abc import Iterable
from datetime import datetime

from booking.kit import db
from booking.reservations import queries
from booking.reservations.schemas import ReservationView

_UNTOLD = """
select reservation.id, member.is_protected
  from reservation join member on member.id = reservation.member
  join session on session.id = reservation.session join facility on facility.id = session.facility
  join body on body.id = facility.body
 where reservation.state = 'offered' and reservation.offered_until > $1
   and ($2::text[] is null or facility.code = any($2) or body.code = any($2))
   and not exists (
     select 1 from message where message.kind = any($3) and message.state in ('queued', 'sent')
        and message.created_at >= reservation.offered_at and reservation.member::text = any(message.about))
 order by reservation.offered_until, reservation.id limit 500"""


async def list_untold(
    scopes: Iterable[str] | None, kinds: Iterable[str], now: datetime
) -> list[tuple[ReservationView, bool]]:
    """The reservations kept for somebody whom no message of these kinds reached or is on its way to, the next to end
    first, each with whether its member is protected. `scopes`: bodies and facilities; None: all."""
    rows = await db.fetch(_UNTOLD, now, None if scopes is None else list(scopes), list(kinds))
    views = {one.id: one for one in await queries.list_reservations(row["id"] for row in rows)}
    return [(views[row["id"]], row["is_protected"]) for row in rows]
