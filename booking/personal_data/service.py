"""Erase somebody: what would happen, and to do it."""

from collections.abc import Iterable
from uuid import UUID

from asyncpg import ForeignKeyViolationError, RestrictViolationError

from booking.access import service_erasing as access_erasing
from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.access.service import record_audit, record_view
from booking.kit import clock, db, idempotency
from booking.notifications import service_erasing as notifications_erasing
from booking.passes import service_erasing as passes_erasing
from booking.people import queries as people
from booking.people import queries_staff, rules_text, service_desk
from booking.people import service_erasing as people_erasing
from booking.people.schemas import MemberView
from booking.personal_data import queries
from booking.personal_data.errors import ChangedMeanwhile, NumberDiffers, StillInside
from booking.personal_data.rules import reach_of
from booking.personal_data.schemas import Choice, Erased, Plan, Reach
from booking.reservations import queries as reservations
from booking.reservations import queries_enrolments
from booking.reservations import service_erasing as reservations_erasing
from booking.reservations.rules import CANCELLABLE
from booking.visits import service_erasing as visits_erasing

ERASERS = (Role.BODY_ADMINISTRATOR,)


async def require_eraser(by: Actor, member_id: UUID) -> MemberView:
    """The member, when the asker administers a body that has registered it, or had when no body has any more.

    Raises: MemberNotFound, NotAllowed.
    """
    if member_id in await _over(by, [member_id]):
        return await people.get_member(member_id)
    return await service_desk.get_member_for_staff(by, member_id, *ERASERS)


async def _over(by: Actor, member_ids: Iterable[UUID]) -> set[UUID]:
    bodies = await service_desk.bodies_of(by, *ERASERS)
    return set() if bodies is None else await queries.list_over(member_ids, bodies)


async def plan_erasure(by: Actor, member_id: UUID) -> Plan:
    """What erasing a member, or the household, would do, and whom to tell first; the view is noted.

    Raises: MemberNotFound, NotAllowed.
    """
    member = await require_eraser(by, member_id)
    await record_view(by, [member_id], "member-erase", scope=next(iter(member.body_codes), None))
    alone = await _choice(await _reach(by, member, household=False))
    whole = await _choice(await _reach(by, member, household=True))
    is_open = await service_desk.may_see_kept(by, member)
    ids = alone.reach.gone_ids
    return Plan(
        member=member,
        alone=alone,
        household=whole if len(whole.reach.gone) + len(whole.reach.ending) > 1 and is_open else None,
        guardians=tuple(await queries_staff.list_guardians(member_id)) if is_open else (),
        bookings=tuple(await reservations.list_reservations_of(ids, since=clock.now(), states=CANCELLABLE)),
        groups=len(await queries_enrolments.list_of_members(ids)),
    )


async def _choice(reach: Reach) -> Choice:
    ids = reach.gone_ids
    return Choice(reach=reach, kept=await queries.count_kept(ids), accounts=len(await queries.list_leaving(ids)))


async def _reach(by: Actor, member: MemberView, *, household: bool) -> Reach:
    """Of the others of a household those whom any list may show: a protected member is erased by number alone."""
    ids = await queries.list_home(member.id) if household else [member.id]
    members = await people.list_members(ids)
    named = (members[one] for one in ids if one == member.id or not members[one].is_protected)
    return reach_of(named, await service_desk.bodies_of(by, *ERASERS), await _over(by, ids))


async def erase(by: Actor, member_id: UUID, number: str, *, household: bool = False) -> Erased:
    """Erase a member, or everybody of the household; whom another body keeps ends here and stays there.

    What is booked ahead is cancelled first, in transactions of their own, so that whoever waits gets it; everything
    else goes in one. Accounts that are left with nobody go too. It cannot be undone.
    Who lives with a protected member is spoken of, and erased with them, only when a second person has agreed.
    Raises: MemberNotFound, NotAllowed, NumberDiffers, SecondPersonNeeded, StillInside, ChangedMeanwhile.
    """
    member = await require_eraser(by, member_id)
    if rules_text.digits_of(number) != member.number:
        raise NumberDiffers(fields={"number": NumberDiffers()})
    if household:
        await service_desk.require_kept(by, member)
    reach = await _reach(by, member, household=household)
    if await queries.is_anybody_inside(reach.gone_ids):
        raise StillInside
    cancelled = await reservations_erasing.give_up_everything(by, reach.gone_ids)
    try:
        async with db.transaction():
            return await _erase(by, member, household=household, cancelled=cancelled)
    except (ForeignKeyViolationError, RestrictViolationError) as came:
        raise ChangedMeanwhile from came


async def _erase(by: Actor, member: MemberView, *, household: bool, cancelled: int) -> Erased:
    await people.lock_members(await queries.list_home(member.id))
    await require_eraser(by, member.id)
    reach = await _reach(by, member, household=household)
    gone = reach.gone_ids
    if await queries.is_anybody_inside(gone):
        raise StillInside
    if await _is_booked(gone):
        raise ChangedMeanwhile
    bodies = await service_desk.bodies_of(by, *ERASERS)
    for each in reach.ending:
        await people_erasing.end_registrations(by, each.id, set(each.body_codes) & (bodies or set()))
    accounts = await _erase_everywhere(reach) if gone else 0
    for one in reach.gone:
        scope = next(iter(one.body_codes), None)
        await record_audit(by, "member.erased", "member", one.id, scope=scope, detail={"household": household})
    return Erased(members=len(gone), ended=len(reach.ending), accounts=accounts, cancelled=cancelled)


async def _is_booked(member_ids: Iterable[UUID]) -> bool:
    members = list(member_ids)
    held = await reservations.list_reservations_of(members, since=clock.now(), states=CANCELLABLE, limit=1)
    return bool(held or await queries_enrolments.list_of_members(members))


async def _erase_everywhere(reach: Reach) -> int:
    """From the highest room down, as rows refer to those below; how many accounts went along. Raises: StillInside."""
    members = reach.gone_ids
    family, leaving = await queries.list_family(members), await queries.list_leaving(members)
    accounts = [one.id for one in leaving]
    addresses = [one.email for one in leaving if one.email is not None]
    if await visits_erasing.erase_visits(members, family):
        raise StillInside
    await reservations_erasing.erase_bookings(members)
    await reservations_erasing.erase_contacts(accounts)
    await passes_erasing.erase_passes(members)
    await people_erasing.erase_members(members)
    await people_erasing.erase_accounts_here(accounts, {each.household_id for each in reach.gone})
    await access_erasing.erase_accounts(accounts)
    await notifications_erasing.erase_messages(members, accounts, addresses)
    await idempotency.forget_about([*members, *accounts])
    return len(accounts)
