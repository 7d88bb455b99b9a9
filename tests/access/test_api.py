"""The same doors for programs: every no is a problem document with a stable code."""

from typing import Any

import pytest
from httpx import AsyncClient, Response

from booking.access import service, service_tokens
from booking.access.schemas import SYSTEM
from tests.conftest import Clock
from tests.make.access import mailed_code, make_card, make_enrolled_staff, make_staff, other_code, sign_in

pytestmark = pytest.mark.anyio
API = "/api/v1"


def _code(answer: Response) -> Any:
    assert answer.headers["content-type"].startswith("application/problem+json")
    return answer.json()["code"]


async def test_a_program_signs_in_by_mail(client: AsyncClient, clock: Clock) -> None:
    answer = await client.post(f"{API}/accounts", json={"email": "a@example.jp"})
    assert (answer.status_code, answer.json()) == (202, {"state": "code-sent", "is_new": False})
    code = await mailed_code("a@example.jp")
    wrong = await client.post(f"{API}/sign-in", json={"code": other_code(code)})
    assert (wrong.status_code, _code(wrong)) == (422, "wrong-code")
    answer = await client.post(f"{API}/sign-in", json={"code": code})
    assert answer.json() == {"state": "signed-in", "is_new": True}
    assert (await service.actor_of_cookie(client.cookies["booking"])).is_signed_in
    again = await client.post(f"{API}/sign-in", json={"code": code})
    assert (again.status_code, _code(again)) == (409, "code-expired")
    assert (await client.post(f"{API}/sign-out")).json()["state"] == "signed-out"
    assert "booking" not in client.cookies


async def test_a_program_signs_in_with_a_card(client: AsyncClient, clock: Clock) -> None:
    await make_card()
    wrong = await client.post(f"{API}/sign-in", json={"number": "12345674", "pin": "0001"})
    assert (wrong.status_code, _code(wrong)) == (422, "wrong-pin")
    answer = await client.post(f"{API}/sign-in", json={"number": "12345674", "pin": "8052"})
    assert answer.json()["state"] == "signed-in"


async def test_a_program_of_staff_needs_both_proofs(client: AsyncClient, clock: Clock) -> None:
    staff, totp = await make_enrolled_staff("auditor")
    assert staff.email
    await client.post(f"{API}/sign-in", json={"email": staff.email})
    answer = await client.post(f"{API}/sign-in", json={"code": await mailed_code(staff.email)})
    assert answer.json()["state"] == "second-factor-needed"
    answer = await client.get(f"{API}/audit")
    assert (answer.status_code, _code(answer)) == (401, "second-factor-needed")
    digits = totp.generate_otp(int(clock.instant.timestamp()) // 30)
    assert (await client.post(f"{API}/sign-in", json={"second": digits})).json()["state"] == "signed-in"
    assert (await client.get(f"{API}/audit")).status_code == 200


async def test_too_many_tries_say_how_long_to_wait(client: AsyncClient, clock: Clock) -> None:
    for _ in range(5):
        assert (await client.post(f"{API}/sign-in", json={"email": "a@example.jp"})).status_code == 200
    answer = await client.post(f"{API}/sign-in", json={"email": "a@example.jp"})
    assert (answer.status_code, _code(answer)) == (429, "too-many-attempts")
    assert answer.headers["retry-after"] == "901"


@pytest.mark.parametrize("body", [{}, {"number": "12345674"}, {"password": "x"}, [], {"email": 5}])
async def test_what_is_no_step_of_a_sign_in(client: AsyncClient, clock: Clock, body: Any) -> None:
    answer = await client.post(f"{API}/sign-in", json=body)
    assert (answer.status_code, _code(answer)) == (400, "malformed-request")


async def test_a_token_reads_the_audit_trail_in_pages(client: AsyncClient, clock: Clock) -> None:
    for _ in range(3):
        await service.record_audit(SYSTEM, "closed", "facility", None, reason="台風", detail={"n": 1})
    token = await service_tokens.new_token("x", "auditor", None, SYSTEM)
    client.headers["authorization"] = f"Bearer {token}"
    first = (await client.get(f"{API}/audit?action=closed&limit=2")).json()
    rest = (await client.get(f"{API}/audit?action=closed&limit=2&cursor={first['next_cursor']}")).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    assert first["items"][0]["reason"] == "台風"
    assert (await client.get(f"{API}/audit?last_day=2026-11-20")).json()["items"] == []
    assert (await client.get(f"{API}/privacy/views")).json() == {"items": [], "next_cursor": None}
    for wrong in ("limit=0", "limit=x", "cursor=x", "first_day=x"):
        answer = await client.get(f"{API}/audit?{wrong}")
        assert (answer.status_code, _code(answer)) == (400, "malformed-request")


async def test_administrators_appoint_and_end_staff(client: AsyncClient, clock: Clock) -> None:
    assert _code(await client.get(f"{API}/staff/accounts")) == "sign-in-needed"
    await sign_in(client, await make_staff("front-desk"))
    assert _code(await client.get(f"{API}/staff/accounts")) == "not-allowed"
    await sign_in(client, await make_staff("body-administrator"))
    new = {"email": "desk@example.jp", "name": "受付", "role": "front-desk"}
    answer = await client.post(f"{API}/staff/accounts", json=new)
    assert answer.status_code == 201 and "/enter/" in answer.json()["link"]
    wrong = await client.post(f"{API}/staff/accounts", json={**new, "role": "king"})
    assert wrong.status_code == 422 and set(wrong.json()["fields"]) == {"email", "role"}
    items = (await client.get(f"{API}/staff/accounts")).json()["items"]
    desk = next(each for each in items if each["name"] == "受付")
    here = f"{API}/staff/accounts/{desk['id']}"
    assert (await client.post(f"{here}/roles", json={"role": "auditor"})).status_code == 204
    assert (await client.delete(f"{API}/staff/roles/{desk['grants'][0]['id']}")).status_code == 204
    assert (await client.post(f"{here}/link")).status_code == 201
    assert (await client.post(f"{here}/end")).status_code == 204
    gone = await client.post(f"{here}/end")
    assert (gone.status_code, _code(gone)) == (404, "not-found")


async def test_administrators_make_and_end_tokens(client: AsyncClient, clock: Clock) -> None:
    await sign_in(client, await make_staff("body-administrator"))
    answer = await client.post(f"{API}/staff/tokens", json={"label": "掲示板", "role": "auditor"})
    token = answer.json()["token"]
    (listed,) = (await client.get(f"{API}/staff/tokens")).json()["items"]
    assert listed["label"] == "掲示板" and "token" not in listed
    assert (await client.post(f"{API}/staff/tokens/{listed['id']}/revoke")).status_code == 204
    client.cookies.clear()
    refused = await client.get(f"{API}/audit", headers={"authorization": f"Bearer {token}"})
    assert (refused.status_code, _code(refused)) == (401, "sign-in-needed")
    assert refused.headers["www-authenticate"] == "Bearer"


async def test_another_sites_page_signs_nobody_out(client: AsyncClient, clock: Clock) -> None:
    await sign_in(client, await make_staff())
    answer = await client.post(f"{API}/sign-out", headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, _code(answer)) == (403, "cross-site-request")
