"""The facts a batch of scans needs, as one statement reads them, and what is written afterwards."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from booking.facilities.schemas import FacilityView
from booking.kiosks.schemas import KioskIdentity
from booking.programs.schemas import EligibilityView, SessionView
from booking.visits.schemas import Scan
from booking.visits.schemas_day_list import OpenSpan


class Asked(Struct, frozen=True, kw_only=True):
    """A scan on its way in: by the bearer of a kiosk's token, or entered by staff at a facility.

    `from_paper`: staff copied it from a sheet that was kept while nothing else worked.
    """

    scan: Scan
    token: str = ""
    language: str = "ja"
    member_id: UUID | None = None
    facility_code: str | None = None
    by_account: UUID | None = None
    from_paper: bool = False


class Shown(Struct, frozen=True, kw_only=True):
    """A scan whose credential was read, before the database was asked. `problem` is a refusal code.

    `scan` is what the rules see: with a time that can be, and without characters no database takes. `day_ends_at` is
    the end of the local day `on`.
    """

    asked: Asked
    scan: Scan
    at: datetime
    on: date
    day_ends_at: datetime
    pass_id: UUID | None = None
    kid: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    member_key: UUID | None = None
    number: str | None = None
    door_code: str | None = None
    problem: str | None = None
    is_clock_unthinkable: bool = False


class PassFact(Struct, frozen=True):
    """A pass that was shown; nobody's when its member has been erased, and then revoked."""

    id: UUID
    member: UUID | None
    is_revoked: bool


class KeyFact(Struct, frozen=True):
    """A member key of one kiosk."""

    kiosk: UUID
    member: UUID
    member_key: UUID


class FormerFact(Struct, frozen=True):
    """A number that was shown, of a record that has become one with another."""

    number: str
    member: UUID


class VisitFact(Struct, frozen=True):
    """An open visit."""

    id: UUID
    facility: UUID
    entered_at: datetime
    session: UUID | None
    visited_on: date


class AnswerFact(Struct, frozen=True):
    """The last answer of a person that was no repetition."""

    at: datetime
    verdict: str
    code: str
    facility: UUID
    session: UUID | None
    minutes: int | None


class BookingFact(Struct, frozen=True):
    """A seat of a person on one of the days; `cancelled` when it was called off together with its session."""

    id: UUID
    session: UUID
    state: str


class PersonFact(Struct, frozen=True, kw_only=True):
    """A person who shows a pass or number, or whom such a person may bring in."""

    id: UUID
    number: str
    shown_name: str
    is_protected: bool
    birth_on: date | None
    grade_override: int | None
    grade_override_year: int | None
    municipality_code: str | None
    is_held: bool
    family: tuple[UUID, ...]
    visit: VisitFact | None
    last: AnswerFact | None
    newest_at: datetime | None
    turned_at: datetime | None
    keys: dict[int, UUID]
    bookings: tuple[BookingFact, ...]
    walked: tuple[UUID, ...]


class CardFact(Struct, frozen=True):
    """A temporary card that was shown, with the times it was lent for."""

    id: UUID
    is_revoked: bool
    loans: tuple["LoanFact", ...]


class LoanFact(Struct, frozen=True):
    """Whom a temporary card stood for, from one moment until another."""

    member: UUID
    lent_at: datetime
    until_at: datetime


class TurnFact(Struct, frozen=True):
    """A numbered turn that waits or was called."""

    id: UUID
    facility: UUID
    session: UUID | None
    number: int
    member: UUID | None
    held_on: date
    taken_at: datetime
    called_at: datetime | None


class HeadsFact(Struct, frozen=True):
    """An open visit of people counted by head."""

    id: UUID
    facility: UUID
    kind: str
    heads: int
    entered_at: datetime
    visited_on: date
    request: UUID | None = None


class GroupFact(Struct, frozen=True):
    """A group visit on one of the days, with its code; how many were announced, were counted, and are inside."""

    id: UUID
    facility: UUID
    visit_on: date
    door_code: str
    organisation: str
    expected: int
    came: int
    inside: int


class SeatFact(Struct, frozen=True):
    """How many web seats of a session are taken, and how many people walked in."""

    id: UUID
    taken: int
    walked_in: int


class AnsweredFact(Struct, frozen=True, kw_only=True):
    """A scan the service has answered before."""

    kiosk: UUID | None
    nonce: UUID
    id: UUID
    member: UUID | None
    happened_at: datetime
    told_verdict: str | None
    answer: dict[str, Any]


class Facts(Struct, frozen=True, kw_only=True):
    """Everything one statement reads for a batch.

    `seats` are counted apart, under lock, where somebody walks in; `heads` are read where heads go out, `groups` where
    a code of the day was shown. `turns` are
    those of today that live, `last_turns` the highest number given today.
    """

    version: str
    passes: tuple[PassFact, ...]
    keys: tuple[KeyFact, ...]
    people: tuple[PersonFact, ...]
    inside: dict[UUID, int]
    answered: tuple[AnsweredFact, ...]
    revoked_kids: tuple[int, ...]
    former: tuple[FormerFact, ...] = ()
    cards: tuple[CardFact, ...] = ()
    turns: tuple[TurnFact, ...] = ()
    last_turns: dict[UUID, int] = {}
    seats: tuple[SeatFact, ...] = ()
    heads: tuple[HeadsFact, ...] | None = None
    groups: tuple[GroupFact, ...] = ()


class Reference(Struct, frozen=True, kw_only=True):
    """What changes only when staff change it: facilities, hours, sessions and who may take part.

    Sessions are the published ones and those that were called off after their door had opened.
    `allowed` remembers which programs a grade and an age may enter on a day.
    """

    version: str
    facilities: dict[UUID, FacilityView]
    spans: dict[tuple[UUID, date], tuple[OpenSpan, ...]]
    sessions: dict[UUID, SessionView]
    sessions_at: dict[UUID, tuple[SessionView, ...]]
    program_codes: dict[UUID, str]
    eligibility: dict[UUID, tuple[EligibilityView, ...]]
    allowed: dict[tuple[int | None, bool, date, int], tuple[str, ...]]


class Door(Struct, frozen=True, kw_only=True):
    """Where a batch of scans was made: a kiosk, or the desk of a facility."""

    kiosk: KioskIdentity | None
    facility_ids: tuple[UUID, ...]
    facility_codes: tuple[str, ...]


class NewVisit(Struct, kw_only=True):
    """A visit to be written. Not frozen: the same batch may end it."""

    id: UUID
    person: PersonFact | None
    kind: str
    heads: int
    facility: UUID
    program: UUID | None
    session: UUID | None
    reservation: UUID | None
    visited_on: date
    entered_at: datetime
    left_at: datetime | None = None
    entered_by: str = "scan"
    closed_by: str | None = None
    entry_scan: UUID | None = None
    exit_scan: UUID | None = None
    party: str | None = None
    group: UUID | None = None


class NewTurn(Struct, kw_only=True):
    """A numbered turn to be written. Not frozen: the same batch may end it."""

    id: UUID
    facility: UUID
    session: UUID | None
    number: int
    member: UUID
    scan: UUID
    taken_at: datetime
    state: str = "waiting"
    ended_at: datetime | None = None


class ClosedVisit(Struct, frozen=True, kw_only=True):
    """A stored visit that ends."""

    id: UUID
    facility: UUID
    visited_on: date
    left_at: datetime
    closed_by: str
    exit_scan: UUID | None
