"""What crosses the doors of the history."""

from datetime import date, datetime

import msgspec


class HeatCell(msgspec.Struct, frozen=True, kw_only=True):
    """Users inside in one hour of one weekday (1 Monday … 7 Sunday).

    `users` over all `days` of that weekday with users; `average` of one such day, and that of the year before.
    """

    weekday: int
    hour: int
    users: int
    days: int
    average: float
    year_before: float


class Arrivals(msgspec.Struct, frozen=True, kw_only=True):
    """Users who came in the half hour from `at` (`HH:MM`), over all days of the period, and of the year before."""

    at: str
    users: int
    year_before: int


class MonthUsers(msgspec.Struct, frozen=True, kw_only=True):
    """Person-days of a month (`YYYY-MM`) within the period, and of the same days a year before."""

    month: str
    users: int
    year_before: int


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """Person-days of a place, program, school stage or municipality; null: between 1 and 9, and not for this reader."""

    code: str
    names: dict[str, str]
    users: int | None
    year_before: int | None


class SeatUse(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions that have ended: seats offered, used, booked, not come for and cancelled by people.

    Units: `…_permille` of a thousand: of the seats used; of the bookings that stood not come for; of all bookings
    cancelled. Null of nothing.
    """

    sessions: int
    seats: int
    used: int
    booked: int
    no_shows: int
    cancelled: int
    used_permille: int | None
    no_show_permille: int | None
    cancelled_permille: int | None


class Returning(msgspec.Struct, frozen=True, kw_only=True):
    """Person-days of people with a pass: the first of their fiscal year at these places, and all the others."""

    first_time: int
    returning: int


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """People who came to TUMO, and how many of them came to tsukurun after that; within one fiscal year each."""

    tumo: int
    then_tsukurun: int
    permille: int | None


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """One period's totals."""

    users: int
    days: int
    seats: SeatUse
    returning: Returning
    flow: Flow
    peak_arrival: str | None


class UseOfPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """How places were used in a period, as a report of all of them is written from."""

    heat: list[HeatCell]
    arrivals: list[Arrivals]
    seats: SeatUse


class Utilisation(msgspec.Struct, frozen=True, kw_only=True):
    """How places were used between two days, both in it, beside the same days of the year before."""

    facilities: list[str]
    first_on: date
    last_on: date
    as_of: datetime
    now: Span
    year_before: Span
    heat: list[HeatCell]
    arrivals: list[Arrivals]
    by_month: list[MonthUsers]
    by_facility: list[Share]
    by_program: list[Share]
    by_school_stage: list[Share]
    by_municipality: list[Share]
