"""What the desk does for members: register in a minute, correct, set the school year, take in signed papers."""

from collections.abc import Awaitable
from uuid import UUID

from booking.access import service as access
from booking.access.rules import Role, require_staff, scopes_of
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import LANGUAGES
from booking.people import queries, queries_staff, queries_texts, rules, rules_form
from booking.people import service_records as records
from booking.people.errors import (
    BodyUnknown,
    GradeUnreadable,
    MemberNotFound,
    RegisteredAlready,
    SecondPersonNeeded,
)
from booking.people.schemas import DeskForm, HouseholdForm, MemberForm, MemberView

DESK = (Role.FRONT_DESK, Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR)
MANAGERS = (Role.FACILITY_MANAGER, Role.BODY_ADMINISTRATOR)


async def bodies_of(by: Actor, *roles: Role) -> frozenset[str] | None:
    """The bodies whose members somebody may see in one of these roles (default: the desk's); None means all.

    The desk of one place knows the members of its body. What only a body's administrator may do, nobody may who
    administers one of its places.
    """
    wanted = roles or DESK
    require_staff(by, *wanted)
    scopes = scopes_of(by, *wanted)
    if scopes is None:
        return None
    places = {facility.code: facility.body_code for facility in await facilities.list_facilities()}
    if set(wanted) == {Role.BODY_ADMINISTRATOR}:
        return frozenset(scopes) - frozenset(places)
    return frozenset(places.get(scope, scope) for scope in scopes)


async def get_member_for_staff(by: Actor, member_id: UUID, *roles: Role) -> MemberView:
    """A member that staff may see: registered with a body of theirs. Raises: MemberNotFound, NotAllowed."""
    bodies = await bodies_of(by, *roles)
    if not await queries_staff.is_registered_in(bodies, member_id):
        raise MemberNotFound
    return await queries.get_member(member_id)


async def register_at_desk(by: Actor, form: DeskForm) -> MemberView:
    """Register somebody who stands at the desk: name, school year or day of birth, a telephone; the rest comes later.

    Raises: InvalidForm; NotAllowed.
    """
    bodies = await bodies_of(by)
    async with db.transaction():
        texts = {text.body_code: text for text in await queries_texts.list_consent_texts()}
        text = texts.get(form.body_code) if bodies is None or form.body_code in bodies else None
        return await records.store_first(by, form, text, at_desk=True)


async def edit_at_desk(by: Actor, member_id: UUID, form: MemberForm, home: HouseholdForm | None = None) -> MemberView:
    """Staff correct a member's facts and how the household is reached; what is empty in `home` stays as it is.

    Raises: MemberNotFound, InvalidForm, SecondPersonNeeded.
    """
    async with db.transaction():
        await queries.lock_members([member_id])
        member = await get_member_for_staff(by, member_id)
        await require_kept(by, member)
        refused = await _wrong_fields(records.store_edit(by, member, form, at_desk=True))
        refused |= await _wrong_fields(_edit_home(by, member, home))
        if refused:
            raise InvalidForm(fields=refused)
        return await queries.get_member(member_id)


async def _wrong_fields(act: Awaitable[None]) -> dict[str, Refusal]:
    try:
        await act
    except InvalidForm as wrong:
        return wrong.fields
    return {}


async def _edit_home(by: Actor, member: MemberView, home: HouseholdForm | None) -> None:
    if home is None or not (home.phone or home.preferred or home.language):
        return
    now = (await queries_staff.list_homes([member.id]))[member.id]
    asked = HouseholdForm(
        name=member.name,
        phone=home.phone or now.phone,
        preferred=home.preferred or now.preferred,
        language=home.language or now.language,
        role=rules.HouseholdRole.GUARDIAN,
    )
    checked = rules_form.check_household(asked, LANGUAGES)
    if (checked.phone, checked.preferred, checked.language) != (now.phone, now.preferred, now.language):
        await records.write_home(by, now.household_id, checked)


async def set_grade(by: Actor, member_id: UUID, grade: str, reason: str) -> MemberView:
    """Set the school year for this fiscal year, or take the setting back with an empty text.

    Raises: GradeUnreadable when the school year cannot be read or nothing would be left to tell it from.
    Source: 原級留置, 帰国, 通信制 and other reasons why the day of birth does not tell the school year.
    """
    chosen = grade.strip()
    if chosen and not (chosen.isascii() and chosen.isdigit() and 1 <= int(chosen) <= 12):
        raise GradeUnreadable
    year = clock.fiscal_year(clock.today()) if chosen else None
    async with db.transaction():
        await queries.lock_members([member_id])
        member = await get_member_for_staff(by, member_id)
        if not chosen and member.birth_on is None:
            raise GradeUnreadable
        await db.execute(
            "update member set grade_override = $2, grade_override_year = $3 where id = $1",
            *(member_id, int(chosen) if chosen else None, year),
        )
        said = {"grade": int(chosen) if chosen else None}
        await access.record_audit(by, "grade-set", "member", member_id, reason=reason or None, detail=said)
        return await queries.get_member(member_id)


async def register_on_paper(by: Actor, member_id: UUID, body_code: str) -> None:
    """Note that the signed form of a body is at the desk: a new registration, or the paper a first visit still owed.

    Raises: MemberNotFound, BodyUnknown, RegisteredAlready.
    """
    async with db.transaction():
        await queries.lock_members([member_id])
        await get_member_for_staff(by, member_id)
        bodies = await bodies_of(by)
        if bodies is not None and body_code not in bodies:
            raise BodyUnknown
        text = await queries_texts.get_consent_text(body_code)
        held = {each.body_code: each for each in await queries.list_registrations(member_id)}.get(body_code)
        if held is not None and held.consented_at is not None:
            raise RegisteredAlready
        if held is None:
            await records.insert_registration(member_id, text, by, on_paper=True, is_agreed=True)
        else:
            await db.execute(
                "update registration set consent_text = $2, consented_at = $3 where id = $1",
                *(held.id, text.id, clock.now()),
            )
        await access.record_audit(by, "registered-on-paper", "member", member_id, scope=body_code)


async def register_visitor(by: Actor, member_id: UUID, body_code: str) -> None:
    """Note that somebody known to the other body alone agreed, at the desk of this one, that it is told name, school
    year and contact. The caller knows that they were there.

    Raises: BodyUnknown, MemberNotFound (also for a protected member, of whom no other desk is told). Safe: repeated.
    """
    bodies = await bodies_of(by)
    if bodies is not None and body_code not in bodies:
        raise BodyUnknown
    async with db.transaction():
        member = (await queries.lock_members([member_id])).get(member_id)
        if member is None or member.left_at is not None or member.is_protected:
            raise MemberNotFound
        if body_code not in member.body_codes:
            text = await queries_texts.get_consent_text(body_code)
            await records.insert_registration(member_id, text, by, on_paper=False, is_agreed=True)
            await access.record_audit(by, "registered-at-visit", "member", member_id, scope=body_code)


async def settle_resemblance(by: Actor, resemblance_id: UUID) -> None:
    """Staff have looked at a note that two members may be one. Raises: MemberNotFound. Safe: repeated."""
    bodies = await bodies_of(by)
    async with db.transaction():
        row = await db.fetchrow("select member, resembles from member_resemblance where id = $1", resemblance_id)
        if row is None or not await queries_staff.is_registered_in(bodies, row["member"]):
            raise MemberNotFound
        await db.execute(
            "update member_resemblance set settled_at = $2, settled_by = $3 where id = $1 and settled_at is null",
            *(resemblance_id, clock.now(), by.id),
        )
        await access.record_audit(by, "resemblance-settled", "member", row["member"])


async def may_see_kept(by: Actor, member: MemberView) -> bool:
    """Whether telephone, contacts and guardians of a member may be shown to this member of staff now."""
    return not member.is_protected or await queries_staff.is_disclosed(member.id, by.id, clock.now())


async def require_kept(by: Actor, member: MemberView) -> None:
    """Raises: SecondPersonNeeded."""
    if not await may_see_kept(by, member):
        raise SecondPersonNeeded
