"""Reading the loose texts of forms."""

from datetime import date, time

import pytest

from booking.kit.errors import InvalidForm
from booking.kit.fields import Fields


def test_what_can_be_read() -> None:
    read = Fields()
    assert read.number("a", " ４０ ", low=1, high=50) == 40
    assert read.number("b", "", low=1, high=50, is_needed=False) is None
    assert read.day("c", "2026-12-01", first=date(2026, 12, 1)) == read.day("d", "２０２６/12/1") == date(2026, 12, 1)
    assert read.day("e", "", is_needed=False) is None
    assert read.wall_time("f", "9:30") == read.wall_time("g", "09:30:00") == time(9, 30)
    assert read.wall_time("h", "", is_needed=False) is None
    assert read.span(("i", "j"), ("10:00", "12:00")) == (time(10), time(12))
    assert read.span(("k", "l"), ("", " "), is_needed=False) is None
    assert read.words("m", " 点検 ", longest=2) == "点検"
    assert read.words("n", "", longest=2, is_needed=False) == ""
    assert read.choice("o", "x", ("x", "y")) == "x"
    read.refuse_if_any()


def test_what_cannot_is_refused_at_its_field_all_at_once() -> None:
    read = Fields()
    for name, text in (("n1", "x"), ("n2", "51"), ("n3", ""), ("n4", "1.5")):
        assert read.number(name, text, low=1, high=50) is None
    for name, text in (("d1", "2026-02-30"), ("d2", "あした"), ("d3", "")):
        assert read.day(name, text) is None
    assert read.day("d4", "2026-11-30", first=date(2026, 12, 1)) is None
    for name, text in (("t1", "24:00"), ("t2", "10"), ("t3", "")):
        assert read.wall_time(name, text) is None
    assert read.span(("s1", "s2"), ("12:00", "12:00")) is None
    assert read.span(("s3", "s4"), ("12:00", ""), is_needed=False) is None
    read.words("w1", " ", longest=5)
    read.words("w2", "123456", longest=5)
    read.choice("c1", "z", ("x", "y"))
    with pytest.raises(InvalidForm) as refused:
        read.refuse_if_any()
    assert {name: refusal.code for name, refusal in refused.value.fields.items()} == {
        **dict.fromkeys(("n1", "n2", "n3", "n4"), "number-unreadable"),
        **dict.fromkeys(("d1", "d2", "d3"), "day-unreadable"),
        "d4": "day-too-early",
        **dict.fromkeys(("t1", "t2", "t3", "s4"), "time-unreadable"),
        "s2": "times-out-of-order",
        "w1": "words-missing",
        "w2": "words-too-long",
        "c1": "choice-needed",
    }


def test_the_first_refusal_of_a_field_stays() -> None:
    read = Fields()
    read.number("a", "x", low=1, high=2)
    read.words("a", "", longest=3)
    assert read.refused["a"].code == "number-unreadable"
