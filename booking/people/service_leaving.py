"""A household whose only account goes: its members live on where somebody else is reached, or with no telephone."""

from collections.abc import Mapping
from uuid import UUID

from booking.kit import clock, db
from booking.people import queries, rules
from booking.people import service_records as records

_HOMES = """
select mine.household, household.phone from household_account mine join household on household.id = mine.household
 where mine.account = $1 and not exists (
   select 1 from household_account other join account on account.id = other.account
    where other.household = mine.household and other.account <> $1 and other.ended_at is null
      and account.kind <> 'card')"""
_CARDS = """
update household_account set household = $2 where ended_at is null and account in (
  select guardianship.account from guardianship join account on account.id = guardianship.account
   where guardianship.member = any($1) and guardianship.ended_at is null and account.kind = 'card')"""
# The one number there is to call about a child stays.
_CONTACTS = """
delete from emergency_contact mine where mine.member = $1 and mine.phone = $2
   and ($3 or exists (select 1 from emergency_contact other where other.member = $1 and other.phone <> $2))"""


async def move_out(account_id: UUID, next_by_member: Mapping[UUID, UUID | None]) -> set[UUID]:
    """Take the members out of the household that only this account shared: to whoever acts for each besides, else into
    one without a telephone, for the desk to ask. Nobody rings the number of who has gone. The households left.

    Within the caller's transaction, which has locked the members.
    """
    left = set()
    for home in await db.fetch(_HOMES, account_id):
        left.add(home["household"])
        rows = await db.fetch("select id from member where household = $1", home["household"])
        for member_id in (row["id"] for row in rows if row["id"] in next_by_member):
            next_id = next_by_member[member_id]
            household = await _new_home(next_id)
            await db.execute("update member set household = $2 where id = $1", member_id, household)
            await db.execute(_CARDS, [member_id], household)
            await db.execute(_CONTACTS, member_id, home["phone"], next_id is not None)
        await db.execute("update household set phone = '' where id = $1", home["household"])
    return left


async def _new_home(account_id: UUID | None) -> UUID:
    found = await queries.find_household_of(account_id) if account_id is not None else None
    if found is not None and found.role == rules.HouseholdRole.GUARDIAN:
        return found.id
    return await records.insert_household("", rules.Preferred.PHONE, "ja")


async def end_invitations(account_id: UUID) -> None:
    """Nobody becomes a guardian any more by what an account has sent. Safe: repeated."""
    await db.execute(
        "update guardian_invite set expires_at = least(expires_at, $2) where made_by = $1 and used_at is null",
        *(account_id, clock.now()),
    )
