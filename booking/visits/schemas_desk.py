"""Today as the desk works on it: who is due, who is missing, whom a kiosk refused, whose turn it is."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct


class DueRow(Struct, frozen=True, kw_only=True):
    """Somebody with a seat today who has not come to it. `is_inside`: in the building for something else."""

    reservation_id: UUID
    member_id: UUID
    number: str
    name: str
    kana: str
    grade: int | None
    school_stage: str
    assistance: str | None
    state: str
    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    program_name: str
    program_names: dict[str, str]
    late_minutes: int
    is_inside: bool
    is_protected: bool


class SessionDue(Struct, frozen=True, kw_only=True):
    """The people of one session that are looked for, under its name."""

    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    program_name: str
    program_names: dict[str, str]
    people: list[DueRow]


class RefusalRow(Struct, frozen=True, kw_only=True):
    """A scan that was refused today. `came_at`: when the person came in after all."""

    id: UUID
    code: str
    sentence: str
    happened_at: datetime
    kiosk_name: str | None
    member_id: UUID | None
    number: str | None
    name: str
    came_at: datetime | None


class RefusedHour(Struct, frozen=True, kw_only=True):
    """How often one kiosk gave one refusal within one hour of the clock."""

    hour: int
    code: str
    scans: int


class RefusalSum(Struct, frozen=True, kw_only=True):
    """What one kiosk said to people nobody knows: how often, from when to when."""

    sentence: str
    kiosk_name: str | None
    times: int
    first_at: datetime
    last_at: datetime


class TurnRow(Struct, frozen=True, kw_only=True):
    """A numbered turn that is still waiting or was called."""

    id: UUID
    number: int
    state: str
    taken_at: datetime
    called_at: datetime | None
    session_id: UUID | None
    member_id: UUID | None
    member_number: str | None
    name: str
    is_protected: bool


class CorrectionRow(Struct, frozen=True, kw_only=True):
    """What was changed about a visit, when, by whom and why."""

    kind: str
    at: datetime | None
    reason: str
    made_at: datetime
    by_name: str | None
