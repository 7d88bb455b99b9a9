"""Members who are erased, and what the desk knew about them and their families."""

from collections.abc import Iterable
from uuid import UUID

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.kit.tokens import new_id

_REGISTRATIONS = """
update registration set member = null, consented_by = null, erased_as = $2, ended_at = coalesce(ended_at, $3)
where member = $1"""
_OF_MEMBER = (
    *("emergency_contact", "guardian_invite", "guardianship", "member_disclosure", "member_merged"),
    *("member_qualification", "notice_choice", "person_key", "protected_viewer"),
)
_OF_ACCOUNT = ("household_account", "notice_choice", "phone_call", "protected_viewer")
_RIGHTS = """
delete from guardianship where account = any($1) and (ended_at is not null or member = any($2)
  or exists (select 1 from member where member.id = guardianship.member and member.left_at is not null))"""
_EMPTY_HOMES = """
delete from household where id = any($1) and not exists (select 1 from member where household = household.id)
  and not exists (select 1 from household_account where household = household.id)"""
_END = """
update registration set ended_at = $3 where member = $1 and ended_at is null
  and body in (select id from body where code = any($2)) returning body"""


async def end_registrations(by: Actor, member_id: UUID, bodies: Iterable[str]) -> int:
    """End a member's registration with these bodies; how many were live. Safe: repeated."""
    codes = sorted(bodies)
    rows = await db.fetch(_END, member_id, codes, clock.now())
    if rows:
        await record_audit(by, "registration-ended", "member", member_id, scope=codes[0], reason="erased")
    return len(rows)


async def erase_members(member_ids: Iterable[UUID]) -> None:
    """Delete members, their contacts and what guardians may do, in a transaction that has locked them.

    Their registrations stay as nobody's, so that those of a past day are still counted by person; the keys under which
    their visits are counted lose their owner for good. Safe: repeated.
    """
    members, now = list(member_ids), clock.now()
    for one in members:
        await db.execute(_REGISTRATIONS, one, new_id(), now)
    for table in _OF_MEMBER:
        await db.execute(f"delete from {table} where member = any($1)", members)
    await db.execute("delete from member_resemblance where member = any($1) or resembles = any($1)", members)
    await db.execute("delete from member where id = any($1)", members)


async def erase_accounts_here(
    account_ids: Iterable[UUID], household_ids: Iterable[UUID], *, left_ids: Iterable[UUID] = ()
) -> None:
    """Forget what this room keeps of accounts, and the households that are left without anybody.

    `left_ids`: whom the accounts act for until now. Whom they came to act for since the caller looked keeps them, and
    so the account. Safe: repeated.
    """
    accounts = list(account_ids)
    await db.execute("update registration set consented_by = null where consented_by = any($1)", accounts)
    await db.execute(_RIGHTS, accounts, list(left_ids))
    for table in _OF_ACCOUNT:
        await db.execute(f"delete from {table} where account = any($1)", accounts)
    await db.execute(_EMPTY_HOMES, list(household_ids))


async def list_homes_of(account_id: UUID) -> list[UUID]:
    """The households an account has or had a place in."""
    rows = await db.fetch("select distinct household from household_account where account = $1", account_id)
    return [row["household"] for row in rows]
