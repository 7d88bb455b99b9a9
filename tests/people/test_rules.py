"""School year, stage, age, number: tables of cases."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.people import rules
from booking.people.rules import AgeBand, SchoolStage

SUMMER = date(2025, 7, 19)


@pytest.mark.parametrize(
    ("birth_on", "on", "expected"),
    [
        (date(2013, 4, 1), SUMMER, 7),
        (date(2013, 4, 2), SUMMER, 6),
        (date(2012, 2, 29), SUMMER, 8),
        (date(2013, 4, 1), date(2025, 3, 31), 6),
        (date(2013, 4, 1), date(2025, 4, 1), 7),
        (date(2019, 4, 1), date(2025, 4, 1), 1),
        (date(2019, 4, 2), date(2025, 4, 1), None),
        (date(2007, 4, 1), date(2025, 4, 1), None),
        (date(2007, 4, 2), date(2025, 4, 1), 12),
        (date(1980, 1, 1), SUMMER, None),
        (None, SUMMER, None),
    ],
)
def test_grade(birth_on: date | None, on: date, expected: int | None) -> None:
    assert rules.grade(birth_on, on) == expected


@pytest.mark.parametrize(
    ("birth_on", "on", "override", "year", "expected"),
    [
        (date(2013, 4, 1), SUMMER, 6, 2025, 6),
        (date(2013, 4, 1), date(2026, 4, 1), 6, 2025, 7),
        (date(2013, 4, 1), date(2025, 3, 31), 6, 2025, 6),
        (date(2013, 4, 1), date(2024, 3, 31), 8, 2025, 5),
        (None, SUMMER, 5, 2025, 5),
        (None, date(2024, 5, 1), 5, 2025, 4),
        (None, date(2040, 5, 1), 5, 2025, None),
        (date(2013, 4, 1), SUMMER, 6, None, 7),
    ],
)
def test_grade_set_by_staff_moves_up_every_april(
    birth_on: date | None, on: date, override: int, year: int | None, expected: int | None
) -> None:
    assert rules.grade(birth_on, on, override, year) == expected


@pytest.mark.parametrize(
    ("birth_on", "expected"),
    [
        (date(2022, 1, 1), SchoolStage.PRESCHOOL),
        (date(2018, 6, 1), SchoolStage.ELEMENTARY),
        (date(2013, 4, 2), SchoolStage.ELEMENTARY),
        (date(2013, 4, 1), SchoolStage.JUNIOR_HIGH),
        (date(2010, 4, 2), SchoolStage.JUNIOR_HIGH),
        (date(2010, 4, 1), SchoolStage.HIGH),
        (date(2007, 4, 2), SchoolStage.HIGH),
        (date(2007, 4, 1), SchoolStage.ADULT),
        (None, SchoolStage.ADULT),
    ],
)
def test_stage(birth_on: date | None, expected: SchoolStage) -> None:
    assert rules.school_stage(birth_on, SUMMER) == expected


def _member(birth_on: date | None, grade: int | None = None) -> SimpleNamespace:
    return SimpleNamespace(birth_on=birth_on, grade_override=grade, grade_override_year=2025 if grade else None)


def test_a_member_is_judged_as_of_a_day() -> None:
    member = _member(date(2013, 4, 1))
    assert rules.grade_on(member, date(2025, 3, 31)) == 6
    assert rules.grade_on(member, date(2025, 4, 1)) == 7
    assert rules.stage_on(member, SUMMER) == SchoolStage.JUNIOR_HIGH
    assert not rules.is_adult_on(member, SUMMER)
    assert rules.is_adult_on(_member(None), SUMMER)


@pytest.mark.parametrize(
    ("birth_on", "on", "expected"),
    [
        (date(2012, 2, 29), date(2025, 2, 28), 12),
        (date(2012, 2, 29), date(2025, 3, 1), 13),
        (date(2012, 2, 29), date(2024, 2, 29), 12),
        (date(2013, 7, 19), SUMMER, 12),
        (date(2013, 7, 20), SUMMER, 11),
        (SUMMER, SUMMER, 0),
    ],
)
def test_age(birth_on: date, on: date, expected: int) -> None:
    assert rules.age(birth_on, on) == expected


def test_the_first_of_march_stands_in_for_a_missing_29_february() -> None:
    assert rules.anniversary(date(2012, 2, 29), 6) == date(2018, 3, 1)
    assert rules.anniversary(date(2012, 2, 29), 8) == date(2020, 2, 29)
    assert rules.entry_year(date(2012, 2, 29)) == 2018


@pytest.mark.parametrize(
    ("years", "expected"),
    [(5, "0-5"), (6, "6-11"), (12, "12-14"), (15, "15-17"), (18, "18-29"), (30, "30-64"), (65, "65-"), (99, "65-")],
)
def test_age_band(years: int, expected: str) -> None:
    assert rules.age_band(date(2025 - years, 1, 1), SUMMER) == AgeBand(expected)


def test_an_unknown_day_of_birth_has_the_band_unknown() -> None:
    assert rules.age_band(None, SUMMER) == AgeBand.UNKNOWN


def test_who_needs_a_guardian() -> None:
    assert rules.needs_guardian(_member(date(2009, 7, 20)), SUMMER, 16)
    assert not rules.needs_guardian(_member(date(2009, 7, 19)), SUMMER, 16)
    assert rules.needs_guardian(_member(None, 10), SUMMER, 16)
    assert not rules.needs_guardian(_member(None), SUMMER, 16)


@pytest.mark.parametrize(("digits", "check"), [("572", "4"), ("0000000", "0"), ("", "0")])
def test_damm(digits: str, check: str) -> None:
    assert rules.damm(digits) == check


@given(st.integers(0, 9_999_999))
def test_a_number_is_eight_digits_and_verifies(seven: int) -> None:
    number = rules.number_from(seven)
    assert len(number) == 8
    assert rules.is_number(number)


@given(st.integers(0, 9_999_999), st.integers(0, 7), st.integers(1, 9))
def test_every_wrong_digit_is_found(seven: int, place: int, by: int) -> None:
    number = rules.number_from(seven)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert not rules.is_number(wrong)


@given(st.integers(0, 9_999_999), st.integers(0, 6))
def test_every_swap_of_neighbours_is_found(seven: int, place: int) -> None:
    number = rules.number_from(seven)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not rules.is_number(swapped)


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "１２３４５６７８", "1234567a", "٠٠٠٠٠٠٠٠"])
def test_what_is_no_number(text: str) -> None:
    assert not rules.is_number(text)


def test_what_is_due_before_the_second_visit() -> None:
    child = _member(None, 5)
    due = rules.missing(child, has_consent=False, has_kana=False, has_municipality=False, contacts=0, on=SUMMER)
    assert due == ("consent", "birth_on", "kana", "municipality", "emergency_contact")
    grown = _member(date(1980, 1, 1))
    assert rules.missing(grown, has_consent=True, has_kana=True, has_municipality=True, contacts=0, on=SUMMER) == ()
