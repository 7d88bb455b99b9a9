"""What crosses the door when a device becomes a kiosk, and a kiosk as the rooms above and staff see it."""

from datetime import datetime
from typing import Annotated, Any
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


class KioskIdentity(Struct, frozen=True, kw_only=True):
    """A kiosk that has shown a good token."""

    id: UUID
    name: str
    direction: str
    language: str
    verdict_seconds: int
    facility_ids: tuple[UUID, ...]
    facility_codes: tuple[str, ...]


class KioskView(Struct, frozen=True, kw_only=True):
    """A kiosk as staff see it. Units: `clock_offset_ms` is how far it is behind the service's clock."""

    id: UUID
    name: str
    direction: str
    language: str
    verdict_seconds: int
    facility_codes: tuple[str, ...]
    facility_names: tuple[str, ...]
    body_codes: tuple[str, ...]
    paired_at: datetime | None
    revoked_at: datetime | None
    seen_at: datetime | None
    app_version: str | None
    queue_length: int | None
    clock_offset_ms: int | None
    storage_persisted: bool
    has_staff_pin: bool
    report: dict[str, Any]

    @property
    def scopes(self) -> tuple[str, ...]:
        """Codes of which one must be in a grant."""
        return self.facility_codes + self.body_codes


class NewKiosk(Struct, frozen=True, kw_only=True):
    """A kiosk with the code that pairs its device and, just put on the register, the number for its staff menu."""

    kiosk_id: UUID
    code: str
    expires_at: datetime
    staff_pin: str | None = None


class FaultView(Struct, frozen=True, kw_only=True):
    """Something that was, or while `ended_at` is empty is, wrong with a kiosk."""

    kiosk_id: UUID
    kiosk_name: str
    code: str
    began_at: datetime
    ended_at: datetime | None


class StaffLock(Struct, frozen=True, kw_only=True):
    """What a kiosk's staff sheet is sealed with."""

    pin: str
    salt: str


class KioskBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What staff say of a kiosk through the API."""

    name: str
    facilities: list[str]
    direction: str = "auto"


class KioskReport(Struct, frozen=True, kw_only=True):
    """What a kiosk says of itself with each heartbeat."""

    version: str
    queue_length: int
    clock_offset_ms: int
    last_seq: int
    is_storage_persistent: bool
    parked: int
    camera: str
    storage_used_mb: int | None = None
    storage_quota_mb: int | None = None
    faults: tuple[str, ...] = ()
