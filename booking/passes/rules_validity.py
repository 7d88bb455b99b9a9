"""How long a pass lives. From values alone."""

from datetime import date

from booking.people.rules import Dated, fiscal_year, school_year

LAST_SCHOOL_YEAR = 13
"""The year after 高3: everybody turns 19 in it, the 4/1 rule included."""
ADULT_YEARS = 5


def valid_until_on(member: Dated, today: date) -> date:
    """The first day on which a pass issued today does not hold any more: always a 1 April.

    Until the end of the fiscal year in which the member turns 19, so that a printed card serves a whole childhood;
    for everybody past that, five fiscal years. Source: product, "The pass and the door".
    """
    year = school_year(member.birth_on, today, member.grade_override, member.grade_override_year)
    this = fiscal_year(today)
    last = this + ADULT_YEARS if year is None or year > LAST_SCHOOL_YEAR else this + LAST_SCHOOL_YEAR - year
    return date(last + 1, 4, 1)
