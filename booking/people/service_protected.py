"""Protected members: set at once and without a reason; nobody but those named goes on seeing anything."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from booking.access import service as access
from booking.access.errors import NotAllowed
from booking.access.schemas import Actor
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import queries, queries_staff, rules
from booking.people import service_records as records
from booking.people.errors import GuardianNotFound, MemberNotFound, SamePerson
from booking.people.schemas import DisclosureView, MemberView
from booking.people.service_desk import MANAGERS, bodies_of, get_member_for_staff
from booking.people.service_guardians import name_viewer

ASKED_FOR = timedelta(hours=12)
"""How long a request waits for a second person."""
SHOWN_FOR = timedelta(minutes=15)
"""How long what is kept can be seen after the second person agreed."""


async def protect(
    by: Actor, member_id: UUID, viewers: Sequence[UUID], *, kept_contacts: Sequence[UUID] = ()
) -> MemberView:
    """Protect a member at once. `viewers` are accounts with rights over it that go on seeing it; the rest see nothing.

    The member leaves its household, so that neither its telephone nor an emergency contact of the old one is called:
    into the household of the first named account, or one of its own without a telephone, for the desk to ask.
    Raises: MemberNotFound; GuardianNotFound for a viewer without rights. Safe: repeated, the named are those given.
    """
    async with db.transaction():
        await queries.lock_members([member_id])
        await get_member_for_staff(by, member_id)
        known = {guardian.account_id for guardian in await queries_staff.list_guardians(member_id)}
        if not known.issuperset(viewers):
            raise GuardianNotFound
        household = await _new_home(viewers)
        await db.execute("update member set is_protected = true, household = $2 where id = $1", member_id, household)
        await _move_card(member_id, household)
        await _end_viewers(member_id)
        for account_id in viewers:
            await name_viewer(by, member_id, account_id)
        await db.execute(
            "delete from emergency_contact where member = $1 and id <> all($2)", member_id, list(kept_contacts)
        )
        await access.record_audit(by, "protection-set", "member", member_id)
        return await queries.get_member(member_id)


async def unprotect(by: Actor, member_id: UUID) -> MemberView:
    """End the protection: every account with rights sees the member again. Managers only, who see the list first."""
    async with db.transaction():
        await queries.lock_members([member_id])
        await get_member_for_staff(by, member_id, *MANAGERS)
        await db.execute("update member set is_protected = false where id = $1", member_id)
        await _end_viewers(member_id)
        await access.record_audit(by, "protection-ended", "member", member_id)
        return await queries.get_member(member_id)


async def ask_disclosure(by: Actor, member_id: UUID) -> None:
    """Ask to see what is kept about a protected member; another member of staff must agree. Safe: repeated.

    Raises: MemberNotFound; NotAllowed for a token: a person asks a person.
    """
    _only_people(by)
    async with db.transaction():
        await queries.lock_members([member_id])
        await get_member_for_staff(by, member_id)
        waiting = await db.fetchval(
            "select id from member_disclosure where member = $1 and asked_by = $2 and agreed_at is null"
            " and asked_at > $3",
            *(member_id, by.id, clock.now() - ASKED_FOR),
        )
        if waiting is None:
            await db.execute(
                "insert into member_disclosure (id, member, asked_by, asked_by_name, asked_at)"
                " values ($1, $2, $3, $4, $5)",
                *(new_id(), member_id, by.id, by.name, clock.now()),
            )
            await access.record_audit(by, "disclosure-asked", "member", member_id)


async def agree_disclosure(by: Actor, disclosure_id: UUID) -> DisclosureView:
    """A second person agrees: whoever asked sees it for a quarter of an hour.

    Raises: MemberNotFound, SamePerson; NotAllowed for a token, which somebody could make to agree with themselves.
    """
    _only_people(by)
    bodies = await bodies_of(by)
    now = clock.now()
    async with db.transaction():
        asked = await queries_staff.lock_disclosure(disclosure_id)
        is_ours = asked is not None and await queries_staff.is_registered_in(bodies, asked.member_id)
        if asked is None or not is_ours or asked.asked_at <= now - ASKED_FOR:
            raise MemberNotFound
        if asked.asked_by == by.id:
            raise SamePerson
        await db.execute(
            "update member_disclosure set agreed_by = $2, agreed_at = $3, shown_until = $4 where id = $1",
            *(disclosure_id, by.id, now, now + SHOWN_FOR),
        )
        await access.record_audit(by, "disclosure-agreed", "member", asked.member_id)
        return asked


async def list_disclosures(by: Actor) -> list[DisclosureView]:
    """Requests that wait for a second person."""
    return await queries_staff.list_disclosures(await bodies_of(by), clock.now() - ASKED_FOR)


def _only_people(by: Actor) -> None:
    if by.kind != "staff":
        raise NotAllowed


async def _new_home(viewers: Sequence[UUID]) -> UUID:
    for account_id in viewers:
        household = await queries.find_household_of(account_id)
        if household is not None and household.role == rules.HouseholdRole.GUARDIAN:
            return household.id
    return await records.insert_household("", rules.Preferred.PHONE, "ja")


async def _move_card(member_id: UUID, household: UUID) -> None:
    card = await queries_staff.find_card_account(member_id)
    if card is not None:
        await db.execute(
            "update household_account set household = $2 where account = $1 and ended_at is null", card, household
        )


async def _end_viewers(member_id: UUID) -> None:
    await db.execute(
        "update protected_viewer set ended_at = $2 where member = $1 and ended_at is null", member_id, clock.now()
    )
