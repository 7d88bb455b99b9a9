"""Heads at the desk: a group by the number that came, guardians and visitors one by one."""

from datetime import time
from typing import Any

import httpx
import pytest

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.visits import queries
from booking.visits.queries_group_arrivals import sum_arrivals
from tests.make import access
from tests.make.group_visits import make_visit
from tests.make.visits import visits

pytestmark = pytest.mark.anyio


async def view(client: httpx.AsyncClient, place: Any, name: str) -> str:
    """One list of today."""
    shown = await client.get(f"/staff/visits?facility={place.code}&view={name}")
    assert shown.status_code == 200
    return shown.text


async def test_a_group_is_counted_without_its_members(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    group = {"facility": place.code, "party": "ためし小学校", "came": "30", "members": "2"}
    assert (await client.post("/staff/visits/group", data=group)).status_code == 303
    (visit,) = await visits()
    assert (visit["heads"], visit["kind"], visit["party"]) == (28, "group", "ためし小学校")
    assert "ためし小学校" in await view(client, place, "here")
    for came, members in (("2", "2"), ("x", ""), ("501", "0")):
        refused = await client.post("/staff/visits/group", data={**group, "came": came, "members": members})
        assert (refused.status_code, "来た人数を" in refused.text) == (422, True)
    clock.advance(hours=1)
    assert (await client.post(f"/staff/visits/{visit['id']}/leave")).status_code == 303
    (visit,) = await visits()
    assert (visit["left_at"], visit["closed_by"]) == (clock(), "staff")
    assert await house_db.fetchval("select reason from visit_correction") == "left"


async def test_a_group_says_its_code_of_the_day(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    visit = await make_visit(place)
    assert visit.visit is not None
    clock.set(house_clock.at_local(visit.visit.on, time(10, 5)))
    await access.sign_in(client, await access.make_staff("facility-manager", place.code))
    assert visit.organisation in await view(client, place, "here")
    wrong = {"facility": place.code, "door_code": "0", "came": "36", "members": "2"}
    refused = await client.post("/staff/visits/group", data=wrong)
    assert (refused.status_code, "この番号の団体は" in refused.text) == (422, True)
    came = {**wrong, "door_code": visit.door_code or "", "nonce": "7b1a2f8e-6c4b-4a0c-9d52-5e7ba0cc1234"}
    for _ in range(2):
        assert (await client.post("/staff/visits/group", data=came)).status_code == 303
    (counted,) = await visits()
    assert (counted["heads"], counted["kind"], counted["party"]) == (34, "group", visit.organisation)
    assert (await sum_arrivals([visit.id]))[visit.id].people == 36
    assert "36人 来ました" in await view(client, place, "here")
    assert "36人が来ました" in (await client.get(f"/staff/group-visits/{visit.id}")).text
    await client.post(f"/staff/visits/{counted['id']}/void", data={"reason": "まちがい"})
    assert await sum_arrivals([visit.id]) == {}


async def test_guardians_and_visitors_are_tallied(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    more = {"facility": place.code, "of": "guardian", "way": "in"}
    for _ in range(2):
        assert (await client.post("/staff/visits/tally", data=more)).status_code == 303
        clock.advance(minutes=1)
    assert (await client.post("/staff/visits/tally", data={**more, "of": "visitor"})).status_code == 303
    assert sorted(one["kind"] for one in await visits()) == ["guardian", "guardian", "visitor"]
    for _ in range(2):
        assert (await client.post("/staff/visits/tally", data={**more, "way": "out"})).status_code == 303
    nobody = await client.post("/staff/visits/tally", data={**more, "way": "out"})
    assert nobody.status_code == 409
    assert await queries.count_inside([place.id]) == {place.id: 1}


async def test_heads_through_the_api(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    body = {"facility": place.code, "heads": 12, "heads_of": "group", "members": 2, "party": "科学部"}
    said = await client.post("/api/v1/staff/visits/heads", json=body)
    assert (said.status_code, said.json()["verdict"]) == (200, "welcome")
    assert [one["heads"] for one in await visits()] == [10]
    wrong = await client.post("/api/v1/staff/visits/heads", json={**body, "members": 12})
    assert wrong.json()["code"] == "heads-unusable"
