"""Whose data something that was lost could have shown."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from booking.people.schemas import MemberView


class Lost(StrEnum):
    """What was lost, or fell into other hands."""

    KIOSK = "kiosk"
    STAFF = "staff"
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    GUARDIAN = "guardian"
    PASS = "pass"  # noqa: S105 - a word, not a secret


class Sight(StrEnum):
    """How sure it is that somebody's data could be seen."""

    LISTED = "listed"
    OPENED = "opened"
    READ = "read"
    HELD = "held"
    PRINTED = "printed"
    ANSWERED = "answered"
    POSSIBLE = "possible"


class Doors(msgspec.Struct, frozen=True):
    """The kiosks that answered a pass: the names of those of the asker, and how many there are besides."""

    names: tuple[str, ...]
    elsewhere: int


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A device, an account, a token or the pass of `member_id`.

    `bodies`: whose people a kiosk or a token reaches (None: all, or told by the roles of the span). `stop`: the address
    at which it is stopped, unless it is stopped already.
    """

    lost: Lost
    id: UUID
    name: str
    bodies: frozenset[str] | None
    seen_at: datetime | None = None
    stopped_at: datetime | None = None
    facility_ids: tuple[UUID, ...] = ()
    member_id: UUID | None = None
    stop: str = ""


class Span(msgspec.Struct, frozen=True):
    """From when it was lost until it was found or stopped."""

    since: datetime
    until: datetime


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """One member of whom something is known: how sure, how often and when last."""

    member_id: UUID
    sight: Sight
    times: int = 0
    last_at: datetime | None = None


class Exposed(msgspec.Struct, frozen=True, kw_only=True):
    """One member on the list."""

    member: MemberView
    sight: Sight
    times: int
    last_at: datetime | None
    is_minor: bool


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. `rows`: those who may be named; `protected` and `elsewhere` are numbers alone. `doors`: of a pass."""

    thing: Thing
    span: Span
    rows: list[Exposed]
    protected: int
    protected_minors: int
    elsewhere: int
    doors: Doors | None = None

    @property
    def certain(self) -> int:
        """How many of the list were surely there to be seen."""
        return sum(row.sight is not Sight.POSSIBLE for row in self.rows)

    @property
    def possible(self) -> int:
        """How many of the list may have been seen."""
        return len(self.rows) - self.certain

    @property
    def minors(self) -> int:
        """How many are under eighteen, those who may not be named too."""
        return sum(row.is_minor for row in self.rows) + self.protected_minors

    @property
    def total(self) -> int:
        """Everybody who is counted."""
        return len(self.rows) + self.protected + self.elsewhere


class IssuedPass(msgspec.Struct, frozen=True):
    """A pass of a member. `ended_at`: when it was stopped, or when it stopped by itself; `shown_at`: shown last."""

    id: UUID
    member_id: UUID
    issued_at: datetime
    ended_at: datetime | None
    shown_at: datetime | None


class ListedMember(msgspec.Struct, frozen=True):
    """A member of a kiosk's list, and whether the rule put them there in the span."""

    member_id: UUID
    is_certain: bool


class Days(msgspec.Struct, frozen=True):
    """The local days of a kiosk's list: seen here since, booked from, booked until."""

    seen_since: date
    first: date
    last: date
