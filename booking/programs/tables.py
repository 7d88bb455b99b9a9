"""Programs, who may take part, weekly patterns and the sessions they make."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.facilities.rules import Brand
from booking.facilities.tables import Body, Facility
from booking.kit.tables import day, document, flag, holds, instant, key, one_of, ref, small, text, wall_time, whole
from booking.programs.rules import Category, Selection, SessionState


class Program(Table, tablename="program"):
    """What is offered. Windows are in days or minutes before a session starts; null door times fall to the facility."""

    id = key()
    code = text(unique=True)
    name = text()
    name_en = text()
    names = document()
    description = text()
    descriptions = document()
    brand = text()
    category = text()
    selection = text()
    body = ref(Body)
    booking_opens_days = small(default=7)
    booking_opens_time = wall_time()
    booking_closes_minutes = small(default=0)
    cancel_until_minutes = small(default=0)
    roll_over_minutes = small(default=30)
    max_held = small(null=True)
    max_per_week = small(null=True)
    entry_opens_minutes = small(null=True)
    late_minutes = small(null=True)
    no_show_minutes = small(null=True)
    provisional = flag()
    ended_on = day(null=True)
    program_brand_check = one_of("brand", Brand)
    program_category_check = one_of("category", Category)
    program_selection_check = one_of("selection", Selection)


class Eligibility(Table, tablename="eligibility"):
    """Who may take part from a day on: grades between two, adults or not. Decided as of the session's day."""

    id = key()
    program = ref(Program)
    valid_from_on = day()
    valid_until_on = day(null=True)
    min_grade = small(null=True)
    max_grade = small(null=True)
    adults = flag()
    eligibility_grades_check = holds(
        "(min_grade is null) = (max_grade is null)"
        " and (min_grade is null or (min_grade between 1 and 12 and max_grade between min_grade and 12))"
    )
    eligibility_start_unique = Unique([program, valid_from_on])


class Pattern(Table, tablename="pattern"):
    """A weekly time (1 Monday … 7 Sunday) from which sessions are made."""

    id = key()
    program = ref(Program)
    facility = ref(Facility)
    weekday = small()
    starts = wall_time()
    ends = wall_time()
    web_seats = whole()
    walk_in_seats = whole()
    valid_from_on = day()
    valid_until_on = day(null=True)
    provisional = flag()
    pattern_weekday_check = holds("weekday between 1 and 7")
    pattern_order_check = holds("starts < ends")
    pattern_seats_check = holds("web_seats >= 0 and walk_in_seats >= 0 and web_seats + walk_in_seats > 0")


class Session(Table, tablename="session"):
    """One コマ. Seats taken are never stored: they are counted from reservations and visits."""

    id = key()
    program = ref(Program)
    facility = ref(Facility)
    pattern = ref(Pattern, null=True)
    held_on = day(index=True)
    starts_at = instant(index=True)
    ends_at = instant()
    web_seats = whole()
    walk_in_seats = whole()
    state = text()
    booking_opens_at = instant()
    booking_closes_at = instant()
    cancel_until = instant()
    roll_over_at = instant()
    created_at = instant()
    cancelled_at = instant(null=True)
    cancel_reason = text(null=True)
    session_state_check = one_of("state", SessionState)
    session_order_check = holds("starts_at < ends_at")
    session_seats_check = holds("web_seats >= 0 and walk_in_seats >= 0")
    session_pattern_start_unique = Unique([pattern, starts_at])
