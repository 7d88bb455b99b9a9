"""What staff write, in the reader's language."""

import pytest

from booking.kit.i18n import speaking
from booking.kit.words import find_words, others_of, read_words, say_words, words_tag

WORDS = {"ja": "日", "en": "en", "es": "es"}


@pytest.mark.parametrize(
    ("language", "expected"), [("ja", "日"), ("ja-easy", "日"), ("en", "en"), ("vi", "en"), ("es", "es")]
)
def test_a_text_in_a_language(language: str, expected: str) -> None:
    """As written for it, else English, else Japanese; やさしい日本語 falls back to Japanese at once."""
    assert say_words(WORDS, language) == expected
    assert find_words({"ja": "日"}, "vi") == ("日", "ja")
    assert find_words({}, language) == ("", "")


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("ja", {"ja": "日 & <b>"}, "日 &amp; &lt;b&gt;"),
        ("ja-easy", {"ja": "日"}, "日"),
        ("ja-easy", {"ja": "日", "ja-easy": "ひ"}, "ひ"),
        ("vi", {"ja": "日 & <b>"}, '<span lang="ja">日 &amp; &lt;b&gt;</span>'),
        ("vi", WORDS, '<span lang="en">en</span>'),
        ("es", WORDS, "es"),
        ("en", {}, ""),
    ],
)
def test_a_page_says_in_which_language_a_text_is(language: str, words: dict[str, str], expected: str) -> None:
    """Only where it is another than the page's; what staff wrote is never markup."""
    with speaking(language):
        assert words_tag(words) == expected


def test_the_other_languages_are_kept_without_japanese() -> None:
    """The Japanese has a column of its own."""
    assert read_words(others_of(WORDS)) == {"en": "en", "es": "es"}
