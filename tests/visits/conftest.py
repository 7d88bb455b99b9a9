"""What the desk's tests begin with."""

from datetime import time
from typing import Any

import httpx
import pytest

from booking.access.rules import Role
from booking.facilities.queries import list_bodies
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.people import make_body


@pytest.fixture
async def place(client: httpx.AsyncClient, clock: Any) -> Any:
    """A facility of the body the members are registered with, its session running, its desk signed in."""
    await make_body()
    body = next(one for one in await list_bodies() if one.code == "100005")
    facility = await make_facility(body=body, name="ためし館", opens=time(9), closes=time(18))
    await sign_in(client, await make_staff(Role.FRONT_DESK, facility.code))
    return facility
