"""What other rooms see of bodies, places and facilities, and the calendar that decides when they are open.

Kinds are the values of the enums in `rules`.
"""

from datetime import date, datetime, time
from uuid import UUID

import msgspec


class BodyView(msgspec.Struct, frozen=True, kw_only=True):
    """A public body."""

    id: UUID
    code: str
    name: str
    names: dict[str, str]
    sender_address: str | None = None
    sender_name: str | None = None
    phone: str | None = None


class MunicipalityView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a member may live."""

    id: UUID
    code: str
    name: str
    kana: str
    kind: str


class SpaceView(msgspec.Struct, frozen=True, kw_only=True):
    """A room or area of a facility. `wheelchair_places`: how many wheelchairs fit at once; None: no limit."""

    id: UUID
    facility_id: UUID
    code: str
    name: str
    names: dict[str, str]
    capacity: int
    wheelchair_places: int | None
    ended_on: date | None


class SpaceUseView(msgspec.Struct, frozen=True, kw_only=True):
    """A room is used from one instant to another. `used_for` is a kind, `used_by` the id of a session or a visit."""

    id: UUID
    space_id: UUID
    starts_at: datetime
    ends_at: datetime
    used_for: str
    used_by: UUID


class FacilityView(msgspec.Struct, frozen=True, kw_only=True):
    """A facility with its body and place. `provisional` names what nobody has confirmed yet."""

    id: UUID
    code: str
    name: str
    names: dict[str, str]
    kind: str
    brand: str
    body_id: UUID
    body_code: str
    body_name: str
    body_names: dict[str, str]
    place_id: UUID
    place_code: str
    place_name: str
    place_names: dict[str, str]
    municipality_id: UUID
    municipality_code: str
    municipality_name: str
    address: str
    addresses: dict[str, str]
    phone: str | None
    opened_on: date
    capacity: int
    source: str
    provisional: tuple[str, ...]
    entry_opens_minutes: int
    late_minutes: int
    no_show_minutes: int
    shows_names: bool
    gives_turns: bool
    busy_percent: int
    full_percent: int
    closed_now_at: datetime | None
    closed_now_reason: str | None
    ended_on: date | None
    desk_email: str | None = None

    @property
    def scopes(self) -> tuple[str, str]:
        """The scopes a grant may name to reach this facility: its code and its body's."""
        return (self.code, self.body_code)


class WeekdayHours(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of one weekday (1 Monday … 7 Sunday) from a day on, until a day that no longer counts."""

    id: UUID
    facility_id: UUID
    weekday: int
    opens: time
    closes: time
    valid_from_on: date
    valid_until_on: date | None = None


class ClosingRuleView(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that closes days while it is valid."""

    id: UUID
    facility_id: UUID
    kind: str
    weekday: int | None = None
    week_of_month: int | None = None
    on_holiday: str | None = None
    days_after: int | None = None
    first_day: str | None = None
    last_day: str | None = None
    valid_from_on: date
    valid_until_on: date | None = None
    provisional: bool = False


class ClosureView(msgspec.Struct, frozen=True, kw_only=True):
    """A day decided by hand. With two times: closed between them, or open just between them."""

    id: UUID
    facility_id: UUID
    closed_on: date
    kind: str
    from_time: time | None = None
    until_time: time | None = None
    reason: str
    reasons: dict[str, str] = {}
    decided_by: UUID | None = None
    decided_at: datetime


class ClosingNowView(msgspec.Struct, frozen=True, kw_only=True):
    """A facility closed at once for the rest of a day, and perhaps opened again."""

    id: UUID
    facility_id: UUID
    reason: str
    note: str | None
    closed_at: datetime
    closed_by: UUID | None
    reopened_at: datetime | None
    reopened_by: UUID | None


class FacilityCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides when one facility is open."""

    facility_id: UUID
    opened_on: date
    ended_on: date | None = None
    hours: tuple[WeekdayHours, ...] = ()
    closing_rules: tuple[ClosingRuleView, ...] = ()
    closures: tuple[ClosureView, ...] = ()


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """The calendars of some facilities, complete for the days from `first_day` to `last_day`, both included."""

    first_day: date
    last_day: date
    facilities: dict[UUID, FacilityCalendar]


class Span(msgspec.Struct, frozen=True):
    """Open from one wall time until another."""

    opens: time
    closes: time


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """One day of one facility: when it is open, why, and where its rules disagree."""

    day: date
    spans: tuple[Span, ...]
    reason: str
    notes: dict[str, str] = {}
    holiday: str | None = None
    conflicts: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """What staff have written about the day, in Japanese."""
        return self.notes.get("ja", "")

    @property
    def is_open(self) -> bool:
        """Whether it is open at all that day."""
        return bool(self.spans)

    @property
    def opens(self) -> time | None:
        """When it first opens."""
        return self.spans[0].opens if self.spans else None

    @property
    def closes(self) -> time | None:
        """When it finally closes."""
        return self.spans[-1].closes if self.spans else None

    def covers(self, starts: time, ends: time) -> bool:
        """Whether it is open from one time until another without a break."""
        return any(span.opens <= starts and ends <= span.closes for span in self.spans)


class NextClosure(msgspec.Struct, frozen=True, kw_only=True):
    """A day to come on which a facility is closed."""

    day: date
    reason: str
    note: str
    notes: dict[str, str]


class FacilityItem(msgspec.Struct, frozen=True, kw_only=True):
    """A facility as the API shows it to everybody; body, place and municipality by code."""

    id: UUID
    code: str
    name: str
    names: dict[str, str]
    kind: str
    brand: str
    body: str
    place: str
    municipality: str
    address: str
    addresses: dict[str, str]
    phone: str | None
    capacity: int
    provisional: tuple[str, ...]
    opened_on: date
    is_open_now: bool
    opens_today: time | None
    closes_today: time | None
    next_closures: list[NextClosure]


class FacilityPage(msgspec.Struct, frozen=True, kw_only=True):
    """Every facility; there are few, so there is never a next page."""

    items: list[FacilityItem]
    next_cursor: str | None = None


class AccessibilityView(msgspec.Struct, frozen=True, kw_only=True):
    """One accessibility item of a facility. `presence`: 0 no, 1 yes, 2 not published, 9 unknown."""

    item: str
    presence: int
    note: str | None = None
    notes: dict[str, str] = {}
