"""What is mailed about points: that a seat was not used, and until when booking on the web pauses."""

from datetime import datetime

from booking.kit.i18n import N_
from booking.reservations.mail_offers import tell
from booking.reservations.schemas import ReservationView


async def tell_given(reservation: ReservationView, points: int, paused_until: datetime | None) -> None:
    """Say what was counted, and what follows from it."""
    more = {"points": points, "paused_until": paused_until}
    await tell([reservation], "points-given", N_("使われなかった席について"), more=more)
