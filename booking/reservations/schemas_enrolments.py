"""Enrolments in weekly groups: what crosses the doors, and the facts that rules decide from."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

import msgspec

from booking.kit.errors import Refusal
from booking.people.schemas import MemberView
from booking.programs.schemas import EligibilityView, SessionView
from booking.programs.schemas_groups import GroupView, WeeklyTime
from booking.reservations.schemas_facts import HeldEnrolment, Holding


class EnrolmentView(msgspec.Struct, frozen=True, kw_only=True):
    """A member in a weekly group, or waiting for a seat in it."""

    id: UUID
    group_id: UUID
    member_id: UUID
    member_name: str
    is_protected: bool
    state: str
    other_times: tuple[WeeklyTime, ...]
    enrolled_at: datetime
    booked_by_kind: str
    booked_by: UUID | None
    overridden: tuple[str, ...]
    override_reason: str | None
    ended_at: datetime | None


class EnrolWish(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants to join a group. `overridden` and `reason` are for staff."""

    group_id: UUID
    member_ids: tuple[UUID, ...]
    other_times: tuple[WeeklyTime, ...] = ()
    may_wait: bool = False
    overridden: frozenset[str] = frozenset()
    reason: str = ""


class EnrolFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an enrolment is decided from, read after the locks.

    `enrolled`: how many are in the group. `live`: members who are in it or wait. `enrolments`: the members' places in
    other groups. `bookable`: members the asker may act for. `is_desk`: staff ask.
    """

    now: datetime
    today: date
    group: GroupView
    enrolled: int
    live: frozenset[UUID]
    members: Mapping[UUID, MemberView]
    bookable: frozenset[UUID]
    enrolments: tuple[HeldEnrolment, ...]
    holdings: tuple[Holding, ...]
    eligibility: tuple[EligibilityView, ...]
    may_wait: bool = False
    overridden: frozenset[str] = frozenset()
    is_desk: bool = False


class EnrolDecision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one member: enrolled or waiting, or why not."""

    member_id: UUID
    state: str = ""
    refusals: tuple[Refusal, ...] = ()
    overridden: tuple[str, ...] = ()


class SeatFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the seats of a group's people are decided from.

    `seen`: session and member of every booking that is live, or that came with the enrolment and was given back.
    """

    sessions: tuple[SessionView, ...]
    enrolments: tuple[EnrolmentView, ...]
    members: Mapping[UUID, MemberView]
    taken: Mapping[UUID, int]
    holdings: tuple[Holding, ...]
    eligibility: tuple[EligibilityView, ...]
    seen: frozenset[tuple[UUID, UUID]]


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A seat for an enrolled member in one session; `refusal` says why there is none."""

    enrolment: EnrolmentView
    session: SessionView
    refusal: Refusal | None = None


class GroupListed(msgspec.Struct, frozen=True, kw_only=True):
    """A group with how many are in it and wait, for whom it is, and which of the reader's members are in it."""

    group: GroupView
    enrolled: int
    waiting: int
    eligibility: tuple[EligibilityView, ...] = ()
    mine: tuple[EnrolmentView, ...] = ()

    @property
    def left(self) -> int:
        """Seats nobody has."""
        return max(self.group.seats - self.enrolled, 0)

    @property
    def missing(self) -> int:
        """How many are missing until it opens."""
        return max(self.group.min_to_open - self.enrolled, 0)


class OpenedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One group opened: whom of the family it is for, what comes next, what is offered meanwhile."""

    listed: GroupListed
    first_on: date | None
    sessions: list[SessionView]
    interim: list[SessionView]
    choices: list[tuple[MemberView, Refusal | None]]
    is_over: bool


class OtherTimeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time of the week at which the member could come as well: 1 Monday … 7 Sunday."""

    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)]
    starts: time
    ends: time


class EnrolRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who wants to join which group. `wait`: take a place in the waiting list when no seat is left.

    `override` names the rules that staff set aside, `reason` says why.
    """

    group_id: UUID
    member_ids: Annotated[list[UUID], msgspec.Meta(max_length=20)]
    other_times: Annotated[list[OtherTimeBody], msgspec.Meta(max_length=42)] = []
    wait: bool = False
    override: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class LeaveRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why staff let somebody leave; residents send an empty object."""

    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class EnrolmentItem(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolment in the API."""

    id: UUID
    group: UUID
    member: UUID
    state: str
    enrolled_at: datetime
    ended_at: datetime | None


class EnrolAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it; the group's state says whether it opened."""

    items: list[EnrolmentItem]
    group_state: str


class EnrolmentPage(msgspec.Struct, frozen=True, kw_only=True):
    """The live enrolments of the asker's members; there are few, so there is never a next page."""

    items: list[EnrolmentItem]
    next_cursor: str | None = None


class GroupTimeItem(msgspec.Struct, frozen=True, kw_only=True):
    """A weekly time of a group in the API."""

    weekday: int
    starts: time
    ends: time


class GroupItem(msgspec.Struct, frozen=True, kw_only=True):
    """A weekly group as the API shows it to everybody."""

    id: UUID
    program: str
    facility: str
    name: str
    names: dict[str, str]
    state: str
    times: list[GroupTimeItem]
    seats: int
    enrolled: int
    left: int
    waiting: int
    min_to_open: int
    missing: int
    first_on: date
    starts_on: date | None
    last_on: date | None


class GroupPage(msgspec.Struct, frozen=True, kw_only=True):
    """The groups that gather, are open or run; there are few, so there is never a next page."""

    items: list[GroupItem]
    next_cursor: str | None = None
