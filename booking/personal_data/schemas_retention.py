"""Terms, and what is due."""

from datetime import date
from uuid import UUID

import msgspec

from booking.personal_data.rules_retention import Kept


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """For how many months a body keeps a class of data."""

    body_code: str
    kind: Kept
    months: int
    is_automatic: bool
    provisional: bool


class DuePerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose record is due, and when they were seen last."""

    id: UUID
    number: str
    name: str
    seen_on: date


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a class is due. `hidden`: of these, people who are in no list and go by themselves alone.

    `is_more`: there is more than was counted.
    """

    term: Term
    count: int
    hidden: int = 0
    is_more: bool = False


class TermForm(msgspec.Struct, kw_only=True):
    """A term as typed."""

    body: str
    kind: str
    months: str
    automatic: bool
