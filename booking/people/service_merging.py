"""Two records of one person become one: what this room knows of the second moves to the first.

Within the caller's transaction, which has locked both members. The second is deleted; its number still leads here.
"""

from uuid import UUID

from booking.access.schemas import Actor
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import queries_merging, queries_staff
from booking.people.rules_merging import rights_after

_KEYS = """
with pair as (
  select mine.key as kept, theirs.key as gone, theirs.id from person_key mine
    join person_key theirs on theirs.fiscal_year = mine.fiscal_year and theirs.member = $2
   where mine.member = $1),
forgotten as (delete from person_key where id in (select id from pair)),
moved as (update person_key set member = $1 where member = $2 and id not in (select id from pair))
select gone, kept from pair"""
_FACTS = """
update member set birth_on = coalesce(member.birth_on, gone.birth_on),
  municipality = coalesce(member.municipality, gone.municipality),
  school_name = coalesce(member.school_name, gone.school_name),
  assistance = coalesce(member.assistance, gone.assistance),
  latin_name = coalesce(member.latin_name, gone.latin_name),
  family_kana = case when member.family_kana = '' and member.given_kana = '' then gone.family_kana
    else member.family_kana end,
  given_kana = case when member.family_kana = '' and member.given_kana = '' then gone.given_kana
    else member.given_kana end,
  grade_override = case when member.birth_on is null and member.grade_override is null then gone.grade_override
    else member.grade_override end,
  grade_override_year = case when member.birth_on is null and member.grade_override is null
    then gone.grade_override_year else member.grade_override_year end,
  seen_at_desk_at = least(member.seen_at_desk_at, gone.seen_at_desk_at),
  created_at = least(member.created_at, gone.created_at)
from member gone where member.id = $1 and gone.id = $2"""
# Of two live registrations with one body the one that somebody agreed to stays, else the older; it counts from the
# earlier day on.
_REGISTRATIONS = """
with pair as (
  select mine.id as mine, theirs.id as theirs, least(mine.registered_at, theirs.registered_at) as since,
    case when mine.consented_at is null and theirs.consented_at is not null then theirs.id
         when theirs.consented_at is null and mine.consented_at is not null then mine.id
         when theirs.registered_at < mine.registered_at then theirs.id else mine.id end as stays
  from registration mine join registration theirs on theirs.body = mine.body and theirs.ended_at is null
   and theirs.member = $2
  where mine.member = $1 and mine.ended_at is null),
dropped as (
  delete from registration where id in (select case when stays = mine then theirs else mine end from pair)
  returning id)
update registration set registered_at = pair.since from pair
 where registration.id = pair.stays and (select count(*) from dropped) >= 0"""
_QUALIFICATIONS = """
with pair as (
  select mine.id, theirs.id as dropped, theirs.valid_from_on, theirs.valid_until_on from member_qualification mine
    join member_qualification theirs on theirs.qualification = mine.qualification and theirs.member = $2
     and theirs.revoked_at is null
   where mine.member = $1 and mine.revoked_at is null),
longer as (
  update member_qualification held set valid_from_on = least(held.valid_from_on, pair.valid_from_on),
    valid_until_on = case when held.valid_until_on is null or pair.valid_until_on is null then null
      else greatest(held.valid_until_on, pair.valid_until_on) end
  from pair where held.id = pair.id)
delete from member_qualification where id in (select dropped from pair)"""
_CONTACTS = """
delete from emergency_contact theirs where theirs.member = $2
   and exists (select 1 from emergency_contact mine where mine.member = $1 and mine.phone = theirs.phone)"""
_RANKS = """
update emergency_contact set member = $1,
  rank = rank + (select coalesce(max(rank), 0) from emergency_contact where member = $1) where member = $2"""
_CHOICES = """
delete from notice_choice theirs where theirs.member = $2
   and exists (select 1 from notice_choice mine where mine.member = $1 and mine.account = theirs.account
                and mine.topic = theirs.topic)"""
_NOTES = (
    "delete from member_resemblance where member in ($1, $2) and resembles in ($1, $2)",
    "delete from member_resemblance theirs where theirs.member = $2 and exists (select 1 from member_resemblance mine"
    " where mine.member = $1 and mine.resembles = theirs.resembles)",
    "delete from member_resemblance theirs where theirs.resembles = $2 and exists (select 1 from member_resemblance"
    " mine where mine.resembles = $1 and mine.member = theirs.member)",
    "update member_resemblance set member = $1 where member = $2",
    "update member_resemblance set resembles = $1 where resembles = $2",
)
_MOVED = ("member_merged", "member_qualification", "notice_choice", "registration")
_DROPPED = ("guardian_invite", "guardianship", "member_disclosure", "person_key", "protected_viewer")
_FORMER = """
insert into member_merged (id, member, former, number, merged_at, merged_by)
select $3, $1, gone.id, gone.number, $4, $5 from member gone where gone.id = $2"""


async def merge_keys(kept_id: UUID, gone_id: UUID) -> dict[UUID, UUID]:
    """The keys under which the second was counted go to the first; of a year both were counted in the second's is
    forgotten. Which key its visits are counted under instead.
    """
    return {row["gone"]: row["kept"] for row in await db.fetch(_KEYS, kept_id, gone_id)}


async def merge_members(by: Actor, kept_id: UUID, gone_id: UUID) -> UUID | None:
    """Move what is known of the second to the first and delete it. The account of its printed card, which goes too."""
    card = await queries_staff.find_card_account(gone_id)
    await _merge_rights(kept_id, gone_id)
    for statement in (_FACTS, _REGISTRATIONS, _QUALIFICATIONS, _CONTACTS, _RANKS, _CHOICES, *_NOTES):
        await db.execute(statement, kept_id, gone_id)
    await db.execute(_FORMER, kept_id, gone_id, new_id(), clock.now(), by.id)
    for table in _MOVED:
        await db.execute(f"update {table} set member = $1 where member = $2", kept_id, gone_id)
    for table in _DROPPED:
        await db.execute(f"delete from {table} where member = $1", gone_id)
    await db.execute("delete from member where id = $1", gone_id)
    return card


async def _merge_rights(kept_id: UUID, gone_id: UUID) -> None:
    """Write what `rights_after` says; an account taken off one of the two is off the one that stays."""
    kept, gone = await queries_merging.list_rights(kept_id), await queries_merging.list_rights(gone_id)
    mine, theirs = {one.account_id: one for one in kept}, {one.account_id: one for one in gone}
    for one in rights_after(kept, gone):
        row = mine.get(one.account_id) or theirs[one.account_id]
        await db.execute(
            "update guardianship set member = $2, may_consent = $3, may_book = $4, is_told = $5,"
            " state = case when $6 then 'confirmed' else state end,"
            " confirmed_at = case when $6 then coalesce(confirmed_at, $8) else confirmed_at end,"
            " ended_at = case when $7 then coalesce(ended_at, $8) else ended_at end where id = $1",
            *(row.id, kept_id, one.may_consent, one.may_book, one.is_told, one.is_confirmed, one.is_lost, clock.now()),
        )
    taken_off = [one.id for one in gone if one.is_ended and not one.is_card and one.account_id not in mine]
    await db.execute("update guardianship set member = $1 where id = any($2)", kept_id, taken_off)
