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
from collections.abc import Iterable, Sequence
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


class ChoiceNeeded(Refusal):
    """None of the choices, or one that is not offered."""

    code = "choice-needed"
    status = 422
    sentence = N_("並んでいるものから、1つえらんでください。")


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

    def words(self, name: str, text: str, *, longest: int, is_needed: bool = True) -> str:
        """A text without spaces around it."""
        kept = text.strip()
        if is_needed and not kept:
            self.refuse(name, WordsMissing(n=longest))
        if len(kept) > longest:
            self.refuse(name, WordsTooLong(n=longest))
        return kept

    def per_language(self, name: str, texts: Sequence[str], *, longest: int) -> dict[str, str]:
        """The same text in the other languages, in the order of LANGUAGES after Japanese; empty ones are left out.

        A refusal stands at the field of that language, such as `names-en`.
        """
        read = zip(LANGUAGES[1:], texts, strict=False)
        said = {each: self.words(f"{name}-{each}", text, longest=longest, is_needed=False) for each, text in read}
        return {language: text for language, text in said.items() if text}

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
            self.refuse(name, DayTooEarly(first=first.isoformat()))
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
