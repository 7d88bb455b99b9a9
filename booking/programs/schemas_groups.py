"""Weekly groups as other rooms see them, and what staff write about one."""

from datetime import date, datetime, time
from uuid import UUID

import msgspec

from booking.kit.fields import Texts


class GroupTimeView(msgspec.Struct, frozen=True, kw_only=True):
    """A weekly time of a group (1 Monday … 7 Sunday) while valid."""

    weekday: int
    starts: time
    ends: time
    valid_from_on: date
    valid_until_on: date | None = None


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """A weekly group with its program and facility. Who is enrolled is counted by `reservations`."""

    id: UUID
    program_id: UUID
    program_code: str
    program_name: str
    program_names: dict[str, str]
    description: str
    descriptions: dict[str, str]
    max_held: int | None
    max_per_week: int | None
    program_ended_on: date | None
    facility_id: UUID
    facility_code: str
    facility_name: str
    facility_names: dict[str, str]
    facility_addresses: dict[str, str]
    place_id: UUID
    body_code: str
    name: str
    names: dict[str, str]
    note: str
    notes: dict[str, str]
    seats: int
    min_to_open: int
    starts_after_days: int
    first_on: date
    last_on: date | None
    state: str
    created_at: datetime
    opened_at: datetime | None
    starts_on: date | None
    ended_at: datetime | None
    merged_into: UUID | None
    space: UUID | None = None
    times: tuple[GroupTimeView, ...]

    @property
    def scopes(self) -> tuple[str, str]:
        """The scopes a grant may name to reach this group: its facility's code and its body's."""
        return (self.facility_code, self.body_code)


class GroupForm(msgspec.Struct, kw_only=True):
    """A group as staff write it; `names` and `notes` in the order of the other languages, or as a mapping.

    Program, facility, first day and times count for a new one only.

    `space` is a room by id; `without_room`: on days when it is taken, the session is made without it.
    """

    program: str
    facility: str
    name: str
    names: Texts
    note: str
    notes: Texts
    seats: str
    min_to_open: str
    starts_after_days: str
    first_on: str
    last_on: str
    weekday: list[str]
    starts: list[str]
    ends: list[str]
    seen: str
    space: str = ""
    without_room: bool = False


class GroupValues(msgspec.Struct, frozen=True, kw_only=True):
    """What staff may change of a group."""

    name: str
    names: dict[str, str]
    note: str
    notes: dict[str, str]
    seats: int
    min_to_open: int
    starts_after_days: int
    last_on: date | None
    space: UUID | None = None


class WeeklyTime(msgspec.Struct, frozen=True, order=True):
    """A time of the week: 1 Monday … 7 Sunday, from when to when."""

    weekday: int
    starts: time
    ends: time

    def overlaps(self, other: "WeeklyTime | GroupTimeView") -> bool:
        """Whether nobody can be at both."""
        return self.weekday == other.weekday and self.starts < other.ends and other.starts < self.ends


class NewGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group to be made."""

    first_on: date
    times: tuple[WeeklyTime, ...]
    values: GroupValues


class GroupTimeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A weekly time: 1 Monday … 7 Sunday, two local times."""

    weekday: int
    starts: str
    ends: str


class GroupBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A weekly group to be made: program and facility by code, local days and times, texts by language with `ja`."""

    program: str
    facility: str
    names: dict[str, str]
    notes: dict[str, str] = {}
    seats: int
    min_to_open: int
    starts_after_days: int = 7
    first_on: str
    last_on: str = ""
    times: list[GroupTimeBody]
    space: str = ""
    without_room: bool = False
