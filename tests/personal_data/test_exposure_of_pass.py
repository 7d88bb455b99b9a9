"""Whose names a lost pass could have shown at a kiosk: the bearer's, and a family's it was let choose from."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from booking.access.errors import NotAllowed
from booking.access.rules import Role
from booking.access.schemas import SYSTEM, Actor
from booking.facilities.queries import list_bodies
from booking.kit import clock, db
from booking.passes.service import reissue_pass
from booking.people.service_erasing import end_registrations
from booking.personal_data import service_exposure as service
from booking.personal_data.errors_exposure import LostUnknown
from booking.personal_data.schemas_exposure import Exposure, Lost, Sight, Span
from booking.visits.service_erasing import erase_visits
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_body, make_guardianship, make_household, make_member, make_protected
from tests.make.programs import make_session
from tests.make.visits import KioskHere, kiosk_at, make_scan

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock")]
HERE, THERE = "100005", "102032"


async def administrator(scope: str = HERE) -> Actor:
    return await actor_for(await make_staff(Role.BODY_ADMINISTRATOR, scope))


async def kiosk_of(body: str, name: str = "受付機") -> KioskHere:
    await make_body(body)
    place = await make_facility(body=next(one for one in await list_bodies() if one.code == body))
    await make_session(seats=20, walk_in=9, starts_at=clock.now(), facility=place)
    kiosk = await kiosk_at(place, direction="in")
    await db.execute("update kiosk set name = $2 where id = $1", kiosk.id, name)
    return kiosk


def around(before: int = 1, after: int = 1) -> Span:
    return Span(clock.now() - timedelta(hours=before), clock.now() + timedelta(hours=after))


def seen(found: Exposure) -> dict[UUID, Sight]:
    return {row.member.id: row.sight for row in found.rows}


async def pass_of(member: Any) -> UUID:
    return UUID(str(await db.fetchval("select id from pass where member = $1 and revoked_at is null", member.id)))


async def exposed(by: Actor, pass_id: UUID, span: Span) -> Exposure:
    return await service.expose(by, await service.get_thing(by, Lost.PASS, pass_id), span)


async def a_family(grades: Iterable[int] = (6, 8)) -> tuple[Any, list[Any]]:
    """A parent who is a member, too, and the children a kiosk lets the parent's pass choose from."""
    account = await make_account()
    parent = await make_member(None, household=await make_household(account), body=HERE)
    await make_guardianship(parent, account)
    await db.execute("update guardianship set relation = 'self' where member = $1", parent.id)
    children = [await make_member(grade, account=account, body=HERE) for grade in grades]
    await db.execute("update guardianship set created_at = $1", clock.now() - timedelta(days=90))
    return parent, children


async def test_a_childs_pass_shows_the_child_alone(clock: Clock) -> None:
    child, other = await make_member(6, account=await make_account()), await make_member(6)
    await make_pass(other)
    token, kiosk, by = (await make_pass(child)).token, await kiosk_of(HERE, "入口の受付機"), await administrator()
    lost = await pass_of(child)
    before = await exposed(by, lost, around())
    assert seen(before) == {child.id: Sight.PRINTED}, "name and number stand on the paper"
    assert (before.certain, before.minors, before.doors) == (1, 1, service.Doors((), 0))
    assert (await kiosk.shows(token)).name == child.shown_name
    shown = await exposed(by, lost, around())
    assert seen(shown) == {child.id: Sight.ANSWERED}
    assert (shown.rows[0].times, shown.rows[0].last_at) == (1, clock())
    assert shown.doors is not None
    assert shown.doors.names == ("入口の受付機（ためし館）",)
    earlier = await exposed(by, lost, Span(clock() - timedelta(days=9), clock() - timedelta(days=8)))
    assert (seen(earlier), earlier.doors) == ({child.id: Sight.PRINTED}, service.Doors((), 0))
    await reissue_pass(child.id, SYSTEM, "lost")
    assert (await kiosk.shows(token)).name == ""
    after = await exposed(by, lost, Span(clock() + timedelta(seconds=1), clock() + timedelta(days=1)))
    assert seen(after) == {child.id: Sight.PRINTED}
    thing = await service.get_thing(by, Lost.PASS, lost)
    assert thing.stopped_at == clock()
    newer = await exposed(by, await pass_of(child), around())
    assert seen(newer) == {child.id: Sight.PRINTED}, "what the old paper showed is not the new one's"


async def test_what_the_family_was_offered_is_sure_and_what_could_be_is_possible() -> None:
    parent, (one, two) = await a_family()
    hidden = await make_member(7, account=await make_account(), body=HERE)
    account = await db.fetchval("select account from guardianship where member = $1", parent.id)
    await make_guardianship(hidden, account)
    await make_protected(hidden)
    token, kiosk, by = (await make_pass(parent)).token, await kiosk_of(HERE), await administrator()
    lost = await pass_of(parent)
    found = await exposed(by, lost, around())
    assert seen(found) == {parent.id: Sight.PRINTED, one.id: Sight.POSSIBLE, two.id: Sight.POSSIBLE}
    assert found.protected == 0, "kept from this account, so no kiosk offers the child"
    asked = await kiosk.shows(token)
    assert len(asked.choices) == 3
    found = await exposed(by, lost, around())
    assert set(seen(found).values()) == {Sight.ANSWERED}
    assert (found.certain, found.possible) == (3, 0)
    await kiosk.shows(token, member_key=asked.choices[1].id.removeprefix("member:"))
    counted = {row.member.id: row.times for row in (await exposed(by, lost, around())).rows}
    assert sorted(counted.values()) == [1, 1, 2]
    await make_protected(two, account)
    found = await exposed(by, lost, around())
    assert (set(seen(found)), found.protected) == ({parent.id, one.id}, 1)


async def test_an_answer_without_a_name_is_possible_and_what_is_forgotten_is_gone() -> None:
    parent, (child,) = await a_family((6,))
    token, kiosk, by = (await make_pass(parent)).token, await kiosk_of(HERE), await administrator()
    lost = await pass_of(parent)
    key = (await kiosk.shows(token)).choices[-1].id.removeprefix("member:")
    await db.execute("update scan set answer = answer - 'choices'")
    await kiosk.sends([make_scan(token, member_key=key, offline=True, told=("welcome", "welcome-unlisted"))])
    await db.execute("update scan set answer = answer - 'name'")
    await db.execute(
        "update guardianship set ended_at = $1 where member = $2", clock.now() - timedelta(days=9), child.id
    )
    assert seen(await exposed(by, lost, around())) == {parent.id: Sight.PRINTED, child.id: Sight.POSSIBLE}
    await erase_visits([child.id], [parent.id])
    assert seen(await exposed(by, lost, around())) == {parent.id: Sight.PRINTED}


async def test_kiosks_and_people_of_the_other_body_are_numbers() -> None:
    parent, (one, two) = await a_family()
    token, by = (await make_pass(parent)).token, await administrator()
    far = await kiosk_of(THERE, "遠くの受付機")
    await far.shows(token)
    await end_registrations(by, two.id, [HERE])
    found = await exposed(by, await pass_of(parent), around())
    assert (set(seen(found)), found.elsewhere) == ({parent.id, one.id}, 1)
    assert found.doors == service.Doors((), 1)


async def test_who_may_ask() -> None:
    child, hidden = await make_member(6, body=HERE), await make_member(6, body=HERE)
    await make_pass(child)
    await make_pass(hidden)
    await make_protected(hidden)
    by = await administrator()
    for who, one in ((await administrator(THERE), child), (by, hidden)):
        with pytest.raises(LostUnknown):
            await service.get_thing(who, Lost.PASS, await pass_of(one))
    with pytest.raises(LostUnknown):
        await service.get_thing(by, Lost.PASS, child.id)
    with pytest.raises(NotAllowed):
        await service.get_thing(await actor_for(await make_staff("front-desk", HERE)), Lost.PASS, await pass_of(child))


async def test_the_page_is_reached_from_the_member_and_noted(client: AsyncClient, clock: Clock) -> None:
    child = await make_member(6, body=HERE, family_name="前橋")
    token = (await make_pass(child)).token
    kiosk = await kiosk_of(HERE, "入口の受付機")
    await kiosk.shows(token)
    clock.advance(minutes=1)
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, HERE))
    address = f"/staff/exposure/pass/{await pass_of(child)}"
    assert address in (await client.get(f"/staff/members/{child.id}")).text
    page = (await client.get(address)).text
    assert "入口の受付機" in page
    assert "前橋" in page
    assert f"/staff/passes/{child.id}/lost" in page, "the way to stop it"
    assert (await client.get(f"/staff/passes/{child.id}/lost")).status_code == 200
    listed = await client.get(f"{address}/list.csv")
    assert child.number in listed.text
    assert await db.fetchval("select count(*) from personal_data_view where what = 'exposure-pass'") == 2
    assert await db.fetchval("select count(*) from audit_entry where action = 'exposure.listed'") == 2
