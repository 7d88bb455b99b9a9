"""What a certified figure is made of, and what crosses its doors."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from booking.kpi.rules import Period, Unit
from booking.kpi.schemas import Definition, ScopeView


class VisitRow(msgspec.Struct, frozen=True, kw_only=True):
    """A visit as an auditor gets it: no name, no number; `person_key` is random per person and fiscal year."""

    id: UUID
    facility: str
    body: str
    brand: str
    visited_on: date
    entered_at: datetime
    left_at: datetime | None
    kind: str
    heads: int
    person_key: UUID | None
    session: UUID | None
    program: str
    category: str
    municipality: str
    school_stage: str
    entered_by: str
    closed_by: str


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """The total of a month and facility from before this service."""

    facility: str
    body: str
    brand: str
    month_on: date
    person_days: int
    person_sessions: int


class CertifyForm(msgspec.Struct, kw_only=True):
    """What is certified: a month `2026-10` or a fiscal year, of a body or (empty) of the whole plan.

    `note` says why, where days are not closed or heads were missed; `shown` is the figure the asker has before them,
    empty for whatever it is.
    """

    office: str
    month: str = ""
    fiscal_year: str = ""
    body: str = ""
    note: str = ""
    shown: str = ""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The period and what it is of; `until_on` is exclusive."""

    period: Period
    starts_on: date
    until_on: date
    body: str


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A facility-day that was open or visited and has no daily close, or whose coverage was more than a tenth off."""

    facility: str
    day: date
    coverage_percent: int | None = None
    reason: str | None = None


class Counted(msgspec.Struct, kw_only=True):
    """What the rows of a span give: scope → unit → number, by facility and day, by month and facility."""

    values: dict[str, dict[str, int]]
    days: dict[str, dict[str, int]]
    by_month: dict[str, dict[str, int]]
    row_count: int
    digest: str


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A facility-day that gives another number than was certified; of a figure in people the whole period, without
    facility (empty) and day."""

    facility: str
    counted_on: date | None
    was: int
    now: int
    reason: str
    found_at: datetime


class Certification(msgspec.Struct, frozen=True, kw_only=True):
    """A certified figure. `now` is what it would be today: `value` and the differences found since."""

    id: UUID
    period: Period
    starts_on: date
    until_on: date
    body: str
    definition: Definition
    value: int
    now: int
    row_count: int
    digest: str
    certified_by: str
    office: str
    note: str | None
    certified_at: datetime
    origin: str | None = None
    differences: list[Difference] = []


class CertifiedDays(msgspec.Struct, kw_only=True):
    """A certified period by facility-day: what each gave when it was last looked at, and the whole."""

    id: UUID
    starts_on: date
    until_on: date
    body: str
    certified_at: datetime
    definition: Definition
    scope: ScopeView
    given: dict[tuple[str, date], int]
    value: int


class PeriodState(msgspec.Struct, frozen=True, kw_only=True):
    """A month or year of a body as it stands: its figure, what is missing, and whether it is certified."""

    span: Span
    value: int
    open_days: int
    unclosed: list[Gap]
    uncovered: list[Gap]
    certification: Certification | None = None


class Certifications(msgspec.Struct, frozen=True, kw_only=True):
    """What of a fiscal year is certified, the first first."""

    items: list[Certification]


class CertifiedPart(msgspec.Struct, frozen=True, kw_only=True):
    """A certified month or year, as far as numbers need it. `by_facility` is of the visits of a month."""

    id: UUID
    period: Period
    starts_on: date
    body: str
    reading: str
    unit: Unit
    counts_imports: bool
    value: int
    certified_by: str
    certified_at: datetime
    origin: str | None
    scope: ScopeView | None
    by_facility: dict[str, int]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a number is certified, and then which figure by whom; `now` differs from it where something changed.

    `readings` are the codes of those it was counted under.
    """

    is_certified: bool = False
    readings: frozenset[str] = frozenset()
    value: int | None = None
    now: int | None = None
    certified_by: str | None = None
    certified_at: datetime | None = None
