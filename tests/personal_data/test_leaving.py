"""One account goes alone: nobody is left without somebody, and nothing of who has gone is left."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from booking.access.errors import NotAllowed
from booking.access.schemas import SYSTEM
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.people import queries as people
from booking.people import queries_staff, service_guardians
from booking.people.errors import MemberNotFound, SecondPersonNeeded
from booking.people.schemas import MemberView
from booking.personal_data import service_leaving as service
from booking.personal_data.errors_leaving import LastGuardian, NotSure, OtherBodyToo, StaffAccount, VisitAsked
from tests.house.everything_sent import HERE
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.group_visits import make_request
from tests.make.people import make_guardianship, make_household, make_member, make_protected
from tests.personal_data.test_erasing import administrator, found_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock")]
LOGS = {"audit_entry", "personal_data_view"}


async def guardianship(member: MemberView, account: Any) -> Any:
    return next(
        one.guardianship_id for one in await queries_staff.list_guardians(member.id) if one.account_id == account.id
    )


async def add_contact(member: MemberView, phone: str) -> None:
    await house_db.execute(
        "insert into emergency_contact (id, member, name, relation, phone, rank)"
        " values ($1, $2, 'だれか', 'other', $3, 1)",
        *(new_id(), member.id, phone),
    )


async def test_the_other_guardian_stays_and_is_the_one_reached() -> None:
    mother, father = await make_account(email="haha@example.jp", name="母"), await make_account()
    home = await make_household(mother, phone="+819011112222")
    child = await make_member(5, household=home, account=mother)
    theirs = await make_household(father, phone="+819033334444")
    await make_guardianship(child, father)
    await service_guardians.set_card(SYSTEM, child.id, "482619")
    for phone in ("+819011112222", "+819055556666"):
        await add_contact(child, phone)
    by = await actor_for(mother)
    with pytest.raises(NotSure):
        await service.leave(by, is_sure=False)
    await service.leave(by, is_sure=True)
    now = await people.get_member(child.id)
    assert now.household_id == theirs
    assert [one.account_id for one in await queries_staff.list_guardians(child.id) if one.relation != "self"] == [
        father.id
    ]
    assert [one.phone for one in (await people.list_contacts([child.id]))[child.id]] == ["+819055556666"]
    assert await found_in([str(mother.id), r"haha@example\.jp", r"\+819011112222", str(home)], LOGS) == {}
    assert await house_db.fetchval("select household from household_account where household = $1 limit 1", theirs)
    assert await house_db.fetchval("select count(*) from audit_entry where action = 'account.erased'") == 1


async def test_nobody_is_left_with_nobody() -> None:
    """A guardian whom the desk has not seen, a card, and who is not named for a protected child are nobody."""
    mother, stranger = await make_account(), await make_account()
    child = await make_member(5, account=mother)
    await make_guardianship(child, stranger, confirmed=False)
    await service_guardians.set_card(SYSTEM, child.id, "482619")
    by = await actor_for(mother)
    assert [one.id for one in (await service.plan_own(by)).alone] == [child.id]
    with pytest.raises(LastGuardian):
        await service.leave(by, is_sure=True)
    father = await make_account()
    await make_guardianship(child, father)
    assert (await service.plan_own(by)).alone == ()
    await make_protected(child, mother)
    assert [one.id for one in (await service.plan_own(by)).alone] == [child.id]
    assert await service.plan_own(await actor_for(father)) == await service.plan_own(await actor_for(father))
    assert (await service.plan_own(await actor_for(father))).others == ()
    await service.leave(await actor_for(father), is_sure=True)
    assert (await people.get_member(child.id)).id == child.id


async def test_of_two_guardians_who_leave_at_once_one_stays() -> None:
    for _ in range(6):
        mother, father = await make_account(), await make_account()
        child = await make_member(5, account=mother)
        await make_guardianship(child, father)
        leaving = [service.leave(await actor_for(one), is_sure=True) for one in (mother, father)]
        given = await asyncio.gather(*leaving, return_exceptions=True)
        assert sorted(map(type, given), key=repr) == sorted((LastGuardian, type(None)), key=repr)
        assert len(await queries_staff.list_guardians(child.id)) == 1


async def test_a_grown_up_who_comes_themselves_goes_with_the_record() -> None:
    account = await make_account()
    me = await make_member(None, account=account)
    await house_db.execute("update guardianship set relation = 'self' where member = $1", me.id)
    with pytest.raises(LastGuardian):
        await service.leave(await actor_for(account), is_sure=True)


async def test_what_is_still_to_come_stands_in_the_way() -> None:
    teacher = await make_account()
    asked = await make_request(await make_facility())
    await house_db.execute("update group_request set account = $1 where id = $2", teacher.id, asked.id)
    with pytest.raises(VisitAsked):
        await service.leave(await actor_for(teacher), is_sure=True)
    await house_db.execute(
        "insert into role_grant (id, account, role, granted_at) values ($1, $2, 'front-desk', $3)",
        *(new_id(), teacher.id, house_clock.now()),
    )
    with pytest.raises(StaffAccount):
        await service.leave(await actor_for(teacher), is_sure=True)
    child = await make_member(5)
    card = await service_guardians.set_card(SYSTEM, child.id, "482619")
    with pytest.raises(NotAllowed):
        await service.leave(await actor_for(card), is_sure=True)


async def test_the_desk_is_told_and_takes_over() -> None:
    mother = await make_account()
    child = await make_member(5, account=mother)
    by, held = await administrator(), await guardianship(child, mother)
    with pytest.raises(LastGuardian):
        await service.leave_for_desk(by, child.id, held, is_sure=True)
    await service.leave_for_desk(by, child.id, held, is_sure=True, leaves_alone=True)
    home = (await queries_staff.list_homes([child.id]))[child.id]
    assert (home.phone, await queries_staff.list_guardians(child.id)) == ("", [])
    with pytest.raises(MemberNotFound):
        await service.plan_for_desk(by, child.id, held)


async def test_the_desk_speaks_of_nobody_else() -> None:
    mother = await make_account()
    child, far = await make_member(5, account=mother), await make_member(7, account=mother, body="102032")
    by, held = await administrator(), await guardianship(child, mother)
    with pytest.raises(OtherBodyToo):
        await service.plan_for_desk(by, child.id, held)
    await house_db.execute("update guardianship set ended_at = now() where member = $1", far.id)
    hidden = await make_member(3, account=mother)
    await make_protected(hidden, mother)
    with pytest.raises(OtherBodyToo):
        await service.plan_for_desk(by, child.id, held)
    with pytest.raises(SecondPersonNeeded):
        await service.plan_for_desk(by, hidden.id, await guardianship(hidden, mother))


async def test_the_page_of_the_account(client: AsyncClient) -> None:
    mother, father = await make_account(), await make_account()
    child = await make_member(5, account=mother, family_name="前橋")
    await sign_in(client, mother)
    assert "/account/erase" in (await client.get("/account")).text
    assert "前橋" in (await client.get("/account/erase")).text
    assert (await client.post("/account/erase", data={"sure": "1"})).status_code == 409
    await make_guardianship(child, father)
    assert (await client.post("/account/erase", data={})).status_code == 422
    done = await client.post("/account/erase", data={"sure": "1"})
    assert done.headers["location"] == "/account/erased"
    assert (await client.get("/account/erased")).status_code == 200
    assert (await client.get("/family")).status_code in (302, 303, 401)


async def test_the_page_of_the_desk(client: AsyncClient) -> None:
    mother = await make_account(name="群馬 花子")
    child = await make_member(5, account=mother)
    address = f"/staff/members/{child.id}/guardians/{await guardianship(child, mother)}/erase"
    await sign_in(client, await make_staff("front-desk", HERE))
    assert (await client.get(address)).status_code == 403
    await sign_in(client, await make_staff("body-administrator", HERE))
    assert address in (await client.get(f"/staff/members/{child.id}")).text
    assert "群馬 花子" in (await client.get(address)).text
    assert (await client.post(address, data={"sure": "1"})).status_code == 409
    done = await client.post(address, data={"sure": "1", "alone": "1"})
    assert done.headers["location"] == f"/staff/members/{child.id}?done=guardian-erased"
    assert (await client.get(done.headers["location"])).status_code == 200
