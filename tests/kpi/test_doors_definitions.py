"""The doors of readings for programs: listed, tried, put in force and confirmed, by whom it is for."""

import httpx
import pytest

from booking.kpi import queries, service
from tests.conftest import Clock
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility

pytestmark = pytest.mark.anyio
HOME = "/api/v1/kpi/definitions"
BODY = {
    "names": {"ja": "実人数", "en": "People", "vi": "Số người"},
    "scope": "plan",
    "unit": "people",
    "reason": "意見",
}
SAID = {"confirmed_by": "見本 課長", "confirmed_office": "見本課", "document": "見本 第1号"}


@pytest.fixture
async def lead(client: httpx.AsyncClient, clock: Clock) -> httpx.AsyncClient:
    await service.seed()
    await make_facility(body=await make_body("100005"))
    await make_facility(body=await make_body("102032"))
    await sign_in(client, await make_staff("body-administrator", "100005"))
    return client


async def test_a_reading_is_tried_put_in_force_and_confirmed(lead: httpx.AsyncClient) -> None:
    before = (await lead.get(HOME)).json()["items"]
    assert (before[0]["code"], before[0]["is_reported"]) == ("plan-person-days", True)
    assert before[1]["names"]["en"] == "Person-days, TUMO programs only"
    assert "TUMOのプログラムだけ" in before[1]["name"]
    tried = await lead.post(f"{HOME}/preview?fiscal_year=2026", json={**BODY, "min_stay_minutes": 5})
    assert (tried.status_code, tried.json()["unit"], set(tried.json()["then"])) == (200, "people", {"plan", "tumo"})
    assert (await lead.get(HOME)).json()["items"] == before
    made = (await lead.post(HOME, json={**BODY, "counts_groups": False})).json()
    assert (made["code"], made["names"], made["name"]) == ("plan-people", BODY["names"], "実人数")
    assert (made["status"], made["counts_groups"], made["counts_trials"]) == ("assumed", False, True)
    confirmed = await lead.post(f"{HOME}/{made['code']}/confirm", json=SAID)
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed")
    assert confirmed.json()["document"] == "見本 第1号"
    again = await lead.post(f"{HOME}/{made['code']}/confirm", json=SAID)
    assert (again.status_code, again.json()["code"]) == (409, "definition-confirmed")
    assert (await lead.post(f"{HOME}/moon/confirm", json=SAID)).status_code == 404


async def test_a_name_is_said_in_the_readers_language(lead: httpx.AsyncClient) -> None:
    await lead.post(HOME, json=BODY)
    said = {each: (await queries.get_reported_definition(each)).name for each in ("ja", "ja-easy", "en", "vi", "es")}
    assert said == {"ja": "実人数", "ja-easy": "実人数", "en": "People", "vi": "Số người", "es": "People"}


async def test_wrong_fields_are_named(lead: httpx.AsyncClient) -> None:
    wrong = await lead.post(f"{HOME}/preview", json={**BODY, "names": {"en": "People"}, "unit": "moons"})
    assert wrong.status_code == 422
    assert set(wrong.json()["fields"]) == {"name", "unit"}
    unknown = await lead.post(HOME, json={**BODY, "names": {"ja": "x", "xx": "y"}})
    assert set(unknown.json()["fields"]) == {"names"}
    assert (await lead.post(f"{HOME}/preview?fiscal_year=2031", json=BODY)).status_code == 404


async def test_others_read_and_do_not_decide(lead: httpx.AsyncClient) -> None:
    await sign_in(lead, await make_staff("body-administrator", "102032"))
    assert (await lead.get(HOME)).status_code == 200
    for path in (HOME, f"{HOME}/preview", f"{HOME}/plan-person-days/confirm"):
        answer = await lead.post(path, json=SAID if path.endswith("confirm") else BODY)
        assert answer.json()["code"] == "not-allowed"
    await sign_in(lead, await make_staff("front-desk", "100005"))
    assert (await lead.get(HOME)).json()["code"] == "not-allowed"
