"""What is left of somebody's passes when they are erased: that the cards are revoked, for the doors."""

from collections.abc import Iterable
from uuid import UUID

from booking.kit import clock, db

_PASSES = """
update pass set member = null, issued_by = null, revoked_by = null, revoked_reason = null,
  revoked_at = coalesce(revoked_at, $2) where member = any($1)"""


async def erase_passes(member_ids: Iterable[UUID]) -> None:
    """Revoke every pass of these members and keep it as nobody's; what was lent to them is not lent any more.

    A kiosk lets in a valid signature that it does not know: a pass that was merely gone would open the door again.
    Safe: repeated.
    """
    members = list(member_ids)
    await db.execute("delete from card_loan where member = any($1)", members)
    await db.execute(_PASSES, members, clock.now())
