"""What the leader of a weekly group sees and asks: moves, answers, suggestions."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec

from booking.kit.errors import Refusal
from booking.people.schemas import MemberView
from booking.programs.schemas import SessionView
from booking.programs.schemas_groups import GroupView, WeeklyTime
from booking.reservations.schemas_enrolments import EnrolmentView, GroupListed, Seat


class MoveView(msgspec.Struct, frozen=True, kw_only=True):
    """What the people of a group are asked: to come to another group, or to meet at other times."""

    id: UUID
    group_id: UUID
    kind: str
    to_group_id: UUID | None
    times: tuple[WeeklyTime, ...]
    from_on: date | None
    notes: dict[str, str]
    state: str
    asked_at: datetime
    answer_until: datetime


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """What one member says to a move. `is_yes` is None until somebody has answered."""

    id: UUID
    move_id: UUID
    enrolment_id: UUID
    member_id: UUID
    is_yes: bool | None
    answered_at: datetime | None


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """A move as a leader puts it. One of `to_group_id` and `times`.

    `without_room`: at the other times the group may meet without its room where that is taken.
    """

    answer_until: datetime
    notes: dict[str, str] = {}
    to_group_id: UUID | None = None
    times: tuple[WeeklyTime, ...] = ()
    from_on: date | None = None
    without_room: bool = False


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A move as whoever got its link sees it, for one member."""

    answer: AnswerView
    move: MoveView
    member_name: str
    account_id: UUID
    group: GroupView
    to_group: GroupView | None
    left: int
    is_over: bool


class Comer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom a merge would move: `state` in the other group, or the refusal that stands in the way.

    `is_there`: already in the other group.
    """

    enrolment: EnrolmentView
    state: str = ""
    refusal: Refusal | None = None
    is_there: bool = False


class MergePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a merge would do: who comes along, and for whom the other group does not fit."""

    group: GroupView
    into: GroupView
    left: int
    coming: list[Comer]
    staying: list[Comer]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A group as the suggestion weighs it."""

    id: UUID
    enrolled: int
    needed: int
    seats: int
    is_open: bool


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """Which groups to merge into which, how many more groups meet then, and how many more people."""

    merges: tuple[tuple[UUID, UUID], ...] = ()
    opened: int = 0
    people: int = 0


class LeaderView(msgspec.Struct, frozen=True, kw_only=True):
    """A group as its leader sees it. `unreached`: members about whom no mail reaches anybody."""

    listed: GroupListed
    people: list[EnrolmentView]
    unreached: frozenset[UUID]
    members: Mapping[UUID, MemberView]
    hidden: int
    tally: Mapping[tuple[int, str], int]
    nearby: list[tuple[GroupListed, int]]
    suggestion: Suggestion
    first_on: date | None
    seatless: list[Seat]
    seatless_hidden: int
    move: MoveView | None
    move_to: GroupView | None
    answers: list[AnswerView]
    interim: list[SessionView]
    offered: list[SessionView]
