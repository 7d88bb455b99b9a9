"""What crosses the door of this room, in and out."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from booking.kit.words import say_words


class RightsView(msgspec.Struct, frozen=True, kw_only=True):
    """What one account may do for one member.

    `is_confirmed`: the desk has seen both; until then no notices and no history.
    """

    relation: str
    may_consent: bool
    may_book: bool
    is_told: bool
    is_confirmed: bool


class HeldQualification(msgspec.Struct, frozen=True, kw_only=True):
    """A qualification that a member holds from a day on, until a day that no longer counts."""

    id: UUID
    from_on: date
    until_on: date | None = None

    def counts_on(self, day: date) -> bool:
        """Whether it is held on a day."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


class QualificationView(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that staff of a body grant."""

    id: UUID
    body_code: str
    code: str
    name: str
    names: dict[str, str]


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    """A member as the rooms above know one. `grade` and `school_stage` are today's; other days through `rules`."""

    id: UUID
    number: str
    household_id: UUID
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    latin_name: str | None
    shown_name: str
    birth_on: date | None
    grade: int | None
    school_stage: str
    grade_override: int | None
    grade_override_year: int | None
    municipality_code: str | None
    municipality_name: str | None
    school_name: str | None
    assistance: str | None
    is_protected: bool
    seen_at_desk_at: datetime | None
    created_at: datetime
    left_at: datetime | None
    body_codes: tuple[str, ...]
    rights: RightsView | None = None
    held: tuple[HeldQualification, ...] = ()

    @property
    def name(self) -> str:
        """The full name, joined as DS-431 says, or the Latin one."""
        return self.latin_name or f"{self.family_name} {self.given_name}".strip()

    @property
    def kana(self) -> str:
        """The full reading; empty for a Latin name."""
        return f"{self.family_kana} {self.given_kana}".strip()


class GuardianView(msgspec.Struct, frozen=True, kw_only=True):
    """An account that acts for a member, as staff see it."""

    guardianship_id: UUID
    member_id: UUID
    account_id: UUID
    name: str
    email: str | None
    phone: str
    relation: str
    may_consent: bool
    may_book: bool
    is_told: bool
    is_confirmed: bool
    is_named: bool
    is_card: bool = False


class GuardianMark(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who acts for a member, as the others who do may know it: no name, no contact."""

    member_id: UUID
    relation: str
    is_own: bool
    is_confirmed: bool


class GuardianToTell(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a notice about a member goes to, and how. `email` is None where only telephone or letter reach the house."""

    member_id: UUID
    account_id: UUID
    relation: str
    email: str | None
    phone: str
    preferred: str
    language: str


class PhoneToCall(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to call about a member. `relation` is one of `rules.RELATIONS`, `self`, or `home` for the household's
    own telephone, which has no name.
    """

    member_id: UUID
    name: str
    relation: str
    phone: str


class HouseholdView(msgspec.Struct, frozen=True, kw_only=True):
    """The household of an account."""

    id: UUID
    phone: str
    preferred: str
    language: str
    role: str
    name: str


class ContactView(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to call in an emergency, in order of `rank`."""

    id: UUID
    member_id: UUID
    name: str
    relation: str
    phone: str
    rank: int


class ConsentTextView(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a body that is in force. `guardian_below_years`: under it somebody else must agree."""

    id: UUID
    body_id: UUID
    body_code: str
    body_name: str
    body_names: dict[str, str]
    version: int
    text_ja: str
    translations: dict[str, str]
    guardian_below_years: int
    provisional: bool

    def body(self, language: str) -> str:
        """The body's name for a reader of a language."""
        return say_words(self.body_names, language)

    def text(self, language: str) -> str:
        """The text in a language; else in English for readers of anything but Japanese; else the Japanese one, which
        counts."""
        english = None if language.startswith("ja") else self.translations.get("en")
        return self.translations.get(language) or english or self.text_ja


class RegistrationView(msgspec.Struct, frozen=True, kw_only=True):
    """A member's registration with a body."""

    id: UUID
    member_id: UUID
    body_code: str
    body_name: str
    body_names: dict[str, str]
    version: int
    on_paper: bool
    consented_by: UUID | None
    registered_at: datetime
    consented_at: datetime | None


class ResemblanceView(msgspec.Struct, frozen=True, kw_only=True):
    """Two members that may be one person: for staff only."""

    id: UUID
    member_id: UUID
    member_number: str
    resembles_id: UUID
    resembles_number: str
    noticed_at: datetime


class DisclosureView(msgspec.Struct, frozen=True, kw_only=True):
    """A request to see what is kept about a protected member."""

    id: UUID
    member_id: UUID
    member_number: str
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime
    shown_until: datetime | None


class HomeView(msgspec.Struct, frozen=True, kw_only=True):
    """How a member's household is reached, for staff. `phone` is empty while the desk still has to ask."""

    household_id: UUID
    phone: str
    preferred: str
    language: str


class HouseholdForm(msgspec.Struct, kw_only=True):
    """Who signs in: as typed."""

    name: str = ""
    phone: str = ""
    preferred: str = ""
    language: str = ""
    role: str = ""


class ContactForm(msgspec.Struct, kw_only=True):
    """An emergency contact as typed."""

    name: str = ""
    relation: str = ""
    phone: str = ""


class MemberForm(msgspec.Struct, kw_only=True):
    """A member as typed: loose texts, checked all at once. `birth_on` is YYYY-MM-DD."""

    family_name: str = ""
    given_name: str = ""
    family_kana: str = ""
    given_kana: str = ""
    latin_name: str = ""
    shown_name: str = ""
    birth_on: str = ""
    grade: str = ""
    municipality: str = ""
    school_name: str = ""
    assistance: str = ""
    relation: str = ""
    contacts: list[ContactForm] = []


class DeskForm(msgspec.Struct, kw_only=True):
    """What the desk asks of a first visitor: name and school year, a telephone, and whether the paper is signed."""

    member: MemberForm
    phone: str = ""
    language: str = "ja"
    body_code: str = ""
    is_signed: bool = False


class RightsForm(msgspec.Struct, kw_only=True, frozen=True):
    """Rights of a guardian as staff set them."""

    relation: str = ""
    may_consent: bool = False
    may_book: bool = False
    is_told: bool = False


class ConsentForm(msgspec.Struct, kw_only=True, frozen=True):
    """What somebody agreed to: the body and the id of the text they read. `on_paper`: a signed form is at the desk."""

    body_code: str = ""
    text_id: UUID | None = None
    is_agreed: bool = False
    on_paper: bool = False


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A member's own facts after checking. `grade`: the school year given where the day of birth is not known."""

    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    latin_name: str | None
    shown_name: str
    birth_on: date | None
    grade: int | None
    municipality_code: str | None
    school_name: str | None
    assistance: str | None


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody the desk is to phone, and what about. `subject` is the head of the message that could not be told."""

    id: UUID
    account_id: UUID
    name: str
    phone: str
    language: str
    reason: str
    topic: str | None
    asked_at: datetime
    done_at: datetime | None
    subject: str | None
    told_at: datetime | None
    member_ids: tuple[UUID, ...]
    is_protected: bool
