"""Erase one account alone: a guardian leaves, the children stay with whoever else looks after them."""

from collections.abc import Iterable
from uuid import UUID

from booking.access import service_erasing as access_erasing
from booking.access.rules import require_adult
from booking.access.schemas import Actor
from booking.access.service import record_audit, record_view
from booking.kit import db, idempotency
from booking.notifications import service_erasing as notifications_erasing
from booking.people import queries as people
from booking.people import queries_staff, service_desk, service_leaving
from booking.people import service_erasing as people_erasing
from booking.people.errors import MemberNotFound
from booking.people.schemas import GuardianView
from booking.personal_data import queries_leaving as queries
from booking.personal_data.errors_leaving import LastGuardian, NotSure, OtherBodyToo, StaffAccount, VisitAsked
from booking.personal_data.schemas_leaving import LeavingPlan
from booking.personal_data.service import ERASERS
from booking.reservations import service_erasing as reservations_erasing


async def plan_own(by: Actor) -> LeavingPlan:
    """What erasing the own account does; whom the account does not see is not spoken of.

    Raises: SignInNeeded, NotAllowed for a card.
    """
    account_id = _own(by)
    acted = [one for one in await queries.list_acted_for(account_id) if one.sees]
    return await _plan(account_id, [one.member_id for one in acted], {one.member_id for one in acted if one.next_id})


async def leave(by: Actor, *, is_sure: bool) -> None:
    """Erase the own account with every way in. It cannot be undone.

    Raises: as `plan_own`; NotSure, LastGuardian, VisitAsked, StaffAccount.
    """
    account_id = _own(by)
    _require_sure(is_sure=is_sure)
    async with db.transaction():
        await _lock(account_id)
        if (await plan_own(by)).alone:
            raise LastGuardian
        await _erase(by, account_id)


async def plan_for_desk(by: Actor, member_id: UUID, guardianship_id: UUID) -> tuple[GuardianView, LeavingPlan]:
    """The same for the account of a member's guardian, at the desk; the view is noted.

    Raises: MemberNotFound, NotAllowed, SecondPersonNeeded, OtherBodyToo.
    """
    member = await service_desk.get_member_for_staff(by, member_id, *ERASERS)
    await service_desk.require_kept(by, member)
    guardian = await queries_staff.find_guardian(guardianship_id)
    if guardian is None or guardian.member_id != member_id:
        raise MemberNotFound
    acted = await queries.list_acted_for(guardian.account_id)
    bodies = await service_desk.bodies_of(by, *ERASERS)
    for one in acted:
        is_shown = one.member_id == member_id or not one.is_protected
        if not is_shown or not await queries_staff.is_registered_in(bodies, one.member_id):
            raise OtherBodyToo
    ids = [one.member_id for one in acted]
    await record_view(by, ids, "guardian-erase")
    return guardian, await _plan(guardian.account_id, ids, {one.member_id for one in acted if one.next_id})


async def leave_for_desk(
    by: Actor, member_id: UUID, guardianship_id: UUID, *, is_sure: bool, leaves_alone: bool = False
) -> None:
    """Erase the account of a member's guardian on request. `leaves_alone`: the desk was told who is left with nobody,
    and looks after them from now on by telephone and card.

    Raises: as `plan_for_desk`; NotSure, LastGuardian, VisitAsked, StaffAccount.
    """
    _require_sure(is_sure=is_sure)
    guardian, _ = await plan_for_desk(by, member_id, guardianship_id)
    async with db.transaction():
        await _lock(guardian.account_id)
        _, plan = await plan_for_desk(by, member_id, guardianship_id)
        if plan.alone and not leaves_alone:
            raise LastGuardian
        await _erase(by, guardian.account_id)


def _own(by: Actor) -> UUID:
    account_id = require_adult(by).id
    if account_id is None:
        raise MemberNotFound
    return account_id


def _require_sure(*, is_sure: bool) -> None:
    if not is_sure:
        raise NotSure(fields={"sure": NotSure()})


async def _plan(account_id: UUID, member_ids: list[UUID], kept: set[UUID]) -> LeavingPlan:
    members = await people.list_members(member_ids)
    return LeavingPlan(
        account_id=account_id,
        others=tuple(members[one] for one in member_ids if one in kept),
        alone=tuple(members[one] for one in member_ids if one not in kept),
    )


async def _lock(account_id: UUID) -> None:
    """Whoever takes the other guardian off one of these members waits, or is seen."""
    await people.lock_members([one.member_id for one in await queries.list_acted_for(account_id)])


async def _erase(by: Actor, account_id: UUID) -> None:
    """Raises: VisitAsked, StaffAccount."""
    if await queries.is_of_staff(account_id):
        raise StaffAccount
    if await queries.has_asked_for_a_visit(account_id):
        raise VisitAsked
    acted = await queries.list_acted_for(account_id)
    homes = await service_leaving.move_out(account_id, {one.member_id: one.next_id for one in acted})
    await service_leaving.end_invitations(account_id)
    await erase_account(account_id, homes, left_ids=[one.member_id for one in acted])
    await record_audit(by, "account.erased", "account", account_id, detail={"members": len(acted)})


async def erase_account(account_id: UUID, household_ids: Iterable[UUID], *, left_ids: Iterable[UUID] = ()) -> None:
    """Delete an account that acts for nobody but these, and of its households those that are left without anybody.

    Within the caller's transaction.
    """
    addresses = await queries.list_addresses(account_id)
    await reservations_erasing.erase_contacts([account_id])
    await people_erasing.erase_accounts_here([account_id], household_ids, left_ids=left_ids)
    await access_erasing.erase_accounts([account_id])
    await notifications_erasing.erase_messages([], [account_id], addresses)
    await idempotency.forget_about([account_id])
