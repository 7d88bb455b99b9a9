"""Reservations, rosters and orders as the verbs of this room answer with them."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from booking.kit.errors import Refusal
from booking.people.schemas import MemberView
from booking.programs.schemas import SessionView
from booking.reservations.schemas_draws import DrawView
from booking.reservations.schemas_facts import Chosen, OptionPool


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for. `overridden` and `reason` are for staff: rules set aside by code, and why.

    `options`: codes of what everybody of the order wants wherever a session offers it. `wheelchair_ids`: which of the
    members use a wheelchair. `helpers` come along and take no seat; the first member's row of a session counts them.
    `waits`: on the waiting list where every seat is taken.
    """

    session_ids: tuple[UUID, ...]
    member_ids: tuple[UUID, ...]
    assistance: str = ""
    options: tuple[str, ...] = ()
    wheelchair_ids: frozenset[UUID] = frozenset()
    helpers: int = 0
    overridden: frozenset[str] = frozenset()
    reason: str = ""
    waits: bool = False


class ReservationView(msgspec.Struct, frozen=True, kw_only=True):
    """A reservation with what a person wants to read of its session.

    `waiting_at`: since when it waits, or waited until its end. `position`: how many in the line up to this one.
    """

    id: UUID
    order_id: UUID
    state: str
    session_id: UUID
    member_id: UUID
    member_name: str
    program_code: str
    program_name: str
    program_names: dict[str, str]
    title: str | None = None
    titles: dict[str, str] = {}
    series_id: UUID | None = None
    facility_code: str
    facility_name: str
    facility_names: dict[str, str]
    facility_addresses: dict[str, str]
    place_code: str
    body_code: str
    held_on: date
    starts_at: datetime
    ends_at: datetime
    cancel_until: datetime
    booked_at: datetime
    arrived_at: datetime | None
    cancelled_at: datetime | None
    options: tuple[Chosen, ...] = ()
    uses_wheelchair: bool = False
    helpers: int = 0
    enrolment_id: UUID | None = None
    is_party: bool = False
    waiting_at: datetime | None = None
    offered_at: datetime | None = None
    offered_until: datetime | None = None
    extended_at: datetime | None = None
    position: int | None = None

    @property
    def scopes(self) -> tuple[str, str]:
        """The scopes a grant may name to reach this reservation."""
        return (self.facility_code, self.body_code)


class RosterEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a session's roster, for the staff of that place and day.

    `waiting_at`: since when it waits. `position`: how many in the line up to this one, where it waits still.
    """

    id: UUID
    member: MemberView
    state: str
    assistance: str | None
    booked_at: datetime
    arrived_at: datetime | None
    overridden: tuple[str, ...]
    override_reason: str | None
    options: tuple[Chosen, ...] = ()
    uses_wheelchair: bool = False
    helpers: int = 0
    waiting_at: datetime | None = None
    position: int | None = None

    @property
    def needs(self) -> str:
        """What help is needed: as said for this day, or as registered."""
        return self.assistance or self.member.assistance or ""


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """A session's roster: those it may show, how many seats are taken in all, and what can come with a seat.

    `entries` are those asked for among the seats, `waiting` among the line, in its order; `hidden` of each stand on no
    list. `here`: how many of all have come.
    """

    session: SessionView
    entries: list[RosterEntry]
    waiting: list[RosterEntry]
    taken: int
    here: int
    waiting_in_all: int
    hidden: int
    hidden_waiting: int
    wheelchairs: int
    pools: tuple[OptionPool, ...] = ()


class KioskBooking(msgspec.Struct, frozen=True, kw_only=True):
    """A seat of a member, as the door needs it."""

    reservation_id: UUID
    session_id: UUID
    member_id: UUID
    state: str


class Bookings(msgspec.Struct, frozen=True, kw_only=True):
    """The reader's family and its bookings."""

    members: list[MemberView]
    items: list[ReservationView]


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """The reader's kept seats, those of a party together, and where they wait, each with what stands in the way now.

    `applied`: entries in draws, each with its number once the list is closed.
    """

    offered: list[list[ReservationView]]
    waiting: list[tuple[ReservationView, Refusal | None]]
    applied: list[tuple[ReservationView, DrawView | None, int | None]] = []


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of an order that was refused while others were booked."""

    session: UUID
    member: UUID
    refusal: Refusal


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order."""

    items: tuple[ReservationView, ...]
    refused: tuple[Refused, ...] = ()
