"""Which facility-days changed: noted by whoever changes a visit, forgotten by whoever has counted the day again."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from booking.kit import db


async def note_changes(days: Sequence[tuple[UUID, date]]) -> None:
    """Say that these facility-days changed, within the transaction that changes them."""
    await db.execute(
        "insert into visit_change (facility_id, visited_on) select * from unnest($1::uuid[], $2::date[])",
        [facility for facility, _ in days],
        [on for _, on in days],
    )


async def forget_changes(ids: Sequence[int]) -> None:
    """Delete exactly the changes that were counted, within the transaction that counted them."""
    await db.execute("delete from visit_change where id = any($1::bigint[])", ids)
