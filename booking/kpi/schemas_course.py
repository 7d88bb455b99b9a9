"""How a year goes: month by month, beside its target and the year before."""

import msgspec

from booking.kpi.schemas_importing import Break


class MonthOfYear(msgspec.Struct, frozen=True, kw_only=True):
    """A month of the breakdowns beside the same month of the year before; whether either is certified."""

    month: str
    person_days: int
    person_sessions: int
    year_before: int
    is_certified: bool = False
    was_certified: bool = False


class CoursePoint(msgspec.Struct, frozen=True, kw_only=True):
    """What the year has come to at the end of a month, or will have.

    `total` is what was counted until then (in the running month: until now), null where it is to come, or where so few
    users of another body came that they could be worked out. From the running month on `pace` is what the target needs,
    `ahead` the projection with its range.
    """

    month: str
    total: int | None = None
    pace: int | None = None
    ahead: int | None = None
    low: int | None = None
    high: int | None = None
    is_certified: bool = False


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """The course of a fiscal year. `has_gaps` says that totals are left out because others are few.

    `breaks` are the days of the year on which the way of counting changes at a place of the breakdowns.
    """

    months: list[MonthOfYear]
    points: list[CoursePoint]
    has_gaps: bool
    breaks: list[Break]
