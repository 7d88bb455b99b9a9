"""What crosses the doors of draws."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from booking.programs.schemas import SessionView


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a closed list: a party is one. `ticket` is a digest that only its owner can recompute."""

    number: int
    ticket: str
    seats: int


class DrawPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Which public number of which day is mixed in, and how long winners have to confirm."""

    public_names: dict[str, str]
    public_on: date
    confirm_hours: int


class DrawForm(msgspec.Struct, kw_only=True):
    """The same as staff type it."""

    public_name: str
    public_on: str
    confirm_hours: str
    public_names: list[str] = []


class DrawView(msgspec.Struct, frozen=True, kw_only=True):
    """The draw of a session. The secret stays sealed until it is run; `seats`: how many were drawn then."""

    id: UUID
    session_id: UUID
    commitment: str
    public_name: str
    public_names: dict[str, str]
    public_on: date
    public_number: str | None
    confirm_hours: int
    seats: int | None
    opened_at: datetime
    closed_at: datetime | None
    list_digest: str | None
    drawn_at: datetime | None
    opens_at: datetime
    closes_at: datetime
    roll_over_at: datetime
    entries: int


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A draw with its session and how many are in it now."""

    draw: DrawView | None
    session: SessionView
    applied: int


class KeptEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it is stored, and what became of it."""

    id: UUID
    number: int
    reservation_id: UUID
    seats: int
    rank: int | None
    outcome: str | None


class RecordedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in the record. `excluded`: why it got no seat in its turn although one was free."""

    number: int
    ticket: str
    seats: int
    rank: int | None
    outcome: str | None
    excluded: str | None = None


class DrawRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a draw can be recomputed from; no names. `secret` and what follows from it only once it has been run.

    `method`: how, in words.
    """

    format: str
    method: str
    draw: UUID
    session: UUID
    program: str
    facility: str
    starts_at: datetime
    seats: int
    commitment: str
    opened_at: datetime
    public_name: str
    public_on: date
    closed_at: datetime | None
    list_digest: str | None
    entries: list[RecordedEntry]
    drawn_at: datetime | None
    public_number: str | None
    secret: str | None
    public_names: dict[str, str] = {}


class RunRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The public number of the day named in advance."""

    public_number: str


class DrawItem(msgspec.Struct, frozen=True, kw_only=True):
    """A draw in the API after it was run."""

    id: UUID
    session: UUID
    public_number: str
    drawn_at: datetime
    entries: int
    won: int
    waiting: int
    record: str
