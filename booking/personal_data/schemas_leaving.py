"""What erasing one account does to those it acts for."""

from uuid import UUID

import msgspec

from booking.people.schemas import MemberView


class ActedFor(msgspec.Struct, frozen=True, kw_only=True):
    """A member that an account acts for. `next_id`: who has acted for them longest beside it, seen by the desk."""

    member_id: UUID
    household_id: UUID
    sees: bool
    is_protected: bool
    next_id: UUID | None


class LeavingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an account acts for: those whom others look after too, and those who would have nobody."""

    account_id: UUID
    others: tuple[MemberView, ...]
    alone: tuple[MemberView, ...]
