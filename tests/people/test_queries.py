"""Reads of members, the abuser of a protected child at every one of them."""

import pytest

from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import queries
from booking.people.errors import MemberNotFound
from tests.make.access import make_account
from tests.make.people import make_guardianship, make_household, make_member, make_protected

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "clock")]


async def test_an_account_sees_the_members_it_acts_for() -> None:
    account, stranger = await make_account(), await make_account()
    child = await make_member(grade=8, account=account)
    seen = await queries.list_members_of(account.id)
    assert [member.id for member in seen] == [child.id]
    assert (seen[0].grade, seen[0].school_stage, seen[0].body_codes) == (8, "junior-high", ("100005",))
    assert seen[0].rights is not None
    assert seen[0].rights.is_confirmed
    assert await queries.list_members_of(stranger.id) == []
    assert await queries.may_book(stranger.id, [child.id]) == set()
    with pytest.raises(MemberNotFound):
        await queries.get_member_of(stranger.id, child.id)


async def test_sharing_a_household_gives_no_right() -> None:
    account, other = await make_account(), await make_account()
    household = await make_household(account)
    child = await make_member(household=household, account=account)
    await db.execute(
        "insert into household_account (id, household, account, role, since_at)"
        " values ($1, $2, $3, 'guardian', '2026-01-01')",
        *(new_id(), household, other.id),
    )
    assert await queries.may_book(other.id, [child.id]) == set()
    assert await queries.list_members_of(other.id) == []


async def test_a_right_that_was_not_given() -> None:
    account = await make_account()
    child = await make_member()
    await make_guardianship(child, account, book=False, told=False)
    assert await queries.may_book(account.id, [child.id]) == set()
    assert [member.id for member in await queries.list_members_of(account.id)] == [child.id]


async def test_a_protected_child_has_left_for_everybody_not_named() -> None:
    abuser, named = await make_account(), await make_account()
    child = await make_member(account=abuser)
    await make_household(named)
    await make_guardianship(child, named)
    await make_protected(child, named)
    assert await queries.list_members_of(abuser.id) == []
    assert await queries.find_member_of(abuser.id, child.id) is None
    assert await queries.may_book(abuser.id, [child.id]) == set()
    assert [told.account_id for told in await queries.list_guardians_to_tell([child.id])] == [named.id]
    assert await queries.may_book(named.id, [child.id]) == {child.id}
    assert [member.id for member in await queries.list_members_of(named.id)] == [child.id]


async def test_a_claim_is_told_nothing() -> None:
    account = await make_account()
    child = await make_member(account=account, confirmed=False)
    assert await queries.list_guardians_to_tell([child.id]) == []
    assert await queries.may_book(account.id, [child.id]) == {child.id}


async def test_members_by_id_and_number() -> None:
    child = await make_member(grade=None)
    assert await queries.find_member(new_id()) is None
    with pytest.raises(MemberNotFound):
        await queries.get_member(new_id())
    assert await queries.find_member_by_number(child.number) == child
    assert await queries.find_member_by_number("12345678") is None
    async with db.transaction():
        assert await queries.lock_members([child.id]) == {child.id: child}
    assert await queries.members_registered("100005", [child.id, new_id()]) == {child.id}
    assert await queries.members_registered("102032", [child.id]) == set()


async def test_registered_on_a_day() -> None:
    await make_member()
    await make_member(body="102032")
    assert await queries.count_registered(None, clock.today()) == 2
    assert await queries.count_registered(["102032"], clock.today()) == 1
    assert await queries.count_registered(None, clock.today().replace(year=2025)) == 0


async def test_contacts_and_registrations_and_household() -> None:
    account = await make_account()
    child = await make_member(account=account)
    await db.execute(
        "insert into emergency_contact (id, member, name, relation, phone, rank) values"
        " ($1, $2, '祖母', 'grandparent', '+81272231111', 1)",
        *(new_id(), child.id),
    )
    assert [contact.name for contact in (await queries.list_contacts([child.id]))[child.id]] == ["祖母"]
    assert [each.body_code for each in await queries.list_registrations(child.id)] == ["100005"]
    household = await queries.find_household_of(account.id)
    assert household is not None
    assert household.id == child.household_id
    assert await queries.find_household_of(new_id()) is None
