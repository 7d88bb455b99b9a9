"""What closing a day is decided from, what it would do, and what it did."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from booking.facilities.schemas import ClosureView, FacilityView
from booking.people.schemas import MemberView, PhoneToCall
from booking.programs.schemas import SessionView
from booking.reservations.schemas import ReservationView


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking with who made it, what comes with it and which rules were set aside for it."""

    id: UUID
    session_id: UUID
    member_id: UUID
    booked_by_kind: str
    booked_by: UUID | None
    overridden: list[str]
    order_id: UUID
    state: str
    enrolment_id: UUID | None
    uses_wheelchair: bool
    waiting_at: datetime | None
    options: list[str]


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """The booking that stands instead of another."""

    id: UUID
    session_id: UUID
    state: str


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Where a booking goes: a session that fits, or none. `overridden`: the rules set aside for it there."""

    booking: Booking
    session: SessionView | None = None
    overridden: tuple[str, ...] = ()


class AffectedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A member whom a closure reaches, and where the seat would go here or anywhere."""

    member: MemberView
    state: str
    here: SessionView | None
    anywhere: SessionView | None
    options: tuple[str, ...]


class AffectedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session that falls into a closure. `hidden`: protected members, who stand on no list, by how they hold on."""

    session: SessionView
    people: tuple[AffectedPerson, ...]
    hidden: int
    seats: int
    waiting: int


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a closure would reach. `seen` is the mark of what was shown."""

    facility: FacilityView
    day: date
    sessions: tuple[AffectedSession, ...]
    groups: tuple[tuple[UUID, str, int], ...]
    bookings: int
    moves_here: int
    moves_anywhere: int
    seen: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as it was, and the one that stands instead, if any."""

    was: ReservationView
    now: ReservationView | None = None


class Unreached(msgspec.Struct, frozen=True, kw_only=True):
    """A member whose people no message reached, with whom to ring and what to tell."""

    member: MemberView
    phones: tuple[PhoneToCall, ...]
    told: tuple[Told, ...]


class ClosureOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What closing a day did. `hidden`: protected members among those not reached."""

    closure: ClosureView
    facility: FacilityView
    sessions: int
    cancelled: int
    moved: tuple[Told, ...]
    hidden_moved: int
    unreached: tuple[Unreached, ...]
    hidden: int
