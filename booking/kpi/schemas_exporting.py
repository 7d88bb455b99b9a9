"""What is in the file an auditor recomputes a year from."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from booking.kpi.schemas import Definition, ScopeView
from booking.kpi.schemas_certifying import Difference


class CertifiedBy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who answered for the figure, and when."""

    certified_by: str
    office: str
    note: str | None
    certified_at: datetime


class Lines(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of lines: its columns in their order, and how many lines."""

    columns: list[str]
    rows: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says of itself. `body` empty: the whole plan. `now` is the figure with the differences since.

    `as_of_on` is the day of a provisional file, null in a certified one. `files` holds the SHA-256 of the others,
    `digest` that of the lines of visits and imports one after the other; `signature` is over everything before it.
    """

    format: Literal["booking-kpi-export"]
    version: Literal[1]
    standing: Literal["certified", "provisional"]
    as_of_on: date | None
    fiscal_year: Annotated[int, msgspec.Meta(ge=2000, le=2099)]
    body: str
    body_name: str
    definition: Definition
    scopes: list[ScopeView]
    value: int
    now: int
    values: dict[str, dict[str, int]]
    certification: CertifiedBy | None
    differences: list[Difference]
    visits: Lines
    imports: Lines
    digest: str
    files: dict[str, str]
    public_key: str
    signature: str
