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


async def hand_on_changes_of(from_on: date, until_on: date) -> int:
    """Hand on every change of a span, within the transaction that counts all of it afterwards; how many there were."""
    return int(
        await db.fetchval(
            """with counted as (
                 delete from visit_change where visited_on >= $1 and visited_on < $2 returning facility_id, visited_on),
               kept as (
                 insert into visit_change_kept (facility_id, visited_on)
                 select distinct facility_id, visited_on from counted)
               select count(*) from counted""",
            *(from_on, until_on),
        )
    )


async def forget_changes(ids: Sequence[int]) -> None:
    """Delete exactly the changes the history has counted too, within the transaction that counted them."""
    await db.execute("delete from visit_change_kept where id = any($1::bigint[])", ids)
