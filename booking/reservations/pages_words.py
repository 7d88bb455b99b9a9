"""Words that several pages of this room say: names, whom a session is for, how a row stands."""

from typing import Annotated, Any

from litestar.params import QueryParameter

from booking.kit import clock
from booking.kit.i18n import format_weekday, spoken
from booking.people.rules import grade_on
from booking.programs.rules import rule_on
from booking.reservations import rules, rules_finder
from booking.reservations.errors import say_grade, say_name, say_rule
from booking.reservations.schemas import ListedSession

From = Annotated[str, QueryParameter(name="from", max_length=20)]
"""The first day of a list, in its address."""


def _program_name(named: Any) -> str:
    return say_name(rules.names_of(named), spoken())


def _said_names(names: Any) -> str:
    return say_name(names, spoken())


def _note_of(session: Any) -> str:
    """What staff wrote about this one session, in the reader's language where they did."""
    return say_name({"ja": session.note, **session.notes}, spoken()) if session.note else ""


def _facility_name(named: Any) -> str:
    """Of a session or reservation, or of a facility itself."""
    name = getattr(named, "facility_name", None) or named.name
    return say_name({"ja": name, "en": getattr(named, "facility_name_en", None) or named.name_en}, spoken())


def _audience(listed: ListedSession) -> str:
    return say_rule(rule_on(listed.eligibility, listed.session.held_on), spoken())


def _grade_of(member: Any) -> str:
    grade = grade_on(member, clock.today())
    return say_grade(grade, spoken()) if grade else ""


WORDS: dict[str, Any] = {
    "program_name": _program_name,
    "facility_name": _facility_name,
    "said_names": _said_names,
    "note_of": _note_of,
    "audience": _audience,
    "grade_of": _grade_of,
    "weekday": lambda day: format_weekday(day.isoweekday(), short=True),
    "seats_of": lambda listed: rules.seats_of(listed.session, listed.taken, clock.now()),
    "standing_of": lambda listed: rules_finder.standing_of(listed, clock.now()),
}
