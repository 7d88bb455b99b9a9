"""Group visits that came: how many, and how many of them showed a pass of their own."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from booking.kit import db


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a group came: `heads` counted as a group, `members` of it counted by their own visits."""

    heads: int
    members: int

    @property
    def people(self) -> int:
        """All of them."""
        return self.heads + self.members


async def sum_arrivals(request_ids: Iterable[UUID]) -> dict[UUID, Came]:
    """What was counted of each group; nothing for one that has not come. A voided count counts no more."""
    rows = await db.fetch(
        "select a.request, sum(scan.heads)::int as heads, sum(a.members)::int as members from group_arrival a"
        " join scan on scan.id = a.scan join visit on visit.entry_scan = scan.id and visit.voided_at is null"
        " where a.request = any($1) group by a.request",
        list(request_ids),
    )
    return {row["request"]: Came(heads=row["heads"], members=row["members"]) for row in rows}
