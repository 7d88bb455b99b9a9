"""Group visits that came: how many, and how many of them showed a pass of their own."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec

from booking.kit import db
from booking.visits.schemas_facts import GroupFact


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


_GROUPS = """
select r.id, r.facility, r.visit_on, r.door_code, r.organisation,
       r.adults + coalesce((select sum(value::int) from jsonb_each_text(r.pupils)), 0)::int as expected,
       coalesce(sum(v.heads), 0)::int as came, coalesce(sum(v.heads) filter (where v.left_at is null), 0)::int as inside
  from group_request r
  left join group_arrival a on a.request = r.id
  left join visit v on v.entry_scan = a.scan and v.voided_at is null
 where r.facility = any($1) and r.visit_on = any($2) and r.state = 'approved' and r.door_code is not null
 group by r.id"""


async def list_groups(facility_ids: Iterable[UUID], days: Sequence[date]) -> tuple[GroupFact, ...]:
    """The group visits of some days with their codes, and how many of each were counted and are inside."""
    rows = await db.fetch(_GROUPS, list(facility_ids), list(days))
    return tuple(msgspec.convert(dict(row), GroupFact) for row in rows)
