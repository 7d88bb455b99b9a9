"""An account moved at the desk: a paper seen, everything old ended, the old address told and able to stop it."""

import re
from typing import Any

import pytest
from httpx import AsyncClient

from booking.access import service
from booking.access.rules import Role, cookie_name
from booking.kit import db
from tests.conftest import Clock
from tests.make.access import make_account, make_staff, sign_in
from tests.make.people import make_household, make_member, make_protected

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]


async def a_family() -> tuple[Any, Any, str]:
    account = await make_account("old@example.jp", name="群馬 花子")
    member = await make_member(household=await make_household(account.id), account=account.id)
    guardianship = await db.fetchval("select id from guardianship where member = $1", member.id)
    return account, member, f"/staff/members/{member.id}/guardians/{guardianship}/move"


async def move(client: AsyncClient, door: str, **typed: str) -> Any:
    await sign_in(client, await make_staff(Role.FRONT_DESK, "100005"))
    return await client.post(door, data={"paper": "residence-card", "email": "", **typed})


async def old_link() -> str:
    text = await db.fetchval("select content from message where to_address = 'old@example.jp'")
    found = re.search(r"/moved/\S+", text)
    assert found
    return found.group()


async def test_everything_old_ends_and_the_owner_enters_by_the_link(client: AsyncClient) -> None:
    account, _, door = await a_family()
    stolen = await service.open_sign_in(account.id, "thief")
    answer = await move(client, door)
    assert answer.status_code == 200 and "<svg" in answer.text
    assert (await service.actor_of_cookie(stolen)).id is None
    assert await db.fetchval("select email from account where id = $1", account.id) is None
    entry = await db.fetchrow("select * from audit_entry where action = 'account-moved'")
    assert entry is not None and "residence-card" in str(entry["detail"])
    path = re.search(r"/enter/[\w-]+", answer.text)
    assert path
    client.cookies.delete(cookie_name(secure=False))
    assert "受付で移したアカウント" in (await client.get(path.group())).text
    entered = await client.post(path.group(), data={})
    assert entered.headers["location"] == "/account"
    assert "おぼえがないときは" in (await client.get("/account")).text
    assert (await client.post(path.group(), data={})).status_code == 409


async def test_the_old_address_stops_the_account_and_the_desk_phones(client: AsyncClient) -> None:
    account, _, door = await a_family()
    await move(client, door, email="new@example.jp")
    link = await old_link()
    client.cookies.clear()
    assert "たのんでいないとき" in (await client.get(link)).text
    assert await db.fetchval("select disabled_at from account where id = $1", account.id) is None
    assert "アカウントを止めました" in (await client.post(link, data={})).text
    assert await db.fetchval("select disabled_at from account where id = $1", account.id) is not None
    assert await db.fetchval("select reason from phone_call") == "move-denied"
    assert (await client.post(link, data={})).status_code == 409
    assert (await move(client, door, email="right@example.jp")).status_code == 200
    assert await db.fetchval("select disabled_at from account where id = $1", account.id) is None


async def test_the_old_address_has_a_day(client: AsyncClient, clock: Clock) -> None:
    _, _, door = await a_family()
    await move(client, door)
    link = await old_link()
    clock.advance(hours=24)
    assert (await client.get(link)).status_code == 409
    assert (await client.post(link, data={})).status_code == 409


async def test_no_paper_no_move_and_no_address_of_somebody_else(client: AsyncClient) -> None:
    account, _, door = await a_family()
    await make_account("other@example.jp")
    assert (await move(client, door, paper="")).status_code == 422
    assert (await move(client, door, email="other@example.jp")).status_code == 422
    assert await db.fetchval("select email from account where id = $1", account.id) == "old@example.jp"


async def test_staff_and_cards_are_not_moved(client: AsyncClient) -> None:
    account, _, door = await a_family()
    await db.execute("update account set kind = 'staff' where id = $1", account.id)
    assert (await move(client, door)).status_code == 409
    assert await db.fetchval("select count(*) from account_move") == 0


async def test_who_acts_for_a_protected_child_is_moved_by_managers_alone(client: AsyncClient) -> None:
    account, member, door = await a_family()
    await make_protected(member, account)
    assert (await move(client, door)).status_code == 403
    await sign_in(client, await make_staff(Role.FACILITY_MANAGER, "100005"))
    assert (await client.post(door, data={"paper": "passport", "email": ""})).status_code == 200


async def test_another_bodys_desk_moves_nobody(client: AsyncClient) -> None:
    _, _, door = await a_family()
    await sign_in(client, await make_staff(Role.FRONT_DESK, "102032"))
    assert (await client.post(door, data={"paper": "passport", "email": ""})).status_code == 404
