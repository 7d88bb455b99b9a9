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
