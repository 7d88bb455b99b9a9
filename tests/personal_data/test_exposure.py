"""Whose data a lost kiosk, account or token could have shown: the sure ones, the possible ones, and numbers alone."""

import csv
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from httpx import AsyncClient

from booking.access import service_tokens
from booking.access.errors import NotAllowed
from booking.access.rules import Role
from booking.access.schemas import SYSTEM
from booking.access.service import record_view
from booking.facilities.queries import list_bodies
from booking.kit import clock, db
from booking.people.schemas import MemberView
from booking.personal_data import service_exposure as service
from booking.personal_data.errors_exposure import LostUnknown
from booking.personal_data.rules_exposure import is_minor
from booking.personal_data.schemas_exposure import Exposure, Lost, Sight, Span
from booking.visits.service_writing import ensure_member_keys
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.kiosks import make_kiosk
from tests.make.people import make_body, make_guardianship, make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock")]
HERE, THERE = "100005", "102032"


async def administrator(scope: str = HERE) -> Any:
    return await actor_for(await make_staff(Role.BODY_ADMINISTRATOR, scope))


async def here() -> Any:
    await make_body(HERE)
    return await make_facility(body=next(one for one in await list_bodies() if one.code == HERE))


def hours(before: int, after: int = 1) -> Span:
    return Span(clock.now() - timedelta(hours=before), clock.now() + timedelta(hours=after))


def seen(found: Exposure) -> dict[UUID, Sight]:
    return {row.member.id: row.sight for row in found.rows}


async def test_a_kiosk_shows_its_list(clock: Clock) -> None:
    place = await here()
    kiosk, _ = await make_kiosk(place)
    booked, once, hidden, foreign = [await make_member(5) for _ in range(3)] + [await make_member(5, body=THERE)]
    session = await make_session(facility=place, starts_at=clock() + timedelta(days=3))
    await make_reservation(session, booked)
    await make_reservation(session, foreign)
    await make_protected(hidden)
    await ensure_member_keys(kiosk.id, [booked.id, once.id, hidden.id, foreign.id])
    await make_member(5)
    by = await administrator()
    thing = await service.get_thing(by, Lost.KIOSK, kiosk.id)
    found = await service.expose(by, thing, hours(24))
    assert seen(found) == {booked.id: Sight.LISTED, once.id: Sight.POSSIBLE}
    assert (found.certain, found.possible, found.protected, found.elsewhere, found.total) == (1, 1, 1, 1, 4)
    assert found.minors == 3
    noted = await db.fetch("select member_id from personal_data_view where what = 'exposure-kiosk'")
    assert {row["member_id"] for row in noted} == {booked.id, once.id}
    long_after = Span(clock() + timedelta(days=30), clock() + timedelta(days=31))
    assert seen(await service.expose(by, thing, long_after))[booked.id] is Sight.POSSIBLE
    await db.execute("update reservation set state = 'cancelled', cancelled_at = $1", clock() - timedelta(days=9))
    assert seen(await service.expose(by, thing, hours(24)))[booked.id] is Sight.POSSIBLE


async def test_an_account_of_staff_shows_what_it_opened_and_what_it_could_open() -> None:
    await make_body(HERE)
    thief = await make_staff("front-desk", HERE)
    opened, listed, other, far = [await make_member(8) for _ in range(3)] + [await make_member(8, body=THERE)]
    actor = await actor_for(thief)
    await record_view(actor, [opened.id, listed.id], "member-search", by_list=True)
    await record_view(actor, [opened.id], "member-page")
    by = await administrator()
    thing = await service.get_thing(by, Lost.STAFF, thief.id)
    found = await service.expose(by, thing, hours(1))
    assert seen(found) == {opened.id: Sight.OPENED, listed.id: Sight.READ, other.id: Sight.POSSIBLE}
    assert next(row for row in found.rows if row.member.id == opened.id).times == 2
    earlier = Span(clock.now() - timedelta(days=9), clock.now() - timedelta(days=8))
    assert seen(await service.expose(by, thing, earlier)) == {}, "nobody was registered, no role was held"
    assert far.id not in seen(found)
    with pytest.raises(LostUnknown):
        await service.get_thing(await administrator(THERE), Lost.STAFF, thief.id)
    with pytest.raises(NotAllowed):
        await service.get_thing(actor, Lost.STAFF, thief.id)


async def test_a_token_that_was_stopped_is_still_asked_about() -> None:
    await make_body(HERE)
    await service_tokens.new_token("ためし", "auditor", HERE, SYSTEM)
    token_id = await db.fetchval("select id from api_token")
    member = await make_member(8)
    await db.execute(
        "insert into personal_data_view (id, occurred_at, actor_kind, actor_id, member_id, what)"
        " values (gen_random_uuid(), $1, 'token', $2, $3, 'member')",
        *(clock.now(), token_id, member.id),
    )
    by = await administrator()
    await service_tokens.revoke_token(token_id, by)
    thing = await service.get_thing(by, Lost.TOKEN, token_id)
    assert thing.stopped_at is not None
    assert seen(await service.expose(by, thing, hours(1))) == {member.id: Sight.OPENED}


async def test_a_guardians_account_shows_its_children() -> None:
    mother = await make_account(name="母")
    one, two, hidden = [await make_member(5, account=mother) for _ in range(3)]
    await db.execute("update guardianship set ended_at = $2 where member = $1", two.id, clock.now() - timedelta(days=3))
    await db.execute("update guardianship set created_at = $1", clock.now() - timedelta(days=9))
    await make_protected(hidden, mother)
    by = await administrator()
    thing = await service.get_thing(by, Lost.GUARDIAN, mother.id)
    found = await service.expose(by, thing, hours(24))
    assert (seen(found), found.protected) == ({one.id: Sight.HELD}, 1)
    assert two.id in seen(await service.expose(by, thing, hours(24 * 5)))
    father = await make_account()
    await make_guardianship(hidden, father)
    with pytest.raises(LostUnknown):
        await service.get_thing(by, Lost.GUARDIAN, father.id)
    with pytest.raises(LostUnknown):
        await service.get_thing(await administrator(THERE), Lost.GUARDIAN, mother.id)


async def test_who_is_under_eighteen() -> None:
    on = date(2026, 11, 28)
    grown: MemberView = await make_member(None)
    pupil: MemberView = await make_member(8)
    unknown = msgspec.structs.replace(pupil, birth_on=None)
    assert [is_minor(one, on) for one in (grown, pupil, unknown)] == [False, True, True]


async def test_the_page_tells_the_facts_and_the_file_everybody(client: AsyncClient) -> None:
    kiosk, _ = await make_kiosk(await here())
    member = await make_member(5, family_name="前橋")
    await ensure_member_keys(kiosk.id, [member.id])
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, HERE))
    address = f"/staff/exposure/kiosk/{kiosk.id}"
    assert address in (await client.get("/staff/exposure")).text
    assert address in (await client.get(f"/staff/kiosks/{kiosk.id}")).text
    page = (await client.get(address)).text
    assert "前橋" in page
    assert f"/staff/kiosks/{kiosk.id}/revoke" in page
    wrong = await client.get(address, params={"since": "2026-11-20T10:00", "until": "2026-11-19T10:00"})
    assert wrong.status_code == 422
    assert 'id="f-until-error"' in wrong.text
    asked = {"since": "2026-11-20T10:00", "until": "2026-11-21T10:00"}
    rows = list(
        csv.reader(io.StringIO((await client.get(f"{address}/list.csv", params=asked)).content.decode("utf-8-sig")))
    )
    assert [row[0] for row in rows[1:]] == [member.number]
    assert (await client.get(f"/staff/exposure/kiosk/{member.id}")).status_code == 404
    await sign_in(client, await make_staff("facility-manager", HERE))
    assert (await client.get(address)).status_code == 403
