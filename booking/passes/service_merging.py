"""Two records of one person become one: the second's cards are revoked, and what they did at a door is the first's."""

from uuid import UUID

from booking.access.schemas import Actor
from booking.kit import clock, db

REASON = "merged"
_REVOKE = """
update pass set revoked_at = $2, revoked_by = $3, revoked_reason = $4 where member = $1 and revoked_at is null"""


async def merge_passes(by: Actor, kept_id: UUID, gone_id: UUID) -> None:
    """Revoke the second's pass and keep it as the first's: what a kiosk records with it later is theirs. A card that is
    lent goes on standing for them.
    """
    await db.execute(_REVOKE, gone_id, clock.now(), by.id, REASON)
    for table in ("pass", "card_loan"):
        await db.execute(f"update {table} set member = $1 where member = $2", kept_id, gone_id)
