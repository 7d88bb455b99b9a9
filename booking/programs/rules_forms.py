"""What staff write about programs and sessions, read and checked: every field's refusal at once."""

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from booking.facilities.rules import Brand
from booking.kit.fields import Fields
from booking.programs.errors import (
    AgesOutOfOrder,
    CodeUnusable,
    DaysOutOfOrder,
    DayTwice,
    GradesOutOfOrder,
    NobodyEligible,
    ProgramFormRefused,
    SeatsMissing,
    SeatsOverCapacity,
    SessionFormRefused,
    WindowAfterEnd,
    WindowsOutOfOrder,
)
from booking.programs.rules import Category, Selection
from booking.programs.schemas import SessionView
from booking.programs.schemas_forms import (
    ChangeForm,
    EligibilityForm,
    NewEligibility,
    NewPattern,
    NewProgram,
    NewSession,
    OptionForm,
    OptionValues,
    PatternForm,
    ProgramForm,
    ProgramValues,
    PublishForm,
    SeatsForm,
    SessionChange,
    SessionForm,
    SessionWords,
    SpanForm,
)

LONGEST_NAME, LONGEST_DESCRIPTION = 60, 400
MOST_SEATS, OLDEST = 5_000, 120
CODE = r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"
TWO_DAYS_MINUTES, FOUR_HOURS_MINUTES = 2 * 24 * 60, 240
OFFERED = (
    Category.DROP_IN,
    Category.WORKSHOP,
    Category.LAB,
    Category.TRIAL,
    Category.SEMINAR,
    Category.EVENT,
    Category.GROUP,
)
"""The categories staff may choose."""


def check_new_program(form: ProgramForm, bodies: frozenset[str]) -> NewProgram:
    """Raises: ProgramFormRefused."""
    read = Fields()
    if re.fullmatch(CODE, form.code) is None:
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
    names = read.words_in_languages(("name", "names"), form.name, form.names, longest=LONGEST_NAME)
    descriptions = read.words_in_languages(
        *(("description", "descriptions"), form.description, form.descriptions),
        longest=LONGEST_DESCRIPTION,
        is_needed=False,
        has_lines=True,
    )
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
    if (
        "ja" not in names
        or opens_days is None
        or opens_time is None
        or closes is None
        or until is None
        or roll_over is None
    ):
        return None
    return ProgramValues(
        name=names["ja"],
        names=names,
        description=descriptions.get("ja", ""),
        descriptions=descriptions,
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
        is_drafted=form.is_drafted,
    )


def check_eligibility(form: EligibilityForm, today: date, qualifications: Collection[UUID] = ()) -> NewEligibility:
    """Raises: ProgramFormRefused. Units: `qualifications` are those of the program's body."""
    read = Fields()
    first = read.day("from_on", form.from_on, first=today)
    low = read.number("min_grade", form.min_grade, low=1, high=12, is_needed=False)
    high = read.number("max_grade", form.max_grade, low=1, high=12, is_needed=False)
    if (low is None) != (high is None) or (low is not None and high is not None and high < low):
        read.refuse("max_grade", GradesOutOfOrder())
    youngest = read.number("min_age", form.min_age, low=0, high=OLDEST, is_needed=False)
    oldest = read.number("max_age", form.max_age, low=0, high=OLDEST, is_needed=False)
    if youngest is not None and oldest is not None and oldest < youngest:
        read.refuse("max_age", AgesOutOfOrder())
    if all(each is None for each in (low, high, youngest, oldest)) and not form.adults:
        read.refuse("min_grade", NobodyEligible())
    known = {str(each): each for each in qualifications}
    read.choice("qualification", form.qualification, ("", *known))
    read.refuse_if_any(ProgramFormRefused)
    assert first is not None
    return NewEligibility(
        valid_from_on=first,
        min_grade=low,
        max_grade=high,
        adults=form.adults,
        min_age=youngest,
        max_age=oldest,
        qualification=known.get(form.qualification),
    )


def _seats(read: Fields, form: PatternForm | SessionForm | SeatsForm | SpanForm, capacity: int) -> tuple[int, int]:
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


def check_seats(form: SeatsForm | SpanForm, capacity: int) -> tuple[int, int]:
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
    written = [read.day("more_days", text, first=today) for text in form.more_days if text.strip()]
    more = tuple(sorted(one for one in written if one is not None))
    if len({day, *more}) < 1 + len(more):
        read.refuse("more_days", DayTwice())
    words = check_words(read, form)
    opens, closes = (
        read.moment(name, getattr(form, name)) if getattr(form, name).strip() else None
        for name in ("booking_opens_at", "booking_closes_at")
    )
    _check_windows(read, opens, closes)
    if closes is not None and day is not None and span is not None and closes > datetime.combine(day, span[1]):
        read.refuse("booking_closes_at", WindowAfterEnd())
    read.refuse_if_any(SessionFormRefused)
    assert day is not None and span is not None
    first, *others = sorted([day, *more])
    return NewSession(
        day=first,
        starts=span[0],
        ends=span[1],
        web_seats=web,
        walk_in_seats=walk_in,
        more_days=tuple(others),
        is_whole=form.is_whole,
        is_draft=form.is_draft,
        booking_opens_at=opens,
        booking_closes_at=closes,
        words=words,
    )


def _check_windows(read: Fields, opens: datetime | None, closes: datetime | None) -> None:
    if opens is not None and closes is not None and closes <= opens:
        read.refuse("booking_closes_at", WindowsOutOfOrder())


def check_words(read: Fields, form: SessionForm | ChangeForm) -> SessionWords:
    """Title, note, places for wheelchairs and selection of one session; refusals stay in `read`."""
    titles = read.words_in_languages(
        ("title", "titles"), form.title, form.titles, longest=LONGEST_NAME, is_needed=False
    )
    notes = read.words_in_languages(
        *(("note", "notes"), form.note, form.notes), longest=LONGEST_DESCRIPTION, is_needed=False, has_lines=True
    )
    places = read.number("wheelchair_places", form.wheelchair_places, low=0, high=MOST_SEATS, is_needed=False)
    selection = read.choice("selection", form.selection, ("", *Selection))
    return SessionWords(
        title=titles.get("ja"),
        titles=titles,
        note=notes.get("ja"),
        notes=notes,
        wheelchair_places=places,
        selection=selection or None,
    )


def check_change(form: ChangeForm, today: date, pools: Collection[UUID]) -> SessionChange:
    """Raises: SessionFormRefused. Units: `pools` are the options the session has."""
    read = Fields()
    day = read.day("day", form.day, first=today)
    span = read.span(("starts", "ends"), (form.starts, form.ends))
    opens, closes, until, roll_over = (
        read.moment(name, getattr(form, name))
        for name in ("booking_opens_at", "booking_closes_at", "cancel_until", "roll_over_at")
    )
    _check_windows(read, opens, closes)
    if day is not None and span is not None:
        ends = datetime.combine(day, span[1])
        for name, at in (("booking_closes_at", closes), ("cancel_until", until), ("roll_over_at", roll_over)):
            if at is not None and at > ends:
                read.refuse(name, WindowAfterEnd())
    words, quotas = check_words(read, form), _quotas(read, form, pools)
    read.refuse_if_any(SessionFormRefused)
    assert day is not None and span is not None
    assert opens is not None and closes is not None and until is not None and roll_over is not None
    return SessionChange(
        day=day,
        starts=span[0],
        ends=span[1],
        words=words,
        booking_opens_at=opens,
        booking_closes_at=closes,
        cancel_until=until,
        roll_over_at=roll_over,
        quotas=quotas,
    )


def check_days(read: Fields, form: PublishForm | SpanForm, today: date) -> tuple[date, date]:
    """The first and the last day of a span; refusals stay in `read`."""
    first = read.day("from_on", form.from_on, first=today)
    last = read.day("last_on", form.last_on)
    if first is not None and last is not None and last < first:
        read.refuse("last_on", DaysOutOfOrder())
    return first or today, last or today


def obstacle_of(session: SessionView, taken: int, web_seats: int, walk_in_seats: int, room: int | None) -> str:
    """Why a session cannot have these seats: more are booked, or its room is smaller; empty when it can."""
    if web_seats < taken:
        return "taken"
    return "room" if room is not None and web_seats + walk_in_seats > room else ""


def _quotas(read: Fields, form: ChangeForm, pools: Collection[UUID]) -> dict[UUID, int]:
    """The quota of each of the session's options; what names no option of it is passed over."""
    known = {str(pool): pool for pool in pools}
    quotas = {}
    for pool, text in zip(form.pools, form.quotas, strict=False):
        quota = read.number(f"quotas-{pool}", text, low=0, high=MOST_SEATS) if pool in known else None
        if quota is not None:
            quotas[known[pool]] = quota
    return quotas


def check_option(form: OptionForm, *, is_new: bool = False) -> OptionValues:
    """Raises: ProgramFormRefused."""
    read = Fields()
    if is_new and re.fullmatch(CODE, form.code) is None:
        read.refuse("code", CodeUnusable())
    names = read.words_in_languages(("name", "names"), form.name, form.names, longest=LONGEST_NAME)
    quota = read.number("quota", form.quota, low=0, high=MOST_SEATS)
    read.refuse_if_any(ProgramFormRefused)
    assert quota is not None
    return OptionValues(name=names["ja"], names=names, quota=quota)
