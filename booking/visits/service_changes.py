"""Which facility-days changed: noted by whoever changes a visit, and counted again first by the figure (`kpi`), then by
the history (`occupancy`), each when it likes."""

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


async def hand_on_changes(ids: Sequence[int]) -> None:
    """Hand on exactly the changes the figure has counted, within the transaction that counted them."""
    await db.execute(
        """with counted as (delete from visit_change where id = any($1::bigint[]) returning facility_id, visited_on)
           insert into visit_change_kept (facility_id, visited_on)
           select distinct facility_id, visited_on from counted""",
        ids,
    )


async def forget_changes(ids: Sequence[int]) -> None:
    """Delete exactly the changes the history has counted too, within the transaction that counted them."""
    await db.execute("delete from visit_change_kept where id = any($1::bigint[])", ids)
