"""How busy a day of the demo is: weekdays, holidays, school holidays, and growth along the plan's targets."""

from collections.abc import Collection, Mapping
from datetime import date
from random import Random

from booking.facilities.rules import holiday_name
from booking.kit.fiscal import fiscal_year

HOME_WEIGHTS = {"tumo-gunma": 45, "tsukurun-takasaki": 22, "tsukurun-maebashi": 21, "tsukurun-kiryu": 12}
"""How many of a hundred visits each facility has."""
OTHER_WEIGHT = 20
SCHOOL_HOLIDAYS = ((7, 21, 8, 31), (12, 25, 12, 31), (1, 1, 1, 7), (3, 26, 4, 6))
"""Month and day of the first and the last, as the schools of the prefecture have them."""
FREE_DAY, HOLIDAY_WEEKDAY, SCHOOL_DAY = 1.7, 1.2, 0.75
BEFORE_THE_PLAN = 0.6
"""How busy a year before the first target is, beside the year of that target."""
WARMING_UP_DAYS = 90
REGULAR_DAYS = 300
"""On how many days of one year the most regular of all came."""


def is_school_holiday(day: date) -> bool:
    """Whether schools are closed for some weeks."""
    return any((m, d) <= (day.month, day.day) <= (n, e) for m, d, n, e in SCHOOL_HOLIDAYS)


def is_free(day: date) -> bool:
    """Whether children have the whole day: weekend, public holiday, school holiday."""
    return day.weekday() >= 5 or holiday_name(day) is not None or is_school_holiday(day)


def weight_of_hour(hour: int, *, is_free: bool) -> float:
    """How many come to a session that begins at an hour: after school on a school day, in the afternoon on others."""
    if is_free:
        return 0.7 if hour < 12 or hour >= 16 else 1.0
    return 0.12 if hour < 15 else 1.0


def growth(targets: Mapping[int, int], year: int) -> float:
    """How busy a fiscal year is, by the plan's target of it; targets of zero say nothing."""
    known = {each: target for each, target in targets.items() if target > 0}
    if not known:
        return 1.0
    if year < min(known):
        return known[min(known)] * BEFORE_THE_PLAN
    return float(known.get(year) or known[max(each for each in known if each <= year)])


def weight_of(facility: str, opened_on: date, day: date, targets: Mapping[int, int]) -> float:
    """How busy a facility is on a day it is open, beside others; a new one is found little by little."""
    of_weekday = (
        FREE_DAY
        if day.weekday() >= 5 or holiday_name(day)
        else HOLIDAY_WEEKDAY
        if is_school_holiday(day)
        else SCHOOL_DAY
    )
    warm = min(1.0, 0.4 + 0.6 * (day - opened_on).days / WARMING_UP_DAYS)
    return HOME_WEIGHTS.get(facility, OTHER_WEIGHT) * growth(targets, fiscal_year(day)) * of_weekday * warm


def days_of_the_regular(chance: Random, open_days: Collection[date]) -> set[date]:
    """The days on which one member came: 300 of the fiscal year with most open days; none when no year has so many."""
    by_year: dict[int, list[date]] = {}
    for day in sorted(open_days):
        by_year.setdefault(fiscal_year(day), []).append(day)
    best = max(by_year.values(), key=len, default=[])
    return set(chance.sample(best, REGULAR_DAYS)) if len(best) >= REGULAR_DAYS else set()
