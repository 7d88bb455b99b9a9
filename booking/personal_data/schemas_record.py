"""The 個人情報ファイル簿 as it crosses a door."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec


class Part(StrEnum):
    """What the register says of the file in a body's own words."""

    NAME = "name"
    OFFICE = "office"
    PURPOSE = "purpose"
    SCOPE = "scope"
    COLLECTION = "collection"
    RECIPIENTS = "recipients"
    DESK = "desk"
    PROCEDURE = "procedure"
    RETENTION = "retention"
    NOTE = "note"


class RecordPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part with its title, and the words that stand there until a body writes its own."""

    code: Part
    title: str
    shipped: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """An item that is kept: its name in the register, and the columns it stands for."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    is_sensitive: bool = False


class PartText(msgspec.Struct, frozen=True, kw_only=True):
    """What a body says in one part. `provisional`: nobody has written it yet."""

    code: Part
    title: str
    texts: dict[str, str]
    provisional: bool
    author: str | None = None
    made_at: datetime | None = None


class FileRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The register of one body. `terms`: how long which data are kept; `reaches_threshold`: 1,000 persons or more."""

    body: str
    names: dict[str, str]
    parts: list[PartText]
    items: list[str]
    terms: list[str]
    is_sensitive: bool
    reaches_threshold: bool

    @property
    def is_provisional(self) -> bool:
        """Whether a part still waits for the body's own words."""
        return any(part.provisional for part in self.parts)

    def text(self, code: Part) -> PartText:
        """One part."""
        return next(part for part in self.parts if part.code == code)


class FileRecordPage(msgspec.Struct, frozen=True, kw_only=True):
    """The registers of the bodies."""

    items: list[FileRecord]
    next_cursor: str | None = None


class PartForm(msgspec.Struct, kw_only=True):
    """A part in a body's own words; `texts` in the order of the other languages."""

    text: str
    texts: list[str] = []
