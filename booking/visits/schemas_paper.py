"""A sheet of paper on its way out (the morning's list) and on its way back in (the rows that were written on it)."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from booking.kit.errors import Refusal


class PaperPerson(Struct, frozen=True, kw_only=True):
    """Somebody with a booking, as the sheet shows them: no more than is needed to tick them off."""

    member_id: UUID
    number: str
    shown_name: str
    kana: str


class PaperSession(Struct, frozen=True, kw_only=True):
    """A session with the people booked; `hidden` are protected members, who are on no paper."""

    name: str
    names: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    people: tuple[PaperPerson, ...]
    hidden: int


class Line(Struct, frozen=True, kw_only=True):
    """One row of a sheet as typed. `nonce` makes a row that is sent twice the same row."""

    nonce: UUID
    who: str = ""
    came: str = ""
    left: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not (self.who or self.came or self.left)


class Tally(Struct, frozen=True, kw_only=True):
    """One count of heads as typed. `of` is a `HeadsOf`."""

    nonce: UUID
    of: str
    heads: str = ""
    at: str = ""
    party: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not (self.heads or self.at or self.party)


class RowSaid(Struct, frozen=True, kw_only=True):
    """What became of a row: `done`, `again` (it was there already), or `fault` with refusals by field.

    `who` is empty for a protected member; `is_flagged`: staff should look at it.
    """

    state: str
    who: str = ""
    number: str = ""
    is_flagged: bool = False
    faults: dict[str, Refusal] = {}
