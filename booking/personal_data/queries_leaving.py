"""Whom one account acts for, and who else does."""

from uuid import UUID

from booking.kit import clock, db
from booking.personal_data.schemas_leaving import ActedFor

# Somebody else who acts for a member: seen by the desk with them, not a card, and seeing a protected one.
_ACTED_FOR = """
select member.id as member_id, member.household as household_id, member.is_protected,
  not member.is_protected or exists (select 1 from protected_viewer named where named.member = member.id
    and named.account = $1 and named.ended_at is null) as sees,
  (select other.account from guardianship other join account on account.id = other.account
    where other.member = member.id and other.account <> $1 and other.ended_at is null and other.state = 'confirmed'
      and account.kind <> 'card' and account.disabled_at is null
      and (not member.is_protected or exists (select 1 from protected_viewer named where named.member = member.id
            and named.account = other.account and named.ended_at is null))
    order by other.created_at, other.id limit 1) as next_id
  from guardianship mine join member on member.id = mine.member and member.left_at is null
 where mine.account = $1 and mine.ended_at is null order by member.created_at, member.id"""
_ASKED = """
select exists (select 1 from group_request where account = $1
  and state in ('asked', 'countered', 'approved', 'displaced') and coalesce(visit_on, $2) >= $2)"""
_OF_STAFF = """
select exists (select 1 from account where id = $1 and kind <> 'resident')
  or exists (select 1 from role_grant where account = $1)"""


async def list_acted_for(account_id: UUID) -> list[ActedFor]:
    """The members an account acts for, also protected ones it does not see."""
    return [ActedFor(**row) for row in await db.fetch(_ACTED_FOR, account_id)]


async def has_asked_for_a_visit(account_id: UUID) -> bool:
    """Whether a group visit that this account asked for is still to come."""
    return bool(await db.fetchval(_ASKED, account_id, clock.today()))


async def is_of_staff(account_id: UUID) -> bool:
    """Whether an account is not a resident's, or has ever had a role."""
    return bool(await db.fetchval(_OF_STAFF, account_id))


async def list_addresses(account_id: UUID) -> list[str]:
    """The mail address of an account, if it has one."""
    rows = await db.fetch("select email from account where id = $1 and email is not null", account_id)
    return [row["email"] for row in rows]
