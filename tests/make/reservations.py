"""Reservations, as small as they may be."""

from datetime import datetime
from uuid import UUID

from booking.kit import clock
from booking.kit.tokens import new_id
from booking.people.schemas import MemberView
from booking.programs.schemas import SessionView
from booking.reservations import queries
from booking.reservations.rules import ReservationState
from booking.reservations.schemas import ReservationView
from booking.reservations.tables import Reservation
from tests.make.people import make_member
from tests.make.programs import make_session


async def make_reservation(
    session: SessionView | None = None,
    member: MemberView | None = None,
    state: ReservationState | str = ReservationState.CONFIRMED,
    *,
    order_id: UUID | None = None,
    arrived_at: datetime | None = None,
) -> ReservationView:
    """A seat of a member in a session, put there by the service itself; both are made unless given."""
    session = session or await make_session()
    member = member or await make_member(body=session.body_code)
    made = Reservation(
        id=new_id(),
        session=session.id,
        member=member.id,
        state=str(state),
        order_id=order_id or new_id(),
        booked_at=clock.now(),
        booked_by_kind="system",
        arrived_at=arrived_at,
    )
    await Reservation.insert(made)
    found = await queries.find_reservation(made.id)
    assert found is not None
    return found
