"""The desk: check in by name or number by the rules of the door, void with a reason, and the sweep at closing."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from booking.access.errors import NotAllowed
from booking.access.rules import Role
from booking.kit import db as house_db
from booking.visits import queries
from booking.visits.queries_staff import list_inside
from booking.visits.service_desk import void_visit
from booking.visits.service_sweeps import close_open_visits
from tests.make.access import actor_for, make_staff
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_member, make_protected
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation
from tests.make.visits import flags, kiosk_at, visits

pytestmark = pytest.mark.anyio


async def test_check_in_and_out_by_number_and_name(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    session = await make_session(walk_in=3, starts_at=clock(), facility=place)
    child = await make_member(8, family_name="新井", given_name="蒼太", family_kana="あらい", given_kana="そうた")
    await make_reservation(session, child)
    done = await client.post("/staff/visits", data={"facility": place.code, "q": child.number, "direction": "in"})
    assert (done.status_code, "did=welcome" in done.headers["location"]) == (303, True)
    shown = await client.get(done.headers["location"])
    assert "新井 蒼太" in shown.text
    assert "入館を記録しました" in shown.text
    clock.advance(minutes=20)
    await client.post("/staff/visits", data={"facility": place.code, "member": str(child.id), "direction": "out"})
    (visit,) = await visits()
    assert (visit["entered_by"], visit["closed_by"]) == ("staff", "scan")
    found = await client.post("/staff/visits", data={"facility": place.code, "q": "あらい", "direction": "in"})
    assert found.status_code == 303
    await make_member(9, family_name="新井", given_name="結衣", family_kana="あらい", given_kana="ゆい")
    several = await client.post("/staff/visits", data={"facility": place.code, "q": "新井", "direction": "in"})
    assert "どの人ですか" in several.text
    nobody = await client.post("/staff/visits", data={"facility": place.code, "q": "いない人", "direction": "in"})
    assert (nobody.status_code, "その番号や名前の人は見つかりません" in nobody.text) == (404, True)
    assert await house_db.fetchval("select count(*) from personal_data_view where what = 'visits'") > 0


async def test_a_rule_says_no_and_the_desk_may_go_on(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    program = await make_program(facility=place, grades=(10, 12), adults=False)
    await make_session(walk_in=3, starts_at=clock(), facility=place, program=program)
    child = await make_member(4)
    asked = {"facility": place.code, "q": child.number, "direction": "in"}
    refused = await client.post("/staff/visits", data=asked)
    assert (refused.status_code, "まだ入館していません" in refused.text) == (409, True)
    assert await visits() == []
    again = {"facility": place.code, "member": str(child.id), "anyway": "1"}
    why = await client.post("/staff/visits", data={**again, "reason": " "})
    assert (why.status_code, "理由を書いてください" in why.text, 'name="reason"' in why.text) == (422, True, True)
    assert await visits() == []
    done = await client.post("/staff/visits", data={**again, "reason": "見学の約束がある"})
    assert done.status_code == 303
    assert [one["member"] for one in await visits()] == [child.id]
    assert await flags() == ["staff-override"]
    kept = await house_db.fetchrow("select reason from audit_entry where action = 'visit.anyway'")
    assert kept["reason"] == "見学の約束がある"
    page = await client.get(f"/staff/visits?facility={place.code}&view=flags")
    flag = await house_db.fetchval("select id from door_flag")
    assert str(flag) in page.text
    assert (await client.post(f"/staff/visits/flags/{flag}")).status_code == 303
    assert await house_db.fetchval("select count(*) from door_flag where resolved_at is null") == 0


async def test_several_sessions_are_offered(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    one = await make_session(walk_in=3, starts_at=clock(), facility=place)
    other = await make_session(walk_in=3, starts_at=clock(), facility=place)
    child = await make_member(8)
    asked = await client.post("/staff/visits", data={"facility": place.code, "q": child.number})
    assert "どの回に入りますか" in asked.text
    assert str(one.id) in asked.text
    chosen = {"facility": place.code, "member": str(child.id), "session": str(other.id)}
    assert (await client.post("/staff/visits", data=chosen)).status_code == 303
    assert [row["session"] for row in await visits()] == [other.id]


async def test_a_visit_is_voided_with_a_reason(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await make_session(walk_in=3, starts_at=clock(), facility=place)
    kiosk = await kiosk_at(place)
    token = (await make_pass(await make_member(8))).token
    await kiosk.shows(token)
    (visit,) = await visits()
    address = f"/staff/visits/{visit['id']}/void"
    assert (await client.get(address)).status_code == 200
    empty = await client.post(address, data={"reason": " "})
    assert (empty.status_code, "理由を書いてください" in empty.text) == (422, True)
    assert (await client.post(address, data={"reason": "べつの人でした"})).status_code == 303
    again = await client.post(f"/api/v1/staff/visits/{visit['id']}/void", json={"reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "visit-voided-already")
    page = await client.get(f"/staff/visits?facility={place.code}&view=left")
    assert "べつの人でした" in page.text
    assert await queries.count_inside([place.id]) == {place.id: 0}
    assert await house_db.fetchval("select count(*) from visit_change") == 2
    clock.advance(minutes=5)
    assert (await kiosk.shows(token)).verdict == "welcome"
    (listed, _) = (await client.get("/api/v1/staff/visits", params={"facility": place.code})).json()["items"]
    assert listed["voided_at"] is None


async def test_staff_of_another_place_void_nothing(place: Any, clock: Any) -> None:
    await make_session(walk_in=3, starts_at=clock(), facility=place)
    await (await kiosk_at(place)).shows((await make_pass(await make_member(8))).token)
    (visit,) = await visits()
    other = await make_facility()
    for staff in (await make_staff(Role.FRONT_DESK, other.code), await make_staff(Role.AUDITOR, place.body_code)):
        with pytest.raises(NotAllowed):
            await void_visit(await actor_for(staff), visit["id"], "べつの人でした")
    assert [one["voided_at"] for one in await visits()] == [None]
    assert await house_db.fetchval("select count(*) from visit_correction") == 0


async def test_other_places_and_protected_members_are_not_shown(
    client: httpx.AsyncClient, place: Any, clock: Any
) -> None:
    await make_session(walk_in=3, starts_at=clock(), facility=place)
    other = await make_facility()
    child = await make_member(8, family_name="秘密")
    await make_protected(child)
    said = await client.post("/api/v1/staff/visits", json={"facility": place.code, "number": child.number})
    assert (said.status_code, said.json()["code"]) == (200, "welcome-walk-in")
    page = await client.get(f"/staff/visits?facility={place.code}")
    assert "秘密" not in page.text
    assert child.number not in page.text
    assert "一覧に名前を出さない人が1人" in page.text
    listed = (await client.get("/api/v1/staff/visits", params={"facility": place.code})).json()["items"]
    assert (listed[0]["name"], listed[0]["number"]) == ("", None)
    assert (await client.get("/api/v1/staff/visits", params={"facility": other.code})).status_code == 403
    assert (await client.post("/staff/visits", data={"facility": other.code, "q": child.number})).status_code == 403
    assert [one.member_id for one in await list_inside([place.id])] == [child.id]


async def test_closing_ends_what_is_open(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await make_session(walk_in=3, starts_at=clock(), facility=place)
    kiosk = await kiosk_at(place)
    token = (await make_pass(await make_member(8))).token
    start = clock()
    await kiosk.shows(token)
    await kiosk.shows(kind="heads", heads=7, facility=place.code)
    assert await close_open_visits() == 0
    clock.advance(hours=6, minutes=1)
    assert await close_open_visits() == 2
    assert await close_open_visits() == 0
    assert {(one["closed_by"], one["left_at"] - start) for one in await visits()} == {("auto", timedelta(hours=6))}
    # The kiosk was without network: the child had gone at half past three.
    await kiosk.shows(token, at=start + timedelta(hours=3, minutes=30), offline=True, told=("goodbye", "goodbye"))
    (left,) = [one["left_at"] for one in await visits() if one["kind"] == "member"]
    assert left - start == timedelta(hours=3, minutes=30)
