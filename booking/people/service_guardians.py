"""What the desk does for those who act for members: see both together, add guardians, set rights, hand out a card."""

from uuid import UUID

from booking.access import queries as accounts
from booking.access import service as access
from booking.access.rules import AccountKind
from booking.access.schemas import Actor
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import queries, queries_staff, queries_texts, rules
from booking.people.errors import (
    GuardianIsStaff,
    GuardianNotFound,
    MemberNotFound,
    RelationUnknown,
)
from booking.people.errors_invites import OwnAccountTooEarly, OwnRecordTwice
from booking.people.schemas import GuardianView, MemberView, RightsForm
from booking.people.service_desk import get_member_for_staff


async def confirm_guardianship(by: Actor, guardianship_id: UUID) -> GuardianView:
    """The desk has seen child and adult together: from now on notices and history. Safe: repeated."""
    async with db.transaction():
        guardian = await _lock_guardian(by, guardianship_id)
        now = clock.now()
        await db.execute(
            "update guardianship set state = 'confirmed', confirmed_at = $2, confirmed_by = $3"
            " where id = $1 and state = 'claimed'",
            *(guardianship_id, now, by.id),
        )
        await db.execute(
            "update member set seen_at_desk_at = coalesce(seen_at_desk_at, $2) where id = $1", guardian.member_id, now
        )
        await access.record_audit(by, "guardian-confirmed", "guardianship", guardianship_id)
        return await _guardian(guardianship_id)


async def add_guardian(by: Actor, member_id: UUID, email: str, rights: RightsForm) -> GuardianView:
    """Give another account rights over a member; the desk has seen them, so it is confirmed at once.

    A guardian who was taken off comes back with the new rights. Raises: GuardianNotFound, GuardianIsStaff,
    RelationUnknown, OwnAccountTooEarly, OwnRecordTwice, MemberNotFound. Safe: repeated and concurrent.
    """
    async with db.transaction():
        await queries.lock_members([member_id])
        rights = await check_added(await get_member_for_staff(by, member_id), rights)
        account = await accounts.find_account_by_email(email.strip().lower())
        if account is None or account.disabled_at is not None:
            raise GuardianNotFound
        if account.kind is AccountKind.STAFF:
            raise GuardianIsStaff
        guardianship_id = await write_guardianship(by, member_id, account.id, rights)
        await access.record_audit(by, "guardian-added", "guardianship", guardianship_id)
        return await _guardian(guardianship_id)


async def may_have_own(member: MemberView) -> bool:
    """Whether a member is old enough to act for themselves by an account of their own."""
    years = await queries_texts.guardian_below(member.body_codes)
    return not rules.needs_guardian(member, clock.today(), years)


async def check_added(member: MemberView, rights: RightsForm) -> RightsForm:
    """The rights as the desk gives them: whoever is old enough to agree alone acts for themselves, with all of them.

    Raises: RelationUnknown, OwnAccountTooEarly.
    """
    if rights.relation != rules.SELF_RELATION:
        _check_relation(rights)
        return rights
    if not await may_have_own(member):
        raise OwnAccountTooEarly(years=await queries_texts.guardian_below(member.body_codes))
    return RightsForm(relation=rules.SELF_RELATION, may_consent=True, may_book=True, is_told=True)


async def set_rights(by: Actor, guardianship_id: UUID, rights: RightsForm) -> GuardianView:
    """Change what a guardian may do. Raises: MemberNotFound, ChoiceUnknown."""
    _check_relation(rights)
    async with db.transaction():
        await _lock_guardian(by, guardianship_id)
        await db.execute(
            "update guardianship set relation = $2, may_consent = $3, may_book = $4, is_told = $5 where id = $1",
            *(guardianship_id, rights.relation, rights.may_consent, rights.may_book, rights.is_told),
        )
        await access.record_audit(by, "guardian-changed", "guardianship", guardianship_id)
        return await _guardian(guardianship_id)


async def end_guardianship(by: Actor, guardianship_id: UUID) -> None:
    """Take a guardian off a member. Raises: MemberNotFound."""
    async with db.transaction():
        await _lock_guardian(by, guardianship_id)
        await db.execute("update guardianship set ended_at = $2 where id = $1", guardianship_id, clock.now())
        await access.record_audit(by, "guardian-ended", "guardianship", guardianship_id)


async def set_card(by: Actor, member_id: UUID, pin: str) -> UUID:
    """Give a member's printed card a PIN: with number and PIN it sees, books and cancels its own sessions only.

    Also opens a card that wrong PINs have locked. A card set for a protected member is named as one that sees it.
    Raises: MemberNotFound, and what `access.service.set_pin` raises. Safe: the member is locked.
    """
    async with db.transaction():
        locked = (await queries.lock_members([member_id])).get(member_id)
        member = await get_member_for_staff(by, member_id)
        account_id = await queries_staff.find_card_account(member_id)
        if account_id is None:
            account_id = await access.create_card_account(member.shown_name, "ja", by)
            await db.execute(
                "insert into household_account (id, household, account, role, since_at)"
                " values ($1, $2, $3, 'self', $4)",
                *(new_id(), member.household_id, account_id, clock.now()),
            )
            await write_guardianship(by, member_id, account_id, RightsForm(relation=rules.SELF_RELATION, may_book=True))
        await access.set_pin(account_id, member.number, pin, by)
        if locked is not None and locked.is_protected:
            await name_viewer(by, member_id, account_id)
        await access.record_audit(by, "card-set", "member", member_id)
        return account_id


async def write_guardianship(by: Actor, member_id: UUID, account_id: UUID, rights: RightsForm) -> UUID:
    """The row of a confirmed guardian; one that had ended lives again. The caller has locked the member.

    Raises: OwnRecordTwice when the account is somebody else's own already.
    """
    now = clock.now()
    if rights.relation == rules.SELF_RELATION and await queries_staff.is_own_elsewhere(account_id, member_id):
        raise OwnRecordTwice
    return UUID(
        str(
            await db.fetchval(
                "insert into guardianship (id, member, account, relation, may_consent, may_book, is_told, state,"
                " created_at, confirmed_at, confirmed_by) values ($1, $2, $3, $4, $5, $6, $7, 'confirmed', $8, $8, $9)"
                " on conflict (member, account) do update set relation = excluded.relation,"
                " may_consent = excluded.may_consent, may_book = excluded.may_book, is_told = excluded.is_told,"
                " state = 'confirmed', confirmed_at = excluded.confirmed_at, confirmed_by = excluded.confirmed_by,"
                " ended_at = null returning id",
                *(new_id(), member_id, account_id, rights.relation),
                *(rights.may_consent, rights.may_book, rights.is_told, now, by.id),
            )
        )
    )


async def name_viewer(by: Actor, member_id: UUID, account_id: UUID) -> None:
    """Name an account that goes on seeing a protected member. The caller has locked the member."""
    await db.execute(
        "insert into protected_viewer (id, member, account, named_by, named_at) values ($1, $2, $3, $4, $5)"
        " on conflict (member, account) do update set named_by = excluded.named_by, named_at = excluded.named_at,"
        " ended_at = null",
        *(new_id(), member_id, account_id, by.id or new_id(), clock.now()),
    )


async def _lock_guardian(by: Actor, guardianship_id: UUID) -> GuardianView:
    found = await queries_staff.find_guardian(guardianship_id)
    if found is None:
        raise MemberNotFound
    await queries.lock_members([found.member_id])
    await get_member_for_staff(by, found.member_id)
    locked = await queries_staff.lock_guardianship(guardianship_id)
    if locked is None:
        raise MemberNotFound
    return locked


async def _guardian(guardianship_id: UUID) -> GuardianView:
    found = await queries_staff.find_guardian(guardianship_id)
    if found is None:
        raise MemberNotFound
    return found


def _check_relation(rights: RightsForm) -> None:
    if rights.relation not in rules.RELATIONS:
        raise RelationUnknown
