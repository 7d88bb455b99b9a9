"""A second guardian by whatever way they sign in: from the desk, or from the first guardian's screen."""

import asyncio
import re
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from booking.access.rules import Role, cookie_name
from booking.kit import db
from booking.people import queries, service_invites
from booking.people.errors_invites import InviteOver
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.people import make_household, make_member, make_protected

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
RIGHTS = {"email": "", "relation": "father", "may_book": "1", "is_told": "1"}


async def a_child(state: str = "confirmed") -> tuple[Any, Any]:
    """A child and the guardian who consents for it."""
    account = await make_account(name="群馬 花子")
    child = await make_member(household=await make_household(account.id), account=account)
    await db.execute("update guardianship set state = $2 where member = $1", child.id, state)
    return child, account


async def with_line_alone() -> Any:
    """Somebody who signs in by LINE and has no mail."""
    account = await make_account(name="群馬 太郎")
    await db.execute("update account set email = null where id = $1", account.id)
    return account


def path_in(answer: Response) -> str:
    found = re.search(r"/invited/[\w-]+", answer.text)
    assert answer.status_code == 200 and found, answer.text[:300]
    return found.group()


async def from_desk(client: AsyncClient, child: Any) -> str:
    await sign_in(client, await make_staff(Role.FRONT_DESK, "100005"))
    assert "メールなしで、QRコードで追加する" in (await client.get(f"/staff/members/{child.id}")).text
    answer = await client.post(f"/staff/members/{child.id}/guardians/invite", data=RIGHTS)
    assert "<svg" in answer.text
    return path_in(answer)


async def row(child: Any, account: Any) -> Any:
    return await db.fetchrow("select * from guardianship where member = $1 and account = $2", child.id, account.id)


async def test_whom_the_desk_invites_is_a_guardian_at_once(client: AsyncClient) -> None:
    child, _ = await a_child()
    link, second = await from_desk(client, child), await with_line_alone()
    client.cookies.delete(cookie_name(secure=False))
    before = await client.get(link)
    assert (
        before.status_code == 200 and child.shown_name not in before.text and "/sign-in?next=/invited/" in before.text
    )
    await sign_in(client, second)
    assert child.shown_name in (await client.get(link)).text
    assert await row(child, second) is None, "looking changes nothing"
    assert (await client.post(link, data={})).headers["location"] == "/family"
    made = await row(child, second)
    assert (made["state"], made["relation"], made["may_book"], made["may_consent"]) == (
        "confirmed",
        "father",
        True,
        False,
    )
    assert await queries.may_book(second.id, [child.id]) == {child.id}
    assert (await client.get("/family")).headers["location"] == "/welcome", "a telephone number is still asked"
    await sign_in(client, await make_account())
    assert (await client.post(link, data={})).status_code == 409, "once"
    said = "select count(*) from audit_entry where action in ('guardian-invited', 'guardian-joined')"
    assert await db.fetchval(said) == 2


async def test_whom_a_guardian_invites_holds_a_claim(client: AsyncClient) -> None:
    child, first = await a_child()
    await sign_in(client, first)
    assert f"/family/{child.id}/invite" in (await client.get("/family")).text
    assert "見守る人を招待する" in (await client.get(f"/family/{child.id}/invite")).text
    assert (await client.post(f"/family/{child.id}/invite", data={"relation": "self"})).status_code == 422
    link = path_in(await client.post(f"/family/{child.id}/invite", data={"relation": "father"}))
    second = await with_line_alone()
    await sign_in(client, second)
    assert (await client.post(link, data={})).status_code == 303
    made = await row(child, second)
    assert (made["state"], made["may_consent"], made["may_book"]) == ("claimed", False, True)
    await sign_in(client, second)
    assert (await client.get(f"/family/{child.id}/invite")).status_code == 404, "a claim invites nobody"


async def test_only_whoever_consents_and_was_seen_invites(client: AsyncClient) -> None:
    child, first = await a_child("claimed")
    other = await make_account()
    for account in (first, other):
        await sign_in(client, account)
        for answer in (
            await client.get(f"/family/{child.id}/invite"),
            await client.post(f"/family/{child.id}/invite", data={"relation": "father"}),
        ):
            assert answer.status_code == 404 and child.shown_name not in answer.text
    await sign_in(client, await make_staff(Role.FRONT_DESK, "102032"))
    door = f"/staff/members/{child.id}/guardians/invite"
    assert (await client.post(door, data=RIGHTS)).status_code in (403, 404)
    assert await db.fetchval("select count(*) from guardian_invite") == 0


async def test_an_invitation_dies_with_its_day_and_when_the_child_is_protected(
    client: AsyncClient, clock: Clock
) -> None:
    child, first = await a_child()
    links = [await from_desk(client, child)]
    await sign_in(client, first)
    links.append(path_in(await client.post(f"/family/{child.id}/invite", data={"relation": "father"})))
    await make_protected(child, first)
    second = await with_line_alone()
    await sign_in(client, second)
    unknown = await client.get("/invited/none")
    for link in links:
        answer = await client.get(link)
        assert (answer.status_code, child.shown_name in answer.text) == (409, False)
        assert re.sub(r"\s", "", answer.text) == re.sub(r"\s", "", unknown.text), "as one that never was"
        assert (await client.post(link, data={})).status_code == 409
    assert await row(child, second) is None
    await sign_in(client, first)
    refused = await client.post(f"/family/{child.id}/invite", data={"relation": "father"})
    assert refused.status_code == 409 and "受付で加えます" in refused.text
    other, _ = await a_child()
    late = await from_desk(client, other)
    clock.advance(hours=24)
    await sign_in(client, second)
    assert (await client.get(late)).status_code == 409


async def test_whom_the_desk_took_off_does_not_come_back_by_a_guardians_invitation(client: AsyncClient) -> None:
    child, first = await a_child()
    gone = await with_line_alone()
    by = await actor_for(first)
    await service_invites.accept(await actor_for(gone), (await service_invites.invite(by, child.id, "father"))[9:])
    await db.execute("update guardianship set ended_at = now() where account = $1", gone.id)
    again = (await service_invites.invite(by, child.id, "father"))[9:]
    await service_invites.accept(await actor_for(gone), again)
    assert await queries.find_member_of(gone.id, child.id) is None


async def test_one_link_makes_one_guardian_whatever_comes_at_once(client: AsyncClient) -> None:
    child, first = await a_child()
    token = (await service_invites.invite(await actor_for(first), child.id, "other"))[9:]
    people = [await actor_for(await with_line_alone()) for _ in range(4)]

    async def one(by: Any) -> bool:
        try:
            await service_invites.accept(by, token)
        except InviteOver:
            return False
        return True

    assert sum(await asyncio.gather(*(one(by) for by in people))) == 1
    assert await count(child.id) == 2


async def count(member_id: UUID) -> int:
    return int(await db.fetchval("select count(*) from guardianship where member = $1", member_id))
