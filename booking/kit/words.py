"""What staff write for residents: one text in several languages, Japanese always among them.

A table keeps the Japanese in a column of its own (`name`) and the other languages in a document beside it (`names`).
Everywhere above the database both are one mapping, language → text with `ja` in it; empty where nothing is written. A
reader gets the text in their language, else in English, else in Japanese, and pages say which language it is.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from markupsafe import Markup

from booking.kit.i18n import HTML_LANG, LANGUAGES, spoken

OTHERS = LANGUAGES[1:]
"""The languages beside Japanese, in the order in which forms ask for them."""
_JAPANESE = ("ja", "ja-easy")


def words_sql(own: str, others: str) -> str:
    """The SQL of the mapping: the Japanese column and the document of the other languages as one document."""
    return f"case when coalesce({own}, '') = '' then '{{}}'::jsonb else {others} || jsonb_build_object('ja', {own}) end"


def read_words(document: str) -> dict[str, str]:
    """A mapping as the database hands it over."""
    return msgspec.json.decode(document, type=dict[str, str])


def with_words(row: Any, *columns: str) -> dict[str, Any]:
    """A row as a dictionary, with the mappings in these columns read."""
    return {**row, **{column: read_words(row[column]) for column in columns}}


def others_of(words: Mapping[str, str]) -> str:
    """What the document column keeps: every language but Japanese."""
    return msgspec.json.encode({language: text for language, text in words.items() if language != "ja"}).decode()


def find_words(words: Mapping[str, str], language: str) -> tuple[str, str]:
    """The text for a reader and the language it is in; two empty ones where nothing is written."""
    for candidate in (language, "ja") if language in _JAPANESE else (language, "en", "ja"):
        if words.get(candidate):
            return words[candidate], candidate
    return "", ""


def say_words(words: Mapping[str, str], language: str | None = None) -> str:
    """The text for a reader, for letters, calendars and attributes; of the block around unless told otherwise."""
    return find_words(words, language or spoken())[0]


def words_tag(words: Mapping[str, str]) -> Markup:
    """The text in a page; with `lang` around it when it is not in the language of the page, so that it is read aloud
    in its own."""
    text, attribute = say_words(words), words_lang(words)
    return Markup("<span{}>{}</span>").format(attribute, text) if attribute else Markup("{}").format(text)


def words_lang(words: Mapping[str, str]) -> Markup:
    """The `lang` attribute of an element that holds the text and nothing else, where it needs one."""
    text, language = find_words(words, spoken())
    own = _html(language)
    return Markup(' lang="{}"').format(own) if text and own != _html(spoken()) else Markup("")


def _html(language: str) -> str:
    return HTML_LANG.get(language, language)
