"""Who comes of age asks for the own record: the guardian's way ends, and the own account has one."""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from httpx import AsyncClient

from booking.access.rules import Role
from booking.kit import clock
from booking.personal_data import service_disclosing as service
from booking.personal_data.errors_taking import RecordOfAdult
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.people import make_member
from tests.personal_data.test_disclosing import opened

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock")]


@pytest.mark.parametrize(
    ("born", "eve", "birthday"),
    [
        (date(2009, 1, 15), datetime(2027, 1, 14, 14, 59, tzinfo=UTC), datetime(2027, 1, 14, 15, 1, tzinfo=UTC)),
        (date(2012, 2, 29), datetime(2030, 2, 28, 14, 59, tzinfo=UTC), datetime(2030, 2, 28, 15, 1, tzinfo=UTC)),
    ],
)
async def test_the_guardians_way_ends_at_midnight_in_japan(
    client: AsyncClient, clock: Clock, born: date, eve: datetime, birthday: datetime
) -> None:
    mother = await make_account()
    child = await make_member(8, account=mother, birth_on=born)
    address = f"/family/{child.id}/record"
    clock.set(eve)
    await sign_in(client, mother)
    assert address in (await client.get("/family")).text
    assert (await client.post(address)).status_code == 200
    clock.set(birthday)
    await sign_in(client, mother)
    family = await client.get("/family")
    assert child.name in family.text
    assert address not in family.text
    assert (await client.get(address)).status_code == 403
    refused = await client.post(address, headers={"accept": "application/json"})
    assert refused.status_code == 403
    with pytest.raises(RecordOfAdult):
        await service.export_own(await actor_for(mother), child.id)


async def test_of_an_unknown_day_of_birth_the_guardian_goes_on() -> None:
    mother = await make_account()
    child = await make_member(8, account=mother, birth_on=None)
    assert (await service.export_own(await actor_for(mother), child.id)).number == child.number


async def test_the_young_person_gets_an_own_account_at_the_desk_and_takes_the_record_home(client: AsyncClient) -> None:
    mother, young = await make_account(email="haha@example.jp"), await make_account(email=None)
    today = clock.today()
    born = date(today.year - 18, today.month, today.day)
    grown = await make_member(12, account=mother, birth_on=born, school_name="前橋の高校")
    await sign_in(client, await make_staff(Role.FRONT_DESK, "100005"))
    page = f"/staff/members/{grown.id}"
    assert "保護者か、本人のアカウントを追加する" in (await client.get(page)).text
    shown = await client.post(f"{page}/guardians/invite", data={"email": "", "relation": "self"})
    link = _link(shown)
    await sign_in(client, young)
    assert "わたしのアカウント" in (await client.get(link)).text
    assert (await client.post(link, data={})).headers["location"] == "/family"
    assert await _desk_says(client, page, young) == {"own": True, "card": False}
    said = {"name": "前橋 若子", "phone": "09011112222", "role": "self", "preferred": "phone", "language": "ja"}
    assert (await client.post("/welcome", data=said)).headers["location"] == "/family", "no second registration"
    record = f"/family/{grown.id}/record"
    assert record in (await client.get("/family")).text
    taken = await client.post(record)
    assert taken.status_code == 200
    parts: dict[str, Any] = json.loads(opened(taken.content)["kiroku.json"])["parts"]
    assert parts["member"]["rows"][0]["school_name"] == "前橋の高校"
    assert parts["home"]["rows"] == [], "the parents' telephone is not theirs"
    assert {row["relation"]: row["is_asker"] for row in parts["guardians"]["rows"]} == {"mother": False, "self": True}


async def _desk_says(client: AsyncClient, page: str, young: Any) -> dict[str, bool]:
    """Whether the desk's page has the own account, and whether it calls one a card."""
    await sign_in(client, await make_staff(Role.FRONT_DESK, "100005"))
    listed = (await client.get(page)).text.partition('id="guardians"')[2].partition("</ul>")[0]
    await sign_in(client, young)
    return {"own": "本人" in listed, "card": "カードとPIN" in listed}


def _link(answer: Any) -> str:
    found = re.search(r"/invited/[\w-]+", answer.text)
    assert answer.status_code == 200, answer.text[:300]
    assert found is not None
    return found.group()


async def test_the_office_is_told_that_a_parent_does_not_ask_any_more(client: AsyncClient) -> None:
    today = clock.today()
    grown = await make_member(12, birth_on=date(today.year - 18, today.month, today.day))
    child = await make_member(8)
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, "100005"))
    said = "親の求めでは、わたせません。"
    assert said in (await client.get(f"/staff/members/{grown.id}/export")).text
    assert said not in (await client.get(f"/staff/members/{child.id}/export")).text
