"""The last option of a session and the one room of a time, raced over HTTP in two processes."""

from collections import Counter

import pytest

from booking.kit import db as house_db
from tests.make.people import make_member
from tests.make.programs import make_option, make_session
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
