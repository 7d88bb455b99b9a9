"""How a request says who asks."""

import pytest
from httpx import AsyncClient

from booking.access import service
from tests.conftest import Clock
from tests.make.access import make_account, make_staff, sign_in

pytestmark = pytest.mark.anyio


async def test_every_page_knows_its_reader(client: AsyncClient, clock: Clock) -> None:
    staff = await make_staff("front-desk")
    assert (await client.get("/")).headers["cache-control"] == "private, no-cache"
    await sign_in(client, staff)
    assert (await client.get("/")).headers["cache-control"] == "no-store"
    await service.end_all_sign_ins(staff.id)
    assert (await client.get("/")).headers["cache-control"] == "private, no-cache"


async def test_a_cookie_somebody_invented_is_nobody(client: AsyncClient, clock: Clock) -> None:
    await make_account()
    client.cookies.set("booking", "chosen-by-somebody-else")
    answer = await client.get("/")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"
