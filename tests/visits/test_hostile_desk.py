"""What nobody types at a desk: numbers of thousands of digits, the last day there is, ids of other houses' people."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from booking.access.rules import Role
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.people import make_consent_text, make_household, make_member
from tests.make.visits import kiosk_at

pytestmark = pytest.mark.anyio
DAYS = ("0001-01-01", "9999-12-31", "2027-02-29", "\x00", "9" * 3000)
READS = ("visits", "visits/add", "day-close", "day-close/sheet", "paper", "paper/enter", "roll-call", "close-now")


async def test_no_day_and_no_facility_breaks_a_page(client: httpx.AsyncClient, place: Any) -> None:
    for page in READS:
        for on in DAYS:
            said = await client.get(f"/staff/{page}", params={"facility": place.code, "on": on})
            assert said.status_code < 500, (page, on)
        for code in ("\x00", "x" * 3000, "😀"):
            said = await client.get(f"/staff/{page}", params={"facility": code})
            assert said.status_code < 500, (page, code)


async def test_a_count_of_thousands_of_digits_is_refused(client: httpx.AsyncClient, place: Any) -> None:
    for count in ("9" * 5000, "-1", "²"):
        said = await client.post("/staff/cards", data={"facility": place.code, "count": count})
        assert said.status_code == 422, count[:9]


async def test_a_moment_at_either_end_of_time_is_refused(client: httpx.AsyncClient, place: Any) -> None:
    child = await make_member(5)
    asked = {"facility": place.code, "number": child.number, "reason": "紙の名簿"}
    for at in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"):
        said = await client.post("/api/v1/staff/visits/add", json={**asked, "entered_at": at, "left_at": at})
        assert (said.status_code, said.json().get("code")) == (422, "time-unusable"), at


async def test_a_tick_at_either_end_of_time_keeps_no_other_back(client: httpx.AsyncClient, place: Any) -> None:
    kiosk = await kiosk_at(place)
    child, key = await make_member(5), uuid4()
    await house_db.execute(
        "insert into kiosk_member (id, kiosk, member, member_key) values (gen_random_uuid(), $1, $2, $3)",
        *(kiosk.id, child.id, key),
    )
    headers = {"authorization": f"Bearer {kiosk.token}"}
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"):
        marks = [{"nonce": str(uuid4()), "member_key": str(key), "how": "safe", "marked_at": at}]
        said = await client.post("/api/v1/kiosk/roll-call", json={"marks": marks}, headers=headers)
        assert (said.status_code, said.json()["accepted"]) == (200, [marks[0]["nonce"]]), at


async def test_the_good_news_names_nobody_who_is_not_of_the_desk(client: httpx.AsyncClient, place: Any) -> None:
    home = await make_household()
    child = await make_member(5, household=home)
    await make_member(3, household=home, family_name="べつの", given_name="いえ")
    far = await make_facility(name="とおい館")
    await sign_in(client, await make_staff(Role.FRONT_DESK, far.code))
    said = await client.get("/staff/visits", params={"facility": far.code, "did": "welcome", "who": str(child.id)})
    assert said.status_code == 200
    assert "べつの" not in said.text
    assert child.number not in said.text


async def test_only_a_first_visit_is_confirmed(client: httpx.AsyncClient, place: Any) -> None:
    child, flag = await make_member(5), new_id()
    await house_db.execute(
        "insert into door_flag (id, code, facility, member, raised_at, detail) values ($1, $2, $3, $4, $5, '{}')",
        *(flag, "pass-shared", place.id, child.id, datetime.now(UTC)),
    )
    await client.post(f"/staff/visits/first/{flag}", data={"view": "flags"})
    assert await house_db.fetchval("select resolved_at from door_flag where id = $1", flag) is None


async def test_two_quick_taps_count_a_group_once(client: httpx.AsyncClient, place: Any) -> None:
    one = {"facility": place.code, "party": "架空小", "came": "12", "members": "", "view": "", "nonce": str(uuid4())}
    for _ in range(2):
        assert (await client.post("/staff/visits/group", data=one)).status_code == 303
    assert await house_db.fetchval("select sum(heads) from visit") == 12
    assert (await client.post("/staff/visits/group", data=one | {"party": "架空中"})).status_code == 303
    assert await house_db.fetchval("select sum(heads) from visit") == 24


async def test_two_quick_taps_register_a_first_visitor_once(client: httpx.AsyncClient, place: Any) -> None:
    await make_consent_text()
    child = {"family_name": "架空", "given_name": "はる", "family_kana": "かくう", "given_kana": "はる", "grade": "5"}
    rest = {"latin_name": "", "phone": "090-1234-5678", "language": "ja", "nonce": str(uuid4())}
    desk = {**child, **rest, "facility": place.code, "card": ""}
    for address in ("/staff/visits/first", f"/start/{place.code}"):
        before = await house_db.fetchval("select count(*) from member")
        said = [await client.post(address, data=desk) for _ in range(2)]
        assert len({one.status_code for one in said} - {303, 409}) == 0, said[0].text
        assert await house_db.fetchval("select count(*) from member") == before + 1, address
