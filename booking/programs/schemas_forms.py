"""What staff write about programs and sessions, in a form or to the API, and what becomes of it when it is checked."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

import msgspec

from booking.kit.fields import Texts


class ProgramForm(msgspec.Struct, kw_only=True):
    """A program as staff write it. `code`, `body`, `brand` and `category` count for a new one only."""

    code: str
    body: str
    brand: str
    category: str
    name: str
    names: Texts
    description: str
    descriptions: Texts
    booking_opens_days: str
    booking_opens_time: str
    booking_closes_minutes: str
    cancel_until_minutes: str
    roll_over_minutes: str
    max_held: str
    max_per_week: str
    entry_opens_minutes: str
    late_minutes: str
    no_show_minutes: str
    seen: str
    is_drafted: bool = False


class ProgramValues(msgspec.Struct, frozen=True, kw_only=True):
    """What staff may change of a program."""

    name: str
    names: dict[str, str]
    description: str
    descriptions: dict[str, str]
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


class NewProgram(msgspec.Struct, frozen=True, kw_only=True):
    """A program to be added."""

    code: str
    body: str
    brand: str
    category: str
    values: ProgramValues


class EligibilityForm(msgspec.Struct, kw_only=True):
    """Who may take part from a day on, as staff write it."""

    from_on: str
    min_grade: str
    max_grade: str
    adults: bool
    min_age: str = ""
    max_age: str = ""
    qualification: str = ""


class NewEligibility(msgspec.Struct, frozen=True, kw_only=True):
    """Who may take part from a day on."""

    valid_from_on: date
    min_grade: int | None
    max_grade: int | None
    adults: bool
    min_age: int | None = None
    max_age: int | None = None
    qualification: UUID | None = None


class PatternForm(msgspec.Struct, kw_only=True):
    """A weekly time as staff write it. `without_room`: on days when the room is taken, make the session without it."""

    facility: str
    weekday: str
    starts: str
    ends: str
    web_seats: str
    walk_in_seats: str
    from_on: str
    last_on: str
    space: str = ""
    without_room: bool = False


class NewPattern(msgspec.Struct, frozen=True, kw_only=True):
    """A weekly time to be added."""

    weekday: int
    starts: time
    ends: time
    web_seats: int
    walk_in_seats: int
    valid_from_on: date
    valid_until_on: date | None


class SeatsForm(msgspec.Struct, kw_only=True):
    """Seats as staff write them. `seen` marks what the page showed."""

    web_seats: str
    walk_in_seats: str
    seen: str


class RoomForm(msgspec.Struct, kw_only=True):
    """The room of a weekly time as staff choose it, by id; empty is none. `seen` marks what the page showed."""

    space: str
    without_room: bool
    seen: str


class SessionForm(msgspec.Struct, kw_only=True):
    """A single session, or with `more_days` a series, as staff write it; program and facility by code, space by id.

    `titles` and `notes` come in the order of the other languages. `is_whole`: a series is booked whole.
    `booking_opens_at` and `booking_closes_at` are local; empty: as the program has them.
    """

    program: str
    facility: str
    day: str
    starts: str
    ends: str
    web_seats: str
    walk_in_seats: str
    more_days: list[str] = []
    is_whole: bool = False
    space: str = ""
    title: str = ""
    titles: Texts = []
    note: str = ""
    notes: Texts = []
    wheelchair_places: str = ""
    selection: str = ""
    booking_opens_at: str = ""
    booking_closes_at: str = ""
    is_draft: bool = False


class SessionWords(msgspec.Struct, frozen=True, kw_only=True):
    """What one session is about and how its seats are given; None: as its program and room say."""

    title: str | None = None
    titles: dict[str, str] = {}
    note: str | None = None
    notes: dict[str, str] = {}
    wheelchair_places: int | None = None
    selection: str | None = None


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """A single session, or a series of them, to be made."""

    day: date
    starts: time
    ends: time
    web_seats: int
    walk_in_seats: int
    more_days: tuple[date, ...] = ()
    is_whole: bool = False
    is_draft: bool = False
    booking_opens_at: datetime | None = None
    booking_closes_at: datetime | None = None
    words: SessionWords = SessionWords()


class ChangeForm(msgspec.Struct, kw_only=True):
    """Everything but the seats of a session as staff write it; windows are local days and times.

    `pools` are the ids of its options, `quotas` how many of each there are.
    """

    day: str
    starts: str
    ends: str
    space: str
    title: str
    titles: list[str]
    note: str
    notes: list[str]
    wheelchair_places: str
    selection: str
    booking_opens_at: str
    booking_closes_at: str
    cancel_until: str
    roll_over_at: str
    pools: list[str]
    quotas: list[str]
    seen: str


class SessionChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a session shall be from now on; windows in local time."""

    day: date
    starts: time
    ends: time
    words: SessionWords
    booking_opens_at: datetime
    booking_closes_at: datetime
    cancel_until: datetime
    roll_over_at: datetime
    quotas: dict[UUID, int]


class PublishForm(msgspec.Struct, kw_only=True):
    """Which drafts to publish, from a day to a day, and when; no moment means now. Facility and program by code."""

    facility: str
    program: str
    from_on: str
    last_on: str
    publish_at: str


class SpanForm(msgspec.Struct, kw_only=True):
    """Seats for every session of a facility from a day to a day. `seen` marks the list that was shown."""

    facility: str
    program: str
    from_on: str
    last_on: str
    web_seats: str
    walk_in_seats: str
    seen: str = ""


class OptionForm(msgspec.Struct, kw_only=True):
    """An option as staff write it; `names` in the order of the other languages. `code` counts for a new one only."""

    name: str
    quota: str
    code: str = ""
    names: list[str] = []
    seen: str = ""


class OptionValues(msgspec.Struct, frozen=True, kw_only=True):
    """What staff may change of an option."""

    name: str
    names: dict[str, str]
    quota: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a change of a weekly time did to the sessions made from it; those with bookings stay as they were."""

    changed: int
    kept: int


class ProgramBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A program to be added. Texts are by language, `ja` needed; windows are days or minutes before a start."""

    code: str
    body: str
    brand: str
    category: str
    names: dict[str, str]
    descriptions: dict[str, str] = {}
    booking_opens_days: int = 7
    booking_opens_time: str = "09:00"
    booking_closes_minutes: int = 0
    cancel_until_minutes: int = 0
    roll_over_minutes: int = 30
    max_held: int | None = None
    max_per_week: int | None = None
    entry_opens_minutes: int | None = None
    late_minutes: int | None = None
    no_show_minutes: int | None = None
    is_drafted: bool = False


class SessionBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A single session to be made: program and facility by code, a local day and two local times.

    With `more_days` it becomes a series, booked whole if `is_whole`; `titles` and `notes` are by language, Japanese
    under `ja`.
    """

    program: str
    facility: str
    day: str
    starts: str
    ends: str
    web_seats: int
    walk_in_seats: int = 0
    more_days: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    is_whole: bool = False
    space: UUID | None = None
    titles: dict[str, str] = {}
    notes: dict[str, str] = {}
    wheelchair_places: int | None = None
    selection: str = ""
    is_draft: bool = False


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What was made."""

    id: UUID


class MadeProgram(msgspec.Struct, frozen=True, kw_only=True):
    """The program that was added."""

    code: str
