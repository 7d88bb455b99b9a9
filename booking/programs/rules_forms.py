"""What staff write about programs and sessions, read and checked: every field's refusal at once."""

import re
from datetime import date, timedelta

from booking.facilities.rules import Brand
from booking.kit.fields import Fields
from booking.programs.errors import (
    CodeUnusable,
    GradesOutOfOrder,
    NobodyEligible,
    ProgramFormRefused,
    SeatsMissing,
    SeatsOverCapacity,
    SessionFormRefused,
)
from booking.programs.rules import Category
from booking.programs.schemas_forms import (
    EligibilityForm,
    NewEligibility,
    NewPattern,
    NewProgram,
    NewSession,
    PatternForm,
    ProgramForm,
    ProgramValues,
    SeatsForm,
    SessionForm,
)

LONGEST_NAME, LONGEST_DESCRIPTION = 60, 400
MOST_SEATS = 5_000
TWO_DAYS_MINUTES, FOUR_HOURS_MINUTES = 2 * 24 * 60, 240
OFFERED = (Category.DROP_IN, Category.WORKSHOP, Category.LAB, Category.TRIAL, Category.SEMINAR)
"""The categories staff may choose; weekly groups have a minimum to open and are not made as plain sessions."""


def check_new_program(form: ProgramForm, bodies: frozenset[str]) -> NewProgram:
    """Raises: ProgramFormRefused."""
    read = Fields()
    if re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", form.code) is None:
        read.refuse("code", CodeUnusable())
    body = read.choice("body", form.body, bodies)
    brand = read.choice("brand", form.brand, tuple(Brand))
    category = read.choice("category", form.category, OFFERED)
    values = _values(read, form)
    read.refuse_if_any(ProgramFormRefused)
    assert values is not None
    return NewProgram(code=form.code, body=body, brand=brand, category=category, values=values)


def check_program(form: ProgramForm) -> ProgramValues:
    """Raises: ProgramFormRefused."""
    read = Fields()
    values = _values(read, form)
    read.refuse_if_any(ProgramFormRefused)
    assert values is not None
    return values


def _values(read: Fields, form: ProgramForm) -> ProgramValues | None:
    """The values of a form, or None when a field was refused."""
    name = read.words("name", form.name, longest=LONGEST_NAME)
    name_en = read.words("name_en", form.name_en, longest=LONGEST_NAME)
    easy = read.words("name_easy", form.name_easy, longest=LONGEST_NAME, is_needed=False)
    description = read.words("description", form.description, longest=LONGEST_DESCRIPTION, is_needed=False)
    english = read.words("description_en", form.description_en, longest=LONGEST_DESCRIPTION, is_needed=False)
    opens_days = read.number("booking_opens_days", form.booking_opens_days, low=0, high=90)
    opens_time = read.wall_time("booking_opens_time", form.booking_opens_time)
    minutes = [
        read.number(field, getattr(form, field), low=0, high=TWO_DAYS_MINUTES)
        for field in ("booking_closes_minutes", "cancel_until_minutes", "roll_over_minutes")
    ]
    limits = [
        read.number(field, getattr(form, field), low=1, high=99, is_needed=False)
        for field in ("max_held", "max_per_week")
    ]
    door = [
        read.number(field, getattr(form, field), low=0, high=FOUR_HOURS_MINUTES, is_needed=False)
        for field in ("entry_opens_minutes", "late_minutes", "no_show_minutes")
    ]
    closes, until, roll_over = minutes
    if opens_days is None or opens_time is None or closes is None or until is None or roll_over is None:
        return None
    return ProgramValues(
        name=name,
        name_en=name_en,
        names={"ja-easy": easy} if easy else {},
        description=description,
        descriptions={"en": english} if english else {},
        booking_opens_days=opens_days,
        booking_opens_time=opens_time,
        booking_closes_minutes=closes,
        cancel_until_minutes=until,
        roll_over_minutes=roll_over,
        max_held=limits[0],
        max_per_week=limits[1],
        entry_opens_minutes=door[0],
        late_minutes=door[1],
        no_show_minutes=door[2],
    )


def check_eligibility(form: EligibilityForm, today: date) -> NewEligibility:
    """Raises: ProgramFormRefused."""
    read = Fields()
    first = read.day("from_on", form.from_on, first=today)
    low = read.number("min_grade", form.min_grade, low=1, high=12, is_needed=False)
    high = read.number("max_grade", form.max_grade, low=1, high=12, is_needed=False)
    if (low is None) != (high is None) or (low is not None and high is not None and high < low):
        read.refuse("max_grade", GradesOutOfOrder())
    if low is None and high is None and not form.adults:
        read.refuse("min_grade", NobodyEligible())
    read.refuse_if_any(ProgramFormRefused)
    assert first is not None
    return NewEligibility(valid_from_on=first, min_grade=low, max_grade=high, adults=form.adults)


def _seats(read: Fields, form: PatternForm | SessionForm | SeatsForm, capacity: int) -> tuple[int, int]:
    web = read.number("web_seats", form.web_seats, low=0, high=MOST_SEATS)
    walk_in = read.number("walk_in_seats", form.walk_in_seats, low=0, high=MOST_SEATS)
    if web is None or walk_in is None:
        return 0, 0
    if web + walk_in == 0:
        read.refuse("web_seats", SeatsMissing())
    if web + walk_in > capacity:
        read.refuse("web_seats", SeatsOverCapacity(capacity=capacity))
    return web, walk_in


def check_pattern(form: PatternForm, today: date, capacity: int) -> NewPattern:
    """Raises: ProgramFormRefused."""
    read = Fields()
    weekday = read.number("weekday", form.weekday, low=1, high=7)
    span = read.span(("starts", "ends"), (form.starts, form.ends))
    web, walk_in = _seats(read, form, capacity)
    first = read.day("from_on", form.from_on, first=today)
    last = read.day("last_on", form.last_on, first=first, is_needed=False)
    read.refuse_if_any(ProgramFormRefused)
    assert weekday is not None and span is not None and first is not None
    return NewPattern(
        weekday=weekday,
        starts=span[0],
        ends=span[1],
        web_seats=web,
        walk_in_seats=walk_in,
        valid_from_on=first,
        valid_until_on=None if last is None else last + timedelta(days=1),
    )


def check_seats(form: SeatsForm, capacity: int) -> tuple[int, int]:
    """Web seats and walk-in seats. Raises: SessionFormRefused."""
    read = Fields()
    seats = _seats(read, form, capacity)
    read.refuse_if_any(SessionFormRefused)
    return seats


def check_session(form: SessionForm, today: date, capacity: int) -> NewSession:
    """Raises: SessionFormRefused."""
    read = Fields()
    day = read.day("day", form.day, first=today)
    span = read.span(("starts", "ends"), (form.starts, form.ends))
    web, walk_in = _seats(read, form, capacity)
    read.refuse_if_any(SessionFormRefused)
    assert day is not None and span is not None
    return NewSession(day=day, starts=span[0], ends=span[1], web_seats=web, walk_in_seats=walk_in)
