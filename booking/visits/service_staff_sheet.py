"""The sheet a kiosk keeps for a roll call without network: who is on its list and whom to call, sealed with its PIN."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import msgspec

from booking.kiosks.service_pin import find_staff_lock
from booking.kit import clock
from booking.kit.sealing import seal_with
from booking.people.queries import list_members
from booking.people.queries_phones import list_phones_to_call
from booking.people.rules import grade
from booking.people.rules_text import print_phone
from booking.people.schemas import MemberView, PhoneToCall
from booking.people.words import RELATIONS
from booking.visits.schemas_day_list import SealedSheet, StaffPerson, StaffPhone, StaffSheet

HOME = "自宅"
"""A household's own telephone. The sheet is read by staff, in Japanese."""


async def seal_staff_sheet(kiosk_id: UUID, member_keys: Mapping[UUID, UUID]) -> SealedSheet | None:
    """The sheet about these members (id → key at this kiosk); None while the kiosk has no number for staff."""
    lock = await find_staff_lock(kiosk_id)
    if lock is None:
        return None
    members, phones = await list_members(member_keys), await list_phones_to_call(member_keys)
    people = [_person(members[one], str(key), phones.get(one, ())) for one, key in member_keys.items()]
    sheet = StaffSheet(people=tuple(sorted(people, key=lambda one: one.member_key)))
    sealed = await asyncio.to_thread(seal_with, lock.pin, lock.salt, msgspec.json.encode(sheet))
    return SealedSheet(salt=sealed.salt, iterations=sealed.iterations, nonce=sealed.nonce, sealed=sealed.sealed)


def _person(member: MemberView, key: str, phones: tuple[PhoneToCall, ...] | list[PhoneToCall]) -> StaffPerson:
    name = f"{member.family_name} {member.given_name}".strip() or member.latin_name or member.shown_name
    return StaffPerson(
        member_key=key,
        name=name,
        kana=f"{member.family_kana} {member.given_kana}".strip(),
        number=member.number,
        grade=grade(member.birth_on, clock.today(), member.grade_override, member.grade_override_year),
        assistance=member.assistance or "",
        phones=tuple(
            StaffPhone(name=one.name, relation=RELATIONS.get(one.relation, HOME), phone=print_phone(one.phone))
            for one in phones
        ),
    )
