"""How many people of 6 to 18 live in a municipality, and how many of them come."""

from datetime import date, datetime

import msgspec
from litestar.datastructures import UploadFile

from booking.people.schemas_import import Fault


class PopulationForm(msgspec.Struct, kw_only=True):
    """A table of populations: of which day, who says so, and who answers for it."""

    as_of_on: str
    document: str
    author: str
    file: UploadFile | None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The same, read, without the table."""

    as_of_on: date
    document: str
    author: str


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table."""

    row: int
    municipality: str
    people: int


class PopulationsRead(msgspec.Struct, frozen=True, kw_only=True):
    """A table as it was read, before anything is looked up."""

    populations: list[Population]
    faults: list[Fault]
    unused: list[str]


class KeptPopulation(msgspec.Struct, frozen=True, kw_only=True):
    """How many people of 6 to 18 lived in a municipality on a day."""

    municipality: str
    as_of_on: date
    people: int
    source: str
    author: str
    made_at: datetime


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """A municipality: its users of school age in a year, its population, and the users per 1,000 of it.

    `users` is null where there are one to nine and the reader may not open the visits behind them; `per_thousand` is
    null then, and without a population.
    """

    municipality: str
    name: str
    users: int | None
    population: KeptPopulation | None
    per_thousand: float | None


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """The municipalities of a fiscal year; of the places of one body, of all the plan's when it is null."""

    fiscal_year: int
    body: str | None
    items: list[Rate]
    is_certified: bool
