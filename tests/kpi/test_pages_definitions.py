"""The pages of readings: tried before they are saved, confirmed by name, seen by those who read figures."""

import httpx
import pytest

from booking.kpi import queries, service
from tests.conftest import Clock
from tests.kpi.test_definitions import form
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility

pytestmark = pytest.mark.anyio
HOME = "/staff/kpi/definitions"


def posted(**given: object) -> dict[str, object]:
    asked = form(**given)
    fields = {name: getattr(asked, name) for name in asked.__struct_fields__}
    return {name: "1" if value is True else value for name, value in fields.items() if value is not False}


@pytest.fixture
async def lead(client: httpx.AsyncClient, clock: Clock) -> httpx.AsyncClient:
    await service.seed()
    await make_facility(body=await make_body("100005"))
    await sign_in(client, await make_staff("body-administrator", "100005"))
    return client


async def test_a_reading_is_tried_saved_and_confirmed(lead: httpx.AsyncClient) -> None:
    assert "新しい数え方をためす" in (await lead.get(HOME)).text
    assert (await lead.get(f"{HOME}/new")).status_code == 200
    tried = await lead.post(f"{HOME}/preview", data=posted(counts_groups=False))
    assert (tried.status_code, "この数え方にすると" in tried.text) == (200, True)
    assert (await queries.get_reported_definition()).code == "plan-person-days"
    assert (await lead.post(HOME, data=posted(counts_groups=False))).status_code == 303
    now = await queries.get_reported_definition()
    assert (now.code, now.counts_groups, now.counts_trials) == ("plan-person-days-2", False, True)
    said = {"confirmed_by": "見本 課長", "confirmed_office": "見本課", "document": "見本 第1号"}
    refused = await lead.post(f"{HOME}/{now.code}/confirm", data={**said, "document": ""})
    assert (refused.status_code, "見本 課長" in refused.text) == (422, True)
    assert (await lead.post(f"{HOME}/{now.code}/confirm", data=said)).status_code == 303
    assert "見本課 見本 課長が" in (await lead.get(HOME)).text


async def test_a_scope_is_added_and_wrong_fields_keep_what_was_typed(lead: httpx.AsyncClient) -> None:
    wrong = await lead.post("/staff/kpi/scopes", data={"code": "Not a code", "name": "高崎だけ", "programs": "moon"})
    assert (wrong.status_code, "高崎だけ" in wrong.text) == (422, True)
    assert (await lead.post("/staff/kpi/scopes", data={"code": "takasaki", "name": "高崎だけ"})).status_code == 303
    assert "高崎だけ" in (await lead.get("/staff/kpi")).text
    assert (await lead.post(f"{HOME}/preview", data=posted(scope="moon"))).status_code == 422


async def test_others_may_look_and_not_decide(lead: httpx.AsyncClient) -> None:
    await sign_in(lead, await make_staff("body-administrator", "102032"))
    seen = await lead.get(HOME)
    assert (seen.status_code, "新しい数え方をためす" in seen.text) == (200, False)
    for path in (f"{HOME}/new", "/staff/kpi/scopes/new"):
        assert (await lead.get(path)).status_code == 403
    assert (await lead.post(HOME, data=posted())).status_code == 403
