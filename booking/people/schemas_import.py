"""What an import of registrants reads and answers. A report holds row numbers and sentences, never what a row says."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.kit.errors import Refusal, say_value
from booking.kit.i18n import translate
from booking.people.schemas import ContactForm, Facts


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a row cannot be used: its number in the file, the column's name, and the refusal's sentence and values.

    `days`: which values are days; a kept report has them as texts.
    """

    row: int
    column: str
    sentence: str
    params: dict[str, Any] = {}
    days: tuple[str, ...] = ()

    def say(self, language: str) -> str:
        """The reason in a language."""
        read = {name: date.fromisoformat(self.params[name]) for name in self.days}
        said = {name: say_value(value, language) for name, value in {**self.params, **read}.items()}
        return translate(self.sentence, language, **said)


class Registrant(msgspec.Struct, frozen=True, kw_only=True):
    """A row that can be used. `born`: day of birth, or school year and telephone, by which a person is known again."""

    row: int
    facts: Facts
    phone: str
    language: str
    contacts: list[ContactForm]
    consent_on: date | None
    born: str

    @property
    def names(self) -> dict[str, str]:
        """The spellings there are of the whole name, without spaces."""
        return names_of(self.facts)


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was read, before anybody is looked up. `repeats`: a row and the one before that says the same."""

    registrants: list[Registrant]
    repeats: list[tuple[int, int]]
    faults: list[Fault]
    unused: list[str]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A member already registered with the body, as far as rows are compared with one."""

    born: str
    names: dict[str, str]


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a commit would do, or has done. Rows are numbers in the file."""

    body_code: str
    new: int
    known: list[int]
    repeats: list[tuple[int, int]]
    faults: list[Fault]
    unused: list[str]
    without_consent: int


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """A file somebody handed in. `is_kept`: its rows can still be registered."""

    id: UUID
    body_code: str
    body_names: dict[str, str]
    uploaded_at: datetime
    committed_at: datetime | None
    is_kept: bool
    report: ImportReport


def names_of(said: Any) -> dict[str, str]:
    """The spellings of a whole name that a member or a row has."""
    spelled = {
        "name": said.family_name + said.given_name,
        "kana": said.family_kana + said.given_kana,
        "latin": (said.latin_name or "").lower(),
    }
    return {kind: text.replace(" ", "") for kind, text in spelled.items() if text}


def fault(row: int, column: str, refusal: Refusal) -> Fault:
    """A refusal at a cell."""
    days = {name: value.isoformat() for name, value in refusal.params.items() if isinstance(value, date)}
    params = {**refusal.params, **days}
    return Fault(row=row, column=column, sentence=refusal.sentence, params=params, days=tuple(days))
