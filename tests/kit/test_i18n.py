"""Languages: negotiation, fallback, plural forms, and the forms of days and times."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from markupsafe import Markup

from booking.kit import i18n
from booking.kit.i18n import LANGUAGES, translate


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ja"),
        ("en-US,en;q=0.9,ja;q=0.8", "en"),
        ("fr-FR, pt;q=0.5", "pt-BR"),
        ("zh-TW", "zh-Hans"),
        ("fil", "tl"),
        ("de", "ja"),
        ("en;q=0, vi;q=bad, es;q=0.1", "es"),
    ],
)
def test_browser_language_is_the_best_that_is_spoken(header: str, language: str) -> None:
    assert i18n.negotiate(header) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_without_translation_is_said_in_japanese(language: str) -> None:
    assert translate("どこにもない文", language) == "どこにもない文"


def test_other_languages_fall_back_to_english(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"en": {"席": ("{n} seat", "{n} seats")}, "vi": {"席": "chỗ"}}
    monkeypatch.setattr(i18n, "catalogue", lambda language, domain="booking": said.get(language, {}))
    assert translate("席", "es", n=1) == "1 seat"
    assert translate("席", "es", n=2) == "2 seats"
    assert translate("席", "vi") == "chỗ"
    assert translate("席", "ja-easy") == "席"


def test_markup_in_a_sentence_stays_and_the_rest_is_escaped() -> None:
    said = translate("{who}は{link}", "ja", who="<b>", link=Markup("<a>x</a>"))
    assert said == "&lt;b&gt;は<a>x</a>"


@pytest.mark.parametrize(
    ("language", "day", "span"),
    [
        ("ja", "11月22日（日）", "9:00 〜 15:30"),
        ("ja-easy", "11がつ 22にち（にちようび）", "ごぜん 9じ 〜 ごご 3じ 30ぷん"),
        ("en", "Sun 22 Nov", "9:00 – 15:30"),
        ("pt-BR", "dom 22 nov", "9:00 – 15:30"),
        ("zh-Hans", "11月22日（周日）", "9:00 – 15:30"),
    ],
)
def test_days_and_times_take_the_forms_of_the_look(language: str, day: str, span: str) -> None:
    assert i18n.format_day(date(2026, 11, 22), language) == day
    assert i18n.format_span(time(9), time(15, 30), language) == span


def test_instants_are_shown_as_local_time() -> None:
    late = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
    assert i18n.format_moment(late, "ja", year=True) == "2026年11月22日（日） 0:30"
    assert i18n.format_moment(late, "en") == "Sun 22 Nov, 0:30"
    assert i18n.format_day(date(2026, 11, 22), "ja-easy", year=True).startswith("2026ねん")
    assert i18n.format_month(date(2026, 11, 1), "ja-easy") == "2026ねん 11がつ"
    assert [i18n.format_month(date(2026, 11, 1), one, year=False) for one in ("ja", "ja-easy", "en")] == [
        "11月",
        "11がつ",
        "Nov",
    ]
    assert i18n.format_time(time(0, 5), "ja-easy") == "ごぜん 0じ 5ふん"
    assert i18n.format_time(time(12, 0), "ja-easy") == "ごご 12じ"


def test_numbers_take_the_separators_of_the_language() -> None:
    assert i18n.format_number(9400, "ja") == "9,400"
    assert i18n.format_number(9400.5, "pt-BR", decimals=1) == "9.400,5"


@pytest.mark.parametrize(
    ("language", "day", "meeting", "bracket"),
    [
        ("ja", "12月29日", "11月22日（日） 10:00 〜 12:00", "館（休）"),
        ("ja-easy", "12がつ 29にち", "11がつ 22にち（にちようび） ごぜん 10じ 〜 ごご 12じ", "館（休）"),
        ("en", "29 Dec", "Sun 22 Nov, 10:00 – 12:00", "館 (休)"),
        ("pt-BR", "29 dez", "dom 22 nov, 10:00 – 12:00", "館 (休)"),
        ("zh-Hans", "12月29日", "11月22日（周日） 10:00 – 12:00", "館（休）"),
    ],
)
def test_days_of_every_year_meetings_and_brackets(language: str, day: str, meeting: str, bracket: str) -> None:
    start = datetime(2026, 11, 22, 1, tzinfo=UTC)
    assert i18n.format_month_day(12, 29, language) == day
    assert i18n.format_meeting(start, start + timedelta(hours=2), language) == meeting
    assert i18n.format_range("館", "休", language) in ("館 〜 休", "館 – 休")
    assert i18n.format_list(["館", "休"], language) == ("館、休" if "（" in bracket else "館, 休")
    assert "館" + i18n.bracketed("休", language) == bracket
    assert i18n.bracketed(Markup("<b>休</b>"), language).endswith(("<b>休</b>）", "<b>休</b>)"))
