"""The family's pages, walked without scripts; refusals at the field; the abuser at every address."""

import re
from typing import Any

import pytest
from httpx import AsyncClient, Response

from booking.access.queries import find_account
from booking.people import queries, service_guardians
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.people import make_consent_text, make_household, make_member, make_municipality, make_protected

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
WHO = {"name": "群馬 花子", "phone": "090-1234-5678", "role": "guardian", "preferred": "mail", "language": "ja"}
CHILD = {
    "family_name": "群馬",
    "given_name": "結衣",
    "family_kana": "ぐんま",
    "given_kana": "ゆい",
    "birth_on_year": "2013",
    "birth_on_month": "4",
    "birth_on_day": "2",
    "relation": "mother",
    "municipality": "102016",
    "body": "100005",
    "contact_name": "群馬 花子",
    "contact_relation": "",
    "contact_phone": "090-1234-5678",
    "step": "facts",
}


def hidden(answer: Response) -> dict[str, Any]:
    """The hidden fields of a page's form, as a browser would send them back."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))


async def signed_in(client: AsyncClient) -> Any:
    await make_municipality()
    await make_consent_text()
    account = await make_account(name="")
    await sign_in(client, account)
    return account


async def test_from_the_first_sign_in_to_a_registered_child(client: AsyncClient) -> None:
    account = await signed_in(client)
    assert "/welcome" in (await client.get("/")).text
    assert (await client.get("/family")).headers["location"] == "/welcome"
    assert (await client.get("/welcome")).status_code == 200
    first = await client.post("/welcome", data=WHO)
    assert (first.status_code, first.headers["location"]) == (303, "/family/new")
    prefilled = (await client.get("/family/new")).text
    assert 'value="群馬"' in prefilled
    assert 'value="090-1234-5678"' in prefilled
    text = await client.post("/family/new", data=CHILD)
    assert "読みました。同意します" in text.text
    assert "同意文" in text.text
    done = await client.post("/family/new", data={**hidden(text), "step": "agree", "agreed": "1"})
    assert done.status_code == 303
    members = await queries.list_members_of(account.id)
    assert done.headers["location"] == f"/family?added={members[0].id}"
    family = (await client.get(done.headers["location"])).text
    assert "ゆいさんを登録しました" in family
    assert f"/pass/{members[0].id}" in family
    assert (await client.get("/welcome")).headers["location"] == "/"
    contacts = await queries.list_contacts([members[0].id])
    assert contacts[members[0].id][0].relation == "mother"


async def test_going_back_keeps_what_was_typed(client: AsyncClient) -> None:
    await signed_in(client)
    await client.post("/welcome", data=WHO)
    text = await client.post("/family/new", data=CHILD)
    back = await client.post("/family/new", data={**hidden(text), "step": "back"})
    assert back.status_code == 200
    assert 'value="結衣"' in back.text
    unread = await client.post("/family/new", data={**hidden(text), "step": "agree"})
    assert unread.status_code == 422
    assert "同意がないと、登録できません" in unread.text


async def test_refusals_stand_at_their_fields(client: AsyncClient) -> None:
    await signed_in(client)
    refused = await client.post("/welcome", data={**WHO, "phone": "12"})
    assert refused.status_code == 422
    assert 'id="f-phone-error"' in refused.text
    await client.post("/welcome", data=WHO)
    wrong = await client.post("/family/new", data={**CHILD, "family_kana": "新井", "birth_on_day": "31", "body": ""})
    assert wrong.status_code == 422
    assert "「新」は漢字です" in wrong.text
    assert "カレンダーにありません" in wrong.text
    assert "おもに行く場所" in wrong.text
    hostile = await client.post("/family/new", data={**CHILD, "is_protected": "1"})
    assert hostile.status_code == 400


async def test_somebody_registers_alone(client: AsyncClient) -> None:
    account = await signed_in(client)
    first = await client.post("/welcome", data={**WHO, "role": "self"})
    assert first.headers["location"] == "/family/new?me=1"
    form = await client.get("/family/new?me=1")
    assert "あなたを登録する" in form.text
    own = {name: value for name, value in CHILD.items() if not name.startswith("contact")}
    young = {**own, "as_self": "1", "relation": "", "birth_on_year": "2012"}
    text = await client.post("/family/new", data=young)
    refused = await client.post("/family/new", data={**hidden(text), "step": "agree", "agreed": "1"})
    assert "16歳になるまでは" in refused.text
    text = await client.post("/family/new", data={**young, "birth_on_year": "2001"})
    assert (await client.post("/family/new", data={**hidden(text), "step": "agree", "agreed": "1"})).status_code == 303
    members = await queries.list_members_of(account.id)
    assert members[0].rights is not None
    assert members[0].rights.relation == "self"


async def test_a_member_and_the_household_are_corrected(client: AsyncClient) -> None:
    account = await signed_in(client)
    child = await make_member(account=account)
    assert (await client.get("/family/contact")).status_code == 200
    refused = await client.post("/family/contact", data={**WHO, "phone": "x"})
    assert refused.status_code == 422
    assert (await client.post("/family/contact", data=WHO)).status_code == 303
    assert 'value="太郎"' in (await client.get(f"/family/{child.id}/edit")).text
    facts = {name: value for name, value in CHILD.items() if name not in ("step", "body")}
    assert (await client.post(f"/family/{child.id}/edit", data=facts)).status_code == 303
    assert (await queries.get_member(child.id)).given_name == "結衣"
    assert (await client.post(f"/family/{child.id}/edit", data={**facts, "given_name": "😀"})).status_code == 422


async def test_another_bodys_text_is_asked(client: AsyncClient) -> None:
    account = await signed_in(client)
    child = await make_member(account=account)
    await make_consent_text("102032", text="桐生の文")
    assert f"/family/{child.id}/consent/102032" in (await client.get("/family")).text
    text = await client.get(f"/family/{child.id}/consent/102032")
    assert "桐生の文" in text.text
    assert (await client.post(f"/family/{child.id}/consent/102032", data=hidden(text))).status_code == 422
    done = await client.post(f"/family/{child.id}/consent/102032", data={**hidden(text), "agreed": "1"})
    assert done.status_code == 303
    assert (await queries.get_member(child.id)).body_codes == ("100005", "102032")


async def test_the_abuser_finds_nothing_at_any_address(client: AsyncClient) -> None:
    abuser = await signed_in(client)
    await make_household(abuser)
    child = await make_member(account=abuser, household=(await make_member()).household_id)
    await make_protected(child)
    family = await client.get("/family")
    assert str(child.id) not in family.text
    assert child.name not in family.text
    assert child.number not in family.text.replace(" ", "")
    text_id = str(await make_consent_text())
    for answer in (
        await client.get(f"/family/{child.id}/edit"),
        await client.post(f"/family/{child.id}/edit", data={}),
        await client.get(f"/family/{child.id}/consent/100005"),
        await client.post(f"/family/{child.id}/consent/100005", data={"text_id": text_id, "agreed": "1"}),
    ):
        assert answer.status_code == 404
        assert child.name not in answer.text
    unknown = await client.get("/family/01900000-0000-7000-8000-000000000000/edit")
    known = await client.get(f"/family/{child.id}/edit")
    assert unknown.text.replace("01900000-0000-7000-8000-000000000000", "") == known.text.replace(str(child.id), "")


async def test_a_stranger_is_sent_to_sign_in(client: AsyncClient) -> None:
    assert (await client.get("/family")).headers["location"].startswith("/sign-in")


async def test_a_card_opens_nothing_about_the_family(client: AsyncClient) -> None:
    await make_consent_text("102032")
    guardian = await make_account()
    await make_household(guardian, phone="+819099998888")
    child = await make_member(account=guardian)
    card = await service_guardians.set_card(await actor_for(await make_staff()), child.id, "482159")
    found = await find_account(card)
    assert found is not None
    await sign_in(client, found)
    family = await client.get("/family")
    assert child.name in family.text
    assert "子どもを登録する" not in family.text
    for address in ("contact", "new", f"{child.id}/edit", f"{child.id}/consent/102032"):
        shown = await client.get(f"/family/{address}")
        assert shown.status_code == 403, address
        assert "9999" not in shown.text
    assert (await client.get("/api/v1/household")).status_code == 403
    listed = (await client.get("/api/v1/members")).json()["items"]
    assert [(each["contact"], each["emergency_contacts"]) for each in listed] == [(None, [])]
    agreed = {"text_id": str(child.id), "agreed": "1"}
    sent = {"contact": WHO, "new": CHILD, f"{child.id}/edit": CHILD, f"{child.id}/consent/102032": agreed}
    for address, data in sent.items():
        assert (await client.post(f"/family/{address}", data=data)).status_code == 403, address
