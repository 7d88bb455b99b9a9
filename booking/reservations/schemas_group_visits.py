"""What crosses doors about group visits: the request of a school, what staff see beside its dates, their answer."""

from datetime import date, datetime, time
from uuid import UUID

import msgspec

from booking.facilities.schemas import Hours


class VisitTime(msgspec.Struct, frozen=True):
    """A local day, from when to when."""

    on: date
    starts: time
    ends: time


class GroupRequestForm(msgspec.Struct, kw_only=True):
    """The public form as typed. `day`, `starts`, `ends`: up to three wishes in order; `pupils`: twelve numbers."""

    nonce: str
    facility: str
    organisation: str
    contact_name: str
    phone: str
    email: str
    day: list[str]
    starts: list[str]
    ends: list[str]
    pupils: list[str]
    adults: str
    wheelchairs: str
    bus_count: str
    assistance: str
    language: str
    note: str


class GroupCallForm(GroupRequestForm, kw_only=True):
    """The same as staff write it down for a group that telephoned: who called, and whether to accept it at once."""

    called: str
    accept: bool = False


class WishBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A wish of the API: local day and times of day."""

    on: str
    starts: str
    ends: str


class GroupRequestBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A request of the API. `pupils`: school year 1–12 → number."""

    facility: str
    organisation: str
    contact_name: str
    phone: str
    email: str = ""
    dates: list[WishBody]
    pupils: dict[str, int] = {}
    adults: int = 0
    wheelchairs: int = 0
    bus_count: int = 0
    assistance: str = ""
    language: str = "ja"
    note: str = ""
    called: str = ""


class GroupRequestValues(msgspec.Struct, frozen=True, kw_only=True):
    """A request that can be kept."""

    organisation: str
    contact_name: str
    phone: str
    email: str | None
    dates: tuple[VisitTime, ...]
    pupils: dict[int, int]
    adults: int
    wheelchairs: int
    bus_count: int
    assistance: str
    language: str
    note: str


class RoomShare(msgspec.Struct, frozen=True, kw_only=True):
    """Part of a group in one room."""

    space_id: UUID
    space_name: str
    space_names: dict[str, str]
    heads: int


class GroupRequestView(msgspec.Struct, frozen=True, kw_only=True):
    """A request with its facility and, while a time is proposed or approved, its rooms."""

    id: UUID
    facility_id: UUID
    facility_code: str
    facility_name: str
    facility_names: dict[str, str]
    facility_address: str
    facility_addresses: dict[str, str]
    facility_phone: str | None
    body_code: str
    body_name: str
    organisation: str
    contact_name: str
    phone: str
    email: str | None
    language: str
    dates: tuple[VisitTime, ...]
    pupils: dict[int, int]
    adults: int
    wheelchairs: int
    bus_count: int
    assistance: str
    note: str
    state: str
    created_at: datetime
    visit: VisitTime | None
    staff_note: str
    door_code: str | None
    decided_at: datetime | None
    answered_at: datetime | None
    displaced_at: datetime | None = None
    called: str | None = None
    rooms: tuple[RoomShare, ...] = ()

    @property
    def scopes(self) -> tuple[str, str]:
        """The scopes a grant may name to reach it: the facility's code and its body's."""
        return (self.facility_code, self.body_code)

    @property
    def heads(self) -> int:
        """How many people would come."""
        return sum(self.pupils.values()) + self.adults

    @property
    def waits_since(self) -> datetime:
        """Since when a group waits for an answer of ours, where it does."""
        return max(each for each in (self.created_at, self.decided_at, self.answered_at, self.displaced_at) if each)


class FreeRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A room that nothing else uses at a time."""

    id: UUID
    name: str
    capacity: int
    wheelchair_places: int | None = None


class UsedRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A room that something else uses at a time."""

    name: str
    used_for: str
    starts_at: datetime
    ends_at: datetime


class SessionThen(msgspec.Struct, frozen=True, kw_only=True):
    """A session at the same time, with its seats."""

    id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    taken: int


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What a facility has at a time: its hours, rooms free and used, sessions; and a proposal for the rooms."""

    time: VisitTime
    hours: Hours
    is_open: bool
    free: tuple[FreeRoom, ...]
    used: tuple[UsedRoom, ...]
    sessions: tuple[SessionThen, ...]
    shares: dict[UUID, int]
    missing: int
    """How many people find no room."""


class AnswerForm(msgspec.Struct, kw_only=True):
    """Staff approve a date or propose another. `room` and `heads` go together in order; the group reads `note`."""

    day: str
    starts: str
    ends: str
    room: list[str]
    heads: list[str]
    outside: bool
    note: str


class RoomBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """So many people in one room."""

    space: str
    heads: int


class DecisionBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An answer of the API: approve, counter or decline. Without `rooms` the service splits the group itself."""

    decision: str
    day: str = ""
    starts: str = ""
    ends: str = ""
    rooms: list[RoomBody] | None = None
    outside_hours: bool = False
    note: str = ""


class AnswerValues(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that can be given, before the rooms are looked at."""

    time: VisitTime
    rooms: tuple[tuple[UUID, int], ...] | None
    may_be_outside: bool
    note: str


class GroupRequestItem(msgspec.Struct, frozen=True, kw_only=True):
    """A request as the API shows it to the staff of its place."""

    id: UUID
    facility: str
    state: str
    organisation: str
    contact_name: str
    phone: str
    email: str | None
    language: str
    dates: list[VisitTime]
    pupils: dict[str, int]
    adults: int
    wheelchairs: int
    bus_count: int
    assistance: str
    note: str
    created_at: datetime
    visit: VisitTime | None
    rooms: list[RoomShare]
    staff_note: str
    door_code: str | None


class GroupRequestPage(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of the reader's places, newest visits first; there is never a next page."""

    items: list[GroupRequestItem]
    next_cursor: str | None = None


class AskedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was kept, and the secret address where its sender sees and answers it."""

    id: UUID
    state: str
    link: str
