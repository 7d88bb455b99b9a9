"""A facility-day in figures (日報): what happened, what was counted by hand, as signed and as it is now."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field


class DayFigures(Struct, frozen=True, kw_only=True):
    """One facility-day straight from scans and visits. Kept with a signature: fields are added, never changed.

    `scans` are those of kiosks, each at one facility, by what was answered; a scan refused before a facility was known
    belongs to the first facility of its kiosk, as its flags do. `staff_entries` and `paper_entries` are visits.
    `users` are person-days.
    """

    scans: int = 0
    scans_welcome: int = 0
    scans_goodbye: int = 0
    scans_ask: int = 0
    scans_refused: int = 0
    refused_codes: dict[str, int] = field(default_factory=dict)
    members: int = 0
    staff_entries: int = 0
    paper_entries: int = 0
    groups: int = 0
    group_heads: int = 0
    walk_in_heads: int = 0
    guardian_heads: int = 0
    visitor_heads: int = 0
    users: int = 0
    person_sessions: int = 0
    still_inside: int = 0
    auto_exits: int = 0
    voided: int = 0
    flags_open: int = 0
    flags_settled: int = 0
    turns_given: int = 0
    turns_missed: int = 0


class CountView(Struct, frozen=True, kw_only=True):
    """Heads counted at a moment. `known`: how many the service knows inside for that moment, by what it knows now;
    `inside`: how many it knew when the count was written down."""

    id: UUID
    counted_at: datetime
    heads: int
    inside: int
    known: int

    @property
    def coverage_permille(self) -> int | None:
        """What the service knew of every thousand heads."""
        return self.known * 1000 // self.heads if self.heads else None

    @property
    def is_beyond(self) -> bool:
        """Whether the two differ by more than a tenth of what was counted."""
        return abs(self.known - self.heads) * 10 > self.heads


class KioskOfDay(Struct, frozen=True, kw_only=True):
    """A kiosk of the facility: `is_waiting` while records of the day may still be on it."""

    name: str
    seen_at: datetime | None
    queue_length: int | None
    silent_minutes: int
    is_waiting: bool


class SignedDay(Struct, frozen=True, kw_only=True):
    """What a signature stands for; stored as a document with it."""

    version: int = 1
    figures: DayFigures
    counts: tuple[CountView, ...] = ()
    kiosks: tuple[KioskOfDay, ...] = ()


class Signature(Struct, frozen=True, kw_only=True):
    """Who signed the day, when, and the day as it was then."""

    signed_by_name: str
    signed_at: datetime
    reason: str | None
    note: str | None
    coverage_permille: int | None
    day: SignedDay


class Difference(Struct, frozen=True):
    """A figure that is no longer what was signed."""

    name: str
    signed: int | None
    present: int | None


class LaterChange(Struct, frozen=True, kw_only=True):
    """What came after the signature: `what` is scans, paper, staff, void or correction; `who` a kiosk's name."""

    what: str
    who: str
    count: int
    first_at: datetime
    last_at: datetime


class DayCloseView(Struct, frozen=True, kw_only=True):
    """A facility-day: its figures now, the signature if there is one, and what differs since.

    `state`: `running` until `may_sign_from`, then `ready`, then `signed`. `needs_reason`: a count or the day is beyond
    a tenth.
    """

    facility: str
    on: date
    state: str
    may_sign_from: datetime
    figures: DayFigures
    counts: tuple[CountView, ...]
    coverage_permille: int | None
    needs_reason: bool
    kiosks: tuple[KioskOfDay, ...] = ()
    signature: Signature | None = None
    differences: tuple[Difference, ...] = ()
    changes: tuple[LaterChange, ...] = ()


class DayClosePage(Struct, frozen=True, kw_only=True):
    """The days of a span, newest first; `unsigned` are past days that nobody has signed."""

    items: list[DayCloseView]
    unsigned: list[date]
    next_cursor: str | None = None


class SignBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sign a day. `reason` is needed when head counts and records differ by more than a tenth."""

    facility: Annotated[str, Meta(max_length=64)]
    on: date
    reason: Annotated[str, Meta(max_length=400)] = ""
    note: Annotated[str, Meta(max_length=400)] = ""


class CountBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Heads counted at a moment; now unless `counted_at` says otherwise."""

    facility: Annotated[str, Meta(max_length=64)]
    heads: Annotated[int, Meta(ge=0, le=5000)]
    counted_at: Annotated[datetime, Meta(tz=True)] | None = None
