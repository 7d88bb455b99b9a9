"""A member's form as a whole: long names on a narrow card, and forms made from members."""

from datetime import date

import pytest

from booking.people.rules_form import check_contacts, check_facts
from booking.people.schemas import ContactForm, Facts, MemberForm

TODAY = date(2026, 11, 21)


def checked(**typed: str) -> Facts:
    return check_facts(MemberForm(**{"birth_on": "2013-04-02", "municipality": "102016", **typed}), TODAY, {"102016"})


@pytest.mark.parametrize(
    ("latin", "shown"),
    [
        ("NGUYEN THI THU HA TRANG", "NGUYEN THI THU HA"),
        ("MARIA", "MARIA"),
        ("WOLFESCHLEGELSTEINHAUSEN", "WOLFESCHLEGELSTEINHA"),
    ],
)
def test_as_much_of_a_name_as_a_card_has_room_for(latin: str, shown: str) -> None:
    assert checked(latin_name=latin).shown_name == shown


def test_the_chosen_name_is_shown() -> None:
    assert checked(latin_name="MARIA SILVA", shown_name="マリ").shown_name == "マリ"


def test_the_desk_knows_the_school_year_or_that_somebody_is_grown_up() -> None:
    named = {"family_name": "高崎", "given_name": "陽"}
    for grade, kept in {"5": 5, "adult": None}.items():
        facts = check_facts(MemberForm(**named, grade=grade), TODAY, set(), at_desk=True)
        assert (facts.grade, facts.birth_on, facts.municipality_code) == (kept, None, None)


def test_empty_contacts_are_left_out() -> None:
    assert check_contacts([ContactForm(relation="mother"), ContactForm(name=" ", phone=" ")]) == []
