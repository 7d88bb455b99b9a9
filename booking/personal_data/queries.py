"""What is kept about a person, over all rooms."""

from collections.abc import Iterable
from uuid import UUID

from booking.kit import clock, db
from booking.personal_data.schemas import Kept, Leaving

_KEPT = """
select (select count(*) from visit where member = any($1)) as visits,
  (select count(*) from reservation where member = any($1)) as bookings,
  (select count(*) from pass where member = any($1)) as passes,
  (select count(*) from message where about && $2::text[]) as messages"""
_FAMILY = """
select other.id from member mine join member other on other.household = mine.household where mine.id = any($1)
union
select other.member from guardianship mine join guardianship other on other.account = mine.account
 where mine.member = any($1)"""
_LEAVING = """
select account.id, account.email from account
 where account.kind <> 'staff'
   and (exists (select 1 from guardianship held where held.account = account.id and held.member = any($1))
     or exists (select 1 from household_account here join member on member.household = here.household
                 where here.account = account.id and member.id = any($1)))
   and not exists (select 1 from guardianship held where held.account = account.id and held.ended_at is null
                    and held.member <> all($1))
   and not exists (select 1 from household_account here join member on member.household = here.household
                    where here.account = account.id and here.ended_at is null and member.id <> all($1))
   and not exists (select 1 from registration where registration.consented_by = account.id
                    and registration.ended_at is null and registration.member <> all($1))
   and not exists (select 1 from role_grant where role_grant.account = account.id)
   and not exists (select 1 from group_request asked where asked.account = account.id
                    and asked.state in ('asked', 'countered', 'approved', 'displaced')
                    and coalesce(asked.visit_on, $2) >= $2)
 order by account.id"""


async def list_home(member_id: UUID) -> list[UUID]:
    """Everybody of a member's household, those who have left too."""
    rows = await db.fetch(
        "select other.id from member mine join member other on other.household = mine.household"
        " where mine.id = $1 order by other.id",
        member_id,
    )
    return [row["id"] for row in rows]


async def count_kept(member_ids: Iterable[UUID]) -> Kept:
    """How much there is of these members."""
    members = list(member_ids)
    return Kept(**dict(await db.fetchrow(_KEPT, members, [str(one) for one in members]) or {}))


async def is_anybody_inside(member_ids: Iterable[UUID]) -> bool:
    """Whether one of these members is in a building."""
    asked = "select exists (select 1 from visit where member = any($1) and left_at is null and voided_at is null)"
    return bool(await db.fetchval(asked, list(member_ids)))


async def list_family(member_ids: Iterable[UUID]) -> list[UUID]:
    """Everybody who lives with these members or shares a guardian with them."""
    return [row["id"] for row in await db.fetch(_FAMILY, list(member_ids))]


async def list_leaving(member_ids: Iterable[UUID]) -> list[Leaving]:
    """The accounts that would be left with nobody to act for, and nothing to answer for."""
    return [Leaving(**row) for row in await db.fetch(_LEAVING, list(member_ids), clock.today())]


async def list_over(member_ids: Iterable[UUID], bodies: Iterable[str]) -> set[UUID]:
    """Those of the members whom no body has registered any more and one of these had; of a protected one nobody is
    told.
    """
    rows = await db.fetch(
        "select distinct member.id from member join registration on registration.member = member.id"
        "  join body on body.id = registration.body and body.code = any($2)"
        " where member.id = any($1) and not member.is_protected and not exists ("
        "   select 1 from registration live where live.member = member.id and live.ended_at is null)",
        *(list(member_ids), list(bodies)),
    )
    return {row["id"] for row in rows}
