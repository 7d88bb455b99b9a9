"""What is left of somebody's visits when they are erased: what a published table counts, under a key of nobody.

Neither a figure nor a distribution changes: they count `person_key`, which stays, and know no member.
"""

from collections.abc import Iterable
from uuid import UUID

from booking.kit import clock, db

_CORRECTIONS = """
update visit_correction set reason = '' where visit in (select id from visit where member = any($1))"""
_TURNS = """
update turn set member = null, ended_at = case when state in ('waiting', 'called') then $2 else ended_at end,
  state = case when state in ('waiting', 'called') then 'given-up' else state end where member = any($1)"""
_FLAGS = """
update door_flag set member = null, detail = '{}', resolved_at = coalesce(resolved_at, $2)
where member = any($1) or visit in (select id from visit where member = any($1))
   or scan in (select id from scan where member = any($1))"""
_SCANS = """
update scan set member = null, pass_id = null, answers = '{}', answer = answer - 'name' - 'choices' - 'sentence'
where member = any($1)"""
_VISITS = "update visit set member = null, reservation = null, party = null, grade = null where member = any($1)"
_FAMILY = "update scan set answer = answer - 'choices' where member = any($1) and answer ? 'choices'"


async def erase_visits(member_ids: Iterable[UUID], family_ids: Iterable[UUID]) -> None:
    """Take these members out of every scan, visit, turn and flag, in a transaction that has locked them.

    `family_ids`: whose scans a kiosk may have answered with a choice among the family, by name. Safe: repeated.
    """
    members, now = list(member_ids), clock.now()
    await db.execute(_CORRECTIONS, members)
    await db.execute(_TURNS, members, now)
    await db.execute(_FLAGS, members, now)
    await db.execute(_FAMILY, list(family_ids))
    await db.execute(_SCANS, members)
    await db.execute(_VISITS, members)
    for table in ("kiosk_member", "kiosk_member_former"):
        await db.execute(f"delete from {table} where member = any($1)", members)
