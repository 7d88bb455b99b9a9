"""What the API of people takes and gives."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

Line = Annotated[str, msgspec.Meta(max_length=200)]
Note = Annotated[str, msgspec.Meta(max_length=2000)]


class ContactItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a household is reached. `relation`: what the asking guardian is to the member."""

    phone: Line = ""
    relation: Line = ""
    preferred: Line = ""
    language: Line = ""


class EmergencyItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to call in an emergency."""

    name: Line = ""
    relation: Line = ""
    phone: Line = ""


class ConsentBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Agreement with the text of a body that was read; at the desk `agreed` says that the signed paper is there."""

    body: Line = ""
    text_id: UUID | None = None
    agreed: bool = False


class NewMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member to register. Residents give everything that is needed; staff name, grade or birth, and a telephone."""

    family_name: Line = ""
    given_name: Line = ""
    family_kana: Line = ""
    given_kana: Line = ""
    latin_name: Line = ""
    shown_name: Line = ""
    birth_on: Line = ""
    grade: int | None = None
    municipality: Line = ""
    school_name: Line = ""
    assistance: Note = ""
    as_self: bool = False
    contact: ContactItem = ContactItem()
    emergency_contacts: Annotated[list[EmergencyItem], msgspec.Meta(max_length=10)] = []
    consent: ConsentBody = ConsentBody()


class MemberPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change; what is left out stays. `grade` is for staff; null follows the day of birth."""

    family_name: Line | msgspec.UnsetType = msgspec.UNSET
    given_name: Line | msgspec.UnsetType = msgspec.UNSET
    family_kana: Line | msgspec.UnsetType = msgspec.UNSET
    given_kana: Line | msgspec.UnsetType = msgspec.UNSET
    latin_name: Line | msgspec.UnsetType | None = msgspec.UNSET
    shown_name: Line | msgspec.UnsetType = msgspec.UNSET
    birth_on: Line | msgspec.UnsetType = msgspec.UNSET
    municipality: Line | msgspec.UnsetType = msgspec.UNSET
    school_name: Line | msgspec.UnsetType | None = msgspec.UNSET
    assistance: Note | msgspec.UnsetType | None = msgspec.UNSET
    grade: int | msgspec.UnsetType | None = msgspec.UNSET
    contact: ContactItem | msgspec.UnsetType = msgspec.UNSET
    emergency_contacts: Annotated[list[EmergencyItem], msgspec.Meta(max_length=10)] | msgspec.UnsetType = msgspec.UNSET


class HouseholdBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who signs in, and how the household is reached."""

    name: Line = ""
    phone: Line = ""
    preferred: Line = ""
    language: Line = ""
    role: Line = ""


class HouseholdItem(msgspec.Struct, frozen=True, kw_only=True):
    """The household of whoever asks."""

    id: UUID
    name: str
    phone: str
    preferred: str
    language: str
    role: str


class RightsItem(msgspec.Struct, frozen=True, kw_only=True):
    """What the asking guardian may do for the member."""

    may_consent: bool
    may_book: bool
    is_told: bool
    is_confirmed: bool


class MemberItem(msgspec.Struct, frozen=True, kw_only=True):
    """A member. `contact` is null where it is not for whoever asks; `rights` is null for staff."""

    id: UUID
    number: str
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    latin_name: str | None
    shown_name: str
    birth_on: date | None
    grade: int | None
    school_stage: str
    municipality: str | None
    school_name: str | None
    assistance: str | None
    bodies: list[str]
    contact: ContactItem | None
    emergency_contacts: list[EmergencyItem]
    rights: RightsItem | None


class MemberPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of members."""

    items: list[MemberItem]
    next_cursor: str | None = None


class ConsentTextItem(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a body in force. The Japanese text counts."""

    id: UUID
    body: str
    body_name: str
    version: int
    text: str
    text_ja: str
    guardian_below_years: int
    provisional: bool


class ConsentTextPage(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of all bodies."""

    items: list[ConsentTextItem]
    next_cursor: str | None = None
