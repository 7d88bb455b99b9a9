"""The record of one person, as it is handed over."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from booking.people.schemas import MemberView


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of what is kept: its columns with their Japanese heads, and the words for codes in them."""

    code: str
    title: str
    tables: tuple[str, ...]
    columns: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]] = {}


class Asker(StrEnum):
    """Who asks an office for the record of a person."""

    SELF = "self"
    GUARDIAN = "guardian"
    AGENT = "agent"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A member as an office answers for it. `bodies`: those of the office that have, or had, registered it; `is_over`:
    none of them has any more; `shows_facts`: what is no one body's is the office's to hand over."""

    member: MemberView
    bodies: tuple[str, ...]
    is_over: bool
    shows_facts: bool


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What is read for whom. `bodies`: whose facilities' rows (None: all); `account`: the reader's own account;
    `shows_home`: the reader lives at the household's telephone; `shows_facts`: what is no one body's is read too."""

    member_id: UUID
    bodies: list[str] | None
    account: UUID | None
    shows_home: bool
    shows_facts: bool = True


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one kind."""

    kind: Kind
    rows: list[dict[str, Any]]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The whole record. `bodies`: the names of those whose data it is; `asker` and `asked_on` of a request;
    `shows_facts` is false when what is no one body's was left out."""

    number: str
    made_at: datetime
    bodies: tuple[str, ...]
    asker: str
    asked_on: date
    parts: list[Part]
    shows_facts: bool = True


class ExportRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A request for disclosure as the office took it in: who asked, what paper was looked at, and the day."""

    asker: str
    paper: str
    asked_on: str


class NumberRequest(ExportRequest, kw_only=True, forbid_unknown_fields=True):
    """The same for whoever has this member number, also when the registration has ended."""

    number: str
