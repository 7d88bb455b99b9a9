"""What open data is made of."""

from datetime import date

import msgspec

from booking.kpi.schemas import Definition


class MonthCount(msgspec.Struct, frozen=True, kw_only=True):
    """What a facility counted in a month that is over."""

    facility: str
    name: str
    month_on: date
    number: int
    is_certified: bool


class TownCount(msgspec.Struct, frozen=True, kw_only=True):
    """Users of a fiscal year that is over who live in a municipality; code empty: not known."""

    code: str
    name: str
    number: int


class YearTotal(msgspec.Struct, frozen=True, kw_only=True):
    """The figure of a fiscal year, certified or as it stands, with the reading it is counted under."""

    fiscal_year: int
    target: int | None
    number: int
    is_certified: bool
    definition: Definition


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """A file: its name, what it is called, what it says and what its columns mean. All are message ids.

    `of`: the body it is of, by language. Without columns it has those of the national standard.
    """

    file: str
    title: str
    about: str
    columns: tuple[tuple[str, str], ...] = ()
    of: dict[str, str] = {}
    is_provisional: bool = False
