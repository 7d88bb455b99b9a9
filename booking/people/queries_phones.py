"""Whom to call about members when it matters, in order."""

from collections.abc import Iterable
from uuid import UUID

from booking.kit import db
from booking.people.schemas import PhoneToCall

_PHONES = """
with live as materialized (
  select member.id as member, member.household, member.is_protected, guardianship.account, guardianship.relation,
         row_number() over (partition by member.id order by guardianship.relation = 'self',
            guardianship.state = 'confirmed' desc, guardianship.is_told desc, guardianship.may_consent desc,
            guardianship.created_at, guardianship.id) as place
    from member left join guardianship on guardianship.member = member.id and guardianship.ended_at is null
     and (guardianship.is_told or guardianship.may_consent or guardianship.relation = 'self')
     and (not member.is_protected or exists (select 1 from protected_viewer viewer where viewer.member = member.id
           and viewer.account = guardianship.account and viewer.ended_at is null))
   where member.id = any($1)),
number as (
  select live.member, 1 as kind, live.place, account.name, live.relation, household.phone
    from live join account on account.id = live.account and account.disabled_at is null
    join household_account home on home.account = account.id and home.ended_at is null
    join household on household.id = home.household
  union all
  select contact.member, 2, contact.rank, contact.name, contact.relation, contact.phone
    from emergency_contact contact join member on member.id = contact.member and not member.is_protected
   where contact.member = any($1)
  union all
  select distinct live.member, 3, 1, '', 'home', household.phone
    from live join household on household.id = live.household where not live.is_protected)
select member as member_id, (array_agg(name order by kind, place))[1] as name,
       (array_agg(relation order by kind, place))[1] as relation, phone
  from number where phone <> '' group by member, phone order by member, min(kind), min(place), phone
"""


async def list_phones_to_call(member_ids: Iterable[UUID]) -> dict[UUID, list[PhoneToCall]]:
    """Whom to call about each member: guardians who have the right, confirmed ones first, then the emergency contacts
    in their order, then the household's own telephone; a number stands once. About a protected member nobody but the
    guardians whom staff have named.
    """
    found: dict[UUID, list[PhoneToCall]] = {}
    for row in await db.fetch(_PHONES, list(member_ids)):
        found.setdefault(row["member_id"], []).append(PhoneToCall(**row))
    return found
