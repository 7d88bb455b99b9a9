"""What a pass code carries, and the keys it is checked with."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct


class PassClaims(Struct, frozen=True):
    """What a pass says: its key, its id and when it holds. Whole seconds; `valid_until` is exclusive."""

    kid: int
    pass_id: UUID
    valid_from: datetime
    valid_until: datetime


class DecodedPass(Struct, frozen=True):
    """A code that could be read. Nothing in it is to be believed before `rules.verify`."""

    claims: PassClaims
    signed: bytes
    signature: bytes


class VerifyingKey(Struct, frozen=True):
    """A public signing key: 32 raw bytes."""

    public_key: bytes
    state: Literal["current", "retired", "revoked"] = "current"


class KeyView(Struct, frozen=True):
    """A signing key as kiosks get it: `public_key` is base64url of its 32 bytes, without padding."""

    kid: int
    public_key: str
    state: Literal["current", "retired", "revoked"]


class PassRow(Struct, frozen=True, kw_only=True):
    """A pass as it is stored."""

    id: UUID
    member_id: UUID
    kid: int
    valid_from: datetime
    valid_until: datetime
    revoked_at: datetime | None = None


class PassView(Struct, frozen=True, kw_only=True):
    """A member's live pass. `token` is the text of its QR code, `number` what is typed when no camera reads it."""

    id: UUID
    member_id: UUID
    number: str
    token: str
    valid_from: datetime
    valid_until: datetime


class RevokeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a pass ends: `lost`, `seen` by somebody else, or `other`."""

    reason: Literal["lost", "seen", "other"] = "lost"


class CardView(Struct, frozen=True, kw_only=True):
    """A temporary card of a desk, and who has it now. A protected member is named neither by `name` nor by `number`."""

    id: UUID
    scope: str
    label: str
    kid: int
    valid_from: datetime
    valid_until: datetime
    revoked_at: datetime | None
    member_id: UUID | None
    number: str | None
    name: str
    lent_at: datetime | None
    until_at: datetime | None


class LoanView(Struct, frozen=True, kw_only=True):
    """A card that was lent."""

    card_id: UUID
    label: str
    member_id: UUID
    until_at: datetime


class FamilyCards(Struct, frozen=True, kw_only=True):
    """By what a member comes in and books, as the family sees it: pass, card of the day, card with a PIN."""

    pass_until: datetime | None
    lent_label: str | None
    lent_until: datetime | None
    has_pin: bool
    is_locked: bool
