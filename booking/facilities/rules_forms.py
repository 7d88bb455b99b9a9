"""What staff write about facilities, read and checked: every field's refusal at once."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, time
from hashlib import sha256

import msgspec

from booking.access.errors import WrongAddress
from booking.access.rules import fold_address
from booking.facilities.errors import (
    EndsBeforeItBegins,
    FacilityFormRefused,
    HoursNeeded,
    MonthDayUnreadable,
    TelephoneUnreadable,
    WeekdayKeptOpen,
)
from booking.facilities.rules import ClosingKind, ClosureKind, OnHoliday, hours_on
from booking.facilities.schemas import WeekdayHours
from booking.facilities.schemas_forms import (
    ClosingRuleForm,
    ClosureForm,
    DayDecision,
    FacilityChange,
    FacilityForm,
    HoursForm,
    NewClosingRule,
    NewHours,
)
from booking.kit.fields import Fields

MOST_PEOPLE = 5_000
MOST_MINUTES = 240
LONGEST_REASON, LONGEST_NAME, LONGEST_ADDRESS = 120, 60, 120


def version_of(*values: object) -> str:
    """A short mark of what a page showed; another mark later means that somebody changed it."""
    return sha256(msgspec.json.encode(values)).hexdigest()[:16]


def check_facility(form: FacilityForm) -> FacilityChange:
    """Raises: FacilityFormRefused."""
    read = Fields()
    names = read.words_in_languages(("name", "names"), form.name, form.names, longest=LONGEST_NAME)
    addresses = read.words_in_languages(("address", "addresses"), form.address, form.addresses, longest=LONGEST_ADDRESS)
    capacity = read.number("capacity", form.capacity, low=1, high=MOST_PEOPLE)
    phone = unicodedata.normalize("NFKC", form.phone).strip()
    if phone and not re.fullmatch(r"(?=(?:\D*\d){10,11}\D*$)[0-9][0-9()-]*", phone):
        read.refuse("phone", TelephoneUnreadable())
    entry = read.number("entry_opens_minutes", form.entry_opens_minutes, low=0, high=MOST_MINUTES)
    late = read.number("late_minutes", form.late_minutes, low=0, high=MOST_MINUTES)
    no_show = read.number("no_show_minutes", form.no_show_minutes, low=0, high=MOST_MINUTES)
    busy = read.number("busy_percent", form.busy_percent, low=1, high=99)
    full = read.number("full_percent", form.full_percent, low=(busy or 1) + 1, high=100)
    desk_email: str | None = None
    if form.desk_email.strip():
        try:
            desk_email = fold_address(form.desk_email)
        except WrongAddress as wrong:
            read.refuse("desk_email", wrong)
    read.refuse_if_any(FacilityFormRefused)
    assert capacity is not None and entry is not None and late is not None and no_show is not None
    assert busy is not None and full is not None
    return FacilityChange(
        name=names["ja"],
        names=names,
        address=addresses["ja"],
        addresses=addresses,
        capacity=capacity,
        phone=phone or None,
        entry_opens_minutes=entry,
        late_minutes=late,
        no_show_minutes=no_show,
        shows_names=form.shows_names,
        gives_turns=form.gives_turns,
        busy_percent=busy,
        full_percent=full,
        desk_email=desk_email,
    )


def check_hours(form: HoursForm, today: date, rows: Sequence[WeekdayHours]) -> NewHours:
    """The week as it shall be from a day on, where `rows` are the hours there are. Hours with a last day cannot close
    a weekday, because the hours before come back afterwards. Raises: FacilityFormRefused."""
    read = Fields()
    first = read.day("from_on", form.from_on, first=today)
    last = read.day("last_on", form.last_on, is_needed=False)
    if first is not None and last is not None and last < first:
        read.refuse("last_on", EndsBeforeItBegins())
    week: dict[int, tuple[time, time] | None] = {}
    open_then = hours_on(rows, first or today)
    for weekday in range(1, 8):
        names = (f"opens_{weekday}", f"closes_{weekday}")
        week[weekday] = read.span(names, (getattr(form, names[0]), getattr(form, names[1])), is_needed=False)
        if week[weekday] is None and not getattr(form, names[0]) and last is not None and weekday in open_then:
            read.refuse(names[0], WeekdayKeptOpen())
    read.refuse_if_any(FacilityFormRefused)
    assert first is not None
    return NewHours(first_on=first, last_on=last, week=week)


def check_closing_rule(form: ClosingRuleForm, today: date) -> NewClosingRule:
    """Raises: FacilityFormRefused."""
    read = Fields()
    kind = read.choice("kind", form.kind, tuple(ClosingKind))
    first = read.day("since_on", form.since_on, first=today)
    made = NewClosingRule(kind=kind, valid_from_on=first or today)
    if kind == ClosingKind.WEEKLY:
        made.weekday = read.number("weekday", form.weekday, low=1, high=7)
        made.week_of_month = read.number("week_of_month", form.week_of_month, low=1, high=5, is_needed=False)
        made.on_holiday = read.choice("on_holiday", form.on_holiday, tuple(OnHoliday))
    elif kind == ClosingKind.AFTER_HOLIDAY:
        made.days_after = read.number("days_after", form.days_after, low=1, high=7)
    elif kind == ClosingKind.YEARLY:
        made.first_day = _month_day(read, "first_day", form.first_day)
        made.last_day = _month_day(read, "last_day", form.last_day)
    read.refuse_if_any(FacilityFormRefused)
    return made


def _month_day(read: Fields, name: str, text: str) -> str | None:
    """`12-29`, `12/29` or `1月3日` as `MM-DD`; 29 February counts in leap years."""
    found = re.fullmatch(r"(\d{1,2})(?:[-/.]|月)(\d{1,2})日?", unicodedata.normalize("NFKC", text).strip())
    if found is not None:
        try:
            return f"{date(2028, int(found[1]), int(found[2])):%m-%d}"
        except ValueError:
            pass
    read.refuse(name, MonthDayUnreadable())
    return None


def check_closure(form: ClosureForm, today: date, weekdays_open: frozenset[int]) -> DayDecision:
    """A day decided by hand; `weekdays_open` are those with regular hours. Raises: FacilityFormRefused."""
    read = Fields()
    day = read.day("day", form.day, first=today)
    kind = read.choice("kind", form.kind, tuple(ClosureKind))
    times = read.span(("from_time", "until_time"), (form.from_time, form.until_time), is_needed=False)
    reasons = read.words_in_languages(("reason", "reasons"), form.reason, form.reasons, longest=LONGEST_REASON)
    has_no_hours = day is not None and day.isoweekday() not in weekdays_open
    if kind == ClosureKind.OPEN and times is None and has_no_hours:
        read.refuse("from_time", HoursNeeded())
    read.refuse_if_any(FacilityFormRefused)
    assert day is not None
    left, right = times or (None, None)
    return DayDecision(day=day, kind=kind, from_time=left, until_time=right, reasons=reasons)
