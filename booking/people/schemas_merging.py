"""Who acts for a person kept in two records, before and after they become one."""

from uuid import UUID

import msgspec


class HeldRights(msgspec.Struct, frozen=True, kw_only=True):
    """What one account may do, or could do until it was taken off, for one of the two records."""

    id: UUID
    account_id: UUID
    name: str
    email: str | None
    relation: str
    may_consent: bool
    may_book: bool
    is_told: bool
    is_confirmed: bool
    is_ended: bool
    is_card: bool


class RightsAfter(msgspec.Struct, frozen=True, kw_only=True):
    """What an account may do for the one record. `saw_kept` and `saw_gone`: what it sees of them today.

    `is_lost`: it acts for one of them today, and was taken off the other: it is off the one that stays.
    """

    account_id: UUID
    name: str
    email: str | None
    relation: str
    may_consent: bool
    may_book: bool
    is_told: bool
    is_confirmed: bool
    saw_kept: bool
    saw_gone: bool
    is_lost: bool
