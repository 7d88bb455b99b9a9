"""What crosses the doors of the annual-users figure."""

from datetime import date, datetime

import msgspec

from booking.kpi.rules import DefinitionStatus, Places, Unit


class ScopeView(msgspec.Struct, frozen=True, kw_only=True):
    """Which visits a reading looks at; an empty list or no brand leaves nothing out."""

    code: str
    name: str
    brand: str | None
    facilities: list[str]
    programs: list[str]


class CountingRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a reading answers beside scope and unit. Units: `min_stay_minutes` minutes."""

    places: Places = Places.EACH
    counts_trials: bool = True
    counts_groups: bool = True
    counts_staff_entries: bool = True
    counts_imports: bool = True
    min_stay_minutes: int = 0


class Definition(CountingRules, frozen=True, kw_only=True):
    """A reading with its standing."""

    code: str
    name: str
    scope: str
    unit: Unit
    status: DefinitionStatus
    valid_from_on: date
    is_reported: bool = True
    confirmed_by: str | None = None
    confirmed_office: str | None = None
    document: str | None = None
    confirmed_at: datetime | None = None
    author: str | None = None
    reason: str | None = None
    made_at: datetime | None = None


class Cell(msgspec.Struct, kw_only=True):
    """One line of a breakdown. Program lines may add up to more than the whole: one person, two programs, one day.

    `certified`: its month, or the year for other lines, is certified under the reading in force.
    """

    code: str
    name: str
    person_days: int
    person_sessions: int
    certified: bool = False


class Projection(msgspec.Struct, frozen=True, kw_only=True):
    """What the year comes to if it goes on as the last eight weeks did, by weekday and open day; 80 % lie within."""

    value: int
    low: int
    high: int


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """So many people were counted on `low` to `high` facility-days of the year; `high` is null for and more."""

    low: int
    high: int | None
    people: int


class NotCountable(msgspec.Struct, frozen=True, kw_only=True):
    """What is part of person-days and nobody's under people: heads of groups and of visits without a name, and the
    person-days of imported totals."""

    heads: int
    imported: int


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """Whose visits a reader may open: single facilities, and `whole` when that is all there are of the breakdowns."""

    facilities: list[str]
    whole: bool


class CertifiedFigure(msgspec.Struct, frozen=True, kw_only=True):
    """What a named person has certified of the year, under which reading. `value` stays for ever."""

    value: int
    definition: str
    certified_by: str
    office: str
    certified_at: datetime


class PublishedUsers(msgspec.Struct, frozen=True, kw_only=True):
    """The annual-users figure of a fiscal year as everybody may read it, once it is certified."""

    fiscal_year: int
    target: int | None
    definition: Definition
    value: int
    certified: bool
    certification: CertifiedFigure


class AnnualUsers(msgspec.Struct, kw_only=True):
    """The annual-users figure of a fiscal year with what it is made of. `value` is that of `definition`.

    `target` is null in a year without one; there is no field that says reached while the definition is assumed.
    Breakdowns are of the body `breakdowns_of`, of the whole plan when it is null. `held_back` names the scopes and
    units whose numbers leave out the places of other bodies, because there are only a few users there.
    `own_values` is the part of `values` that the breakdowns come to. `certified` says that the year is certified under
    the reading in force, with the values of `certified_scopes`; what was certified is in `certification` in any case.
    `own_certified` says the same of the breakdowns and `own_values`.
    """

    fiscal_year: int
    from_on: date
    until_on: date
    as_of: datetime
    target: int | None
    definition: Definition
    value: int
    values: dict[str, dict[str, int]]
    own_values: dict[str, dict[str, int]]
    scopes: list[ScopeView]
    registered: int
    readings: int
    readings_met: int | None
    by_facility: list[Cell]
    by_program: list[Cell]
    by_month: list[Cell]
    by_municipality: list[Cell]
    by_school_stage: list[Cell]
    by_entry: list[Cell]
    projection: Projection | None
    distribution: list[Band]
    remaining_open_days: int
    needed_per_day: float | None
    not_countable: dict[str, NotCountable]
    certified: bool
    certified_scopes: list[str]
    own_certified: bool
    certification: CertifiedFigure | None
    breakdowns_of: str | None
    held_back: dict[str, list[str]]
