"""What crosses the doors of no-shows and points."""

from datetime import datetime
from uuid import UUID

import msgspec


class RuleView(msgspec.Struct, frozen=True, kw_only=True):
    """How a body counts seats that were not used; off where it has decided nothing."""

    body_code: str
    body_name: str
    is_on: bool = False
    counts_minors: bool = False
    no_show_points: int = 2
    late_cancel_points: int = 1
    late_cancel_minutes: int = 60
    limit_points: int = 4
    counted_days: int = 90
    pause_days: int = 30


class RuleForm(msgspec.Struct, kw_only=True):
    """The same as a body's administrator types it."""

    is_on: bool
    counts_minors: bool
    no_show_points: str
    late_cancel_points: str
    late_cancel_minutes: str
    limit_points: str
    counted_days: str
    pause_days: str


class Unused(msgspec.Struct, frozen=True, kw_only=True):
    """A seat that was not used, or given back late, and the points it cost; for the staff of that place."""

    reservation_id: UUID
    member_id: UUID
    member_name: str
    member_number: str
    program_name: str
    facility_code: str
    facility_name: str
    starts_at: datetime
    state: str
    happened_at: datetime
    point_id: UUID | None
    points: int | None
    reason: str | None
    taken_back_at: datetime | None
    paused_until: datetime | None = None
