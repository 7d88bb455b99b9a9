"""How a list of sessions reads, and the texts that leave and enter."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from booking.kit.errors import Refusal
from booking.kit.tokens import new_id, to_text
from booking.reservations import rules_calendar
from booking.reservations import rules_finder as finder
from booking.reservations import rules_texts as texts
from booking.reservations.errors_audiences import say_audience
from booking.reservations.schemas_finding import DayCount, ListedSession, PlaceListed
from tests.reservations.facts import NOW, a_member, a_reservation, a_rule, a_session

MINUTE = timedelta(minutes=1)
TODAY = date(2026, 11, 21)


def listed(taken: int = 0, mine: int = 0, **columns: Any) -> ListedSession:
    """A session in a list."""
    return ListedSession(
        session=a_session(**columns),
        taken=taken,
        waiting=0,
        eligibility=(a_rule(),),
        mine=tuple(new_id() for _ in range(mine)),
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (listed(), "open"),
        (listed(7), "open"),
        (listed(8), "few"),
        (listed(9), "few"),
        (listed(10), "full"),
        (listed(11), "full"),
        (listed(0, web_seats=1), "few"),
        (listed(10, mine=1), "yours"),
        (listed(mine=1, state="cancelled"), "cancelled"),
        (listed(mine=1, hours=-2), "over"),
        (listed(selection="draw"), "lottery"),
        (listed(booking_opens_at=NOW + MINUTE), "soon"),
        (listed(10, roll_over_at=NOW), "door"),
        (listed(10, booking_closes_at=NOW), "closed"),
    ],
)
def test_what_a_row_says_first(given: ListedSession, expected: str) -> None:
    """The most important state."""
    assert finder.standing_of(given, NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21", TODAY),
        ("2026-11-14", date(2026, 11, 14)),
        ("2026-11-13", None),
        ("2027-03-21", date(2027, 3, 21)),
        ("2027-03-22", None),
        ("", None),
        ("tomorrow", None),
    ],
)
def test_which_days_can_be_asked_for(text: str, expected: date | None) -> None:
    """A week back, four months ahead; anything else is as if nothing was asked."""
    assert finder.read_day(text, TODAY) == expected


@pytest.mark.parametrize(
    ("first", "day", "begins"),
    [
        (None, None, TODAY),
        (None, date(2026, 11, 27), TODAY),
        (None, date(2026, 11, 28), date(2026, 11, 28)),
        (date(2026, 11, 28), None, date(2026, 11, 28)),
        (date(2026, 11, 28), TODAY, TODAY),
    ],
)
def test_the_week_holds_the_day(first: date | None, day: date | None, begins: date) -> None:
    """Seven days from the one asked for, always with the day in them."""
    week = finder.week_from(first, day, TODAY)
    assert (week[0], len(week)) == (begins, 7)


def test_days_are_counted_and_chosen() -> None:
    """At one facility or all; the first day with sessions is shown unless another is asked for."""
    days = finder.week_from(None, None, TODAY)
    counted = [DayCount(day=days[number], program="p", names={"ja": "ためし"}, n=number) for number in range(3)]
    places = [
        PlaceListed(id=new_id(), code=code, name="", names={}, place_names={}, counts=(count,))
        for code, count in zip(("a", "b", "c"), counted, strict=True)
    ]
    assert list(finder.counts_of(places, "", "", days).values()) == [0, 1, 2, 0, 0, 0, 0]
    assert sum(finder.counts_of(places, "", "other", days).values()) == 0
    assert finder.programs_of(places) == {"p": {"ja": "ためし"}}
    counts = finder.counts_of(places, "c", "p", days)
    assert list(counts.values()) == [0, 0, 2, 0, 0, 0, 0]
    assert finder.day_of(None, counts) == days[2]
    assert finder.day_of(days[5], counts) == days[5]
    assert finder.day_of(None, dict.fromkeys(days, 0)) == days[0]


@pytest.mark.parametrize(
    ("who", "expected"),
    [("", True), ("x", True), ("0", True), ("13", True), ("7", True), ("6", False), ("adult", False)],
)
def test_whom_a_session_is_for(who: str, expected: bool) -> None:
    """A filter that names nobody leaves everything."""
    assert finder.is_for((a_rule((7, 12)),), who, TODAY) is expected


@pytest.mark.parametrize(
    ("born", "who"), [(date(2012, 6, 1), "8"), (date(1990, 1, 1), "adult"), (date(2023, 1, 1), "")]
)
def test_the_filter_that_fits_a_member(born: date, who: str) -> None:
    """Before school there is none."""
    assert finder.who_is(a_member(birth_on=born), TODAY) == who


def test_filters_choose() -> None:
    """By school year, and by whether a seat is free or one's own."""
    free, full, mine = listed(), listed(10), listed(10, mine=1)
    assert finder.chosen([free, full, mine], "", only_free=False, now=NOW) == [free, full, mine]
    assert finder.chosen([free, full, mine], "8", only_free=True, now=NOW) == [free, mine]
    assert finder.chosen([free, full, mine], "3", only_free=False, now=NOW) == []
    pupil, child = a_member(birth_on=date(2012, 6, 1)), a_member(birth_on=date(2018, 6, 1))
    assert finder.chosen([free, full], pupil, only_free=False, now=NOW) == [free, full]
    assert finder.chosen([free, full], child, only_free=False, now=NOW) == []
    over, later = listed(hours=-2), listed(hours=1)
    assert finder.chosen([over, later], "", only_free=False, now=NOW) == [later, over]
    assert finder.find_asked(str(child.id), [pupil, child]) == child
    assert [finder.find_asked(who, [pupil]) for who in (str(child.id), "7", "adult", "x")] == ["", "7", "adult", ""]


def test_a_cursor_leads_back_to_its_place() -> None:
    """And nothing else is taken for one."""
    place = (NOW, new_id())
    assert texts.read_cursor(texts.cursor_of(place)) == place
    assert texts.read_cursor("") is None
    naive = to_text(msgspec.json.encode((NOW.replace(tzinfo=None), new_id())))
    for wrong in ("x", "§", "AAAA", naive):
        with pytest.raises(Refusal) as caught:
            texts.read_cursor(wrong)
        assert caught.value.code == "cursor-unusable"


def test_instants_need_an_offset() -> None:
    """A day is a local day; an instant without an offset is nobody's time."""
    assert texts.read_instant("2026-11-21", "from") == TODAY
    assert texts.read_instant("2026-11-21T12:00:00+09:00", "from") == datetime(2026, 11, 21, 3, tzinfo=UTC)
    for wrong in ("2026-11-21T12:00:00", "2026-13-01", "soon"):
        with pytest.raises(Refusal) as caught:
            texts.read_instant(wrong, "from")
        assert set(caught.value.fields) == {"from"}


@pytest.mark.parametrize(("state", "status"), [("confirmed", "CONFIRMED"), ("cancelled", "CANCELLED")])
def test_a_calendar_entry(state: str, status: str) -> None:
    """Lines end as the standard says, none longer than 75 octets, no words but codes."""
    text = rules_calendar.to_calendar([a_reservation(state)], NOW)
    assert text.startswith("BEGIN:VCALENDAR\r\n") and text.endswith("END:VCALENDAR\r\n")
    assert f"STATUS:{status}" in text and "LOCATION:place" in text and "DTEND:20261122T050000Z" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@pytest.mark.parametrize(
    ("grades", "adults", "language", "expected"),
    [
        ((1, 12), False, "ja", "小学1年〜高校3年"),
        ((7, 7), False, "ja", "中学1年"),
        ((1, 6), True, "ja", "小学1年〜小学6年と大人"),
        (None, True, "ja", "大人"),
        (None, False, "ja", "準備中"),
    ],
)
def test_an_audience_in_words(grades: tuple[int, int] | None, adults: bool, language: str, expected: str) -> None:
    """School years, adults, both, or nobody yet."""
    low, high = grades or (None, None)
    assert say_audience(low, high, adults, language) == expected
