"""What is left of somebody's visits when they are erased: what a published table counts, under a key of nobody.

Neither a figure nor a distribution changes: they count `person_key`, which stays, and know no member.
"""

from collections.abc import Iterable
from datetime import datetime
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
_NOBODYS = """
update scan set member = null, pass_id = null, answers = '{}', answer = answer - 'name' - 'choices' - 'sentence'"""
_SCANS = f"{_NOBODYS} where member = any($1)"
_VISITS = """
with gone as (
  update visit set member = null, reservation = null, party = null, grade = null where member = any($1)
  returning left_at is null and voided_at is null as is_inside)
select count(*) filter (where is_inside) from gone"""
_FAMILY = "update scan set answer = answer - 'choices' where member = any($1) and answer ? 'choices'"


async def erase_visits(member_ids: Iterable[UUID], family_ids: Iterable[UUID]) -> int:
    """Take these members out of every scan, visit, turn and flag, in a transaction that has locked them; how many of
    them are inside, who came in since the caller looked, so that nothing of it may be kept.

    `family_ids`: whose scans a kiosk may have answered with a choice among the family, by name. Safe: repeated.
    """
    members, now = list(member_ids), clock.now()
    await db.execute(_CORRECTIONS, members)
    await db.execute(_TURNS, members, now)
    await db.execute(_FLAGS, members, now)
    await db.execute(_FAMILY, list(family_ids))
    await db.execute(_SCANS, members)
    inside: int = await db.fetchval(_VISITS, members)
    for table in ("kiosk_member", "kiosk_member_former"):
        await db.execute(f"delete from {table} where member = any($1)", members)
    return inside


_OLD_SCANS = f"""{_NOBODYS}
where id in (select scan.id from scan join facility on facility.id = scan.facility join body on body.id = facility.body
  where scan.member is not null and scan.happened_at < $1 and body.code = $2 limit $3)"""
_OLD_FLAGS = """
update door_flag set member = null, detail = '{}' where member is not null and raised_at < $1
  and facility in (select facility.id from facility join body on body.id = facility.body where body.code = $2)"""
_OLD_TURNS = """
update turn set member = null where member is not null and taken_at < $1
  and facility in (select facility.id from facility join body on body.id = facility.body where body.code = $2)"""


async def forget_doors(body_code: str, before: datetime, limit: int) -> int:
    """Let old scans, flags and turns at a body's places be nobody's; how many scans. What a visit counts by is copied
    into it, and no figure looks at a scan. Safe: repeated.
    """
    await db.execute(_OLD_FLAGS, before, body_code)
    await db.execute(_OLD_TURNS, before, body_code)
    done = await db.execute(_OLD_SCANS, before, body_code, limit)
    return int(done.rpartition(" ")[2])
