"""What brings in numbers from before the service. A report holds row numbers and sentences, never a person's key."""

from datetime import date, datetime, time
from uuid import UUID

import msgspec
from litestar.datastructures import UploadFile

from booking.kpi.rules import Upload
from booking.people.schemas_import import Fault


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """How it was counted, where that is written, and who answers for it."""

    method: str
    document: str
    author: str


class UploadForm(msgspec.Struct, kw_only=True):
    """A file of totals or of single visits, whose facilities it is about, and where it comes from."""

    body: str
    method: str
    document: str
    author: str
    file: UploadFile | None


class CellForm(msgspec.Struct, kw_only=True):
    """One total typed by hand."""

    facility: str
    month: str
    person_days: str
    person_sessions: str
    method: str
    document: str
    author: str


class PressForm(msgspec.Struct, kw_only=True):
    """The button alone."""


class PlaceFact(msgspec.Struct, frozen=True, kw_only=True):
    """A facility that rows may name."""

    id: UUID
    code: str
    opened_on: date


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """The total of a facility and month as a row says it. `row` is 0 when it was typed by hand."""

    row: int
    facility: str
    month_on: date
    person_days: int
    person_sessions: int | None


class TotalsRead(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was read, before anything is looked up."""

    totals: list[Total]
    faults: list[Fault]
    unused: list[str]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Why a facility-month takes no total: certified, counted by the service, or brought in as single visits."""

    is_certified: bool
    has_own_visits: bool
    has_imported_visits: bool


class OldRow(msgspec.Struct, frozen=True, kw_only=True):
    """A visit as a row says it. `person` is the key of the old list, empty for somebody without one."""

    row: int
    facility: str
    day: date
    entered: time
    left: time | None
    person: str
    heads: int
    stage: str | None
    municipality: str | None
    program: str | None


class VisitsRead(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was read, before anything is looked up."""

    rows: list[OldRow]
    faults: list[Fault]
    unused: list[str]


class TakenDay(msgspec.Struct, frozen=True, kw_only=True):
    """Why a facility-day takes no single visit: certified, counted by the service, or in a total of its month."""

    is_certified: bool
    has_own_visits: bool
    has_total: bool


class KeptTotal(msgspec.Struct, frozen=True, kw_only=True):
    """A total that was brought in. `replaced_at`: it no longer counts. `overlaps`: the service counted there too."""

    id: UUID
    facility: str
    body: str
    month_on: date
    person_days: int
    person_sessions: int | None
    method: str
    document: str
    author: str
    imported_at: datetime
    replaced_at: datetime | None
    overlaps: bool


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """A facility with numbers from before: from which day they are, and the first that the service counted itself."""

    facility: str
    imported_on: date
    counted_on: date | None


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """The day the way of counting changes at a facility: the first that the service counts itself, after imports."""

    facility: str
    on: date


class UploadReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a commit would do, or has done. `known`: rows that change nothing, for they are there already."""

    new: int
    replacing: int = 0
    known: int = 0
    people: int | None = None
    person_days: int
    first_on: date | None
    last_on: date | None
    faults: list[Fault]
    unused: list[str]


class UploadView(msgspec.Struct, frozen=True, kw_only=True):
    """A file somebody handed in. `is_kept`: it can still be committed."""

    id: UUID
    kind: Upload
    body_code: str
    body_names: dict[str, str]
    method: str
    document: str
    author: str
    uploaded_at: datetime
    committed_at: datetime | None
    taken_back_at: datetime | None
    is_kept: bool
    report: UploadReport
