"""Programs, who may take part, weekly patterns and the sessions they make."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.facilities.rules import Brand
from booking.facilities.tables import Body, Facility, Space
from booking.kit.tables import (
    day,
    document,
    flag,
    holds,
    identifier,
    instant,
    key,
    one_of,
    ref,
    small,
    text,
    wall_time,
    whole,
)
from booking.people.tables import Qualification
from booking.programs.rules import Category, GroupState, Selection, SessionState


class Program(Table, tablename="program"):
    """What is offered. Windows are in days or minutes before a session starts; null door times fall to the facility.

    `is_drafted`: sessions made from its weekly times are drafts until staff publish them.
    """

    id = key()
    code = text(unique=True)
    name = text()
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
    is_drafted = flag()
    provisional = flag()
    ended_on = day(null=True)
    program_brand_check = one_of("brand", Brand)
    program_category_check = one_of("category", Category)
    program_selection_check = one_of("selection", Selection)


class ProgramOption(Table, tablename="program_option"):
    """What can be asked for with a seat (the shuttle bus, a laptop on loan) and how many each session gets."""

    id = key()
    program = ref(Program)
    code = text()
    name = text()
    names = document()
    quota = whole()
    ended_on = day(null=True)
    program_option_quota_check = holds("quota >= 0")
    program_option_code_unique = Unique([program, code])


class Eligibility(Table, tablename="eligibility"):
    """Who may take part from a day on: grades between two, ages between two, adults or not, holders of a qualification.

    Decided as of the session's day.
    """

    id = key()
    program = ref(Program)
    valid_from_on = day()
    valid_until_on = day(null=True)
    min_grade = small(null=True)
    max_grade = small(null=True)
    min_age = small(null=True)
    max_age = small(null=True)
    adults = flag()
    qualification = ref(Qualification, null=True)
    eligibility_ages_check = holds(
        "(min_age is null or min_age between 0 and 120)"
        " and (max_age is null or max_age between coalesce(min_age, 0) and 120)"
    )
    eligibility_grades_check = holds(
        "(min_grade is null) = (max_grade is null)"
        " and (min_grade is null or (min_grade between 1 and 12 and max_grade between min_grade and 12))"
    )
    eligibility_start_unique = Unique([program, valid_from_on])


class Pattern(Table, tablename="pattern"):
    """A weekly time (1 Monday … 7 Sunday) from which sessions are made, each in `space` where there is one."""

    id = key()
    program = ref(Program)
    facility = ref(Facility)
    space = ref(Space, null=True)
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


class Group(Table, tablename="weekly_group"):
    """A weekly group: the same people at the same times every week, from the day enough of them have enrolled.

    `starts_after_days`: how long after it opens its first session is at the earliest.
    """

    id = key()
    program = ref(Program)
    facility = ref(Facility)
    space = ref(Space, null=True)
    name = text()
    names = document()
    note = text()
    notes = document()
    seats = whole()
    min_to_open = whole()
    starts_after_days = small(default=7)
    first_on = day()
    last_on = day(null=True)
    state = text()
    created_at = instant()
    opened_at = instant(null=True)
    opened_by = identifier(null=True)
    starts_on = day(null=True)
    ended_at = instant(null=True)
    merged_into = ref("self", null=True)
    weekly_group_state_check = one_of("state", GroupState)
    weekly_group_seats_check = holds("seats > 0 and min_to_open between 1 and seats")


class GroupTime(Table, tablename="group_time"):
    """One weekly time of a group (1 Monday … 7 Sunday) while valid."""

    id = key()
    group = ref(Group)
    weekday = small()
    starts = wall_time()
    ends = wall_time()
    valid_from_on = day()
    valid_until_on = day(null=True)
    group_time_weekday_check = holds("weekday between 1 and 7")
    group_time_order_check = holds("starts < ends")


class Series(Table, tablename="series"):
    """Sessions that belong together: a lab of three days, a course of four evenings. Booked whole or one by one."""

    id = key()
    program = ref(Program)
    facility = ref(Facility)
    name = text()
    names = document()
    is_whole = flag(default=True)
    created_at = instant()


class Session(Table, tablename="session"):
    """One コマ. Seats taken are never stored: they are counted from reservations and visits.

    `title` and `note` say what a single session is about; `selection` is its own where it is not the program's.
    `wished_space` is the room it should have and does not: something else was there when it was made or came back.
    """

    id = key()
    program = ref(Program)
    facility = ref(Facility)
    pattern = ref(Pattern, null=True)
    group = ref(Group, null=True)
    series = ref(Series, null=True)
    space = ref(Space, null=True)
    wished_space = ref(Space, null=True)
    title = text(null=True)
    titles = document()
    note = text(null=True)
    notes = document()
    selection = text(null=True)
    wheelchair_places = small(null=True)
    held_on = day(index=True)
    starts_at = instant(index=True)
    ends_at = instant(index=True)
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
    session_group_start_unique = Unique([group, starts_at])
    session_selection_check = one_of("selection", Selection)


class SessionOption(Table, tablename="session_option"):
    """The pool of one option in one session; locked while somebody asks for it."""

    id = key()
    session = ref(Session)
    option = ref(ProgramOption)
    quota = whole()
    session_option_quota_check = holds("quota >= 0")
    session_option_pair_unique = Unique([session, option])


class Interim(Table, tablename="group_interim"):
    """A session that those who wait for a gathering group are offered meanwhile."""

    id = key()
    group = ref(Group)
    session = ref(Session)
    group_interim_pair_unique = Unique([group, session])


class Publication(Table, tablename="publication"):
    """Drafted sessions of a facility between two days appear together at a chosen moment."""

    id = key()
    facility = ref(Facility)
    program = ref(Program, null=True)
    from_on = day()
    until_on = day()
    publish_at = instant(index=True)
    published_at = instant(null=True)
    cancelled_at = instant(null=True)
    decided_by = identifier(null=True)
    publication_order_check = holds("from_on < until_on")
