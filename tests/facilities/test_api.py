"""The JSON doors of facilities."""

from datetime import UTC, date, datetime, time
from typing import Any

import httpx
import pytest

from booking.facilities import service
from booking.facilities.tables import Closure, Facility
from booking.kit import clock as house_clock
from booking.kit.tokens import new_id
from tests.make.facilities import make_facility

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]


async def test_everybody_reads_the_plans_facilities(client: httpx.AsyncClient) -> None:
    await service.seed()
    answer = (await client.get("/api/v1/facilities")).json()
    assert answer["next_cursor"] is None
    items = {each["code"]: each for each in answer["items"]}
    hub = items["tumo-gunma"]
    assert (hub["body"], hub["place"], hub["municipality"], hub["kind"]) == ("100005", "gmesse-4f", "102024", "hub")
    assert hub["is_open_now"] is True and hub["opens_today"] == "10:00:00"
    assert [each["day"] for each in hub["next_closures"]] == ["2026-11-24", "2026-12-01", "2026-12-08", "2026-12-15"]
    one = (await client.get("/api/v1/facilities/tumo-gunma")).json()
    assert one == hub


async def test_an_unknown_facility_is_a_problem_document(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/facilities/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-facility")


async def test_open_now_follows_the_hours_and_closing_at_once(client: httpx.AsyncClient, clock: Any) -> None:
    facility = await make_facility(opens=time(10), closes=time(18))
    address = f"/api/v1/facilities/{facility.code}"
    assert (await client.get(address)).json()["is_open_now"] is True
    await Facility.update({"closed_now_at": house_clock.now()}).where(Facility.id == facility.id)
    assert (await client.get(address)).json()["is_open_now"] is False
    clock.set(datetime(2026, 11, 22, 2, tzinfo=UTC))
    assert (await client.get(address)).json()["is_open_now"] is True
    clock.set(datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert (await client.get(address)).json()["is_open_now"] is False


async def test_closed_days_to_come_say_why(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    closure = Closure(
        id=new_id(),
        facility=facility.id,
        closed_on=date(2026, 11, 25),
        kind="closed",
        reason="設備の点検",
        decided_at=house_clock.now(),
    )
    await Closure.insert(closure)
    item = (await client.get(f"/api/v1/facilities/{facility.code}")).json()
    assert item["next_closures"] == [
        {"day": "2026-11-25", "reason": "closed", "note": "設備の点検", "notes": {"ja": "設備の点検"}}
    ]
