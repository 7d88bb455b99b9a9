"""Which column of a table that somebody hands in says what: by the many names tables have for the same thing."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property

import jaconv

from booking.kit.i18n import LANGUAGES, translate

LOOKED_AT = 10
"""Rows that may stand above the columns' names: a title, a date, an empty line."""


class Headings:
    """The names that fields go by: field → words for it, with spaces between.

    `titles`: what the columns of the table to fill in are called, a sentence each; they count in every language.
    """

    def __init__(self, synonyms: Mapping[str, str], titles: Mapping[str, str] | None = None) -> None:
        self._synonyms = synonyms
        self._titles = titles or {}

    @cached_property
    def _fields(self) -> dict[str, str]:
        said = {_plain(translate(title, each)): field for field, title in self._titles.items() for each in LANGUAGES}
        return said | {_plain(word): field for field, words in self._synonyms.items() for word in words.split()}

    def field_of(self, title: str) -> str | None:
        """What a column of this name says, or None for one that is not kept. A note in brackets may be there or not."""
        without_note = re.sub(r"[(（［\[].*?[)）］\]]", "", title)
        return self._fields.get(_plain(title)) or self._fields.get(_plain(without_note))

    def columns_of(self, row: Sequence[object]) -> dict[str, int]:
        """Where each field stands if these cells are the columns' names; of two for one the first counts."""
        columns: dict[str, int] = {}
        for at, cell in enumerate(row):
            field = self.field_of(cell) if isinstance(cell, str) else None
            if field is not None:
                columns.setdefault(field, at)
        return columns

    def find(self, rows: Sequence[Sequence[object]], needed: set[str]) -> tuple[int, dict[str, int]] | None:
        """The place of the row with the columns' names, the first that names all that are needed, and what stands
        where; None when no row among the first does."""
        for place, row in enumerate(rows[:LOOKED_AT]):
            columns = self.columns_of(row)
            if needed <= set(columns):
                return place, columns
        return None


def _plain(title: str) -> str:
    """A name with nothing that tables write it differently by: width, kana, spaces, signs, what is asked."""
    folded = str(jaconv.kata2hira(unicodedata.normalize("NFKC", title).casefold()))
    folded = re.sub(r"※?(必須|任意|半角|全角)", "", folded)
    return re.sub(r"[^\wー]|_", "", folded)


def unused_of(titles: Sequence[object], columns: dict[str, int]) -> list[str]:
    """The names of the columns that are not kept, for whoever handed the table in."""
    used = set(columns.values())
    said = [str(title) for at, title in enumerate(titles) if at not in used and isinstance(title, str) and title]
    return [title if len(title) <= 20 else f"{title[:19]}…" for title in said]
