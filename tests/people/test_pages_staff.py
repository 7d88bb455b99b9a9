"""Staff pages: search without names in addresses, the desk's minute, logged views, protected members in no list."""

from typing import Any

import pytest
from httpx import AsyncClient

from booking.kit import db
from booking.people import queries, queries_staff
from tests.make.access import make_account, make_staff, sign_in
from tests.make.people import (
    make_consent_text,
    make_guardianship,
    make_household,
    make_member,
    make_municipality,
    make_protected,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
VISITOR = {
    "family_name": "高崎",
    "given_name": "陽",
    "grade": "5",
    "phone": "027-223-1111",
    "language": "ja",
    "body": "100005",
}
RIGHTS = {"relation": "father", "may_book": "1", "is_told": "1"}


async def desk(client: AsyncClient, role: str = "front-desk", scope: str | None = None) -> Any:
    account = await make_staff(role, scope)
    await sign_in(client, account)
    return account


async def views(what: str) -> int:
    return int(await db.fetchval("select count(*) from personal_data_view where what = $1", what))


async def test_search_and_open_leave_a_trace(client: AsyncClient) -> None:
    await desk(client)
    child = await make_member(family_name="前橋", family_kana="まえばし")
    found = await client.post("/staff/members", data={"q": "まえ"})
    assert f"/staff/members/{child.id}" in found.text
    assert await views("member-search") == 1
    assert "見つかりませんでした" in (await client.post("/staff/members", data={"q": "いない"})).text
    exact = await client.post("/staff/members", data={"q": child.number})
    assert exact.headers["location"] == f"/staff/members/{child.id}"
    wrong = await client.post("/staff/members", data={"q": "x", "birth_on_year": "1"})
    assert wrong.status_code == 422
    opened = await client.get(f"/staff/members/{child.id}")
    assert child.name in opened.text
    assert await views("member-page") == 1


async def test_only_staff_of_the_body(client: AsyncClient) -> None:
    child = await make_member(family_name="前橋")
    assert (await client.get("/staff/members")).headers["location"].startswith("/staff/sign-in")
    await sign_in(client, await make_account())
    assert (await client.get("/staff/members")).status_code == 403
    await desk(client, scope="102032")
    assert (await client.get(f"/staff/members/{child.id}")).status_code == 404
    assert "前橋" not in (await client.post("/staff/members", data={"q": "群馬"})).text
    await desk(client, role="auditor")
    assert (await client.get(f"/staff/members/{child.id}")).status_code == 403


async def test_the_desk_registers_in_a_minute(client: AsyncClient) -> None:
    await desk(client)
    await make_consent_text()
    assert (await client.get("/staff/members/new")).status_code == 200
    refused = await client.post("/staff/members/new", data={**VISITOR, "phone": "", "given_name": ""})
    assert refused.status_code == 422
    assert 'id="f-phone-error"' in refused.text
    done = await client.post("/staff/members/new", data=VISITOR)
    assert done.headers["location"].endswith("?done=registered")
    shown = (await client.get(done.headers["location"])).text
    assert "カードをわたして" in shown
    assert "同意書（紙）" in shown
    member_page = done.headers["location"].split("?")[0]
    assert (await client.post(f"{member_page}/paper", data={"body": "100005"})).status_code == 303
    assert (await client.post(f"{member_page}/paper", data={"body": "100005"})).status_code == 409


async def test_the_desk_corrects_confirms_and_hands_out_a_card(client: AsyncClient) -> None:
    await make_municipality()
    await desk(client)
    account = await make_account(name="群馬 花子")
    child = await make_member(account=account, confirmed=False)
    here = f"/staff/members/{child.id}"
    assert child.name in (await client.get("/staff/members")).text
    guardian = (await queries_staff.list_guardians(child.id))[0]
    assert "2人を見ました" in (await client.get(here)).text
    assert (await client.post(f"{here}/confirm/{guardian.guardianship_id}")).status_code == 303
    assert child.name not in (await client.get("/staff/members")).text
    assert (await client.get(f"{here}/edit")).status_code == 200
    edited = {"family_name": "群馬", "given_name": "次郎", "birth_on_year": "2013", "birth_on_month": "4"}
    assert (await client.post(f"{here}/edit", data=edited)).status_code == 422
    assert (await client.post(f"{here}/edit", data={**edited, "birth_on_day": "2"})).status_code == 303
    assert (await client.post(f"{here}/grade", data={"grade": "6"})).status_code == 303
    assert (await queries.get_member(child.id)).grade == 6
    assert (await client.post(f"{here}/grade", data={"grade": "99"})).status_code == 422
    assert (await client.post(f"{here}/card", data={"pin": "482159"})).status_code == 303
    assert (await client.post(f"{here}/card", data={"pin": "1"})).status_code == 422
    before = (await client.get(f"/api/v1/members/{child.id}/pass")).json()["token"]
    assert (await client.post(f"/staff/passes/{child.id}/lost")).status_code == 303
    assert (await client.get(f"/api/v1/members/{child.id}/pass")).json()["token"] != before
    await make_account(email="father@example.jp")
    added = await client.post(f"{here}/guardians", data={**RIGHTS, "email": "father@example.jp"})
    assert added.status_code == 303
    unknown = await client.post(f"{here}/guardians", data={**RIGHTS, "email": "nobody@example.jp"})
    assert unknown.status_code == 422
    changed = await client.post(f"{here}/guardians/{guardian.guardianship_id}", data={"relation": "mother"})
    assert changed.status_code == 303
    assert await queries.may_book(account.id, [child.id]) == set()
    assert (await client.post(f"{here}/guardians/{guardian.guardianship_id}/end")).status_code == 303
    assert "father@example.jp" in (await client.get(here)).text


async def test_protected_at_once_and_in_no_list(client: AsyncClient) -> None:
    first = await desk(client)
    abuser, mother = await make_account(), await make_account(email="mother@example.jp")
    await make_household(mother)
    child = await make_member(account=abuser, family_name="館林", confirmed=False)
    await make_guardianship(child, mother)
    here = f"/staff/members/{child.id}"
    assert "いますぐ守る" in (await client.get(f"{here}/protect")).text
    assert (await client.post(f"{here}/protect", data={"viewer": "x"})).status_code == 404
    assert (await client.post(f"{here}/protect", data={"viewer": [str(mother.id)]})).status_code == 303
    for page in (await client.get("/staff/members"), await client.post("/staff/members", data={"q": "館林"})):
        assert child.number not in page.text.replace(" ", "")
        assert str(child.id) not in page.text
    opened = (await client.get(here)).text
    assert "mother@example.jp" not in opened
    assert "090-1234-5678" not in opened
    assert (await client.get(f"{here}/edit")).status_code == 403
    assert (await client.get(f"{here}/protect")).status_code == 403
    assert (await client.post(f"{here}/disclosure")).status_code == 303
    asked = await db.fetchval("select id from member_disclosure")
    assert (await client.post(f"/staff/members/disclosures/{asked}")).status_code == 409
    await desk(client)
    waiting = (await client.get("/staff/members")).text
    assert child.number in waiting
    assert "館林" not in waiting
    assert (await client.post(f"/staff/members/disclosures/{asked}")).status_code == 303
    assert "mother@example.jp" not in (await client.get(here)).text
    await sign_in(client, first)
    assert "mother@example.jp" in (await client.get(here)).text
    assert (await client.post(f"{here}/unprotect")).status_code == 403
    await desk(client, role="facility-manager")
    assert (await client.post(f"{here}/unprotect")).status_code == 303


async def test_notes_of_resemblance_show_numbers_only(client: AsyncClient) -> None:
    await desk(client)
    await make_municipality()
    hidden, again = await make_member(family_name="桐生"), await make_member(family_name="群馬")
    await make_protected(hidden)
    facts = {
        "family_name": "群馬",
        "given_name": "太郎",
        "birth_on_year": str(again.birth_on.year if again.birth_on else ""),
        "birth_on_month": "6",
        "birth_on_day": "1",
    }
    assert (await client.post(f"/staff/members/{again.id}/edit", data=facts)).status_code == 303
    shown = (await client.get("/staff/members")).text
    assert hidden.number in shown
    assert "桐生" not in shown
    note = await db.fetchval("select id from member_resemblance")
    assert (await client.post(f"/staff/members/resemblances/{note}")).status_code == 303
    assert hidden.number not in (await client.get("/staff/members")).text
