"""A lab of three days: booked whole or day by day, given back whole or one day."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.programs.tables import Series
from tests.conftest import Clock
from tests.make.access import make_account, sign_in
from tests.make.facilities import make_facility
from tests.make.people import make_member
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation
from tests.reservations.test_pages import read

pytestmark = pytest.mark.anyio


async def lab(client: httpx.AsyncClient, *, is_whole: bool, seats: int = 5) -> tuple[Any, list[Any], Any]:
    """A signed-in guardian with a child, and a lab of three days."""
    facility = await make_facility()
    program = await make_program(facility=facility, category="lab")
    series = Series(
        id=new_id(), program=program.id, facility=facility.id, name="ラボ", names="{}", is_whole=is_whole,
        created_at=house_clock.now(),
    )  # fmt: skip
    await Series.insert(series)
    first = house_clock.now() + timedelta(days=1)
    days = [
        await make_session(
            facility=facility, program=program, series=series.id, seats=seats, starts_at=first + timedelta(days=n)
        )
        for n in range(3)
    ]
    account = await make_account()
    child = await make_member(8, account=account, body=facility.body_code)
    await sign_in(client, account)
    return account, days, child


async def states() -> list[str]:
    rows = await house_db.fetch(
        "select reservation.state from reservation join session on session.id = reservation.session"
        " order by session.starts_at"
    )
    return [row["state"] for row in rows]


async def test_a_whole_series_is_booked_and_given_back_whole(client: httpx.AsyncClient, clock: Clock) -> None:
    _, days, child = await lab(client, is_whole=True)
    page = f"/sessions/{days[1].id}"
    html = await read(client, page)
    assert "3日とも続けて来る回です。" in html and "この予約で、3日ぶんの席をとります。" in html
    answer = await client.post(page, data={"member": str(child.id), "helpers": "0", "assistance": ""})
    assert answer.status_code == 303 and await states() == ["confirmed"] * 3
    html = await read(client, answer.headers["location"])
    assert html.count('class="ticket"') == 3
    one = await house_db.fetchval("select id from reservation where session = $1", days[1].id)
    asked = await client.post(f"/bookings/{one}/cancel")
    assert asked.status_code == 200 and "3日とも取り消す" in asked.text and "だけ取り消す" not in asked.text
    assert await states() == ["confirmed"] * 3
    assert (await client.post(f"/bookings/{one}/cancel", data={"days": "one"})).status_code == 303
    assert await states() == ["cancelled"] * 3
    assert (await client.post(f"/bookings/{one}/restore")).status_code == 303
    assert sorted(await states()) == ["cancelled"] * 3 + ["confirmed"] * 3


async def test_a_whole_series_with_a_full_day_is_not_booked_at_all(client: httpx.AsyncClient, clock: Clock) -> None:
    _, days, child = await lab(client, is_whole=True, seats=1)
    await make_reservation(days[2])
    wish = {"session_id": str(days[0].id), "member_ids": [str(child.id)]}
    refused = await client.post("/api/v1/reservations", json=wish)
    assert (refused.status_code, refused.json()["code"]) == (409, "session-full")
    assert await states() == ["confirmed"]
    assert "予約の席は、いま全部うまっています。" in await read(client, f"/sessions/{days[0].id}")


async def test_day_by_day(client: httpx.AsyncClient, clock: Clock) -> None:
    """Further days are ticked; giving one back asks whether the rest stays."""
    _, days, child = await lab(client, is_whole=False)
    page = f"/sessions/{days[0].id}"
    assert "ほかの日も予約しますか" in await read(client, page)
    sent = {"member": str(child.id), "day": [str(days[2].id)], "helpers": "0", "assistance": ""}
    assert (await client.post(page, data=sent)).status_code == 303
    assert await states() == ["confirmed"] * 2
    first = await house_db.fetchval("select id from reservation where session = $1", days[0].id)
    asked = await client.post(f"/bookings/{first}/cancel")
    assert "11月22日（日）だけ取り消す" in asked.text and "2日とも取り消す" in asked.text
    assert (await client.post(f"/bookings/{first}/cancel", data={"days": "one"})).status_code == 303
    assert await states() == ["cancelled", "confirmed"]
    last = await house_db.fetchval("select id from reservation where session = $1", days[2].id)
    assert (await client.post(f"/bookings/{last}/cancel")).status_code == 303
    assert await states() == ["cancelled", "cancelled"]


async def test_over_the_api_a_whole_series_goes_whole(client: httpx.AsyncClient, clock: Clock) -> None:
    _, days, child = await lab(client, is_whole=True)
    wish = {"session_id": str(days[0].id), "member_ids": [str(child.id)]}
    items = (await client.post("/api/v1/reservations", json=wish)).json()["items"]
    assert [each["session"] for each in items] == [str(day.id) for day in days]
    answer = await client.post(f"/api/v1/reservations/{items[2]['id']}/cancel", json={})
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert await states() == ["cancelled"] * 3
    again = await client.post(f"/api/v1/reservations/{items[2]['id']}/cancel", json={})
    assert (again.status_code, again.json()["state"]) == (200, "cancelled")
