"""A day's visits as the desk sees them, in and out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct


class VisitRow(Struct, frozen=True, kw_only=True):
    """One stay, with the name of the person for those who may see it.

    `is_elsewhere`: the person is registered with another body alone; staff here see that somebody came.
    """

    id: UUID
    member_id: UUID | None
    kind: str
    heads: int
    visited_on: date
    entered_at: datetime
    left_at: datetime | None
    entered_by: str
    closed_by: str | None
    voided_at: datetime | None
    party: str | None
    grade: int | None
    school_stage: str | None
    facility_code: str
    facility_name: str
    body_code: str
    number: str | None
    name: str
    kana: str
    is_protected: bool
    program_name: str | None
    program_names: dict[str, str]
    void_reason: str | None
    is_elsewhere: bool

    @property
    def scopes(self) -> tuple[str, str]:
        """Codes of which one must be in a grant."""
        return (self.facility_code, self.body_code)


class FlagRow(Struct, frozen=True, kw_only=True):
    """Something at the door that nobody has looked at yet."""

    id: UUID
    code: str
    raised_at: datetime
    kiosk_name: str | None
    member_id: UUID | None
    number: str | None
    shown_name: str | None
    name: str
    grade_override: int | None
    is_protected: bool | None
    told_code: str | None
    answer_code: str | None


class OpenRow(Struct, frozen=True, kw_only=True):
    """An open visit, for the sweep at closing."""

    id: UUID
    facility: UUID
    session: UUID | None
    visited_on: date
    entered_at: datetime


class VisitView(Struct, frozen=True, kw_only=True):
    """A visit through the API. `name` is empty for a protected member."""

    id: UUID
    facility: str
    kind: str
    heads: int
    member: UUID | None
    number: str | None
    name: str
    program: str | None
    entered_at: datetime
    left_at: datetime | None
    entered_by: str
    closed_by: str | None
    voided_at: datetime | None


class VisitPage(Struct, frozen=True, kw_only=True):
    """The visits of a day."""

    items: list[VisitView]
    next_cursor: str | None = None


class CheckInBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Staff record that a member came or goes. With `anyway` the entry is recorded although a rule says no."""

    facility: Annotated[str, Meta(max_length=64)]
    number: Annotated[str, Meta(max_length=32)]
    direction: Literal["in", "out"] = "in"
    session_id: UUID | None = None
    anyway: bool = False
    reason: Annotated[str, Meta(max_length=400)] = ""


class ExitBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When somebody left, and how one knows."""

    left_at: Annotated[datetime, Meta(tz=True)]
    reason: Annotated[str, Meta(max_length=400)]


class AddBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody came and nobody scanned. `left_at` is empty for one who is still inside today."""

    facility: Annotated[str, Meta(max_length=64)]
    number: Annotated[str, Meta(max_length=32)]
    entered_at: Annotated[datetime, Meta(tz=True)]
    left_at: Annotated[datetime, Meta(tz=True)] | None = None
    reason: Annotated[str, Meta(max_length=400)]


class HeadsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People counted by heads. Of a group, members who showed a pass are told apart and not counted twice.

    `door_code`: of a group that was expected, its code of the day.
    """

    facility: Annotated[str, Meta(max_length=64)]
    heads: Annotated[int, Meta(ge=1, le=500)]
    heads_of: Literal["group", "walk-in", "guardian", "visitor"]
    members: Annotated[int, Meta(ge=0, le=500)] = 0
    party: Annotated[str, Meta(max_length=80)] = ""
    door_code: Annotated[str, Meta(max_length=8)] = ""


class VoidBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a visit does not count."""

    reason: Annotated[str, Meta(max_length=400)]
