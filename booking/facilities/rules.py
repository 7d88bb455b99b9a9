"""Opening hours and closing days: which local days a facility is open, decided from rows and the calendar alone."""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

import jpholiday
import msgspec

from booking.facilities.schemas import (
    Calendar,
    ClosingRuleView,
    ClosureView,
    FacilityCalendar,
    Hours,
    Span,
    WeekdayHours,
)


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


class ClosingNowReason(StrEnum):
    """Why a facility is closed at once; the words are chosen, not typed, so that they exist in every language."""

    WEATHER = "weather"
    FIRE_ALARM = "fire-alarm"
    EARTHQUAKE = "earthquake"
    POWER = "power"
    ILLNESS = "illness"
    OTHER = "other"


class SpaceUse(StrEnum):
    """What a space is taken for."""

    SESSION = "session"
    GROUP_VISIT = "group-visit"
    KEPT_FREE = "kept-free"


class ClosureKind(StrEnum):
    """An exception to the rules for one day: closed, or open although a rule says closed."""

    CLOSED = "closed"
    OPEN = "open"


class Reason(StrEnum):
    """Why a day is open or closed."""

    REGULAR = "regular"
    OPENED = "opened"
    CLOSED = "closed"
    WEEKLY = "weekly"
    MOVED = "moved"
    HOLIDAY = "holiday"
    AFTER_HOLIDAY = "after-holiday"
    YEARLY = "yearly"
    NO_HOURS = "no-hours"
    NOT_YET = "not-yet"
    ENDED = "ended"


class Conflict(StrEnum):
    """Where the rules of a facility disagree about a day; the day stays closed until staff decide it by hand."""

    RULES_DISAGREE = "rules-disagree"
    MOVED_ONTO_HOLIDAY = "moved-onto-holiday"
    MOVED_ONTO_CLOSED = "moved-onto-closed"
    AFTER_HOLIDAY_ON_HOLIDAY = "after-holiday-on-holiday"


_IN_ORDER = (Reason.WEEKLY, Reason.MOVED, Reason.HOLIDAY, Reason.AFTER_HOLIDAY)


@cache
def _holidays(year: int) -> dict[date, str]:
    return dict(jpholiday.year_holidays(year))


def holiday_name(day: date) -> str | None:
    """The name of the public holiday (国民の祝日, 振替休日, 国民の休日) on a day. Source: 国民の祝日に関する法律."""
    return _holidays(day.year).get(day)


def is_working_day(day: date) -> bool:
    """Whether a day is 平日: Monday to Friday and no public holiday."""
    return day.isoweekday() <= 5 and holiday_name(day) is None


def is_valid(row: WeekdayHours | ClosingRuleView, day: date) -> bool:
    """Whether dated data counts on a day: from its first day on, until a day that no longer counts."""
    return row.valid_from_on <= day and (row.valid_until_on is None or day < row.valid_until_on)


def hours_of(calendar: Calendar, facility_id: UUID, day: date) -> Hours:
    """When a facility is open on a day of the calendar, and why.

    What somebody decided by hand for the day wins over the rules; of two such decisions the later. Rules that
    disagree close the day and are listed.
    """
    facility = calendar.facilities[facility_id]
    holiday = holiday_name(day)
    closed = _closed_for_good(facility, day)
    if closed is not None:
        return Hours(day=day, spans=(), reason=closed, holiday=holiday)
    by_hand = [closure for closure in facility.closures if closure.closed_on == day]
    whole_day = [closure for closure in by_hand if closure.kind == ClosureKind.OPEN or closure.from_time is None]
    decided = _by_hand(facility, day, whole_day[-1]) if whole_day else _by_rules(facility, day)
    parts = [closure for closure in by_hand if closure not in whole_day]
    spans = _without(decided.spans, parts)
    if spans == decided.spans:
        return decided
    if spans:
        return msgspec.structs.replace(decided, spans=spans, notes=parts[-1].reasons)
    return msgspec.structs.replace(decided, spans=(), reason=Reason.CLOSED, notes=parts[-1].reasons)


def _closed_for_good(facility: FacilityCalendar, day: date) -> Reason | None:
    if day < facility.opened_on:
        return Reason.NOT_YET
    if facility.ended_on is not None and day >= facility.ended_on:
        return Reason.ENDED
    return None


def hours_on(rows: Iterable[WeekdayHours], day: date) -> dict[int, WeekdayHours]:
    """The hours that hold on a day, by weekday: of several valid rows the one that began last."""
    valid = sorted((row for row in rows if is_valid(row, day)), key=lambda row: row.valid_from_on)
    return {row.weekday: row for row in valid}


def _weekday_spans(facility: FacilityCalendar, day: date) -> tuple[Span, ...]:
    row = hours_on(facility.hours, day).get(day.isoweekday())
    return () if row is None else (Span(row.opens, row.closes),)


def _by_hand(facility: FacilityCalendar, day: date, decision: ClosureView) -> Hours:
    if decision.kind == ClosureKind.CLOSED:
        spans: tuple[Span, ...] = ()
        reason = Reason.CLOSED
    elif decision.from_time is not None and decision.until_time is not None:
        spans, reason = (Span(decision.from_time, decision.until_time),), Reason.OPENED
    else:
        spans = _weekday_spans(facility, day)
        reason = Reason.OPENED if spans else Reason.NO_HOURS
    return Hours(day=day, spans=spans, reason=reason, notes=decision.reasons, holiday=holiday_name(day))


def _by_rules(facility: FacilityCalendar, day: date) -> Hours:
    holiday = holiday_name(day)
    if _is_in_yearly_span(facility, day):
        return Hours(day=day, spans=(), reason=Reason.YEARLY, holiday=holiday)
    reasons, conflicts = _closings(facility, day)
    if reasons:
        first = next(reason for reason in _IN_ORDER if reason in reasons)
        return Hours(day=day, spans=(), reason=first, holiday=holiday, conflicts=tuple(conflicts))
    spans = _weekday_spans(facility, day)
    return Hours(day=day, spans=spans, reason=Reason.REGULAR if spans else Reason.NO_HOURS, holiday=holiday)


def _closings(facility: FacilityCalendar, day: date) -> tuple[list[Reason], list[Conflict]]:
    """Every reason for which the rules close a day, and where they disagree."""
    reasons: list[Reason] = []
    is_kept_open = False
    for rule in facility.closing_rules:
        reason = _closing_of(facility, rule, day)
        if reason is not None:
            reasons.append(reason)
        elif rule.kind == ClosingKind.WEEKLY and _falls_on(rule, day):
            is_kept_open = True
    is_holiday = holiday_name(day) is not None
    conflicts: list[Conflict] = []
    if reasons and is_kept_open:
        conflicts.append(Conflict.RULES_DISAGREE)
    if Reason.MOVED in reasons and is_holiday:
        conflicts.append(Conflict.MOVED_ONTO_HOLIDAY)
    if Reason.MOVED in reasons and len(reasons) > 1:
        conflicts.append(Conflict.MOVED_ONTO_CLOSED)
    if Reason.AFTER_HOLIDAY in reasons and is_holiday:
        conflicts.append(Conflict.AFTER_HOLIDAY_ON_HOLIDAY)
    return reasons, conflicts


def _closing_of(facility: FacilityCalendar, rule: ClosingRuleView, day: date) -> Reason | None:
    """Why one rule closes a day, if it does."""
    if rule.kind == ClosingKind.WEEKLY:
        if _falls_on(rule, day) and (holiday_name(day) is None or rule.on_holiday == OnHoliday.STAY_CLOSED):
            return Reason.WEEKLY
        return Reason.MOVED if _is_moved_onto(facility, rule, day) else None
    if not is_valid(rule, day):
        return None
    if rule.kind == ClosingKind.HOLIDAY and holiday_name(day) is not None:
        return Reason.HOLIDAY
    if rule.kind == ClosingKind.AFTER_HOLIDAY and holiday_name(day - timedelta(days=rule.days_after or 0)) is not None:
        return Reason.AFTER_HOLIDAY
    return None


def _falls_on(rule: ClosingRuleView, day: date) -> bool:
    """Whether a day is the weekday of a weekly rule, in the week of the month it names if it names one."""
    in_week = rule.week_of_month is None or rule.week_of_month == (day.day - 1) // 7 + 1
    return rule.weekday == day.isoweekday() and in_week and is_valid(rule, day)


def _is_moved_onto(facility: FacilityCalendar, rule: ClosingRuleView, day: date) -> bool:
    """Whether the closing day of a weekly rule fell on a public holiday and was moved onto this day.

    A closing day within a yearly span is not moved: it is closed already.
    """
    before = day - timedelta(days=1)
    if rule.on_holiday == OnHoliday.NEXT_DAY:
        return _is_holiday_of(facility, rule, before)
    if rule.on_holiday != OnHoliday.NEXT_WEEKDAY or not is_working_day(day):
        return False
    while not is_working_day(before):
        if _is_holiday_of(facility, rule, before):
            return True
        before -= timedelta(days=1)
    return False


def _is_holiday_of(facility: FacilityCalendar, rule: ClosingRuleView, day: date) -> bool:
    return _falls_on(rule, day) and holiday_name(day) is not None and not _is_in_yearly_span(facility, day)


def _is_in_yearly_span(facility: FacilityCalendar, day: date) -> bool:
    return any(
        _spans(rule, f"{day:%m-%d}")
        for rule in facility.closing_rules
        if rule.kind == ClosingKind.YEARLY and is_valid(rule, day)
    )


def _spans(rule: ClosingRuleView, month_day: str) -> bool:
    """Whether `MM-DD` lies in a yearly span, both ends included; a span may wrap over new year."""
    first, last = rule.first_day or "", rule.last_day or ""
    if first <= last:
        return first <= month_day <= last
    return month_day >= first or month_day <= last


def _without(spans: tuple[Span, ...], parts: list[ClosureView]) -> tuple[Span, ...]:
    """The spans without the hours closed by hand."""
    for part in parts:
        left = part.from_time or time.min
        right = part.until_time or time.max
        spans = tuple(
            piece
            for span in spans
            for piece in (Span(span.opens, min(span.closes, left)), Span(max(span.opens, right), span.closes))
            if piece.opens < piece.closes
        )
    return spans


def days_of(calendar: Calendar, facility_id: UUID) -> list[Hours]:
    """Every day of the calendar, in order."""
    length = (calendar.last_day - calendar.first_day).days + 1
    return [hours_of(calendar, facility_id, calendar.first_day + timedelta(days=number)) for number in range(length)]


def weeks_of(days: Sequence[Hours]) -> list[list[Hours | None]]:
    """The days in rows from Monday to Sunday, with None before the first and after the last."""
    blanks: list[Hours | None] = [None] * (days[0].day.isoweekday() - 1)
    cells = [*blanks, *days]
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def is_open_at(hours: Hours, wall: time, *, is_closed_now: bool) -> bool:
    """Whether a facility is open at a wall time of the day, unless somebody has closed it for the rest of the day."""
    return not is_closed_now and any(span.opens <= wall < span.closes for span in hours.spans)
