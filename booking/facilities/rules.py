"""Opening hours and closing days: which local days a facility is open, decided from rows and the calendar alone."""

from enum import StrEnum


class FacilityKind(StrEnum):
    """Hub or satellite of the plan."""

    HUB = "hub"
    SATELLITE = "satellite"


class Brand(StrEnum):
    """Which programme runs there."""

    TUMO = "tumo"
    TSUKURUN = "tsukurun"


class MunicipalityKind(StrEnum):
    """Kinds of local government, and outside the prefecture."""

    PREFECTURE = "prefecture"
    CITY = "city"
    TOWN = "town"
    VILLAGE = "village"
    OUTSIDE = "outside"


class ClosingKind(StrEnum):
    """Weekly on a weekday; on public holidays; some days after one; yearly between two dates."""

    WEEKLY = "weekly"
    HOLIDAY = "holiday"
    AFTER_HOLIDAY = "after-holiday"
    YEARLY = "yearly"


class OnHoliday(StrEnum):
    """What a weekly closing day does when it falls on a public holiday."""

    STAY_CLOSED = "stay-closed"
    OPEN = "open"
    NEXT_DAY = "next-day"
    NEXT_WEEKDAY = "next-weekday"


class ClosureKind(StrEnum):
    """An exception to the rules for one day: closed, or open although a rule says closed."""

    CLOSED = "closed"
    OPEN = "open"
