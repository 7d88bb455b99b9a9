"""What crosses the door when a device becomes a kiosk."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct


class PairRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The code that staff read out: two groups of four characters; case and separators do not matter."""

    code: Annotated[str, Meta(min_length=1, max_length=32)]


class Paired(Struct, frozen=True, kw_only=True):
    """The answer to a good pairing code. `token` is shown this once and authenticates the kiosk from now on."""

    kiosk_id: UUID
    token: str
    facilities: tuple[str, ...]
