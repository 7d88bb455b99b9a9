"""Words that several pages of this room say: names, whom a session is for, how a row stands."""

from typing import Annotated, Any

from litestar.params import QueryParameter

from booking.kit import clock
from booking.kit.i18n import format_weekday, spoken
from booking.kit.words import words_tag
from booking.people.rules import grade_on
from booking.programs.rules import rule_on
from booking.reservations import rules, rules_finder
from booking.reservations.errors_audiences import say_grade, say_rule
from booking.reservations.schemas_finding import ListedSession

From = Annotated[str, QueryParameter(name="from", max_length=20)]
"""The first day of a list, in its address."""


def _facility_names(named: Any) -> Any:
    """Of a session or reservation, or of a facility itself."""
    found = getattr(named, "facility_names", None)
    return named.names if found is None else found


def _audience(listed: ListedSession) -> str:
    return say_rule(rule_on(listed.eligibility, listed.session.held_on), spoken())


def _grade_of(member: Any) -> str:
    grade = grade_on(member, clock.today())
    return say_grade(grade, spoken()) if grade else ""


WORDS: dict[str, Any] = {
    "program_name": lambda named: words_tag(rules.names_of(named)),
    "facility_name": lambda named: words_tag(_facility_names(named)),
    "audience": _audience,
    "grade_of": _grade_of,
    "weekday": lambda day: format_weekday(day.isoweekday(), short=True),
    "seats_of": lambda listed: rules.seats_of(listed.session, listed.taken, clock.now()),
    "standing_of": lambda listed: rules_finder.standing_of(listed, clock.now()),
}
