"""Points for seats that were not used: whom they count for, and when booking on the web pauses. From values alone.

Nobody is ever refused at the door because of points.
"""

from datetime import date, datetime, timedelta

from booking.kit.errors import Refusal
from booking.people.rules import age, is_adult_on
from booking.people.schemas import MemberView
from booking.reservations.errors_points import PointFormRefused, PointNumberImpossible
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_points import RuleForm, RuleView

ADULT_YEARS = 18
BOUNDS = {
    "no_show_points": (0, 20),
    "late_cancel_points": (0, 20),
    "late_cancel_minutes": (0, 10_080),
    "limit_points": (1, 100),
    "counted_days": (1, 366),
    "pause_days": (1, 366),
}


def is_minor_on(member: MemberView, day: date) -> bool:
    """Whether somebody is under 18 on the session's day; by school where the day of birth is not known."""
    if member.birth_on is not None:
        return age(member.birth_on, day) < ADULT_YEARS
    return not is_adult_on(member, day)


def counts_for(rule: RuleView, member: MemberView, day: date) -> bool:
    """Whether the body counts points of this member as of the session's day."""
    return rule.is_on and (rule.counts_minors or not is_minor_on(member, day))


def is_exempt(reservation: ReservationView) -> bool:
    """Whether the seat was given without an answer, because no time was left to ask."""
    return reservation.offered_at is not None and reservation.offered_until is None


def is_late_cancel(reservation: ReservationView, rule: RuleView, now: datetime) -> bool:
    """Whether a seat given back now comes too late for others."""
    return now > reservation.starts_at - timedelta(minutes=rule.late_cancel_minutes)


def check_rule(form: RuleForm) -> dict[str, int | bool]:
    """The columns of a rule. Raises: PointFormRefused."""
    refused: dict[str, Refusal] = {}
    found: dict[str, int | bool] = {"is_on": form.is_on, "counts_minors": form.counts_minors}
    for name, (least, most) in BOUNDS.items():
        typed: str = getattr(form, name)
        value = int(typed) if typed.isdecimal() and typed.isascii() and len(typed) < 7 else -1
        if not least <= value <= most:
            refused[name] = PointNumberImpossible(least=least, most=most)
        found[name] = value
    if refused:
        raise PointFormRefused(fields=refused)
    return found
