"""Reading the loose texts of a form: numbers, days, times and choices, with every field's refusal at once.

    read = Fields()
    seats = read.number("seats", form.seats, low=0, high=500)
    day = read.day("day", form.day)
    read.refuse_if_any(MyFormRefused)

A value that cannot be used reads as None and leaves its refusal at the field, so all fields are read before anybody
is told.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import LANGUAGES, N_


class NumberUnreadable(Refusal):
    """Not a whole number, or not within the bounds."""

    code = "number-unreadable"
    status = 422
    sentence = N_("{low}から{high}までの数字で書いてください。")


class DayUnreadable(Refusal):
    """Not a day of the calendar."""

    code = "day-unreadable"
    status = 422
    sentence = N_("日にちを、2026-12-01 のように書いてください。")


class DayTooEarly(Refusal):
    """Before the first day that may be given."""

    code = "day-too-early"
    status = 422
    sentence = N_("{first}か、それより後の日を書いてください。")


class TimeUnreadable(Refusal):
    """Not a time of day."""

    code = "time-unreadable"
    status = 422
    sentence = N_("時刻を、10:00 のように書いてください。")


class TimesOutOfOrder(Refusal):
    """A span that ends before it begins."""

    code = "times-out-of-order"
    status = 422
    sentence = N_("終わりの時刻を、始まりの時刻より後にしてください。")


class WordsMissing(Refusal):
    """A text that is needed is empty."""

    code = "words-missing"
    status = 422
    sentence = N_("ここを{n}文字までで書いてください。")


class WordsTooLong(Refusal):
    """A text is longer than can be kept."""

    code = "words-too-long"
    status = 422
    sentence = N_("{n}文字までに短くしてください。")


class WordsUnprintable(Refusal):
    """A text holds what nobody can see: control characters, or marks that turn the direction of what follows."""

    code = "words-unprintable"
    status = 422
    sentence = N_("目に見えない文字が入っています。書きなおしてください。")


class LanguageUnknown(Refusal):
    """A text for a language that the service does not speak."""

    code = "language-unknown"
    status = 422
    sentence = N_("ことばは、{languages}から選んでください。")


class ChoiceNeeded(Refusal):
    """None of the choices, or one that is not offered."""

    code = "choice-needed"
    status = 422
    sentence = N_("並んでいるものから、1つえらんでください。")


Texts = list[str] | dict[str, str]
"""One text in the other languages: in the order of a form's fields, or by language as the API sends it."""
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")


class Fields:
    """Reads fields one by one and keeps what is refused under the field's name."""

    def __init__(self) -> None:
        self.refused: dict[str, Refusal] = {}

    def refuse(self, name: str, refusal: Refusal) -> None:
        """Refuse a field; the first refusal of a field stays."""
        self.refused.setdefault(name, refusal)

    def refuse_if_any(self, kind: type[InvalidForm] = InvalidForm) -> None:
        """Raises: `kind` with every field that was refused."""
        if self.refused:
            raise kind(fields=self.refused)

    def words(self, name: str, text: str, *, longest: int, is_needed: bool = True, has_lines: bool = False) -> str:
        """A text without spaces around it; of several lines only where that is said."""
        kept = re.sub("\r\n?", "\n", text).replace("\t", " ").strip()
        if is_needed and not kept:
            self.refuse(name, WordsMissing(n=longest))
        if len(kept) > longest:
            self.refuse(name, WordsTooLong(n=longest))
        if _UNPRINTABLE.search(kept.replace("\n", "") if has_lines else kept):
            self.refuse(name, WordsUnprintable())
        return kept

    def words_in_languages(
        self,
        names: tuple[str, str],
        text: str,
        texts: Sequence[str] | Mapping[str, str],
        *,
        longest: int,
        is_needed: bool = True,
        has_lines: bool = False,
    ) -> dict[str, str]:
        """One text in every language it was written in: in Japanese, and in others as a mapping or in the order of a
        form. Japanese is needed beside any other.

        A refusal stands at the field of that language, such as `name` and `names-en` for the names `name`, `names`.
        """
        own, many = names
        others = texts if isinstance(texts, Mapping) else dict(zip(LANGUAGES[1:], texts, strict=False))
        if not set(others) <= set(LANGUAGES):
            self.refuse(many, LanguageUnknown(languages=", ".join(LANGUAGES)))
        said = {
            each: self.words(
                f"{many}-{each}", others.get(each, ""), longest=longest, is_needed=False, has_lines=has_lines
            )
            for each in LANGUAGES[1:]
        }
        is_needed = is_needed or any(said.values())
        said["ja"] = self.words(own, text, longest=longest, is_needed=is_needed, has_lines=has_lines)
        return {language: said[language] for language in LANGUAGES if said[language]}

    def moment(self, name: str, text: str) -> datetime | None:
        """A local day and time of day, `2026-12-01T09:00` or `2026/12/1 9:00`, without a zone."""
        day, _, wall = _plain(text).replace("T", " ").partition(" ")
        found, at = self.day(name, day), self.wall_time(name, wall)
        return None if found is None or at is None else datetime.combine(found, at)

    def number(self, name: str, text: str, *, low: int, high: int, is_needed: bool = True) -> int | None:
        """A whole number within bounds; full-width digits are digits too."""
        plain = _plain(text)
        if not plain and not is_needed:
            return None
        if re.fullmatch(r"\d{1,9}", plain) and low <= int(plain) <= high:
            return int(plain)
        self.refuse(name, NumberUnreadable(low=low, high=high))
        return None

    def day(self, name: str, text: str, *, first: date | None = None, is_needed: bool = True) -> date | None:
        """A day, `2026-12-01` or `2026/12/1`, not before `first`."""
        plain = _plain(text)
        if not plain and not is_needed:
            return None
        found = _day(plain)
        if found is None:
            self.refuse(name, DayUnreadable())
        elif first is not None and found < first:
            self.refuse(name, DayTooEarly(first=first))
            return None
        return found

    def wall_time(self, name: str, text: str, *, is_needed: bool = True) -> time | None:
        """A time of day, `10:00`, `9:30` or, without its colon, `930`."""
        plain = _plain(text)
        if not plain and not is_needed:
            return None
        found = re.fullmatch(r"([01]?\d|2[0-3]):?([0-5]\d)(?::00)?", plain)
        if found is None:
            self.refuse(name, TimeUnreadable())
            return None
        return time(int(found[1]), int(found[2]))

    def span(
        self, names: tuple[str, str], texts: tuple[str, str], *, is_needed: bool = True
    ) -> tuple[time, time] | None:
        """Two times in order; both or neither where they are not needed. An order refused stands at the second."""
        if not is_needed and not any(_plain(text) for text in texts):
            return None
        left, right = (self.wall_time(name, text) for name, text in zip(names, texts, strict=True))
        if left is None or right is None:
            return None
        if right <= left:
            self.refuse(names[1], TimesOutOfOrder())
            return None
        return left, right

    def choice(self, name: str, text: str, offered: Iterable[str]) -> str:
        """One of the values offered."""
        if text not in set(offered):
            self.refuse(name, ChoiceNeeded())
        return text


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _day(plain: str) -> date | None:
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", plain)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
