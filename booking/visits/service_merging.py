"""Two records of one person become one: every visit, scan, turn and flag of the second is the first's.

Within the caller's transaction, which has locked both members. Two visits of one day stay two rows; they count once
where a person counts once, because they have one key.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from booking.access.schemas import Actor
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.visits.service_changes import note_changes

MERGED = "merged"
"""The reason of the correction; pages and the record of a certified figure say it in words."""
_VISITS = """
update visit set member = $1, person_key = coalesce(one.kept, visit.person_key)
from visit before left join unnest($3::uuid[], $4::uuid[]) as one (gone, kept) on one.gone = before.person_key
where visit.id = before.id and before.member = $2
returning visit.id, visit.facility, visit.visited_on"""
_SEATS = """
update visit set reservation = one.kept from unnest($1::uuid[], $2::uuid[]) as one (gone, kept)
where visit.reservation = one.gone"""
_CORRECTIONS = """
insert into visit_correction (id, visit, kind, reason, by_account, made_at)
select one.id, one.visit, 'merge', $3, $4, $5 from unnest($1::uuid[], $2::uuid[]) as one (id, visit)"""
_TURNS = """
update turn set state = 'given-up', ended_at = $3 where member = $2 and state in ('waiting', 'called')
  and exists (select 1 from turn mine where mine.member = $1 and mine.facility = turn.facility
               and mine.held_on = turn.held_on and mine.state in ('waiting', 'called'))"""
_CHOICES = """
update scan set answer = replace(answer::text, $2, $3)::jsonb
where member = any($1) and answer ? 'choices' and answer::text like '%' || $2 || '%'"""
_KEYS = """
with both_known as (
  delete from kiosk_member theirs where theirs.member = $2
     and exists (select 1 from kiosk_member mine where mine.member = $1 and mine.kiosk = theirs.kiosk)
  returning theirs.id, theirs.kiosk, theirs.member_key)
insert into kiosk_member_former (id, kiosk, member, member_key) select id, kiosk, $1, member_key from both_known"""
_MOVED = ("door_flag", "kiosk_member", "kiosk_member_former", "scan", "turn")


async def merge_visits(
    by: Actor, kept_id: UUID, gone_id: UUID, keys: Mapping[UUID, UUID], *, family_ids: Iterable[UUID]
) -> int:
    """Move what happened at the doors from the second to the first; how many visits.

    `keys`: the key under which visits of the second are counted instead. `family_ids`: whose scans a kiosk may have
    answered with a choice among the family. Every facility-day it touches is counted again.
    """
    now = clock.now()
    visits = await db.fetch(_VISITS, kept_id, gone_id, list(keys), list(keys.values()))
    ids = [row["id"] for row in visits]
    await db.execute(_CORRECTIONS, [new_id() for _ in ids], ids, MERGED, by.id, now)
    await note_changes(sorted({(row["facility"], row["visited_on"]) for row in visits}))
    await db.execute(_TURNS, kept_id, gone_id, now)
    await db.execute(_CHOICES, list(family_ids), str(gone_id), str(kept_id))
    await db.execute(_KEYS, kept_id, gone_id)
    for table in _MOVED:
        await db.execute(f"update {table} set member = $1 where member = $2", kept_id, gone_id)
    return len(visits)


async def use_other_seats(seats: Mapping[UUID, UUID]) -> None:
    """Visits that used one of two seats in one session are noted at the one that stays."""
    await db.execute(_SEATS, list(seats), list(seats.values()))
