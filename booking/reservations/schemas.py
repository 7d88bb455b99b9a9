"""What crosses the doors of this room, and the facts its rules decide from."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from booking.facilities.schemas import FacilityView, Hours
from booking.kit.errors import Refusal
from booking.people.schemas import MemberView
from booking.programs.schemas import EligibilityView, ProgramView, SessionView
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations.schemas_draws import DrawView

Names = Mapping[str, str]


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A live reservation of a member, as far as limits and overlaps need it."""

    session_id: UUID
    member_id: UUID
    program_id: UUID
    state: str
    held_on: date
    starts_at: datetime
    ends_at: datetime
    names: Names
    enrolment_id: UUID | None = None


class HeldEnrolment(msgspec.Struct, frozen=True, kw_only=True):
    """A member's place in a weekly group, as far as limits and overlaps need it: one booking held."""

    id: UUID
    member_id: UUID
    group_id: UUID
    program_id: UUID
    times: tuple[WeeklyTime, ...]
    names: Names


class OptionPool(msgspec.Struct, frozen=True, kw_only=True):
    """An option of a session: how many there are and how many live reservations have asked for."""

    id: UUID
    session_id: UUID
    code: str
    names: Names
    quota: int
    taken: int

    @property
    def left(self) -> int:
        """How many can still be asked for."""
        return max(self.quota - self.taken, 0)


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """An option that came with a reservation."""

    code: str
    names: dict[str, str]


class OrderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one order is decided from, read after the locks.

    `bookable`: members the asker may book for. `is_desk`: staff ask, who know only members of their own body.
    `paused`: until when booking pauses for a member with a body (its code), because of points.
    `is_drawn`: seats are given to those who have applied or wait, so that no draw is in their way any more.
    `pools`: the options of each session; `wheelchairs`: how many of its seats are taken by people in a wheelchair.
    """

    now: datetime
    sessions: tuple[SessionView, ...]
    member_ids: tuple[UUID, ...]
    members: Mapping[UUID, MemberView]
    bookable: frozenset[UUID]
    taken: Mapping[UUID, int]
    holdings: tuple[Holding, ...]
    eligibility: Mapping[UUID, tuple[EligibilityView, ...]]
    pools: Mapping[UUID, tuple[OptionPool, ...]] = {}
    options: tuple[str, ...] = ()
    wheelchairs: Mapping[UUID, int] = {}
    wheelchair_ids: frozenset[UUID] = frozenset()
    overridden: frozenset[str] = frozenset()
    is_desk: bool = False
    enrolments: tuple[HeldEnrolment, ...] = ()
    is_drawn: bool = False
    paused: Mapping[tuple[UUID, str], datetime] = {}


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one member and session; no refusals means the seat is theirs. `overridden`: rules set aside."""

    session: SessionView
    member_id: UUID
    refusals: tuple[Refusal, ...] = ()
    overridden: tuple[str, ...] = ()
    enrolment_id: UUID | None = None


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


class Waiter(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on a waiting list. Of a party (one order, wanted whole) all get their seats together or nobody."""

    id: UUID
    order_id: UUID
    session_id: UUID
    member_id: UUID
    is_party: bool
    waiting_at: datetime
    options: tuple[str, ...] = ()
    uses_wheelchair: bool = False
    overridden: tuple[str, ...] = ()


class Seats(msgspec.Struct, frozen=True):
    """Seats of a session. `left` is what can be booked now; after the roll-over free web seats belong to the door."""

    web: int
    walk_in: int
    taken: int
    left: int


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


class ListedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session in a list: seats taken, who waits, for whom it is, and which of the reader's members hold a seat.

    `mine_waiting`: those of them who wait for one or have applied for one.
    """

    session: SessionView
    taken: int
    waiting: int
    eligibility: tuple[EligibilityView, ...] = ()
    mine: tuple[UUID, ...] = ()
    mine_waiting: tuple[UUID, ...] = ()


class DayCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions of a program there are on a day at a facility."""

    day: date
    program: str
    names: dict[str, str]
    n: int


class PlaceListed(msgspec.Struct, frozen=True, kw_only=True):
    """A facility of the finder, with how many sessions of each program each day of the week shown has."""

    id: UUID
    code: str
    name: str
    names: dict[str, str]
    place_names: dict[str, str]
    counts: tuple[DayCount, ...]


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What the finder is asked for. `who`: a school year (`1` to `12`), `adult`, or a member of the family by id."""

    first: date | None = None
    day: date | None = None
    is_week: bool = False
    facility: str = ""
    program: str = ""
    who: str = ""
    only_free: bool = False


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the finder shows: sessions that fit, the week's counts, the places, the programs, the reader's family.

    `asked` holds what there is of what was asked for. Where nothing fits, `next_day` is the next day with a seat, and
    `closed` the day asked for, when the one place asked for is closed then.
    """

    asked: Search
    day: date
    counts: Mapping[date, int]
    places: list[PlaceListed]
    programs: Mapping[str, dict[str, str]]
    sessions: list[ListedSession]
    members: list[MemberView]
    next_day: date | None = None
    closed: Hours | None = None


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """One session opened: `refusal` when nobody can book it now, `choices` with each member's own refusal.

    `waits`: the same for its waiting list, when every seat is taken, with what stands in the way of a seat for now.
    `applies`: the same for its `draw`, where seats are drawn.
    """

    listed: ListedSession
    program: ProgramView
    facility: FacilityView
    others: list[ListedSession]
    refusal: Refusal | None
    choices: list[tuple[MemberView, Refusal | None]]
    pools: tuple[OptionPool, ...] = ()
    wheelchairs: int = 0
    days: tuple[ListedSession, ...] = ()
    is_whole: bool = False
    waits: list[tuple[MemberView, Refusal | None, Refusal | None]] = []
    applies: list[tuple[MemberView, Refusal | None]] = []
    draw: DrawView | None = None


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


# ---- JSON ---------------------------------------------------------------------------------------------------------


class BookRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who wants to take part in what. One of `session_id` and `session_ids`.

    `options` are codes of a session's options, wanted for every member; `wheelchair` names the members who use one;
    `helpers` come along and take no seat.
    `join_waiting_list`: what has no free seat waits for one; with `all_or_nothing` the whole order waits.
    `override` names the rules that staff set aside, `reason` says why.
    """

    member_ids: Annotated[list[UUID], msgspec.Meta(max_length=200)]
    session_id: UUID | None = None
    session_ids: Annotated[list[UUID], msgspec.Meta(max_length=200)] = []
    options: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    all_or_nothing: bool = False
    join_waiting_list: bool = False
    assistance: Annotated[str, msgspec.Meta(max_length=500)] = ""
    wheelchair: Annotated[list[UUID], msgspec.Meta(max_length=200)] = []
    helpers: Annotated[int, msgspec.Meta(ge=0, le=5)] = 0
    override: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class CancelRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why staff cancel, and which rules they set aside; residents send an empty object."""

    override: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class ReservationItem(msgspec.Struct, frozen=True, kw_only=True):
    """A reservation in the API. `position`: its place in the waiting list; `offered_until`: how long a seat is kept."""

    id: UUID
    order: UUID
    session: UUID
    member: UUID
    state: str
    program: str
    facility: str
    starts_at: datetime
    ends_at: datetime
    cancel_until: datetime
    booked_at: datetime
    arrived_at: datetime | None
    cancelled_at: datetime | None
    options: list[str] = []
    wheelchair: bool = False
    helpers: int = 0
    position: int | None = None
    offered_until: datetime | None = None


class RefusedItem(msgspec.Struct, frozen=True, kw_only=True):
    """What was not booked and why."""

    session: UUID
    member: UUID
    code: str
    detail: str


class BookAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was booked; `refused` is empty unless part of the order was."""

    items: list[ReservationItem]
    refused: list[RefusedItem] = []


class ReservationPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of reservations."""

    items: list[ReservationItem]
    next_cursor: str | None


class OptionItem(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked for with a seat of a session, by its code, and how many are left."""

    code: str
    names: dict[str, str]
    quota: int
    left: int


class SessionItem(msgspec.Struct, frozen=True, kw_only=True):
    """A session in the API. `program` and `facility` are codes; `titles` and `notes` say per language what this one
    session is about, where it says more than its program."""

    id: UUID
    program: str
    facility: str
    starts_at: datetime
    ends_at: datetime
    state: str
    seats: Seats
    waiting: int
    booking_opens_at: datetime
    booking_closes_at: datetime
    cancel_until: datetime
    selection: str
    series: UUID | None = None
    space: dict[str, str] = {}
    titles: dict[str, str] = {}
    notes: dict[str, str] = {}
    options: list[OptionItem] = []


class SessionPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of sessions in the order they start."""

    items: list[SessionItem]
    next_cursor: str | None
