"""A member of one body comes to a place of the other: nobody is shut out, and nobody there learns who it is unasked."""

from typing import Any

import httpx
import pytest

from booking.access.rules import Role
from booking.facilities.queries import list_bodies
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kpi import service as kpi
from tests.make.access import make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_body, make_consent_text, make_household, make_member, make_protected
from tests.make.programs import make_session
from tests.make.visits import kiosk_at

pytestmark = pytest.mark.anyio
OTHER = "102032"
NAME = {
    "family_name": "架空",
    "given_name": "そら",
    "family_kana": "かくう",
    "given_kana": "そら",
    "shown_name": "そらちゃん",
}


@pytest.fixture
async def there(client: httpx.AsyncClient, clock: Any) -> Any:
    """A facility of the other body, its desk signed in."""
    await make_body()
    await make_consent_text(OTHER)
    body = next(one for one in await list_bodies() if one.code == OTHER)
    facility = await make_facility(body=body, name="となりの館")
    await make_session(seats=0, walk_in=9, starts_at=house_clock.now(), facility=facility)
    await sign_in(client, await make_staff(Role.FRONT_DESK, facility.code))
    return facility


async def come(client: httpx.AsyncClient, there: Any, typed: str) -> httpx.Response:
    """The desk types what the visitor says."""
    said = {
        "facility": there.code,
        "q": typed,
        "member": "",
        "direction": "in",
        "session": "",
        "reason": "",
        "view": "",
    }
    return await client.post("/staff/visits", data=said, follow_redirects=True)


def named(page: httpx.Response) -> list[str]:
    """What of the name the page tells."""
    return [word for word in (*NAME.values(), "小学5年") if word in page.text.partition("<main")[2]]


async def test_who_is_let_in_is_asked_before_anybody_is_told(client: httpx.AsyncClient, there: Any) -> None:
    child = await make_member(5, **NAME)
    page = await come(client, there, child.number)
    assert page.status_code == 200 and await house_db.fetchval("select count(*) from visit") == 1
    assert not named(page) and child.number not in page.text
    assert "ほかの自治体で登録した会員" in page.text and "/staff/visits/agreed" in page.text
    for address in (f"/staff/members/{child.id}", f"/staff/passes/{child.id}"):
        assert (await client.get(address)).status_code in (403, 404)
    agreed = {"facility": there.code, "member": str(child.id)}
    page = await client.post("/staff/visits/agreed", data=agreed, follow_redirects=True)
    assert "同意を記録しました" in page.text
    page = await client.get("/staff/visits", params={"facility": there.code, "view": "here"})
    assert "架空 そら" in page.text and child.number in page.text
    row = await house_db.fetchrow(
        "select consented_at, on_paper from registration r join body b on b.id = r.body where b.code = $1", OTHER
    )
    assert row["consented_at"] is not None and not row["on_paper"]
    audited = await house_db.fetchval("select scope from audit_entry where action = 'registered-at-visit'")
    assert audited == OTHER


async def test_nobody_agrees_for_somebody_who_is_not_there(client: httpx.AsyncClient, there: Any) -> None:
    child, hidden = await make_member(5, **NAME), await make_member(5, **NAME)
    await make_protected(hidden)
    await come(client, there, hidden.number)
    for one in (str(child.id), str(hidden.id), "somebody"):
        page = await client.post("/staff/visits/agreed", data={"facility": there.code, "member": one})
        assert page.status_code == 404 and not named(page)
    assert (
        await house_db.fetchval(
            "select count(*) from registration r join body b on b.id = r.body where b.code = $1", OTHER
        )
        == 0
    )


async def test_two_taps_agree_once(client: httpx.AsyncClient, there: Any) -> None:
    child = await make_member(5, **NAME)
    await come(client, there, child.number)
    for _ in range(2):
        page = await client.post("/staff/visits/agreed", data={"facility": there.code, "member": str(child.id)})
        assert page.status_code == 303
    assert await house_db.fetchval("select count(*) from registration where member = $1", child.id) == 2


async def test_who_was_let_in_by_the_kiosk_is_named_nowhere_but_in_the_roll_call(
    client: httpx.AsyncClient, there: Any
) -> None:
    child = await make_member(5, **NAME)
    kiosk = await kiosk_at(there)
    assert (await kiosk.shows((await make_pass(child)).token)).verdict == "welcome"
    visit = await house_db.fetchval("select id from visit")
    for address in (
        "/staff/visits",
        "/staff/visits?view=here",
        f"/staff/visits/{visit}",
        f"/staff/visits/{visit}/void",
    ):
        page = await client.get(address, params={"facility": there.code} if "?" not in address else None)
        assert page.status_code == 200 and not named(page) and child.number not in page.text, address
    listed = (await client.get("/api/v1/staff/visits", params={"facility": there.code})).json()["items"]
    assert [(one["name"], one["number"], one["member"]) for one in listed] == [("", None, None)]
    assert "架空 そら" in (await client.get("/staff/roll-call", params={"facility": there.code})).text


async def test_the_family_of_a_guardian_of_the_other_body_is_not_named(client: httpx.AsyncClient, there: Any) -> None:
    mother = await make_account()
    home = await make_household(mother)
    grown = await make_member(None, household=home, account=mother)
    await house_db.execute("update guardianship set relation = 'self' where member = $1", grown.id)
    await make_member(5, household=home, account=mother, **NAME)
    page = await come(client, there, (await make_pass(grown)).token)
    assert page.status_code == 409 and "だれが入りますか" in page.text
    assert not named(page)


async def test_a_sheet_from_paper_names_nobody_of_the_other_body(client: httpx.AsyncClient, there: Any) -> None:
    child = await make_member(5, **NAME)
    body = {"facility": there.code, "number": child.number, "reason": "紙の名簿", "entered_at": "2026-11-21T01:00:00Z"}
    said = await client.post("/api/v1/staff/visits/add", json={**body, "left_at": "2026-11-21T02:00:00Z"})
    assert said.status_code == 201 and said.json()["name"] == "" and said.json()["number"] is None
    figures = await client.get("/api/v1/kpi/visits")
    assert figures.status_code == 403
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, OTHER))
    await kpi.seed()
    (one,) = (await client.get("/api/v1/kpi/visits")).json()["items"]
    assert one["facility"] == there.code and NAME["shown_name"] not in str(one) and child.number not in str(one)
