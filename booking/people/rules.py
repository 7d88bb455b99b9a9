"""Who a member is: school year, stage, age, number. From values alone."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from booking.kit.fiscal import fiscal_year as fiscal_year


class HouseholdRole(StrEnum):
    """How an account belongs to a household: looks after members, or is its own member."""

    GUARDIAN = "guardian"
    SELF = "self"


class GuardianshipState(StrEnum):
    """Claimed by whoever registered the child, confirmed once the desk has seen both."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"


class Preferred(StrEnum):
    """The channel a household asks for."""

    MAIL = "mail"
    LINE = "line"
    PHONE = "phone"
    LETTER = "letter"


class RemindAt(StrEnum):
    """When a reminder goes: the evening before, or the morning of the day."""

    EVENING = "evening"
    MORNING = "morning"


class CallReason(StrEnum):
    """Why the desk is to phone somebody: the mail came back, LINE is blocked, or something could not be told."""

    MAIL_BACK = "mail-back"
    LINE_BLOCKED = "line-blocked"
    NOT_TOLD = "not-told"
    MOVE_DENIED = "move-denied"


class SchoolStage(StrEnum):
    """Stages the plan's tables use."""

    PRESCHOOL = "preschool"
    ELEMENTARY = "elementary"
    JUNIOR_HIGH = "junior-high"
    HIGH = "high"
    ADULT = "adult"


class AgeBand(StrEnum):
    """Age as a visit keeps it: coarse enough to outlive the member's erasure."""

    UNDER_6 = "0-5"
    FROM_6 = "6-11"
    FROM_12 = "12-14"
    FROM_15 = "15-17"
    FROM_18 = "18-29"
    FROM_30 = "30-64"
    FROM_65 = "65-"
    UNKNOWN = "unknown"


RELATIONS = ("mother", "father", "grandparent", "sibling", "relative", "other")
"""How a guardian or a contact stands to a child; `self` besides, for an account that is its own member."""
SELF_RELATION = "self"
MEMBERS_PER_ACCOUNT = 20
CONTACTS_PER_MEMBER = 3
ADULT_AT = 18
"""From this birthday on nobody decides for somebody as a parent. Source: 民法 第4条 (since April 2022), 第818条."""

_BANDS = (
    (6, AgeBand.UNDER_6),
    (12, AgeBand.FROM_6),
    (15, AgeBand.FROM_12),
    (18, AgeBand.FROM_15),
    (30, AgeBand.FROM_18),
    (65, AgeBand.FROM_30),
)

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


class Registered(Protocol):
    """What decides which desks may be told of a member."""

    @property
    def is_protected(self) -> bool:
        """Whether only named accounts, and the desks of its own bodies, know the member."""

    @property
    def body_codes(self) -> tuple[str, ...]:
        """The bodies it is registered with."""


class Dated(Protocol):
    """What the school year of a member is decided from."""

    @property
    def birth_on(self) -> date | None:
        """The day of birth; None while the desk knows the school year only."""

    @property
    def grade_override(self) -> int | None:
        """The school year staff have set, for `grade_override_year`; it moves up every April."""

    @property
    def grade_override_year(self) -> int | None:
        """The fiscal year the override was true in."""


def anniversary(birth_on: date, years: int) -> date:
    """The birthday `years` after; 1 March stands in where 29 February does not exist."""
    try:
        return birth_on.replace(year=birth_on.year + years)
    except ValueError:
        return date(birth_on.year + years, 3, 1)


def entry_year(birth_on: date) -> int:
    """The fiscal year of entering elementary school.

    A child is six on the day before the sixth birthday, and enters with the school year that begins after that day.
    Source: 学校教育法17条, 年齢計算ニ関スル法律.
    """
    six_on = anniversary(birth_on, 6) - timedelta(days=1)
    return six_on.year if six_on <= date(six_on.year, 3, 31) else six_on.year + 1


def school_year(
    birth_on: date | None, on: date, override: int | None = None, override_year: int | None = None
) -> int | None:
    """The school year counted on without end (0 and less before school, 13 and more after); None when unknown.

    An override is true in its fiscal year and moves up every April; earlier days follow the day of birth if known.
    """
    year = fiscal_year(on)
    if override is not None and override_year is not None and (birth_on is None or year >= override_year):
        return override + year - override_year
    return None if birth_on is None else year - entry_year(birth_on) + 1


def grade(birth_on: date | None, on: date, override: int | None = None, override_year: int | None = None) -> int | None:
    """School year 1 to 12 (小1 to 高3) on a day, None before and after school."""
    year = school_year(birth_on, on, override, override_year)
    return year if year is not None and 1 <= year <= 12 else None


def school_stage(
    birth_on: date | None, on: date, override: int | None = None, override_year: int | None = None
) -> SchoolStage:
    """The stage on a day. A member without day of birth and school year was registered at the desk as an adult."""
    year = school_year(birth_on, on, override, override_year)
    if year is None or year > 12:
        return SchoolStage.ADULT
    if year < 1:
        return SchoolStage.PRESCHOOL
    if year <= 6:
        return SchoolStage.ELEMENTARY
    return SchoolStage.JUNIOR_HIGH if year <= 9 else SchoolStage.HIGH


def grade_on(member: Dated, on: date) -> int | None:
    """A member's school year on a day: what a session's eligibility is decided by."""
    return grade(member.birth_on, on, member.grade_override, member.grade_override_year)


def stage_on(member: Dated, on: date) -> SchoolStage:
    """A member's stage on a day."""
    return school_stage(member.birth_on, on, member.grade_override, member.grade_override_year)


def is_adult_on(member: Dated, on: date) -> bool:
    """Whether a member is past school on a day."""
    return stage_on(member, on) == SchoolStage.ADULT


def age(birth_on: date, on: date) -> int:
    """Years completed on a day as people say it (on the birthday itself)."""
    years = on.year - birth_on.year
    return years if anniversary(birth_on, years) <= on else years - 1


def is_of_age(birth_on: date | None, on: date) -> bool:
    """Whether somebody has come of age on a day; not known of whose day of birth is not."""
    return birth_on is not None and age(birth_on, on) >= ADULT_AT


def age_band(birth_on: date | None, on: date) -> AgeBand:
    """The band of an age on a day."""
    if birth_on is None:
        return AgeBand.UNKNOWN
    years = age(birth_on, on)
    return next((band for below, band in _BANDS if years < below), AgeBand.FROM_65)


def needs_guardian(member: Dated, on: date, below_years: int) -> bool:
    """Whether somebody else must consent: under the age, or at school when only the school year is known."""
    if member.birth_on is not None:
        return age(member.birth_on, on) < below_years
    return not is_adult_on(member, on)


def damm(digits: str) -> str:
    """The check digit of some digits: finds every wrong digit and every swap of neighbours. Source: Damm 2004."""
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return str(state)


def is_number(text: str) -> bool:
    """Whether this is a member number: eight digits, the last one their check digit."""
    return len(text) == 8 and text.isascii() and text.isdigit() and damm(text[:7]) == text[7]


def number_from(seven_digits: int) -> str:
    """The member number of a random whole number below ten million."""
    digits = f"{seven_digits:07d}"
    return digits + damm(digits)


def missing(
    member: Dated, *, has_consent: bool, has_kana: bool, has_municipality: bool, contacts: int, on: date
) -> tuple[str, ...]:
    """What is still due before the second visit of somebody the desk registered in a minute."""
    due: list[str] = []
    if not has_consent:
        due.append("consent")
    if member.birth_on is None:
        due.append("birth_on")
    if not has_kana:
        due.append("kana")
    if not has_municipality:
        due.append("municipality")
    if contacts == 0 and not is_adult_on(member, on):
        due.append("emergency_contact")
    return tuple(due)


def may_be_known(member: Registered, body_codes: Collection[str]) -> bool:
    """Whether a desk of one of these bodies may learn that there is such a member: of a protected one only its own."""
    return not member.is_protected or not set(member.body_codes).isdisjoint(body_codes)
