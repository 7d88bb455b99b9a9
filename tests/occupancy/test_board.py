"""The board: who is inside, what the public may know, and that it moves."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from booking.access.schemas import SYSTEM
from booking.facilities.queries import list_bodies
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.occupancy import rules, service
from booking.occupancy.live import changes
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility, make_space
from tests.make.group_visits import make_request
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
    assert rules.level(inside, rules.Limit(capacity, 60, 100), is_open=is_open) == expected
    assert rules.about(inside, is_open=is_open) == about


def test_each_facility_says_when_it_is_busy_and_full() -> None:
    said = [rules.level(inside, rules.Limit(40, 50, 90), is_open=True).value for inside in (19, 20, 35, 36)]
    assert said == ["quiet", "busy", "busy", "full"]


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


async def test_whoever_is_left_over_from_a_day_before_is_inside_and_no_user_of_today(db: None, clock: Clock) -> None:
    here, person = await make_facility(), new_id()
    before = house_clock.now() - timedelta(days=1)
    await visit(here, person, entered_at=before, left_at=None, closed_by=None)
    await visit(here, None, kind="guardian", heads=2, entered_at=before, left_at=None, closed_by=None)
    await visit(here, new_id(), entered_at=before)
    await visit(here, person)
    (place,) = (await service.get_board(SYSTEM)).places
    assert (place.inside, place.users, place.users_today) == (3, 1, 1)


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


async def take(space: UUID, used_for: str, used_by: UUID) -> None:
    now = house_clock.now()
    await house_db.execute(
        "insert into space_taken (id, space, starts_at, ends_at, used_for, used_by) values ($1, $2, $3, $4, $5, $6)",
        *(new_id(), space, now - timedelta(minutes=10), now + timedelta(hours=1), used_for, used_by),
    )


async def test_bodies_add_up_and_rooms_hold_who_is_in_their_sessions(db: None, clock: Clock) -> None:
    body = await make_body()
    here = await make_facility(body=body, capacity=20, busy_percent=10)
    there, other = await make_facility(body=body, capacity=30), await make_facility()
    studio, workshop = await make_space(here, capacity=10), await make_space(here, name="工房")
    now = house_clock.now()
    session = await make_session(facility=here, starts_at=now - timedelta(minutes=10))
    for space, used_for, used_by in ((studio, "session", session.id), (workshop, "kept-free", None)):
        await take(space.id, used_for, used_by or new_id())
    await visit(here, new_id(), left_at=None, closed_by=None, session=session.id)
    await visit(here, new_id(), session=session.id)  # gone again
    await visit(here, new_id(), left_at=None, closed_by=None)
    await visit(there, None, kind="group", heads=3, left_at=None, closed_by=None)
    board = await service.get_board(SYSTEM)
    assert [(one.code, one.capacity, one.inside, one.users_today) for one in board.bodies] == sorted(
        [(body.code, 50, 5, 6), (other.body_code, 50, 0, 0)]
    )
    rooms = {one.code: one for one in next(place for place in board.places if place.code == here.code).spaces}
    assert (rooms[studio.code].inside, rooms[studio.code].sessions, rooms[studio.code].level) == (
        1,
        [session.id],
        "busy",
    )
    assert (rooms[workshop.code].inside, rooms[workshop.code].sessions) == (0, [])


async def test_a_group_is_in_the_room_that_was_taken_for_it(db: None, clock: Clock) -> None:
    here = await make_facility()
    hall, now = await make_space(here), house_clock.now()
    request = await make_request(here)
    await take(hall.id, "group-visit", request.id)
    scan = new_id()
    await house_db.execute(
        "insert into scan (id, nonce, seq, scanned_at, happened_at, received_at, kind, direction, verdict, code)"
        " values ($1, $1, 1, $2, $2, $2, 'group', 'in', 'welcome', '')",
        *(scan, now),
    )
    await house_db.execute(
        "insert into group_arrival (id, request, scan, members, made_at) values ($1, $2, $3, 0, $4)",
        *(new_id(), request.id, scan, now),
    )
    await visit(here, None, kind="group", heads=12, entry_scan=scan, left_at=None, closed_by=None)
    (place,) = (await service.get_board(SYSTEM, facility=here.code)).places
    assert [(one.code, one.inside) for one in place.spaces] == [(hall.code, 12)]


async def test_the_page_of_one_place_shows_its_rooms(client: httpx.AsyncClient, clock: Clock) -> None:
    here = await make_facility(name="みえる館")
    other = await make_facility(body=next(one for one in await list_bodies() if one.code == here.body_code))
    studio = await make_space(here, name="ためし工房")
    await sign_in(client, await make_staff("front-desk", here.body_code))
    assert "ためし工房" not in (await client.get("/staff/")).text
    page = (await client.get(f"/staff/?facility={here.code}")).text
    assert f'data-space="{studio.code}">0<' in page
    assert f'data-live="/staff/?facility={here.code}"' in page
    assert f'data-facility="{other.code}"' not in page
    assert (await client.get("/staff/?facility=nowhere")).status_code == 404


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
