"""What staff write about facilities, and what becomes of it when it is checked."""

from datetime import date, time

import msgspec

from booking.kit.fields import Texts


class FacilityForm(msgspec.Struct, kw_only=True):
    """A facility as staff write it; lists in the order of the other languages. `seen` marks what the page showed."""

    name: str
    names: list[str]
    address: str
    addresses: list[str]
    capacity: str
    phone: str
    entry_opens_minutes: str
    late_minutes: str
    no_show_minutes: str
    shows_names: bool
    gives_turns: bool
    busy_percent: str
    full_percent: str
    desk_email: str
    seen: str


class FacilityChange(msgspec.Struct, frozen=True, kw_only=True):
    """What staff may change of a facility."""

    name: str
    names: dict[str, str]
    address: str
    addresses: dict[str, str]
    capacity: int
    phone: str | None
    entry_opens_minutes: int
    late_minutes: int
    no_show_minutes: int
    shows_names: bool
    gives_turns: bool
    busy_percent: int
    full_percent: int
    desk_email: str | None


class SpaceForm(msgspec.Struct, kw_only=True):
    """A room as staff write it; `names` in the order of the other languages. `code` counts for a new one only."""

    name: str
    capacity: str
    code: str = ""
    names: list[str] = []
    wheelchair_places: str = ""
    seen: str = ""


class SpaceValues(msgspec.Struct, frozen=True, kw_only=True):
    """What staff may change of a room."""

    name: str
    names: dict[str, str]
    capacity: int
    wheelchair_places: int | None


class HoursForm(msgspec.Struct, kw_only=True):
    """The hours of a week as staff write them; a weekday left empty has none."""

    opens_1: str
    closes_1: str
    opens_2: str
    closes_2: str
    opens_3: str
    closes_3: str
    opens_4: str
    closes_4: str
    opens_5: str
    closes_5: str
    opens_6: str
    closes_6: str
    opens_7: str
    closes_7: str
    from_on: str
    last_on: str
    seen: str


class NewHours(msgspec.Struct, frozen=True, kw_only=True):
    """The week from a first day on, until a last day if one is named."""

    first_on: date
    last_on: date | None
    week: dict[int, tuple[time, time] | None]


class ClosingRuleForm(msgspec.Struct, kw_only=True):
    """A closing rule as staff write it."""

    kind: str
    weekday: str
    week_of_month: str
    on_holiday: str
    days_after: str
    first_day: str
    last_day: str
    since_on: str


class NewClosingRule(msgspec.Struct, kw_only=True):
    """A closing rule to be added."""

    kind: str
    valid_from_on: date
    weekday: int | None = None
    week_of_month: int | None = None
    on_holiday: str | None = None
    days_after: int | None = None
    first_day: str | None = None
    last_day: str | None = None


class ClosureForm(msgspec.Struct, kw_only=True):
    """A day decided by hand, as staff write it; `reasons` in the order of the other languages."""

    day: str
    kind: str
    from_time: str
    until_time: str
    reason: str
    reasons: Texts = []


class DayDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A day decided by hand: closed or open, all day or between two times."""

    day: date
    kind: str
    from_time: time | None
    until_time: time | None
    reasons: dict[str, str]

    @property
    def reason(self) -> str:
        """Why, in Japanese."""
        return self.reasons["ja"]


class AccessibilityForm(msgspec.Struct, kw_only=True):
    """The accessibility items in their order: an answer, a note, and the note in each other language."""

    presence: list[str]
    note: list[str]
    notes: list[str] = []
    seen: str
