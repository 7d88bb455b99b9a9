"""The page of what ran: for administrators and auditors alone."""

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def test_nobody_else_learns_that_the_page_exists(client: httpx.AsyncClient) -> None:
    assert (await client.get("/staff/jobs")).status_code == 404
