"""Passes are issued once, live as long as they should, stop when revoked, and are drawn so that they can be read."""

import asyncio
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import httpx
import pytest
import zxingcpp
from PIL import Image

from booking.access.rules import Role
from booking.access.schemas import SYSTEM
from booking.kit import db as house_db
from booking.passes import queries, service
from booking.passes.drawing import draw_png, draw_svg, path_of, rows_of, side_of
from booking.passes.rules import decode, verify
from booking.passes.rules_validity import valid_until_on
from tests.make.access import make_account, make_staff, sign_in
from tests.make.passes import make_pass
from tests.make.people import make_member, make_protected

pytestmark = pytest.mark.anyio


async def test_a_pass_is_issued_once_and_verified(db: None, clock: Any) -> None:
    member = await make_member(8)
    views = await asyncio.gather(*(service.issue_pass(member.id, SYSTEM) for _ in range(6)))
    assert len({one.token for one in views}) == 1
    claims = verify(decode(views[0].token), await queries.verifying_keys())
    assert (claims.pass_id, claims.valid_until) == (views[0].id, views[0].valid_until)
    assert await service.token_of(views[0].id) == views[0].token
    assert await house_db.fetchval("select count(*) from pass") == 1


async def test_a_pass_lives_until_the_year_of_the_nineteenth_birthday(db: None, clock: Any) -> None:
    # Source: product, "printed cards live until the end of the fiscal year in which the member turns 19".
    today = date(2026, 11, 21)
    cases = {
        date(2008, 6, 1): date(2028, 4, 1),
        date(2009, 3, 15): date(2028, 4, 1),
        date(2009, 4, 1): date(2028, 4, 1),
        date(2009, 4, 2): date(2029, 4, 1),
        date(2007, 6, 1): date(2027, 4, 1),
        date(1985, 6, 1): date(2032, 4, 1),
    }
    for born, until in cases.items():
        assert valid_until_on(await make_member(8, birth_on=born), today) == until
    made = await make_pass(await make_member(8, birth_on=date(2008, 6, 1)))
    assert made.valid_until == datetime(2028, 3, 31, 15, tzinfo=UTC)


async def test_reissuing_revokes_the_old_code(db: None, clock: Any) -> None:
    member = await make_member(8)
    old = await make_pass(member)
    new = await service.reissue_pass(member.id, SYSTEM, "lost")
    assert new.token != old.token
    assert await queries.revoked_since(clock()) == [old.id]
    await service.revoke_pass(member.id, SYSTEM, "other")
    await service.revoke_pass(member.id, SYSTEM, "other")
    assert await queries.current_pass(member.id) is None
    assert await house_db.fetchval("select count(*) from audit_entry where action = 'pass.revoke'") == 2


async def test_an_expired_pass_makes_room(db: None, clock: Any) -> None:
    member = await make_member(8)
    old = await make_pass(member)
    clock.set(old.valid_until)
    assert (await make_pass(member)).id != old.id


async def test_keys_rotate_and_old_passes_still_hold(db: None, clock: Any) -> None:
    old = await make_pass(await make_member(8))
    assert await asyncio.gather(*(service.ensure_signing_key() for _ in range(4))) == [1, 1, 1, 1]
    assert await service.rotate_signing_key(SYSTEM) == 2
    new = await make_pass(await make_member(8))
    keys = await queries.verifying_keys()
    assert [keys[1].state, keys[2].state] == ["retired", "current"]
    assert [verify(decode(one.token), keys).kid for one in (old, new)] == [1, 2]


async def test_the_picture_is_read_back(db: None, clock: Any) -> None:
    shown = await make_pass(await make_member(8))
    picture = Image.open(BytesIO(draw_png(shown.token, shown.number))).convert("L")
    found = zxingcpp.read_barcodes(picture)
    assert [one.text for one in found] == [shown.token]
    assert len(rows_of(shown.token)) == 41
    assert side_of(shown.token) == 49
    svg = draw_svg(shown.token, shown.number).decode()
    assert path_of(shown.token) in svg
    assert f"{shown.number[:4]} {shown.number[4:]}" in svg


async def test_the_doors_show_the_family_its_passes(client: httpx.AsyncClient, clock: Any) -> None:
    guardian = await make_account()
    member, stranger = await make_member(8, account=guardian), await make_account()
    address = f"/api/v1/members/{member.id}/pass"
    assert (await client.get(address)).status_code == 401
    await sign_in(client, stranger)
    refused = await client.get(address)
    assert (refused.status_code, refused.json()["code"]) == (404, "member-not-found")
    await sign_in(client, guardian)
    shown = (await client.get(address)).json()
    assert shown["token"].startswith("P1")
    assert (await client.get(f"{address}.png")).headers["content-type"] == "image/png"
    assert (await client.get(f"{address}.svg")).headers["content-type"].startswith("image/svg+xml")
    renewed = await client.post(f"{address}/revoke", json={"reason": "lost"})
    assert renewed.json()["token"] != shown["token"]
    assert (await client.post(f"{address}/revoke", json={"reason": "nonsense"})).status_code == 400


async def test_a_protected_member_has_no_pass_for_others(client: httpx.AsyncClient, clock: Any) -> None:
    named, other = await make_account(), await make_account()
    member = await make_member(8, account=named, family_name="新井")
    await house_db.execute(
        "insert into guardianship (id, member, account, relation, may_consent, may_book, is_told, state, created_at)"
        " values (gen_random_uuid(), $1, $2, 'father', true, true, true, 'confirmed', $3)",
        *(member.id, other.id, clock()),
    )
    await make_protected(member, named)
    await sign_in(client, other)
    assert (await client.get(f"/api/v1/members/{member.id}/pass")).status_code == 404
    assert (await client.get(f"/pass/{member.id}")).status_code == 404
    assert "新井" not in (await client.get("/pass")).text
    await sign_in(client, named)
    assert (await client.get(f"/pass/{member.id}")).status_code == 200


async def test_staff_reach_members_of_their_body(client: httpx.AsyncClient, clock: Any) -> None:
    member = await make_member(8)
    await sign_in(client, await make_staff(Role.FRONT_DESK, "100005"))
    assert (await client.get(f"/api/v1/members/{member.id}/pass")).status_code == 200
    assert await house_db.fetchval("select count(*) from personal_data_view where what = 'pass'") == 1
    await sign_in(client, await make_staff(Role.FRONT_DESK, "102032"))
    assert (await client.get(f"/api/v1/members/{member.id}/pass")).status_code == 404


async def test_the_pages_show_and_renew(client: httpx.AsyncClient, clock: Any) -> None:
    guardian = await make_account()
    await sign_in(client, guardian)
    assert "まだパスがありません" in (await client.get("/pass")).text
    first = await make_member(8, account=guardian, shown_name="そうた")
    await make_member(3, account=guardian, shown_name="ひな")
    shown = await client.get("/pass")
    assert all(word in shown.text for word in ("そうた", "ひな", f"{first.number[:4]} {first.number[4:]}"))
    before = await queries.current_pass(first.id)
    assert (await client.get(f"/pass/{first.id}/lost")).status_code == 200
    assert (await client.post(f"/pass/{first.id}/lost")).status_code == 303
    after = await queries.current_pass(first.id)
    assert before is not None
    assert after is not None
    assert before.id != after.id
