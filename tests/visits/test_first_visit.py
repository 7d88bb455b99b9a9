"""First visits: a minute at the desk, or a poster and an own phone; the card works at once; nothing is given away."""

import re
from datetime import time
from typing import Any

import asyncpg
import httpx
import pytest

from booking.access.errors import NotAllowed
from booking.access.rules import Role
from booking.facilities.queries import list_bodies
from booking.kit import db as house_db
from booking.kit.errors import NotFound
from booking.passes import service_cards
from booking.people.queries import get_member
from booking.visits.service_desk import settle_flag
from booking.visits.service_start import confirm_start
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_body, make_consent_text, make_member
from tests.make.programs import make_session
from tests.make.visits import kiosk_at, visits

pytestmark = pytest.mark.anyio
CHILD = {"family_name": "新井", "given_name": "そうた", "grade": "5", "phone": "090-1234-5678"}


@pytest.fixture
async def place(client: httpx.AsyncClient, clock: Any) -> Any:
    """A facility with a session running and a consent text."""
    await make_body()
    await make_consent_text()
    body = next(one for one in await list_bodies() if one.code == "100005")
    facility = await make_facility(body=body, name="ためし館", opens=time(9), closes=time(18))
    await make_session(walk_in=9, starts_at=clock(), facility=facility)
    return facility


async def test_one_page_and_one_button_at_the_desk(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    staff = await make_staff(Role.FRONT_DESK, place.code)
    await sign_in(client, staff)
    (card,) = await service_cards.make_cards(await actor_for(staff), place.code, 1)
    assert (await client.get(f"/staff/visits/first?facility={place.code}")).status_code == 200
    asked = {**CHILD, "facility": place.code, "card": "T-001"}
    wrong = await client.post("/staff/visits/first", data={**asked, "phone": "", "grade": ""})
    assert (wrong.status_code, wrong.text.count('aria-invalid="true"')) == (422, 2)
    unknown = await client.post("/staff/visits/first", data={**asked, "card": "T-9"})
    assert unknown.status_code == 404
    assert await house_db.fetchval("select count(*) from member") == 0
    done = await client.post("/staff/visits/first", data=asked)
    shown = (await client.get(done.headers["location"])).text
    assert "まだ必要なもの" in shown
    assert "同意書（紙）" in shown
    (visit,) = await visits()
    assert (visit["grade"], visit["entered_by"]) == (5, "staff")
    assert (await service_cards.find_card(card.id)).member_id == visit["member"]  # type: ignore[union-attr]
    assert f"/staff/passes/{visit['member']}" in shown
    clock.advance(minutes=10)
    code = await service_cards.code_of(card)
    kiosk = await kiosk_at(place)
    assert (await kiosk.shows(code)).verdict == "goodbye"
    clock.advance(minutes=10)
    assert (await kiosk.shows(code)).verdict == "welcome"
    await service_cards.give_back(await actor_for(staff), card.id)
    clock.advance(minutes=10)
    assert (await kiosk.shows(code)).verdict == "refused"


async def test_where_the_door_says_no_the_registration_stays(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    await make_session(walk_in=3, starts_at=clock(), facility=place)
    asked = await client.post("/staff/visits/first", data={**CHILD, "facility": place.code})
    assert ("登録はすみました" in asked.text, "どの回に入りますか" in asked.text) == (True, True)
    assert (await house_db.fetchval("select count(*) from member"), await visits()) == (1, [])


async def test_a_poster_gives_a_pass_for_this_day(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    assert "今日のパスを出す" in (await client.get(f"/start/{place.code}")).text
    empty = await client.post(f"/start/{place.code}", data={})
    assert empty.status_code == 422
    done = await client.post(f"/start/{place.code}", data=CHILD)
    address = done.headers["location"]
    shown = await client.get(address)
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert shown.headers["x-robots-tag"] == "noindex"
    number = re.search(r'class="num">(\d{4}) (\d{4})<', shown.text)
    assert number is not None
    token = await house_db.fetchval("select id from pass")
    member = await house_db.fetchrow("select id, seen_at_desk_at, number from member")
    assert (member["number"], member["seen_at_desk_at"]) == (number[1] + number[2], None)
    assert member["number"] not in address
    kiosk = await kiosk_at(place)
    assert (await kiosk.shows((await make_pass(await _member(member["id"]))).token)).verdict == "welcome"
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    flags = (await client.get(f"/staff/visits?facility={place.code}&view=flags")).text
    assert ("はじめて" in flags, "新井 そうた" in flags, "小学5年" in flags) == (True, True, True)
    flag = await house_db.fetchval("select id from door_flag where code = 'first-visit'")
    assert (await client.post(f"/staff/visits/first/{flag}")).status_code == 303
    assert await house_db.fetchval("select seen_at_desk_at from member") == clock()
    assert await house_db.fetchval("select id from pass where revoked_at is null") == token
    assert await house_db.fetchval("select valid_until - issued_at > interval '1 year' from pass")
    assert (await client.get(address)).status_code == 200
    clock.advance(hours=13)
    assert (await client.get(address)).status_code == 404
    assert (await client.get("/start/pass/unknown")).status_code == 404


async def test_the_desk_confirms_a_start_whole_or_not_at_all(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await client.post(f"/start/{place.code}", data=CHILD)
    flag = await house_db.fetchrow("select id, member from door_flag where code = 'first-visit'")
    assert flag is not None
    by = await actor_for(await make_staff(Role.FRONT_DESK, place.code))
    await house_db.execute("alter table door_flag add constraint never check (resolved_at is null)")
    with pytest.raises(asyncpg.CheckViolationError):
        await confirm_start(by, flag["id"], flag["member"])
    assert await house_db.fetchval("select seen_at_desk_at from member") is None
    assert await house_db.fetchval("select valid_until - issued_at < interval '1 day' from pass")
    await house_db.execute("alter table door_flag drop constraint never")
    for _ in range(2):
        await confirm_start(by, flag["id"], flag["member"])
    assert await house_db.fetchval("select seen_at_desk_at from member") == clock()
    assert await house_db.fetchval("select valid_until - issued_at > interval '1 year' from pass")
    assert await house_db.fetchval("select resolved_at from door_flag") == clock()


async def _member(member_id: Any) -> Any:
    return await get_member(member_id)


async def test_the_page_does_not_tell_who_is_registered(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    fresh = await client.post(f"/start/{place.code}", data={**CHILD, "family_kana": "あらい"})
    known = await make_member(5, family_name="清水", given_name="葵", family_kana="しみず", given_kana="あおい")
    same = {**CHILD, "family_name": "清水", "given_name": "葵", "family_kana": "しみず", "given_kana": "あおい"}
    again = await client.post(f"/start/{place.code}", data=same)
    assert (fresh.status_code, again.status_code) == (303, 303)
    pages = [await client.get(one.headers["location"]) for one in (fresh, again)]
    assert len({len(re.sub(r"<svg class=.qr.*?</svg>|\d|そうた|あおい|葵", "", one.text)) for one in pages}) == 1
    note = await house_db.fetchrow("select resembles from member_resemblance")
    assert note["resembles"] == known.id


async def test_a_grown_up_agrees_on_the_screen_and_a_child_does_not(
    client: httpx.AsyncClient, place: Any, clock: Any
) -> None:
    for grade in ("adult", "5"):
        asked = {**CHILD, "grade": grade, "signed": "1"}
        assert (await client.post(f"/start/{place.code}", data=asked)).status_code == 303
    agreed = await house_db.fetch("select consented_at from registration order by registered_at, id")
    assert [row["consented_at"] is not None for row in agreed] == [True, False]


async def test_a_poster_is_printed_for_its_facility(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    poster = await client.get(f"/staff/visits/poster.pdf?facility={place.code}")
    assert (poster.headers["content-type"], poster.content[:4]) == ("application/pdf", b"%PDF")


async def test_a_program_does_not_start_for_ever(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    said = [await client.post(f"/start/{place.code}", data=CHILD if n == 60 else {}) for n in range(61)]
    assert (said[0].status_code, said[-1].status_code) == (422, 429)
    assert "受付で話すと" in said[-1].text
    assert await house_db.fetchval("select count(*) from member") == 0


async def test_a_stranger_does_not_stop_the_family_beside_them(
    app: Any, client: httpx.AsyncClient, place: Any, clock: Any
) -> None:
    for _ in range(61):
        refused = await client.post(f"/start/{place.code}", data={})
    assert refused.status_code == 429
    transport = httpx.ASGITransport(app=app, client=("203.0.113.7", 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as family:
        assert (await family.post(f"/start/{place.code}", data=CHILD)).status_code == 303


async def test_the_desk_dismisses_who_is_not_there_and_keeps_who_came(
    client: httpx.AsyncClient, place: Any, clock: Any
) -> None:
    address = (await client.post(f"/start/{place.code}", data=CHILD)).headers["location"]
    await client.post(f"/start/{place.code}", data={**CHILD, "given_name": "きた", "given_kana": "きた"})
    away, came = [row["id"] for row in await house_db.fetch("select id from member order by created_at, id")]
    kiosk = await kiosk_at(place)
    await kiosk.shows((await make_pass(await _member(came))).token)
    flags = {row["member"]: row["id"] for row in await house_db.fetch("select id, member from door_flag")}
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    for _ in range(2):
        said = await client.post(f"/staff/visits/first/{flags[away]}/absent", data={"view": ""})
        assert said.status_code == 303
    assert (await client.get(address)).status_code == 404
    said = await client.post(f"/staff/visits/first/{flags[came]}/absent", data={"view": ""})
    assert (said.status_code, "入館の記録があります" in said.text) == (409, True)
    left = await house_db.fetch("select id from member where left_at is not null")
    assert [row["id"] for row in left] == [away]
    live = "select member from registration where ended_at is null"
    assert [row["member"] for row in await house_db.fetch(live)] == [came]
    assert [row["id"] for row in await house_db.fetch("select id from door_flag where resolved_at is not null")] == [
        flags[away]
    ]


async def test_only_staff_of_its_place_settle_a_flag_and_only_as_what_it_is(
    client: httpx.AsyncClient, place: Any, clock: Any
) -> None:
    await client.post(f"/start/{place.code}", data=CHILD)
    flag = await house_db.fetchrow("select id, member from door_flag where code = 'first-visit'")
    assert flag is not None
    elsewhere = await make_facility()
    stranger = await actor_for(await make_staff(Role.FRONT_DESK, elsewhere.code))
    auditor = await actor_for(await make_staff(Role.AUDITOR))
    resident = await actor_for(await make_account())
    for by in (stranger, auditor, resident):
        with pytest.raises(NotAllowed):
            await settle_flag(by, flag["id"])
    own = await actor_for(await make_staff(Role.FRONT_DESK, place.code))
    somebody = await make_member(body=place.body_code)
    with pytest.raises(NotFound):
        await settle_flag(own, flag["id"], about=somebody.id)
    with pytest.raises(NotFound):
        await settle_flag(own, somebody.id)
    assert await house_db.fetchval("select resolved_at from door_flag") is None
    for _ in range(2):
        await settle_flag(own, flag["id"], about=flag["member"])
    assert await house_db.fetchval("select resolved_by from door_flag") == own.id
    assert await house_db.fetchval("select count(*) from audit_entry where action = 'door-flag.settle'") == 1
