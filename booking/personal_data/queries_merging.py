"""What two records of one person have in common."""

from datetime import date
from uuid import UUID

from booking.kit import db

_SHARED = """
select distinct mine.facility, mine.visited_on from visit mine
  join visit theirs on theirs.facility = mine.facility and theirs.visited_on = mine.visited_on
   and theirs.member = $2 and theirs.voided_at is null and theirs.kind = 'member'
 where mine.member = $1 and mine.voided_at is null and mine.kind = 'member' order by 2, 1"""


async def list_shared_days(kept_id: UUID, gone_id: UUID) -> list[tuple[UUID, date]]:
    """The facility-days on which both came."""
    return [(row["facility"], row["visited_on"]) for row in await db.fetch(_SHARED, kept_id, gone_id)]


async def list_days(member_id: UUID) -> list[date]:
    """The days on which a member came somewhere."""
    asked = "select distinct visited_on from visit where member = $1 and voided_at is null order by 1"
    return [row["visited_on"] for row in await db.fetch(asked, member_id)]


async def read_keys(kept_id: UUID, gone_id: UUID) -> dict[UUID, UUID]:
    """Under which key visits of the second will be counted, for the years in which both have one."""
    rows = await db.fetch(
        "select theirs.key as gone, mine.key as kept from person_key mine"
        " join person_key theirs on theirs.fiscal_year = mine.fiscal_year and theirs.member = $2"
        " where mine.member = $1",
        *(kept_id, gone_id),
    )
    return {row["gone"]: row["kept"] for row in rows}


async def count_inside(kept_id: UUID, gone_id: UUID) -> int:
    """How many of the two are in a building."""
    asked = "select count(*) from visit where member = any($1) and left_at is null and voided_at is null"
    return int(await db.fetchval(asked, [kept_id, gone_id]))


async def list_alike(member_id: UUID) -> list[UUID]:
    """Who may be the same person as a member, as open notes to staff say."""
    rows = await db.fetch(
        "select case when member = $1 then resembles else member end as other from member_resemblance"
        " where $1 in (member, resembles) and settled_at is null order by noticed_at desc",
        member_id,
    )
    return list(dict.fromkeys(row["other"] for row in rows))
