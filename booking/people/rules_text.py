"""What people write about themselves, made uniform or refused at the field: names, readings, telephones, birthdays."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import jaconv
import phonenumbers

from booking.kit.errors import InvalidForm, Refusal
from booking.people.errors import (
    BirthImpossible,
    BirthMissing,
    BirthUnreadable,
    CharacterUnusable,
    NotHiragana,
    NotLatin,
    PhoneUnreadable,
    TextMissing,
    TextTooLong,
    WrongKana,
)

T = TypeVar("T")

NAME_LIMIT = 40
KANA_LIMIT = 60
LATIN_LIMIT = 80
SHOWN_LIMIT = 20
SCHOOL_LIMIT = 60
ASSISTANCE_LIMIT = 500

_UNUSABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Zl", "Zp"})
_COMPATIBILITY_IDEOGRAPHS = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f])")
_SPACES = re.compile(r"[ \t\u3000\u00a0]+")
_KANA = re.compile(r"[ぁ-ゖゝゞー・ ]*")
_MOBILE = re.compile(r"0[5789]0-|0120-|0800-")


def tidy(text: str) -> str:
    """One line of text as we keep it: no outer spaces, single inner ones, half-width kana made full.

    Composes accents but leaves compatibility ideographs (神, 﨑) alone: they are how a family writes its name.
    """
    pieces = _COMPATIBILITY_IDEOGRAPHS.split(_SPACES.sub(" ", text.strip()))
    composed = "".join(
        piece if _COMPATIBILITY_IDEOGRAPHS.fullmatch(piece) else unicodedata.normalize("NFC", piece) for piece in pieces
    )
    return str(jaconv.h2z(composed)).strip()


def check_line(text: str, limit: int, *, required: bool = False) -> str:
    """One line that can be printed on a card. Raises: TextMissing, TextTooLong, CharacterUnusable."""
    line = tidy(text)
    if required and not line:
        raise TextMissing
    if len(line) > limit:
        raise TextTooLong(limit=limit, length=len(line))
    wrong = next((character for character in line if unicodedata.category(character) in _UNUSABLE), None)
    if wrong is not None:
        raise CharacterUnusable(character=wrong if wrong.isprintable() else "?")
    return line


def check_note(text: str, limit: int) -> str:
    """Several lines somebody wrote. Raises: TextTooLong, CharacterUnusable."""
    note = text.replace("\r\n", "\n").strip()
    if len(note) > limit:
        raise TextTooLong(limit=limit, length=len(note))
    if any(unicodedata.category(character) == "Cc" and character != "\n" for character in note):
        raise CharacterUnusable(character="?")
    return note


def normalise_kana(text: str) -> str:
    """A reading as hiragana, whatever width or kana it was typed in; other characters stay as they are."""
    return str(jaconv.kata2hira(unicodedata.normalize("NFKC", tidy(text))))


def check_kana(text: str, limit: int = KANA_LIMIT) -> str:
    """A reading in hiragana. Raises: WrongKana for a kanji, NotHiragana, and what `check_line` raises."""
    kana = normalise_kana(check_line(text, limit))
    wrong = next((character for character in kana if not _KANA.fullmatch(character)), None)
    if wrong is None:
        return kana
    if unicodedata.name(wrong, "").startswith("CJK") or wrong == "々":
        raise WrongKana(character=wrong)
    raise NotHiragana(character=wrong)


def check_latin(text: str) -> str:
    """A name in Latin letters as on a residence card. Raises: NotLatin, and what `check_line` raises."""
    name = check_line(unicodedata.normalize("NFKC", text), LATIN_LIMIT)
    for character in name:
        is_letter = unicodedata.name(character, "").startswith(("LATIN", "COMBINING"))
        if not is_letter and character not in " -'’.,":
            raise NotLatin(character=character)
    return name


def check_phone(text: str) -> str:
    """A telephone number as +81… (E.164), Japanese unless it says another country. Raises: PhoneUnreadable."""
    digits = unicodedata.normalize("NFKC", text).replace("ー", "-").replace("−", "-").strip()
    try:
        parsed = phonenumbers.parse(digits, "JP")
    except phonenumbers.NumberParseException:
        raise PhoneUnreadable from None
    if parsed.extension or not phonenumbers.is_valid_number(parsed):
        raise PhoneUnreadable
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def print_phone(phone: str) -> str:
    """A stored number as people read it: (027)999-9999, 090-9999-9999. Source: GIF DS-445."""
    try:
        parsed = phonenumbers.parse(phone, "JP")
    except phonenumbers.NumberParseException:
        return phone
    if parsed.country_code != 81:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    area, _, rest = national.partition("-")
    return national if _MOBILE.match(national) else f"({area}){rest}"


def join_birth(year: str, month: str, day: str) -> str:
    """Three typed fields as one `YYYY-MM-DD`; empty when all three are."""
    parts = [part.strip() for part in (year, month, day)]
    return "-".join(parts) if any(parts) else ""


def check_birth_text(text: str, today: date) -> date:
    """The day of birth from `YYYY-MM-DD`. Raises: BirthMissing, BirthUnreadable, BirthImpossible."""
    if not text.strip():
        raise BirthMissing
    parts = [part.strip() for part in unicodedata.normalize("NFKC", text).split("-")]
    is_date = len(parts) == 3 and all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts)
    if not is_date:
        raise BirthUnreadable
    try:
        born = date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        raise BirthUnreadable from None
    if born > today or born.year < 1900:
        raise BirthImpossible(year=born.year)
    return born


def digits_of(text: str) -> str:
    """The digits of a member number however it was typed: full width, with spaces or hyphens."""
    return "".join(character for character in unicodedata.normalize("NFKC", text) if character in "0123456789")


class Sieve:
    """Checks field after field and answers all refusals at once."""

    def __init__(self) -> None:
        self.refused: dict[str, Refusal] = {}

    def take(self, field: str, check: Callable[..., T], *given: Any, **named: Any) -> T | None:
        """What `check` makes of a field, or None with its refusal noted; the first refusal of a field stays."""
        try:
            return check(*given, **named)
        except Refusal as refusal:
            self.refuse(field, refusal)
            return None

    def refuse(self, field: str, refusal: Refusal) -> None:
        """Note a refusal found otherwise."""
        self.refused.setdefault(field, refusal)

    def settle(self) -> None:
        """Raises: InvalidForm with every noted refusal."""
        if self.refused:
            raise InvalidForm(fields=self.refused)
