"""What is offered to whom, and which sessions a pattern makes. From values alone."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from booking.facilities.schemas import Hours
from booking.kit.fiscal import working_day_after
from booking.programs.schemas import EligibilityView, PatternView, PlannedSession, ProgramView, Windows


class Category(StrEnum):
    """Kinds of program."""

    DROP_IN = "drop-in"
    GROUP = "group"
    WORKSHOP = "workshop"
    LAB = "lab"
    TRIAL = "trial"
    SEMINAR = "seminar"
    EVENT = "event"


class Selection(StrEnum):
    """How seats are given."""

    FIRST_COME = "first-come"
    DRAW = "draw"


class SessionState(StrEnum):
    """A session is drafted, published, or cancelled."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class GroupState(StrEnum):
    """A weekly group gathers people, is open until its first session, runs, and ends or is merged into another."""

    GATHERING = "gathering"
    OPEN = "open"
    RUNNING = "running"
    ENDED = "ended"
    MERGED = "merged"


def rule_on(rules: Iterable[EligibilityView], day: date) -> EligibilityView | None:
    """The rule that says on a day who may take part: of those in force, the one that began last."""
    in_force = [
        rule
        for rule in rules
        if rule.valid_from_on <= day and (rule.valid_until_on is None or day < rule.valid_until_on)
    ]
    return max(in_force, key=lambda rule: rule.valid_from_on, default=None)


AGE_UNKNOWN = -1
"""The age of somebody whose day of birth nobody has said: within no span of ages."""


def is_eligible(
    rules: Iterable[EligibilityView],
    grade: int | None,
    is_adult: bool,
    day: date,
    *,
    age: int | None = None,
    held: Collection[UUID] | None = None,
) -> bool:
    """Whether somebody of this school year, or past school, may take part on a day. Without a rule nobody may.

    `age` in years and `held`, the qualifications, as of that day; None where it is not about one person and neither
    is judged.
    """
    rule = rule_on(rules, day)
    if rule is None or (age is not None and not is_of_age(rule, age)):
        return False
    if held is not None and rule.qualification_id is not None and rule.qualification_id not in held:
        return False
    return _is_of_school_year(rule, grade, is_adult)


def is_of_age(rule: EligibilityView, age: int) -> bool:
    """Whether an age lies within the span of a rule, both ends included."""
    return (rule.min_age is None or age >= rule.min_age) and (rule.max_age is None or 0 <= age <= rule.max_age)


def _is_of_school_year(rule: EligibilityView, grade: int | None, is_adult: bool) -> bool:
    """A rule that names neither school years nor adults is for everybody of its ages."""
    if rule.min_grade is None and not rule.adults:
        return rule.min_age is not None or rule.max_age is not None
    if is_adult:
        return rule.adults
    if grade is None or rule.min_grade is None or rule.max_grade is None:
        return False
    return rule.min_grade <= grade <= rule.max_grade


ENTRIES_CLOSE = time(17)
"""When a draw's entries close on their last day, unless the program closes earlier."""


def is_drawn_in_time(closes_on: date, held_on: date) -> bool:
    """Whether the number of the first working day after entries close is out before the day of the session."""
    return working_day_after(closes_on) < held_on


def last_day_of_entries(held_on: date) -> date:
    """The last day on which a draw's entries may close, so that two days remain after the number is out."""
    last = held_on - timedelta(days=4)
    while working_day_after(last) > held_on - timedelta(days=3):
        last -= timedelta(days=1)
    return last


def windows_of(program: ProgramView, starts_at: datetime, zone: ZoneInfo, selection: str | None = None) -> Windows:
    """When a session that starts at an instant can be booked and cancelled, by its program's windows.

    Booking opens on a wall time of the zone some days before; the rest is minutes before the start. A draw's entries
    close early enough for the number to be published and for the winners to answer, and are open for a week.
    """
    held_on = starts_at.astimezone(zone).date()
    day = held_on - timedelta(days=program.booking_opens_days)
    closes_at = starts_at - timedelta(minutes=program.booking_closes_minutes)
    if (selection or program.selection) == Selection.DRAW:
        last = last_day_of_entries(held_on)
        closes_at = min(closes_at, datetime.combine(last, ENTRIES_CLOSE, tzinfo=zone).astimezone(UTC))
        day = min(day, last - timedelta(days=7))
    opens_at = datetime.combine(day, program.booking_opens_time, tzinfo=zone).astimezone(UTC)
    return Windows(
        booking_opens_at=min(opens_at, starts_at),
        booking_closes_at=closes_at,
        cancel_until=starts_at - timedelta(minutes=program.cancel_until_minutes),
        roll_over_at=starts_at - timedelta(minutes=program.roll_over_minutes),
    )


def sessions_of_pattern(
    pattern: PatternView, program: ProgramView, days: Iterable[Hours], zone: ZoneInfo
) -> list[PlannedSession]:
    """The sessions a pattern makes on these days of its facility: on its weekday, while it and its program run, where
    the facility is open from the start to the end."""
    return [
        plan_session(pattern, program, hours.day, zone)
        for hours in days
        if hours.day.isoweekday() == pattern.weekday
        and pattern.valid_from_on <= hours.day
        and (pattern.valid_until_on is None or hours.day < pattern.valid_until_on)
        and (program.ended_on is None or hours.day < program.ended_on)
        and hours.covers(pattern.starts, pattern.ends)
    ]


def plan_session(pattern: PatternView, program: ProgramView, day: date, zone: ZoneInfo) -> PlannedSession:
    """The session of a pattern on one day."""
    starts_at = datetime.combine(day, pattern.starts, tzinfo=zone).astimezone(UTC)
    return PlannedSession(
        program_id=program.id,
        facility_id=pattern.facility_id,
        pattern_id=pattern.id,
        held_on=day,
        starts_at=starts_at,
        ends_at=datetime.combine(day, pattern.ends, tzinfo=zone).astimezone(UTC),
        web_seats=pattern.web_seats,
        walk_in_seats=pattern.walk_in_seats,
        windows=windows_of(program, starts_at, zone),
        is_draft=program.is_drafted,
        space_id=pattern.space_id,
    )
