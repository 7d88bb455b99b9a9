"""Reservations: one member, one session, one state."""

from piccolo.table import Table

from booking.kit.tables import identifier, instant, key, one_of, ref, text, texts
from booking.people.tables import Member
from booking.programs.tables import Session
from booking.reservations.rules import ReservationState


class Reservation(Table, tablename="reservation"):
    """A member's place in a session. At most one live row per member and session (partial unique index)."""

    id = key()
    session = ref(Session)
    member = ref(Member)
    state = text()
    order_id = identifier(index=True)
    booked_at = instant()
    booked_by_kind = text()
    booked_by = identifier(null=True)
    overridden = texts()
    override_reason = text(null=True)
    assistance = text(null=True)
    arrived_at = instant(null=True)
    cancelled_at = instant(null=True)
    cancelled_by = identifier(null=True)
    released_at = instant(null=True)
    reservation_state_check = one_of("state", ReservationState)
