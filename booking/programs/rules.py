"""What is offered to whom, and which sessions a pattern makes. From values alone."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from booking.programs.schemas import EligibilityView


class Category(StrEnum):
    """Kinds of program."""

    DROP_IN = "drop-in"
    GROUP = "group"
    WORKSHOP = "workshop"
    LAB = "lab"
    TRIAL = "trial"
    SEMINAR = "seminar"


class Selection(StrEnum):
    """How seats are given."""

    FIRST_COME = "first-come"
    DRAW = "draw"


class SessionState(StrEnum):
    """A session is drafted, published, or cancelled."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


def rule_on(rules: Iterable[EligibilityView], day: date) -> EligibilityView | None:
    """The rule that says on a day who may take part: of those in force, the one that began last."""
    in_force = [
        rule
        for rule in rules
        if rule.valid_from_on <= day and (rule.valid_until_on is None or day < rule.valid_until_on)
    ]
    return max(in_force, key=lambda rule: rule.valid_from_on, default=None)


def is_eligible(rules: Iterable[EligibilityView], grade: int | None, is_adult: bool, day: date) -> bool:
    """Whether somebody of this school year, or past school, may take part on a day. Without a rule nobody may."""
    rule = rule_on(rules, day)
    if rule is None:
        return False
    if is_adult:
        return rule.adults
    if grade is None or rule.min_grade is None or rule.max_grade is None:
        return False
    return rule.min_grade <= grade <= rule.max_grade
