"""What leaves and enters: cursors of lists, instants in filters, calendar entries, items. From values alone."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from booking.kit.errors import Refusal
from booking.kit.tokens import from_text, to_text
from booking.reservations.errors_staff import CursorUnusable, FilterUnknown
from booking.reservations.rules import ReservationState
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_api import ReservationItem

Place = tuple[datetime, UUID]
"""Where a page of a list ended: when the last item starts, and its id."""


def cursor_of(place: Place) -> str:
    """A place in a list as an opaque text."""
    return to_text(msgspec.json.encode(place))


def read_cursor(text: str | None) -> Place | None:
    """The place a cursor stands for. Raises: CursorUnusable."""
    if not text:
        return None
    try:
        place = msgspec.json.decode(from_text(text), type=tuple[datetime, UUID])
    except (ValueError, msgspec.MsgspecError):
        raise CursorUnusable from None
    if place[0].tzinfo is None:
        raise CursorUnusable
    return place


def read_instant(text: str, name: str) -> datetime | date:
    """An instant with its offset, or a local day. Raises: FilterUnknown, at the filter of this name."""
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise wrong_filter(name) from None
    if instant.tzinfo is None:
        raise wrong_filter(name)
    return instant.astimezone(UTC)


def wrong_filter(name: str) -> Refusal:
    """The refusal of one filter."""
    return FilterUnknown(fields={name: FilterUnknown()})


def item_of(view: ReservationView) -> ReservationItem:
    """A reservation as the API shows it."""
    return ReservationItem(
        id=view.id,
        order=view.order_id,
        session=view.session_id,
        member=view.member_id,
        state=view.state,
        program=view.program_code,
        facility=view.facility_code,
        starts_at=view.starts_at,
        ends_at=view.ends_at,
        cancel_until=view.cancel_until,
        booked_at=view.booked_at,
        arrived_at=view.arrived_at,
        cancelled_at=view.cancelled_at,
        options=[each.code for each in view.options],
        wheelchair=view.uses_wheelchair,
        helpers=view.helpers,
        position=view.position,
        offered_until=view.offered_until if view.state == ReservationState.OFFERED else None,
    )
