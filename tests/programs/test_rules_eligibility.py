"""Who may take part on a day."""

from datetime import date

import pytest

from booking.kit.tokens import new_id
from booking.programs.rules import is_eligible
from booking.programs.schemas import EligibilityView

PROGRAM = new_id()


def rule(from_on: date, until_on: date | None, grades: tuple[int, int] | None, adults: bool) -> EligibilityView:
    """A dated rule."""
    low, high = grades or (None, None)
    return EligibilityView(
        id=new_id(),
        program_id=PROGRAM,
        valid_from_on=from_on,
        valid_until_on=until_on,
        min_grade=low,
        max_grade=high,
        adults=adults,
    )


OLD = rule(date(2025, 4, 1), None, (7, 12), adults=False)
NEW = rule(date(2026, 4, 1), date(2026, 9, 1), (1, 6), adults=True)
NOBODY_YOUNG = rule(date(2025, 4, 1), None, None, adults=True)


@pytest.mark.parametrize(
    ("rules", "grade", "is_adult", "day", "expected"),
    [
        ((), 7, False, date(2026, 1, 1), False),
        ((OLD,), 7, False, date(2025, 3, 31), False),
        ((OLD,), 7, False, date(2025, 4, 1), True),
        ((OLD,), 12, False, date(2026, 1, 1), True),
        ((OLD,), 6, False, date(2026, 1, 1), False),
        ((OLD,), None, False, date(2026, 1, 1), False),
        ((OLD,), None, True, date(2026, 1, 1), False),
        ((OLD, NEW), 7, False, date(2026, 5, 1), False),
        ((NEW, OLD), 6, False, date(2026, 5, 1), True),
        ((NEW, OLD), None, True, date(2026, 8, 31), True),
        ((NEW, OLD), 7, False, date(2026, 9, 1), True),
        ((NOBODY_YOUNG,), 3, False, date(2026, 9, 1), False),
        ((NOBODY_YOUNG,), None, True, date(2026, 9, 1), True),
    ],
)
def test_who_may_take_part(
    rules: tuple[EligibilityView, ...], grade: int | None, is_adult: bool, day: date, expected: bool
) -> None:
    """The rule in force that began last decides, as of the day."""
    assert is_eligible(rules, grade, is_adult, day) is expected
