"""The figure's doors: who may read it, and that looking behind it is logged."""

from datetime import timedelta

import httpx
import pytest

from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import rules, service
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.access import make_account, make_staff, sign_in
from tests.make.facilities import make_facility

pytestmark = pytest.mark.anyio


async def test_residents_may_not_read_it(client: httpx.AsyncClient, clock: Clock) -> None:
    assert (await client.get("/api/v1/kpi/annual-users")).json()["code"] == "sign-in-needed"
    await sign_in(client, await make_account())
    assert (await client.get("/api/v1/kpi/annual-users")).json()["code"] == "not-allowed"


async def test_figure_and_page_say_no_verdict_while_assumed(client: httpx.AsyncClient, clock: Clock) -> None:
    await service.seed()
    here = await make_facility()
    await visit(here, new_id())
    await sign_in(client, await make_staff("body-administrator"))
    figure = (await client.get("/api/v1/kpi/annual-users?fiscal_year=2026")).json()
    assert (figure["value"], figure["target"], figure["definition"]["status"]) == (1, 7520, "assumed")
    assert "reached" not in figure
    page = (await client.get("/staff/kpi")).text
    assert "暫定" in page
    assert "届" not in page
    assert (await client.get("/staff/kpi/2031")).status_code == 404
    assert (await client.get("/api/v1/kpi/annual-users?fiscal_year=x")).json()["code"] == "malformed-request"


async def test_visits_behind_a_number_keep_to_the_grant_and_are_logged(client: httpx.AsyncClient, clock: Clock) -> None:
    await service.seed()
    mine, other = await make_facility(), await make_facility()
    for hours in (2, 5, 1):
        await visit(mine, new_id(), entered_at=clock() - timedelta(hours=hours))
    await visit(other, new_id())
    await sign_in(client, await make_staff("facility-manager", mine.code))
    first = (await client.get("/api/v1/kpi/visits?month=2026-11&limit=2")).json()
    rest = (await client.get(f"/api/v1/kpi/visits?month=2026-11&limit=2&cursor={first['next_cursor']}")).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    listed = first["items"] + rest["items"]
    assert {row["facility"] for row in listed} == {mine.code}
    assert [row["entered_at"] for row in listed] == sorted((row["entered_at"] for row in listed), reverse=True)
    for hostile in ("x", "bm90IGEgY3Vyc29y", first["next_cursor"][:-9]):
        answer = await client.get("/api/v1/kpi/visits", params={"cursor": hostile})
        assert answer.json()["code"] == "malformed-request"
    assert (await client.get("/staff/kpi/visits?month=2026-11")).status_code == 200
    assert (await client.get("/api/v1/kpi/visits?month=2026-13")).json()["code"] == "no-such-period"
    assert await house_db.fetchval("select count(*) from personal_data_view") == 0


@pytest.mark.parametrize(
    ("value", "target", "days", "expected"),
    [(0, None, 10, None), (10, 10, 5, None), (0, 100, 0, None), (50, 100, 8, 6.2)],
)
def test_pace(value: int, target: int | None, days: int, expected: float | None) -> None:
    assert rules.needed_per_day(value, target, days) == expected


def test_bars_and_shares() -> None:
    assert rules.bar_columns(0, 10) == [0, 0, 0, 0]
    assert rules.bar_columns(61, 10) == [2, 2, 2, 1]
    assert rules.squares_for([5]) == 1
    assert rules.squares_for([10**9]) == 10_000
    assert rules.share_percent(7519, 7520) == 99
    assert rules.share_percent(1, None) is None
    assert rules.readings_met({"plan": {"people": 5}}, None) is None
