"""The number that opens a kiosk's staff menu."""

import httpx
import pytest

from booking.access.rules import Role
from booking.access.schemas import SYSTEM
from booking.kiosks import service_pin
from booking.kiosks.errors import StaffPinRefused, StaffPinUnset
from booking.kiosks.rules import check_staff_pin, new_staff_pin
from booking.kit import db as house_db
from booking.kit.sealing import new_salt, open_with, seal_with
from booking.kit.settings import get_settings, use_settings
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.kiosks import make_waiting_kiosk

pytestmark = pytest.mark.anyio


def test_easy_numbers_are_refused() -> None:
    assert check_staff_pin(" ２９４０１７ ") == "294017"
    assert check_staff_pin("29401738") == "29401738"
    for easy in ("", "29401", "294017385", "111111", "123456", "987654", "890123", "29401a", "٢٩٤٠١٧", "²³⁴⁵⁶⁷"):
        with pytest.raises(StaffPinRefused):
            check_staff_pin(easy)
    made = {new_staff_pin() for _ in range(50)}
    assert all(check_staff_pin(one) == one for one in made)
    assert len(made) > 40


def test_a_seal_depends_on_its_text_alone_and_opens_with_its_number_alone() -> None:
    salt = new_salt()
    sealed = seal_with("294017", salt, "連絡先".encode())
    assert seal_with("294017", salt, "連絡先".encode()) == sealed
    assert seal_with("294017", salt, b"other").nonce != sealed.nonce
    assert open_with("294017", sealed).decode() == "連絡先"
    with pytest.raises(ValueError, match="not the number"):
        open_with("294018", sealed)


async def test_a_new_kiosk_has_a_number_and_looking_is_recorded(db: None) -> None:
    made = await make_waiting_kiosk()
    assert made.staff_pin == await service_pin.reveal_staff_pin(SYSTEM, made.kiosk_id)
    assert await service_pin.set_staff_pin(SYSTEM, made.kiosk_id, "29401738") == "29401738"
    assert await service_pin.reveal_staff_pin(SYSTEM, made.kiosk_id) == "29401738"
    kept = await house_db.fetchval("select staff_pin_sealed from kiosk")
    assert "29401738" not in kept
    told = await house_db.fetch("select action, detail::text as detail from audit_entry order by id")
    assert [row["action"] for row in told].count("kiosk.show-staff-pin") == 2
    assert not any("2940" in row["detail"] or made.staff_pin in row["detail"] for row in told)


async def test_a_number_under_another_secret_is_none(db: None) -> None:
    made = await make_waiting_kiosk()
    mine = get_settings()
    use_settings(type(mine)(**{**{one: getattr(mine, one) for one in mine.__struct_fields__}, "secret_key": "u" * 40}))
    assert await service_pin.find_staff_lock(made.kiosk_id) is None
    with pytest.raises(StaffPinUnset):
        await service_pin.reveal_staff_pin(SYSTEM, made.kiosk_id)
    use_settings(mine)


async def test_keepers_see_and_change_it_on_the_page(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    made = await make_waiting_kiosk(facility)
    address = f"/staff/kiosks/{made.kiosk_id}"
    await sign_in(client, await make_staff(Role.FRONT_DESK, facility.code))
    assert (await client.post(f"{address}/pin/show")).status_code == 403
    assert (await client.post(f"{address}/pin", data={"pin": "294017"})).status_code == 403
    await sign_in(client, await make_staff(Role.FACILITY_MANAGER, facility.code))
    assert made.staff_pin not in (await client.get(address)).text
    shown = await client.post(f"{address}/pin/show")
    assert (made.staff_pin in shown.text, shown.headers["cache-control"]) == (True, "no-store")
    refused = await client.post(f"{address}/pin", data={"pin": "123456"})
    assert (refused.status_code, "すぐに当てられる" in refused.text) == (422, True)
    assert ">294017<" in (await client.post(f"{address}/pin", data={"pin": "294017"})).text
    again = await client.post(f"{address}/pin", data={})
    assert again.status_code == 200
    assert ">294017<" not in again.text
    api = await client.post("/api/v1/staff/kiosks", json={"name": "入口", "facilities": [facility.code]})
    assert api.json()["staff_pin"] is None
