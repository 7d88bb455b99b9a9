"""What is told of every table, and who may take a record home."""

from datetime import date
from typing import Any

import pytest

from booking.people.schemas import RightsView
from booking.personal_data.errors_taking import RecordNeedsDesk, RecordNeedsGuardian, RecordOfAdult
from booking.personal_data.rules_disclosing import LEFT_OUT, require_taker
from booking.personal_data.rules_kinds import KINDS
from tests.personal_data import decided

ABOUT_PEOPLE = (
    *(decided.DELETED, frozenset(decided.EMPTIED), decided.ONLY_IDS, decided.OF_GROUPS),
    frozenset({"roll_call_mark"}),
)
"""Tables with rows about a person; the house's own and what staff counted say nothing about anybody."""


def test_every_table_about_a_person_is_told_or_left_out_with_a_reason() -> None:
    told = {table for kind in KINDS for table in kind.tables}
    assert not told & set(LEFT_OUT)
    assert sorted(told | set(LEFT_OUT)) == sorted(name for kind in ABOUT_PEOPLE for name in kind)


@pytest.mark.parametrize(
    ("rights", "born", "refused"),
    [
        (None, None, RecordNeedsDesk),
        ({"is_confirmed": False}, None, RecordNeedsDesk),
        ({"may_consent": False}, None, RecordNeedsDesk),
        ({"relation": "self"}, None, RecordNeedsGuardian),
        ({"relation": "self"}, date(2011, 1, 1), RecordNeedsGuardian),
        ({"relation": "self"}, date(2000, 1, 1), None),
        ({}, None, None),
    ],
)
def test_who_may_take_it_home(rights: dict[str, Any] | None, born: date | None, refused: Any) -> None:
    given: dict[str, Any] = {
        **dict.fromkeys(("may_consent", "may_book", "is_told", "is_confirmed"), True),
        "relation": "mother",
        **(rights or {}),
    }
    held = None if rights is None else RightsView(**given)
    if refused is None:
        require_taker(held, born, date(2026, 11, 28), 16)
        return
    with pytest.raises(refused):
        require_taker(held, born, date(2026, 11, 28), 16)


@pytest.mark.parametrize(
    ("relation", "born", "today", "refused"),
    [
        ("mother", date(2008, 11, 29), date(2026, 11, 28), None),
        ("mother", date(2008, 11, 28), date(2026, 11, 28), RecordOfAdult),
        ("father", date(1990, 1, 1), date(2026, 11, 28), RecordOfAdult),
        ("mother", date(2008, 2, 29), date(2026, 2, 28), None),
        ("mother", date(2008, 2, 29), date(2026, 3, 1), RecordOfAdult),
        ("self", date(2008, 2, 29), date(2026, 3, 1), None),
        ("self", date(2008, 11, 28), date(2026, 11, 28), None),
        ("mother", None, date(2026, 11, 28), None),
        ("self", None, date(2026, 11, 28), RecordNeedsGuardian),
    ],
)
@pytest.mark.parametrize("is_seen", [True, False])
def test_from_the_eighteenth_birthday_nobody_else_takes_it(
    relation: str, born: date | None, today: date, refused: Any, is_seen: bool
) -> None:
    """Who has come of age is told of first: the desk, too, would give it to nobody else."""
    rights = dict.fromkeys(("may_consent", "may_book", "is_told"), True)
    held = RightsView(relation=relation, is_confirmed=is_seen, **rights)
    wanted = refused if is_seen or refused is RecordOfAdult else RecordNeedsDesk
    if wanted is None:
        require_taker(held, born, today, 16)
        return
    with pytest.raises(wanted):
        require_taker(held, born, today, 16)
