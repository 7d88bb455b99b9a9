"""Who may take part by age and qualification, as of the session's day: birthdays, 29 February, the first of April."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from booking.people.rules import age
from booking.people.schemas import HeldQualification
from booking.programs.rules import AGE_UNKNOWN, is_eligible
from booking.reservations.rules import not_eligible
from tests.reservations.facts import a_member, a_rule, a_session

DAY = date(2026, 11, 22)
LASER = uuid4()


@pytest.mark.parametrize(
    ("ages", "years", "expected"),
    [
        ((12, 18), 11, False),
        ((12, 18), 12, True),
        ((12, 18), 18, True),
        ((12, 18), 19, False),
        ((60, None), 59, False),
        ((60, None), 60, True),
        ((None, 5), 5, True),
        ((None, 5), 6, False),
        ((12, 18), AGE_UNKNOWN, False),
        ((None, 5), AGE_UNKNOWN, False),
        ((12, 18), None, True),
    ],
)
def test_ages_both_ends_included(ages: Any, years: int | None, expected: bool) -> None:
    """None is a filter that asks for nobody in particular."""
    rules = (a_rule(None, adults=False, min_age=ages[0], max_age=ages[1]),)
    assert is_eligible(rules, 8, False, DAY, age=years) is expected
    assert is_eligible(rules, None, True, DAY, age=years) is expected


def test_age_is_asked_besides_the_school_year() -> None:
    """小学生 of nine years and more; adults of sixty and more."""
    children = (a_rule((1, 6), min_age=9),)
    assert is_eligible(children, 4, False, DAY, age=9) and not is_eligible(children, 3, False, DAY, age=8)
    assert not is_eligible(children, 7, False, DAY, age=12) and not is_eligible(children, None, True, DAY, age=70)
    elders = (a_rule(None, adults=True, min_age=60),)
    assert is_eligible(elders, None, True, DAY, age=60) and not is_eligible(elders, None, True, DAY, age=40)
    assert not is_eligible(elders, 12, False, DAY, age=60)


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        (date(2014, 11, 22), date(2026, 11, 21), 11),
        (date(2014, 11, 22), date(2026, 11, 22), 12),
        (date(2012, 2, 29), date(2027, 2, 28), 14),
        (date(2012, 2, 29), date(2027, 3, 1), 15),
        (date(2012, 2, 29), date(2028, 2, 28), 15),
        (date(2012, 2, 29), date(2028, 2, 29), 16),
    ],
)
def test_the_age_that_counts_is_that_of_the_sessions_day(birth: date, day: date, years: int) -> None:
    assert age(birth, day) == years
    rule = a_rule(None, min_age=years, max_age=years)
    assert not_eligible(a_session(held_on=day), a_member(birth_on=birth), (rule,)) is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2027, 3, 31), "not-eligible"), (date(2027, 4, 1), None), (date(2026, 3, 31), "not-eligible")],
)
def test_a_sixth_grader_may_book_what_is_after_the_first_of_april(day: date, expected: str | None) -> None:
    """Born on 2 April 2014: 小6 until 31 March 2027, 中1 from the next day, whenever it is booked."""
    refusal = not_eligible(a_session(held_on=day), a_member(birth_on=date(2014, 4, 2)), (a_rule((7, 12)),))
    assert (refusal.code if refusal else None) == expected


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ((), "qualification-missing"),
        ((HeldQualification(id=uuid4(), from_on=date(2020, 1, 1)),), "qualification-missing"),
        ((HeldQualification(id=LASER, from_on=DAY),), None),
        ((HeldQualification(id=LASER, from_on=date(2026, 11, 23)),), "qualification-missing"),
        ((HeldQualification(id=LASER, from_on=date(2020, 1, 1), until_on=DAY),), "qualification-missing"),
    ],
)
def test_a_qualification_counts_on_the_day(held: Any, expected: str | None) -> None:
    rule = a_rule((1, 12), qualification_id=LASER, qualification_names={"ja": "レーザー加工", "en": "Laser cutting"})
    refusal = not_eligible(a_session(held_on=DAY), a_member(held=held), (rule,))
    assert (refusal.code if refusal else None) == expected
    if refusal:
        assert refusal.say("ja").startswith("この回は、「レーザー加工」を受けた人の回です。")
        assert "たろうさんは、先に「レーザー加工」を受けると参加できます。" in refusal.say("ja")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (a_rule((7, 12)), "この回は中学1年〜高校3年が対象です。"),
        (a_rule(None, min_age=60), "この回は60歳からが対象です。"),
        (a_rule(None, max_age=5), "この回は5歳までが対象です。"),
        (a_rule((1, 3), min_age=8, max_age=9), "この回は小学1年〜小学3年（8歳から9歳まで）が対象です。"),
    ],
)
def test_the_refusal_says_for_whom_it_is_and_where_to_go(rule: Any, said: str) -> None:
    child = a_member(birth_on=date(2019, 5, 1), grade=1)
    refusal = not_eligible(a_session(held_on=DAY), child, (rule,))
    assert refusal is not None and refusal.say("ja").startswith(said)
    assert "たろうさんは、小学1年が行ける回に参加できます。" in refusal.say("ja")
