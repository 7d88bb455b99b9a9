"""Changing some of a member's facts and leaving the rest, for the API: guardians and staff alike."""

from uuid import UUID

import msgspec

from booking.access.errors import NotAllowed
from booking.access.schemas import Actor
from booking.kit import db
from booking.people import queries, rules_form, service, service_desk
from booking.people.errors import NothingToChange
from booking.people.schemas import ContactForm, HouseholdForm, MemberForm, MemberView
from booking.people.schemas_api import ContactItem, EmergencyItem, MemberPatch


def contact_forms(items: list[EmergencyItem]) -> list[ContactForm]:
    """Emergency contacts of the API as the verbs take them."""
    return [ContactForm(name=each.name, relation=each.relation, phone=each.phone) for each in items]


def home_form(contact: ContactItem) -> HouseholdForm:
    """How a household is reached, as the verbs take it; what is empty stays."""
    return HouseholdForm(phone=contact.phone, preferred=contact.preferred, language=contact.language)


async def change_member(by: Actor, member_id: UUID, patch: MemberPatch) -> MemberView:
    """Change what is given. A guardian changes facts and the own household, staff the school year, too.

    Raises: NothingToChange, MemberNotFound, RightMissing, NotAllowed, InvalidForm, GradeUnreadable,
    SecondPersonNeeded. Safe: the member is locked before the rest is read, so two changes never undo each other.
    """
    given = {
        name: value for name, value in msgspec.structs.asdict(patch).items() if not isinstance(value, msgspec.UnsetType)
    }
    if not given:
        raise NothingToChange
    is_account = by.kind in ("account", "nobody")
    if is_account and "grade" in given:
        raise NotAllowed
    async with db.transaction():
        await queries.lock_members([member_id])
        if not is_account and "grade" in given:
            await service_desk.set_grade(by, member_id, "" if patch.grade is None else str(patch.grade), "")
        member = await _reach(by, member_id, is_account=is_account)
        form = await _overlay(member, given)
        home = home_form(patch.contact) if isinstance(patch.contact, ContactItem) else None
        if not is_account:
            return await service_desk.edit_at_desk(by, member_id, form, home)
        if home is not None and (home.phone or home.preferred or home.language):
            await service.edit_household(by, home)
        return await service.edit_member(by, member_id, form)


async def _reach(by: Actor, member_id: UUID, *, is_account: bool) -> MemberView:
    if is_account:
        return await service.get_own_member(by, member_id)
    member = await service_desk.get_member_for_staff(by, member_id)
    await service_desk.require_kept(by, member)
    return member


async def _overlay(member: MemberView, given: dict[str, object]) -> MemberForm:
    kept = (await queries.list_contacts([member.id])).get(member.id, [])
    contacts = [ContactForm(name=each.name, relation=each.relation, phone=each.phone) for each in kept]
    form = rules_form.form_of(member, contacts)
    for name in MemberForm.__struct_fields__:
        if name in given and name not in ("contacts", "grade"):
            setattr(form, name, given[name] or "")
    if isinstance(given.get("emergency_contacts"), list):
        form.contacts = contact_forms(given["emergency_contacts"])  # type: ignore[arg-type]
    return form
