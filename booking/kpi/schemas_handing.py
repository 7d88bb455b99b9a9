"""Certified totals on their way from one installation to another, and the keys that are trusted."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar.datastructures import UploadFile

from booking.kpi.schemas import Definition


class HandedCell(msgspec.Struct, frozen=True, array_like=True):
    """What a facility gave in a month: facility, first day, person-days, person-sessions."""

    facility: str
    month_on: date
    person_days: Annotated[int, msgspec.Meta(ge=0, le=10**9)]
    person_sessions: Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class HandedOver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The certified total of a body's year; `signature` is over everything before it."""

    format: Literal["booking-kpi-hand-over"]
    version: Literal[1]
    fiscal_year: Annotated[int, msgspec.Meta(ge=2000, le=2099)]
    body: str
    definition: Definition
    value: int
    values: dict[str, dict[str, int]]
    cells: list[HandedCell]
    row_count: Annotated[int, msgspec.Meta(ge=0, le=10**12)]
    digest: str
    certified_by: str
    office: str
    note: str | None
    certified_at: Annotated[datetime, msgspec.Meta(tz=True)]
    public_key: str
    signature: str


class HandedView(msgspec.Struct, frozen=True, kw_only=True):
    """A file before it counts: what it says, by whose key, and what each facility gave."""

    said: HandedOver
    key_name: str
    by_facility: list[tuple[str, int]]


class TrustForm(msgspec.Struct, kw_only=True):
    """Whose key is trusted for a body, and the paper that says so."""

    body: str
    public_key: str
    name: str
    document: str


class HandInForm(msgspec.Struct, kw_only=True):
    """A file that was handed over."""

    file: UploadFile | None


class TakeForm(msgspec.Struct, kw_only=True):
    """The same file once more, after it was looked at."""

    content: str


class PressForm(msgspec.Struct, kw_only=True):
    """The button alone."""


class TrustedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is or was trusted for a body."""

    id: UUID
    body: str
    public_key: str
    name: str
    document: str
    trusted_by_name: str
    trusted_at: datetime
    revoked_by_name: str | None
    revoked_at: datetime | None


class PlaceOfBody(msgspec.Struct, frozen=True, kw_only=True):
    """A facility that a file may name."""

    id: UUID
    code: str
    brand: str
