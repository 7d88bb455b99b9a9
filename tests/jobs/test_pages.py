"""The page of what ran: for administrators and auditors alone."""

import httpx
import pytest

from booking.jobs import service
from booking.jobs.schemas import Every, Job
from tests.conftest import Clock
from tests.make.access import make_staff, sign_in

pytestmark = pytest.mark.anyio


async def succeed() -> int:
    return 12


async def fail() -> None:
    raise RuntimeError("群馬 花子")


async def test_nobody_else_learns_that_the_page_exists(client: httpx.AsyncClient) -> None:
    assert (await client.get("/staff/jobs")).status_code == 404
    await sign_in(client, await make_staff("front-desk"))
    assert (await client.get("/staff/jobs")).status_code == 404


async def test_an_administrator_sees_what_ran_and_what_failed(client: httpx.AsyncClient, clock: Clock) -> None:
    await sign_in(client, await make_staff("body-administrator"))
    assert "まだ一度も動いていません" in (await client.get("/staff/jobs")).text
    await service.run_due(Job("close-visits", Every(minutes=1), succeed))
    await service.run_due(Job("send-mail", Every(minutes=1), fail))
    shown = (await client.get("/staff/jobs")).text
    assert "close-visits" in shown
    assert "12" in shown
    assert "失敗しました" in shown
    assert "花子" not in shown
