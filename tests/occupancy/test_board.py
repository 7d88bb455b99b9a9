"""The board: who is inside, what the public may know, and that it moves."""

import asyncio

import httpx
import pytest
from litestar import Litestar

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.occupancy import rules, service
from booking.occupancy.live import changes
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.programs import make_session

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("inside", "capacity", "is_open", "expected", "about"),
    [
        (0, 10, True, "quiet", None),
        (4, 40, True, "quiet", None),
        (5, 40, True, "quiet", 5),
        (7, 40, True, "quiet", 5),
        (8, 40, True, "quiet", 10),
        (23, 40, True, "quiet", 25),
        (24, 40, True, "busy", 25),
        (39, 40, True, "busy", 40),
        (40, 40, True, "full", 40),
        (41, 40, True, "full", 40),
        (12, 40, False, "closed", None),
    ],
)
def test_level_and_what_the_public_is_told(
    inside: int, capacity: int, is_open: bool, expected: str, about: int | None
) -> None:
    assert rules.level(inside, capacity, is_open=is_open) == expected
    assert rules.about(inside, is_open=is_open) == about


async def test_inside_and_users_are_two_numbers(db: None, clock: Clock) -> None:
    here = await make_facility(capacity=10)
    person = new_id()
    await visit(here, person)  # left an hour later: not inside, but a user of today
    await visit(here, person, left_at=None, closed_by=None)
    await visit(here, None, kind="guardian", left_at=None, closed_by=None, heads=2)
    await visit(here, None, kind="group", left_at=None, closed_by=None, heads=5)
    (place,) = await service.list_places([here])
    assert (place.inside, place.users, place.users_today) == (8, 6, 6)
    assert place.level == "busy"
    (level,) = (await service.list_levels()).items
    assert (level.level, level.about) == ("busy", 10)


async def test_board_shows_only_facilities_of_the_grant(client: httpx.AsyncClient, clock: Clock) -> None:
    mine, other = await make_facility(name="みえる館"), await make_facility(name="みえない館")
    session = await make_session(facility=mine, starts_at=house_clock.now())
    await visit(mine, new_id(), left_at=None, closed_by=None, session=session.id)
    assert (await client.get("/staff/")).status_code == 303
    await sign_in(client, await make_staff("front-desk", mine.code))
    page = (await client.get("/staff/")).text
    assert "みえる館" in page
    assert "みえない館" not in page
    assert (await client.get(f"/api/v1/staff/occupancy?facility={other.code}")).status_code == 403
    board = (await client.get(f"/api/v1/staff/occupancy?facility={mine.code}")).json()
    assert board["places"][0]["inside"] == 1
    assert board["sessions"][0]["walked_in"] == 1


async def test_public_level_needs_no_sign_in(client: httpx.AsyncClient, clock: Clock) -> None:
    here = await make_facility(capacity=10)
    assert (await client.get("/api/v1/occupancy")).json()["items"] == [
        {"code": here.code, "level": "quiet", "about": None}
    ]


async def test_stream_tells_of_a_change_and_ends_with_the_process(app: Litestar) -> None:
    hub = app.state.hub
    stream = changes(hub)
    assert (await anext(stream)).event == "hello"
    coming = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    await house_db.execute("select pg_notify('occupancy', '')")
    assert (await asyncio.wait_for(coming, 5)).event == "change"
    hub.drain()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(stream), 5)
