"""Days of 西暦 and 和暦, by the vectors."""

import json
from datetime import date
from pathlib import Path

import pytest

from booking.kit.errors import Refusal
from booking.people.errors import BirthUnreadable
from booking.people.rules_era import ERAS, day_of_number, read_day

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "era.json").read_text())


@pytest.mark.parametrize(("written", "meant"), VECTORS)
def test_days_as_people_write_them(written: str, meant: str) -> None:
    try:
        assert read_day(written).isoformat() == meant
    except Refusal as refusal:
        assert refusal.code == meant


def test_eras_follow_one_another() -> None:
    firsts = [first for _, _, first in ERAS]
    assert firsts == sorted(firsts)


def test_day_numbers_of_spreadsheets() -> None:
    assert day_of_number(41001) == date(2012, 4, 2)
    assert day_of_number(41001.75) == date(2012, 4, 2)
    assert day_of_number(39539, counts_from_1904=True) == date(2012, 4, 2)
    for number in (0, 60, -1, 10**6):
        with pytest.raises(BirthUnreadable):
            day_of_number(number)
