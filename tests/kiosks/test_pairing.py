"""A code makes exactly one device the kiosk; a token works until it is revoked."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from booking.access.rules import Role
from booking.access.schemas import SYSTEM
from booking.kiosks import service
from booking.kiosks.errors import (
    KioskFormRefused,
    KioskRevoked,
    PairingCodeExpired,
    PairingCodeUnknown,
    PairingCodeUsed,
)
from booking.kiosks.rules import Contact, contact, normalise_code
from booking.kit.clock import now
from booking.kit.db import fetchval
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility, make_place
from tests.make.kiosks import make_kiosk, make_waiting_kiosk

pytestmark = pytest.mark.anyio


async def test_a_code_pairs_one_device(db: None) -> None:
    made = await make_waiting_kiosk()
    paired = await service.pair(made.code.lower().replace("-", " "))
    assert paired.kiosk_id == made.kiosk_id
    assert (await service.get_kiosk_by_token(paired.token)).id == made.kiosk_id
    with pytest.raises(PairingCodeUsed):
        await service.pair(made.code)


async def test_of_devices_racing_with_one_code_one_is_paired(db: None) -> None:
    made = await make_waiting_kiosk()
    results = await asyncio.gather(*(service.pair(made.code) for _ in range(8)), return_exceptions=True)
    tokens = [one.token for one in results if not isinstance(one, BaseException)]
    assert len(tokens) == 1
    assert all(isinstance(one, PairingCodeUsed) for one in results if isinstance(one, BaseException))
    assert await fetchval("select count(*) from audit_entry where action = 'kiosk.pair'") == 1


async def test_a_code_dies(db: None, clock: Any) -> None:
    made = await make_waiting_kiosk()
    newer = await service.new_pairing_code(SYSTEM, made.kiosk_id)
    with pytest.raises(PairingCodeExpired):
        await service.pair(made.code)
    clock.advance(minutes=31)
    with pytest.raises(PairingCodeExpired):
        await service.pair(newer.code)
    with pytest.raises(PairingCodeUnknown):
        await service.pair("XXXX-XXXX")


async def test_revoking_acts_at_once(db: None) -> None:
    kiosk, paired = await make_kiosk()
    await service.revoke_kiosk(SYSTEM, kiosk.id)
    with pytest.raises(KioskRevoked):
        await service.get_kiosk_by_token(paired.token)
    with pytest.raises(KioskRevoked):
        await service.get_kiosk_by_token("nothing")


async def test_pairing_again_ends_the_device_before(db: None) -> None:
    kiosk, paired = await make_kiosk()
    again = await service.pair((await service.new_pairing_code(SYSTEM, kiosk.id)).code)
    with pytest.raises(KioskRevoked):
        await service.get_kiosk_by_token(paired.token)
    assert (await service.get_kiosk_by_token(again.token)).id == kiosk.id


async def test_facilities_of_one_kiosk_share_a_place(db: None) -> None:
    place = await make_place()
    together = [await make_facility(place=place), await make_facility(place=place)]
    assert (await make_kiosk(*together))[0].facility_codes == tuple(sorted(one.code for one in together))
    with pytest.raises(KioskFormRefused) as refused:
        await service.add_kiosk(SYSTEM, " ", [together[0].code, (await make_facility()).code])
    assert {name: one.code for name, one in refused.value.fields.items()} == {
        "name": "kiosk-name-missing",
        "facility": "not-one-place",
    }


async def test_the_door_pairs_and_limits_guesses(client: httpx.AsyncClient, clock: Any) -> None:
    made = await make_waiting_kiosk()
    answer = await client.post("/api/v1/kiosks/pair", json={"code": made.code})
    assert answer.status_code == 201
    assert answer.json()["token"].startswith("kt_")
    answers = [await client.post("/api/v1/kiosks/pair", json={"code": f"GUES-{n:04}"}) for n in range(20)]
    assert {one.json()["code"] for one in answers[:19]} == {"pairing-code-unknown"}
    assert answers[-1].status_code == 429
    assert "retry-after" in answers[-1].headers


async def test_hostile_bodies_are_refused(client: httpx.AsyncClient) -> None:
    for body in ({}, {"code": ""}, {"code": "x" * 99}, {"code": "A", "more": 1}, [], {"code": 7}):
        answer = await client.post("/api/v1/kiosks/pair", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed-request")


async def test_staff_keep_the_kiosks_of_their_places(client: httpx.AsyncClient) -> None:
    mine, other = await make_facility(), await make_facility(body=await make_body())
    await sign_in(client, await make_staff(Role.FACILITY_MANAGER, mine.code))
    refused = await client.post("/api/v1/staff/kiosks", json={"name": "x", "facilities": [other.code]})
    assert refused.status_code == 403
    added = await client.post("/api/v1/staff/kiosks", json={"name": "入口", "facilities": [mine.code]})
    assert added.status_code == 201
    other_kiosk, _ = await make_kiosk(other)
    listed = (await client.get("/api/v1/staff/kiosks")).json()["items"]
    assert [one["id"] for one in listed] == [added.json()["kiosk_id"]]
    assert (await client.post(f"/api/v1/staff/kiosks/{other_kiosk.id}/revoke")).status_code == 403
    assert (await client.post(f"/api/v1/staff/kiosks/{listed[0]['id']}/revoke")).status_code == 204


async def test_the_pages_add_pair_change_and_revoke(client: httpx.AsyncClient) -> None:
    facility = await make_facility(name="ためし館")
    await sign_in(client, await make_staff(Role.FACILITY_MANAGER, facility.code))
    wrong = await client.post("/staff/kiosks", data={"name": "", "direction": "auto"})
    assert wrong.status_code == 422
    assert "受付機の名前を60文字までで" in wrong.text
    added = await client.post("/staff/kiosks", data={"name": "1階入口", "facility": facility.code, "direction": "in"})
    assert added.status_code == 303
    address = added.headers["location"]
    assert (await client.get(address)).status_code == 200
    shown = await client.post(f"{address}/code")
    code = shown.text.split("#pair=")[1].split('"')[0]
    paired = await service.pair(code)
    changed = await client.post(address, data={"name": "2階入口", "direction": "out"})
    assert changed.status_code == 303
    kiosk = await service.get_kiosk_by_token(paired.token)
    assert (kiosk.name, kiosk.direction) == ("2階入口", "out")
    assert (await client.get(f"{address}/revoke")).status_code == 200
    assert (await client.post(f"{address}/revoke")).status_code == 303
    listed = await client.get("/staff/kiosks")
    assert "登録から外した受付機（1台）" in listed.text


def test_how_a_kiosk_is_doing() -> None:
    at = now()
    assert contact(paired_at=None, revoked_at=None, seen_at=None, now=at) is Contact.UNPAIRED
    assert contact(paired_at=at, revoked_at=at, seen_at=None, now=at) is Contact.REVOKED
    assert contact(paired_at=at, revoked_at=None, seen_at=None, now=at) is Contact.NEVER
    assert contact(paired_at=at, revoked_at=None, seen_at=at, now=at) is Contact.ALIVE
    assert contact(paired_at=at, revoked_at=None, seen_at=at - timedelta(minutes=2), now=at) is Contact.SILENT
    assert normalise_code("ａｂ２3-45 67") == "AB234567"
