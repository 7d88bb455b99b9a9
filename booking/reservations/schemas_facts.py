"""The facts that the rules of this room decide from, and what they decide."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec

from booking.kit.errors import Refusal
from booking.people.schemas import MemberView
from booking.programs.schemas import EligibilityView, SessionView
from booking.programs.schemas_groups import WeeklyTime

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
