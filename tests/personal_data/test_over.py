"""Whom no body has registered any more is still kept: a body that had them can erase them, and they go in time."""

from typing import Any

import pytest
from httpx import AsyncClient

from booking.access.rules import Role
from booking.kit import db
from booking.people.errors import MemberNotFound
from booking.people.schemas import MemberView
from booking.people.service_erasing import end_registrations
from booking.people.service_first import forget_first
from booking.personal_data import service
from booking.personal_data import service_retention as retention
from booking.personal_data.rules import reach_of
from booking.personal_data.rules_retention import Kept
from tests.conftest import Clock
from tests.house.everything import ELSEWHERE, HERE
from tests.make.access import make_staff, sign_in
from tests.make.people import make_member, make_protected
from tests.personal_data.test_erasing import administrator, register_too, the_body
from tests.personal_data.test_retention import automatic, left, registered_long_ago

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock")]


async def forgotten(**facts: Any) -> MemberView:
    """Somebody who started on a phone and never stood at the desk."""
    member = await make_member(8, body=HERE, **facts)
    assert await forget_first(await administrator(), member.id)
    return member


@pytest.mark.parametrize("bodies", [frozenset({HERE}), frozenset({ELSEWHERE})])
async def test_who_is_over_goes_whole(bodies: frozenset[str]) -> None:
    over, other = await make_member(8, body=None), await make_member(8, body=None)
    reach = reach_of([over, other], bodies, {over.id})
    assert (reach.gone_ids, reach.ending) == ([over.id], ())


async def test_the_last_body_erases_and_nobody_else() -> None:
    gone, hidden = await forgotten(), await forgotten()
    await make_protected(hidden)
    far, by = await administrator(ELSEWHERE), await administrator()
    for who, one in ((far, gone), (by, hidden)):
        with pytest.raises(MemberNotFound):
            await service.erase(who, one.id, one.number)
    assert (await service.plan_erasure(by, gone.id)).alone.reach.gone_ids == [gone.id]
    done = await service.erase(by, gone.id, gone.number)
    assert (done.members, done.ended) == (1, 0)
    assert await left() == {hidden.id}
    assert await db.fetchval("select count(*) from registration where member is null and erased_as is not null") == 1
    noted = await db.fetchval("select scope from audit_entry where action = 'member.erased'")
    assert noted == HERE


async def test_whom_another_body_keeps_is_not_over() -> None:
    both = await make_member(8, body=HERE)
    await register_too(both.id, ELSEWHERE)
    by = await administrator()
    await end_registrations(by, both.id, [HERE])
    with pytest.raises(MemberNotFound):
        await service.erase(by, both.id, both.number)
    assert await left() == {both.id}


async def test_they_go_when_the_term_of_the_last_body_is_over(clock: Clock) -> None:
    await the_body()
    await retention.seed_terms()
    old, new, hidden, two = await forgotten(), await forgotten(), await forgotten(), await make_member(8, body=HERE)
    await make_protected(hidden)
    await register_too(two.id, ELSEWHERE)
    await end_registrations(await administrator(), two.id, [HERE])
    clock.advance(minutes=1)
    await end_registrations(await administrator(ELSEWHERE), two.id, [ELSEWHERE])
    for one in (old, hidden, two):
        await registered_long_ago(one)
    due, people = await retention.list_people(await administrator(), HERE, Kept.MEMBERS)
    assert ([one.id for one in people], due.hidden) == ([old.id], 1)
    await automatic(Kept.MEMBERS)
    assert await retention.keep_terms() == 1
    assert await left() == {new.id, hidden.id, two.id}
    await retention.seed_terms()
    await automatic(Kept.MEMBERS, body=ELSEWHERE)
    assert await retention.keep_terms() == 1, "the body that had them last"
    assert await left() == {new.id, hidden.id}


async def test_the_page_leads_from_the_record_to_erasing(client: AsyncClient) -> None:
    gone = await forgotten(family_name="前橋")
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, HERE))
    erase = f"/staff/members/{gone.id}/erase"
    assert erase in (await client.get(f"/staff/members/{gone.id}/export")).text
    asked = (await client.get(erase)).text
    assert f'href="/staff/members/{gone.id}"' not in asked
    assert f'href="/staff/members/{gone.id}/export"' in asked
    done = await client.post(erase, data={"number": gone.number, "who": "member"})
    assert done.headers["location"].startswith("/staff/members/erased")
    assert (await client.get(f"/staff/members/{gone.id}/export")).status_code == 404
