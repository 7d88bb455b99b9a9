"""What is asked of the visits behind a number, and the answer."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from booking.kpi.rules import Unit


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which number it is: a fiscal year, month or day, and what it is broken down by. An empty text is a value of its
    own (no program, an unknown municipality); null leaves nothing out. `often` is a band of days a year, as `2-4`."""

    from_on: date
    until_on: date
    scope: str
    unit: Unit
    body: str | None = None
    facility: str | None = None
    program: str | None = None
    municipality: str | None = None
    school_stage: str | None = None
    entered_by: str | None = None
    closed_by: str | None = None
    often: tuple[int, int | None] | None = None


class CountedVisit(msgspec.Struct, kw_only=True):
    """A visit behind a number. Names only for staff of the facility; the view is logged.

    `person_days`, `person_sessions` and `people` are what it adds to the number: 0 where the person is counted already.
    """

    id: UUID
    visited_on: date
    entered_at: datetime
    left_at: datetime | None
    facility: str
    program: str | None
    kind: str
    heads: int
    school_stage: str | None
    municipality: str | None
    entered_by: str
    closed_by: str | None
    member_id: UUID | None
    member_number: str | None
    shown_name: str | None
    person_days: int
    person_sessions: int
    people: int


class ImportedTotal(msgspec.Struct, frozen=True, kw_only=True):
    """The total of a month and facility from before this service, which is part of a number and has no visits."""

    facility: str
    month_on: date
    person_days: int
    person_sessions: int
    method: str
    document: str
    author: str


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What the list comes to, imported totals included. `not_countable`: heads that are nobody's under people."""

    visits: int
    person_days: int
    person_sessions: int
    people: int
    not_countable: int


class CountedVisits(msgspec.Struct, kw_only=True):
    """A page of visits, what the whole list comes to, and the reading it is counted under."""

    items: list[CountedVisit]
    next_cursor: str | None
    counted: Counted
    imported: list[ImportedTotal]
    definition: str
    provisional: bool
