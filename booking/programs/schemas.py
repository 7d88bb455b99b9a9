"""What other rooms see of programs and sessions. Kinds and states are the values of the enums in `rules`."""

from datetime import date, datetime, time
from uuid import UUID

import msgspec


class EligibilityView(msgspec.Struct, frozen=True, kw_only=True):
    """Who may take part from a day on, until a day that no longer counts."""

    id: UUID
    program_id: UUID
    valid_from_on: date
    valid_until_on: date | None = None
    min_grade: int | None = None
    max_grade: int | None = None
    adults: bool = False
    min_age: int | None = None
    max_age: int | None = None
    qualification_id: UUID | None = None
    qualification_names: dict[str, str] = {}


class ProgramView(msgspec.Struct, frozen=True, kw_only=True):
    """A program. Windows are days or minutes before a session starts; null door times fall to the facility."""

    id: UUID
    code: str
    name: str
    names: dict[str, str]
    description: str
    descriptions: dict[str, str]
    brand: str
    category: str
    selection: str
    body_id: UUID
    body_code: str
    booking_opens_days: int
    booking_opens_time: time
    booking_closes_minutes: int
    cancel_until_minutes: int
    roll_over_minutes: int
    max_held: int | None
    max_per_week: int | None
    entry_opens_minutes: int | None
    late_minutes: int | None
    no_show_minutes: int | None
    is_drafted: bool = False
    provisional: bool
    ended_on: date | None


class PatternView(msgspec.Struct, frozen=True, kw_only=True):
    """A weekly time (1 Monday … 7 Sunday) from which sessions are made."""

    id: UUID
    program_id: UUID
    facility_id: UUID
    facility_code: str
    facility_name: str
    facility_names: dict[str, str]
    body_code: str
    weekday: int
    starts: time
    ends: time
    web_seats: int
    walk_in_seats: int
    valid_from_on: date
    valid_until_on: date | None
    provisional: bool
    space_id: UUID | None = None
    space_name: str | None = None


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """A session with its program, facility and room. Door times are the program's, else the facility's.

    `selection` is the session's own, else the program's; `wheelchair_places` its own, else those of its space (None:
    no limit). `title` and `note` say what this one session is about; the dictionaries hold every text per language,
    `ja` among them. Seats taken are not here: `reservations` counts them.
    """

    id: UUID
    program_id: UUID
    program_code: str
    program_name: str
    program_names: dict[str, str]
    brand: str
    category: str
    selection: str
    max_held: int | None
    max_per_week: int | None
    facility_id: UUID
    facility_code: str
    facility_name: str
    facility_names: dict[str, str]
    place_id: UUID
    body_id: UUID
    body_code: str
    pattern_id: UUID | None
    group_id: UUID | None = None
    series_id: UUID | None = None
    space_id: UUID | None = None
    space_names: dict[str, str] = {}
    title: str | None = None
    titles: dict[str, str] = {}
    note: str | None = None
    notes: dict[str, str] = {}
    wheelchair_places: int | None = None
    held_on: date
    starts_at: datetime
    ends_at: datetime
    web_seats: int
    walk_in_seats: int
    state: str
    booking_opens_at: datetime
    booking_closes_at: datetime
    cancel_until: datetime
    roll_over_at: datetime
    entry_opens_minutes: int
    late_minutes: int
    no_show_minutes: int
    cancelled_at: datetime | None
    cancel_reason: str | None

    @property
    def seats(self) -> int:
        """Seats in all, by web and for walk-ins."""
        return self.web_seats + self.walk_in_seats

    @property
    def scopes(self) -> tuple[str, str]:
        """The scopes a grant may name to reach this session: its facility's code and its body's."""
        return (self.facility_code, self.body_code)


class PublicationView(msgspec.Struct, frozen=True, kw_only=True):
    """Drafts of a facility, or of one of its programs, that will be published together."""

    id: UUID
    facility_id: UUID
    facility_code: str
    facility_name: str
    program_name: str | None
    from_on: date
    until_on: date
    publish_at: datetime


class SpanRow(msgspec.Struct, frozen=True, kw_only=True):
    """One session of a span whose seats shall change: how many are booked, and whether the new number can be had."""

    session: SessionView
    taken: int
    obstacle: str = ""


class SeriesView(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions that belong together. `is_whole`: one order takes all of them."""

    id: UUID
    name: str
    names: dict[str, str]
    is_whole: bool


class ProgramOptionView(msgspec.Struct, frozen=True, kw_only=True):
    """What a program offers with every seat, and how many each session gets unless it says otherwise."""

    id: UUID
    code: str
    name: str
    names: dict[str, str]
    quota: int


class OptionView(msgspec.Struct, frozen=True, kw_only=True):
    """The pool of one option in one session: what can be asked for with a seat there, and how many there are."""

    id: UUID
    session_id: UUID
    option_id: UUID
    code: str
    name: str
    names: dict[str, str]
    quota: int


class Windows(msgspec.Struct, frozen=True, kw_only=True):
    """When a session can be booked and cancelled, and when free web seats become walk-in seats."""

    booking_opens_at: datetime
    booking_closes_at: datetime
    cancel_until: datetime
    roll_over_at: datetime


class PlannedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session to be made."""

    program_id: UUID
    facility_id: UUID
    pattern_id: UUID | None
    group_id: UUID | None = None
    held_on: date
    starts_at: datetime
    ends_at: datetime
    web_seats: int
    walk_in_seats: int
    windows: Windows
    is_draft: bool = False
    space_id: UUID | None = None


class RoomWish(msgspec.Struct, frozen=True, kw_only=True):
    """A session without the room it should have."""

    session_id: UUID
    space_id: UUID
    space_name: str


class RoomClash(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a room on a day on which a weekly time or group would be there."""

    day: date
    starts_at: datetime
    ends_at: datetime
    used_by: str


class EligibilityItem(msgspec.Struct, frozen=True, kw_only=True):
    """Who may take part from a day on, until a day that no longer counts; grades 1 (小1) to 12 (高3).

    Besides a school year (or being an adult) an age and a qualification, named per language, may be asked for.
    """

    valid_from: date
    valid_until: date | None
    min_grade: int | None
    max_grade: int | None
    adults: bool
    min_age: int | None = None
    max_age: int | None = None
    qualification: dict[str, str] = {}


class ProgramItem(msgspec.Struct, frozen=True, kw_only=True):
    """A program as the API shows it to everybody."""

    id: UUID
    code: str
    name: str
    names: dict[str, str]
    description: str
    descriptions: dict[str, str]
    brand: str
    category: str
    selection: str
    body: str
    provisional: bool
    eligibility: list[EligibilityItem]


class ProgramPage(msgspec.Struct, frozen=True, kw_only=True):
    """The programs that run; there are few, so there is never a next page."""

    items: list[ProgramItem]
    next_cursor: str | None = None
