"""The API of members: what it gives and refuses, whose contact it shows, and the abuser at every door."""

from typing import Any

import pytest
from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.kit import db
from booking.people import queries
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
HOME = {"name": "群馬 花子", "phone": "090-1234-5678", "preferred": "mail", "language": "ja", "role": "guardian"}


async def child(**changed: Any) -> dict[str, Any]:
    await make_municipality()
    return {
        "family_name": "群馬",
        "given_name": "結衣",
        "family_kana": "ぐんま",
        "given_kana": "ゆい",
        "birth_on": "2013-04-02",
        "municipality": "102016",
        "contact": {"relation": "mother"},
        "emergency_contacts": [{"name": "祖母", "relation": "grandparent", "phone": "027-223-1111"}],
        "consent": {"body": "100005", "text_id": str(await make_consent_text()), "agreed": True},
        **changed,
    }


async def resident(client: AsyncClient) -> Any:
    account = await make_account()
    await sign_in(client, account)
    return account


async def test_a_household_and_a_child(client: AsyncClient) -> None:
    await resident(client)
    assert (await client.get("/api/v1/household")).json()["code"] == "household-needed"
    assert (await client.post("/api/v1/members", json=await child())).json()["code"] == "household-needed"
    made = await client.put("/api/v1/household", json=HOME)
    assert made.json()["phone"] == "+819012345678"
    assert (await client.put("/api/v1/household", json={"language": "vi"})).json()["name"] == "群馬 花子"
    assert (await client.get("/api/v1/household")).json()["language"] == "vi"
    texts = (await client.get("/api/v1/consent-texts", params={"language": "en"})).json()["items"]
    assert texts == [] or texts[0]["body"] == "100005"
    added = await client.post("/api/v1/members", json=await child())
    assert added.status_code == 201
    item = added.json()
    assert (item["grade"], item["municipality"], item["bodies"]) == (7, "102016", ["100005"])
    assert item["contact"] == {
        "phone": "+819012345678",
        "relation": "mother",
        "preferred": "mail",
        "language": "vi",
    }
    assert item["emergency_contacts"][0]["phone"] == "+81272231111"
    assert item["rights"]["is_confirmed"] is False
    assert (await client.get("/api/v1/members")).json()["items"] == [item]
    assert (await client.get(f"/api/v1/members/{item['id']}")).json() == item


async def test_one_key_makes_one_child(client: AsyncClient) -> None:
    await resident(client)
    await client.put("/api/v1/household", json=HOME)
    body = await child()
    first = await client.post("/api/v1/members", json=body, headers={"Idempotency-Key": "k1"})
    again = await client.post("/api/v1/members", json=body, headers={"Idempotency-Key": "k1"})
    assert first.json() == again.json()
    assert await db.fetchval("select count(*) from member") == 1


async def test_some_facts_are_changed_and_the_rest_stays(client: AsyncClient) -> None:
    account = await resident(client)
    member = await make_member(account=account)
    changed = await client.patch(
        f"/api/v1/members/{member.id}",
        json={"school_name": "前橋中", "assistance": None, "contact": {"phone": "0272231111"}},
    )
    assert changed.status_code == 200
    assert (changed.json()["school_name"], changed.json()["family_name"]) == ("前橋中", "群馬")
    assert changed.json()["contact"]["phone"] == "+81272231111"
    contacts = [{"name": "父", "relation": "father", "phone": "09011112222"}]
    changed = await client.patch(f"/api/v1/members/{member.id}", json={"emergency_contacts": contacts})
    assert changed.json()["emergency_contacts"][0]["phone"] == "+819011112222"
    assert (await client.patch(f"/api/v1/members/{member.id}", json={})).json()["code"] == "nothing-to-change"
    assert (await client.patch(f"/api/v1/members/{member.id}", json={"grade": 9})).json()["code"] == "not-allowed"
    wrong = await client.patch(f"/api/v1/members/{member.id}", json={"given_name": "😀", "birth_on": "1.4.2013"})
    assert wrong.status_code == 422
    assert set(wrong.json()["fields"]) == {"given_name", "birth_on"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"is_protected": True}, "malformed-request"),
        ({"family_name": 7}, "malformed-request"),
        ({"family_name": "あ" * 300}, "malformed-request"),
        ({"consent": []}, "malformed-request"),
        ({"emergency_contacts": [{}] * 11}, "malformed-request"),
        ([], "malformed-request"),
        ({"consent": {"body": "100005", "agreed": False}}, "invalid-form"),
        ({}, "invalid-form"),
    ],
)
async def test_hostile_bodies_are_refused(client: AsyncClient, body: Any, code: str) -> None:
    await resident(client)
    await client.put("/api/v1/household", json=HOME)
    refused = await client.post("/api/v1/members", json=body)
    assert refused.json()["code"] == code
    assert refused.status_code in (400, 422)


async def test_consent_is_named_in_refusals(client: AsyncClient) -> None:
    await resident(client)
    await client.put("/api/v1/household", json=HOME)
    body = await child()
    for consent, code in (
        ({**body["consent"], "agreed": False}, "consent-needed"),
        ({**body["consent"], "body": "131008"}, "body-unknown"),
        ({"body": "100005", "agreed": True}, "consent-text-changed"),
    ):
        assert (await client.post("/api/v1/members", json={**body, "consent": consent})).json()["code"] == code
    young = await client.post("/api/v1/members", json={**body, "as_self": True})
    assert young.json()["code"] == "guardian-needed"


async def test_another_body(client: AsyncClient) -> None:
    account = await resident(client)
    member = await make_member(account=account)
    consent = {"body": "102032", "text_id": str(await make_consent_text("102032")), "agreed": True}
    done = await client.post(f"/api/v1/members/{member.id}/consents", json=consent)
    assert (done.status_code, done.json()["bodies"]) == (201, ["100005", "102032"])
    again = await client.post(f"/api/v1/members/{member.id}/consents", json=consent)
    assert (again.status_code, again.json()["code"]) == (409, "registered-already")


async def test_nobody_and_staff_of_another_body(client: AsyncClient) -> None:
    member = await make_member()
    for answer in (
        await client.get("/api/v1/members"),
        await client.get(f"/api/v1/members/{member.id}"),
        await client.patch(f"/api/v1/members/{member.id}", json={"given_name": "x"}),
        await client.post("/api/v1/members", json=await child()),
        await client.get("/api/v1/household"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-needed")
    await sign_in(client, await make_staff(scope="102032"))
    assert (await client.get("/api/v1/members")).json()["items"] == []
    assert (await client.get(f"/api/v1/members/{member.id}")).status_code == 404


async def test_staff_list_register_and_change(client: AsyncClient) -> None:
    await sign_in(client, await make_staff())
    members = [await make_member() for _ in range(3)]
    hidden = await make_member()
    await make_protected(hidden)
    page = (await client.get("/api/v1/members", params={"limit": 2})).json()
    rest = (await client.get("/api/v1/members", params={"cursor": page["next_cursor"]})).json()
    listed = [item["id"] for item in page["items"] + rest["items"]]
    assert listed == sorted(str(member.id) for member in members)
    assert await db.fetchval("select count(*) from personal_data_view where by_list") == 3
    body = {
        "family_name": "高崎",
        "given_name": "陽",
        "grade": 5,
        "contact": {"phone": "0272231111"},
        "consent": {"body": "100005"},
    }
    made = await client.post("/api/v1/members", json=body)
    assert (made.status_code, made.json()["grade"]) == (201, 5)
    assert made.json()["contact"]["phone"] == "+81272231111"
    await make_municipality()
    changed = await client.patch(
        f"/api/v1/members/{members[0].id}", json={"grade": 6, "contact": {"phone": "09011112222"}}
    )
    assert (changed.json()["grade"], changed.json()["contact"]["phone"]) == (6, "+819011112222")
    back = await client.patch(f"/api/v1/members/{members[0].id}", json={"grade": None})
    assert back.json()["grade"] == 8
    bad = {"family_name": "😀", "contact": {"phone": "1"}}
    wrong = await client.patch(f"/api/v1/members/{members[0].id}", json=bad)
    assert set(wrong.json()["fields"]) == {"family_name", "phone"}


async def test_the_abuser_at_every_door(client: AsyncClient) -> None:
    abuser = await resident(client)
    mother = await make_account()
    await make_household(mother, phone="+819099999999")
    member = await make_member(account=abuser)
    await make_guardianship(member, mother)
    await make_protected(member, mother)
    assert (await client.get("/api/v1/members")).json()["items"] == []
    for answer in (
        await client.get(f"/api/v1/members/{member.id}"),
        await client.patch(f"/api/v1/members/{member.id}", json={"given_name": "x"}),
        await client.post(
            f"/api/v1/members/{member.id}/consents",
            json={"body": "100005", "text_id": str(await make_consent_text()), "agreed": True},
        ),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "member-not-found")
    same = await child(family_name="群馬", given_name="太郎", given_kana="たろう", birth_on=str(member.birth_on))
    again = await client.post("/api/v1/members", json=same)
    assert again.status_code == 201
    assert (await client.get("/api/v1/members")).json()["items"] == [again.json()]
    await sign_in(client, mother)
    assert [item["id"] for item in (await client.get("/api/v1/members")).json()["items"]] == [str(member.id)]


async def test_another_guardians_telephone_stays_with_them(client: AsyncClient) -> None:
    mother, father = await make_account(), await make_account()
    await make_household(mother, phone="+819099999999")
    await make_household(father, phone="+819088888888")
    member = await make_member(account=mother)
    await make_guardianship(member, father)
    await sign_in(client, father)
    assert (await client.get(f"/api/v1/members/{member.id}")).json()["contact"]["phone"] == "+819088888888"
    card = await make_account(kind="card")
    await make_household(card, role="self")
    await make_guardianship(member, card, consent=False)
    await sign_in(client, card)
    shown = (await client.get(f"/api/v1/members/{member.id}")).json()
    assert (shown["contact"], shown["emergency_contacts"]) == (None, [])


async def test_staff_see_no_contact_of_a_protected_member(client: AsyncClient) -> None:
    member = await make_member()
    await make_protected(member)
    await sign_in(client, await make_staff())
    shown = (await client.get(f"/api/v1/members/{member.id}")).json()
    assert (shown["contact"], shown["emergency_contacts"]) == (None, [])
    refused = await client.patch(f"/api/v1/members/{member.id}", json={"school_name": "x"})
    assert refused.json()["code"] == "second-person-needed"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = ("family_name", "given_name", "latin_name", "birth_on", "grade", "contact", "consent", "emergency_contacts")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=5))
async def test_whatever_is_sent_is_answered(client: AsyncClient, body: dict[str, Any]) -> None:
    if not client.cookies:
        await resident(client)
        await client.put("/api/v1/household", json=HOME)
    answer = await client.post("/api/v1/members", json=body)
    assert answer.status_code in (400, 422)
    assert await queries.list_members([]) == {}
