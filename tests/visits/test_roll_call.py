"""The roll call: who is inside and whom to ring, ticked by two tablets and a kiosk, with nobody missed."""

from datetime import time, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from booking.access.rules import Role
from booking.facilities.queries import list_bodies
from booking.facilities.schemas import FacilityView
from booking.kit import db as house_db
from booking.visits.service_sweeps import close_open_visits
from tests.make.access import make_account, make_staff, sign_in
from tests.make.facilities import make_facility, make_place
from tests.make.passes import make_pass
from tests.make.people import make_body, make_guardianship, make_household, make_member, make_protected
from tests.make.programs import make_session
from tests.make.visits import KioskHere, flags, kiosk_at, visits

pytestmark = pytest.mark.anyio


@pytest.fixture
async def place(client: httpx.AsyncClient, clock: Any) -> FacilityView:
    """A facility of the body the members are registered with, people may walk in, its desk signed in."""
    await make_body()
    body = next(one for one in await list_bodies() if one.code == "100005")
    facility = await make_facility(body=body, opens=time(9), closes=time(18))
    await make_session(walk_in=20, starts_at=clock(), facility=facility)
    await sign_in(client, await make_staff(Role.FRONT_DESK, facility.code))
    return facility


async def inside(kiosk: KioskHere, child: Any) -> str:
    token = (await make_pass(child)).token
    assert (await kiosk.shows(token)).verdict == "welcome"
    return token


async def roll_of(client: httpx.AsyncClient, place: FacilityView) -> dict[str, Any]:
    answer = await client.get("/api/v1/staff/roll-call", params={"facility": place.code})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def begin(client: httpx.AsyncClient, place: FacilityView) -> str:
    await client.post("/staff/roll-call/begin", data={"facility": place.code})
    return str((await roll_of(client, place))["roll_call"]["id"])


async def tick(client: httpx.AsyncClient, place: FacilityView, call: str, visit: str, how: str) -> httpx.Response:
    form = {"facility": place.code, "visit": visit, "how": how, "nonce": str(uuid4())}
    return await client.post(f"/staff/roll-call/{call}/ticks", data=form)


async def test_who_is_inside_and_whom_to_ring(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    kiosk = await kiosk_at(place)
    mother = await make_account(name="母の名")
    await make_household(mother, phone="+819011112222")
    child = await make_member(3, account=mother, family_kana="あらい", assistance="大きな音がにがて")
    await house_db.execute(
        "insert into emergency_contact (id, member, name, relation, phone, rank)"
        " values (gen_random_uuid(), $1, '祖母の名', 'grandparent', '+819033334444', 1)",
        child.id,
    )
    await inside(kiosk, child)
    await kiosk.shows(kind="heads", heads=12, heads_of="group", party="ためし小", facility=place.code)
    await house_db.execute("update visit set party = 'ためし小' where heads = 12")
    await kiosk.shows(kind="heads", heads=2, heads_of="guardian", facility=place.code)
    roll = await roll_of(client, place)
    assert roll["roll_call"] is None
    assert roll["sums"] | {"by_kind": None} == {
        "inside": 15,
        "open": 15,
        "safe": 0,
        "handed_over": 0,
        "left": 0,
        "by_kind": None,
    }
    first = roll["items"][0]
    assert (first["name"], first["grade"], first["assistance"]) == ("群馬 太郎", 3, "大きな音がにがて")
    assert [one["phone"] for one in first["phones"]] == ["090-1111-2222", "090-3333-4444"]
    assert ("ためし小", 12) in {(one["party"], one["heads"]) for one in roll["items"]}
    page = (await client.get("/staff/roll-call", params={"facility": place.code})).text
    for said in (
        "群馬 太郎",
        "小学3年",
        "大きな音がにがて",
        "090-1111-2222",
        "団体 ためし小",
        "12人",
        "点呼を始める",
        "☐",
    ):
        assert said in page
    viewed = "select count(*) from personal_data_view where what = 'roll-call' and member_id = $1"
    assert await house_db.fetchval(viewed, child.id) == 1
    clock.advance(minutes=11)
    await roll_of(client, place)
    assert await house_db.fetchval(viewed, child.id) == 2


async def test_two_tablets_tick_and_take_back(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    kiosk = await kiosk_at(place)
    for _ in range(2):
        await inside(kiosk, await make_member(8))
    call = await begin(client, place)
    assert await begin(client, place) == call
    one, other = [str(row["id"]) for row in await visits()]
    nonce = str(uuid4())
    for _ in range(2):
        form = {"facility": place.code, "visit": one, "how": "safe", "nonce": nonce}
        done = await client.post(f"/staff/roll-call/{call}/ticks", data=form)
        assert done.headers["location"] == f"/staff/roll-call?facility={place.code}#v-{one}"
    assert await house_db.fetchval("select count(*) from roll_call_mark") == 1
    colleague = await make_staff(Role.FRONT_DESK, place.code)
    await sign_in(client, colleague)
    clock.advance(seconds=10)
    await tick(client, place, call, other, "handed-over")
    roll = await roll_of(client, place)
    assert {row["visit"]: row["state"] for row in roll["items"]} == {one: "safe", other: "handed-over"}
    assert next(row["marked_by"] for row in roll["items"] if row["visit"] == other) == colleague.name
    clock.advance(seconds=10)
    await tick(client, place, call, one, "open")
    assert (await roll_of(client, place))["sums"]["open"] == 1
    assert (await tick(client, place, call, str(uuid4()), "safe")).status_code == 404
    assert (await tick(client, place, call, one, "gone")).status_code == 400
    ended = await client.post(f"/staff/roll-call/{call}/end", data={"facility": place.code})
    assert ended.headers["location"] == f"/staff/roll-call/{call}"
    again = await client.post(f"/staff/roll-call/{call}/end", data={"facility": place.code})
    assert again.status_code == 303
    late = await tick(client, place, call, one, "safe")
    assert (late.status_code, "もう終わっています" in late.text) == (409, True)
    past = await client.get(ended.headers["location"])
    assert "引きわたした" in past.text
    assert "元にもどす" not in past.text


async def test_who_leaves_has_left_and_who_was_swept_out_has_not(
    client: httpx.AsyncClient, place: Any, clock: Any
) -> None:
    kiosk = await kiosk_at(place)
    token = await inside(kiosk, await make_member(8, family_name="出た"))
    await inside(kiosk, await make_member(8, family_name="残った"))
    clock.advance(hours=5, minutes=50)
    await begin(client, place)
    clock.advance(minutes=5)
    assert (await kiosk.shows(token)).verdict == "goodbye"
    clock.advance(minutes=10)
    assert await close_open_visits() == 1
    roll = await roll_of(client, place)
    assert {row["name"]: row["state"] for row in roll["items"]} == {"出た 太郎": "left", "残った 太郎": "open"}
    assert (roll["sums"]["inside"], roll["sums"]["left"]) == (1, 1)


async def test_protected_members_stand_here_with_the_named_guardian_alone(
    client: httpx.AsyncClient, place: Any, clock: Any
) -> None:
    abuser, named = await make_account(), await make_account()
    await make_household(abuser, phone="+819055556666")
    await make_household(named, phone="+819077778888")
    hidden = await make_member(4, await make_household(phone="+819055556666"), family_name="守られた")
    for each in (abuser, named):
        await make_guardianship(hidden, each)
    await make_protected(hidden, named)
    await inside(await kiosk_at(place), hidden)
    (line,) = (await roll_of(client, place))["items"]
    assert line["name"] == "守られた 太郎"
    assert [one["phone"] for one in line["phones"]] == ["090-7777-8888"]
    assert "090-5555-6666" not in (await client.get("/staff/roll-call", params={"facility": place.code})).text


async def test_one_place_of_two_facilities_by_the_rights_of_the_reader(
    client: httpx.AsyncClient, place: Any, clock: Any
) -> None:
    body = next(one for one in await list_bodies() if one.code == "100005")
    entrance = await make_place()
    first, second = [await make_facility(body=body, place=entrance, name=f"館{n}") for n in (1, 2)]
    for facility in (first, second):
        await make_session(walk_in=5, starts_at=clock(), facility=facility)
        await inside(await kiosk_at(facility), await make_member(8, family_name=facility.name))
    await sign_in(client, await make_staff(Role.FRONT_DESK, body.code))
    assert len((await roll_of(client, second))["items"]) == 2
    call = await begin(client, first)
    assert (await roll_of(client, second))["roll_call"]["id"] == call
    await sign_in(client, await make_staff(Role.FRONT_DESK, first.code))
    assert [row["facility"] for row in (await roll_of(client, first))["items"]] == [first.code]
    elsewhere = {"facility": second.code}
    assert (await client.get("/api/v1/staff/roll-call", params=elsewhere)).status_code == 403
    await sign_in(client, await make_staff(Role.AUDITOR, body.code))
    assert (await client.get("/api/v1/staff/roll-call", params=elsewhere)).status_code == 403
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    assert (await client.get(f"/staff/roll-call/{call}")).status_code == 404
    form = {"facility": place.code}
    assert (await client.post(f"/staff/roll-call/{call}/end", data=form)).status_code == 404


async def key_of(kiosk: KioskHere, member_id: UUID) -> str:
    key = uuid4()
    await house_db.execute(
        "insert into kiosk_member (id, kiosk, member, member_key) values (gen_random_uuid(), $1, $2, $3)",
        *(kiosk.id, member_id, key),
    )
    return str(key)


async def send(client: httpx.AsyncClient, kiosk: KioskHere, *marks: dict[str, Any]) -> httpx.Response:
    headers = {"authorization": f"Bearer {kiosk.token}"}
    return await client.post("/api/v1/kiosk/roll-call", json={"marks": list(marks)}, headers=headers)


def mark(key: str, how: str, at: Any) -> dict[str, Any]:
    return {"nonce": str(uuid4()), "member_key": key, "how": how, "marked_at": at.isoformat(), "by_name": "係 花子"}


async def test_a_kiosk_ticks_exactly_once(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    kiosk, other = await kiosk_at(place), await kiosk_at(place)
    child, gone, never = [await make_member(8) for _ in range(3)]
    await inside(kiosk, child)
    token = await inside(kiosk, gone)
    clock.advance(minutes=5)
    assert (await kiosk.shows(token)).verdict == "goodbye"
    clock.advance(minutes=5)
    sent = [mark(await key_of(kiosk, one.id), "safe", clock()) for one in (child, gone, never)]
    sent.append(mark(await key_of(other, never.id), "safe", clock()))
    sent.append(mark("pass:x", "safe", clock()))
    for _ in range(2):
        taken = await send(client, kiosk, *sent)
        assert taken.status_code == 200, taken.text
        assert taken.json() == {"accepted": [one["nonce"] for one in sent]}
    assert await house_db.fetchval("select count(*) from roll_call_mark") == 2
    assert await flags() == ["roll-call-not-inside"] * 2
    roll = await roll_of(client, place)
    lines = {row["member"]: (row["state"], row["marked_by"], row["by_kiosk"]) for row in roll["items"]}
    assert lines == {str(one.id): ("safe", "係 花子", True) for one in (child, gone)}
    assert roll["roll_call"]["began_at"].startswith("2026-11-21T03:10")
    undo = mark(sent[0]["member_key"], "open", clock() + timedelta(hours=2))
    await send(client, kiosk, undo)
    assert (await roll_of(client, place))["sums"]["open"] == 1
    call = roll["roll_call"]["id"]
    clock.advance(minutes=1)
    await client.post(f"/staff/roll-call/{call}/end", data={"facility": place.code})
    clock.advance(minutes=1)
    await send(client, kiosk, *sent)
    assert (await roll_of(client, place))["roll_call"] is None


async def test_a_kiosk_that_was_offline_over_night_opens_nothing_today(
    client: httpx.AsyncClient, place: Any, clock: Any
) -> None:
    kiosk, child = await kiosk_at(place), await make_member(8)
    await inside(kiosk, child)
    clock.advance(minutes=5)
    sent = mark(await key_of(kiosk, child.id), "handed-over", clock())
    clock.advance(days=1)
    assert (await send(client, kiosk, sent)).status_code == 200
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    assert (await roll_of(client, place))["roll_call"] is None
    assert await house_db.fetchval("select how from roll_call_mark") == "handed-over"
    await begin(client, place)
    assert await house_db.fetchval("select count(*) from roll_call where ended_at is null") == 1


async def test_what_a_kiosk_may_not_send(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    kiosk = await kiosk_at(place)
    good = mark("x", "safe", clock())
    for wrong in (
        {**good, "how": "lost"},
        {**good, "by_name": "あ" * 41},
        {**good, "marked_at": "2026-11-21T12:00:00"},
    ):
        assert (await send(client, kiosk, wrong)).status_code == 400
    assert (await send(client, kiosk)).status_code == 400
    assert (await send(client, kiosk, *[good] * 501)).status_code == 400
    kiosk.token = "kt_nobody"
    assert (await send(client, kiosk, good)).status_code == 401
    assert await house_db.fetchval("select count(*) from roll_call") == 0
