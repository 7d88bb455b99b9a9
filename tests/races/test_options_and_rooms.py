"""The last option of a session and the one room of a time, raced over HTTP in two processes."""

from collections import Counter
from datetime import timedelta

import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.access.service_tokens import new_token
from booking.kit import clock
from booking.kit import db as house_db
from tests.make.facilities import make_facility, make_space
from tests.make.people import make_member
from tests.make.programs import make_option, make_program, make_session
from tests.races.harness import Ask, breaks, race
from tests.races.test_reservations import ADDRESS, codes, signed_in

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
OPTION = "programs:lock_sessions,programs:lock_options"
"""Two locks guard an option: an order holds its session, too. It breaks only without both."""


async def race_for_an_option(database_url: str, *, locked: bool, clients: int = 16) -> tuple[Counter[str], int]:
    """Many families, seats for all, one laptop."""
    session = await make_session(seats=50)
    pool = await make_option(session, quota=1)
    asks = []
    for _ in range(clients):
        account, cookie = await signed_in()
        child = await make_member(account=account, body=session.body_code)
        wish = {"session_id": str(session.id), "member_ids": [str(child.id)], "options": ["laptop"]}
        asks.append(Ask("POST", ADDRESS, cookie, wish))
    async with race(database_url, OPTION, locked=locked) as running:
        said = codes(await running.fire(asks))
    return said, await house_db.fetchval("select count(*) from reservation_option where option = $1", pool.id)


async def test_the_last_laptop_goes_to_one_person(db: None, database_url: str) -> None:
    said, rows = await race_for_an_option(database_url, locked=True)
    assert said == {"booked": 1, "option-full": 15}
    assert rows == 1
    assert await house_db.fetchval("select count(*) from reservation") == 1


async def test_without_the_locks_a_laptop_is_lent_twice(db: None, database_url: str) -> None:
    async def once() -> bool:
        said, rows = await race_for_an_option(database_url, locked=False)
        assert rows == said["booked"]
        return rows > 1

    assert await breaks(once)


async def race_for_a_room(database_url: str, *, guarded: bool, clients: int = 8) -> tuple[Counter[str], int]:
    """Many staff, one room, one time. Guarded by the database's exclusion constraint alone: no lock is held."""
    facility = await make_facility(capacity=50)
    program, room = await make_program(facility=facility), await make_space(facility)
    if not guarded:
        await house_db.execute("alter table space_taken drop constraint if exists space_taken_once")
    wiring.introduce()
    headers = {"authorization": f"Bearer {await new_token('館長', 'facility-manager', facility.code, SYSTEM)}"}
    body = {
        "program": program.code, "facility": facility.code, "day": (clock.today() + timedelta(days=7)).isoformat(),
        "starts": "10:00", "ends": "12:00", "web_seats": 5, "space": str(room.id),
    }  # fmt: skip
    asks = [Ask("POST", "/api/v1/staff/sessions", headers, body) for _ in range(clients)]
    async with race(database_url, "facilities:lock_facilities", locked=False) as running:
        answers = await running.fire(asks)
    said = Counter("made" if one.status_code == 201 else str(one.json()["code"]) for one in answers)
    return said, await house_db.fetchval("select count(*) from session where space = $1", room.id)


async def test_one_room_holds_one_session_at_a_time(db: None, database_url: str) -> None:
    said, rows = await race_for_a_room(database_url, guarded=True)
    assert said["made"] == rows == 1
    assert sum(said.values()) - 1 == said["space-taken"] + said["session-form-refused"]


async def test_without_the_constraint_a_room_is_used_twice(db: None, database_url: str) -> None:
    async def once() -> bool:
        said, rows = await race_for_a_room(database_url, guarded=False)
        assert rows == said["made"]
        return rows > 1

    assert await breaks(once)
