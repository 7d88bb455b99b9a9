"""How long a body keeps what, and what is due. From values alone."""

from calendar import monthrange
from datetime import date
from enum import StrEnum

from booking.kit.fields import Fields
from booking.personal_data.errors_retention import MonthsUnusable, RetentionRefused


class Kept(StrEnum):
    """A class of what a body keeps for a time."""

    MEMBERS = "members"
    GROWN = "grown"
    ACCOUNTS = "accounts"
    MESSAGES = "messages"
    DOOR = "door"
    VIEWS = "views"
    AUDIT = "audit"


PEOPLE = (Kept.MEMBERS, Kept.GROWN)
"""Classes whose people are listed by name before they go."""
USUAL_MONTHS = {
    Kept.MEMBERS: 36,
    Kept.GROWN: 12,
    Kept.ACCOUNTS: 12,
    Kept.MESSAGES: 12,
    Kept.DOOR: 24,
    Kept.VIEWS: 60,
    Kept.AUDIT: 60,
}
"""Provisional: what a body that has no rules of its own on documents starts with."""
LEAST_MONTHS = {
    Kept.MEMBERS: 12,
    Kept.GROWN: 1,
    Kept.ACCOUNTS: 3,
    Kept.MESSAGES: 1,
    Kept.DOOR: 3,
    Kept.VIEWS: 12,
    Kept.AUDIT: 12,
}
MOST_MONTHS = 360


def check_months(kind: Kept, typed: str) -> int:
    """Whole months within what the class allows. Raises: RetentionRefused."""
    fields = Fields()
    text = typed.strip()
    months = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0
    if not LEAST_MONTHS[kind] <= months <= MOST_MONTHS:
        fields.refuse("months", MonthsUnusable(least=LEAST_MONTHS[kind], most=MOST_MONTHS))
    fields.refuse_if_any(RetentionRefused)
    return months


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
