"""The last place in a building and the last walk-in seat, raced at two kiosks of two processes."""

from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from booking.kit import clock
from booking.kit import db as house_db
from tests.make.facilities import make_facility
from tests.make.kiosks import make_kiosk
from tests.make.passes import make_pass
from tests.make.people import make_member
from tests.make.programs import make_session
from tests.races.harness import Ask, breaks, race

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
CHILDREN = 6
ROUNDS = 6
PLACE = "facilities:lock_facilities"
SEAT = "facilities:lock_facilities,programs:lock_sessions,visits:count_seats~"


def show(token: str, kiosk: str, seq: int) -> Ask:
    """One pass shown to one kiosk."""
    at = clock.now().isoformat()
    scan = {"nonce": str(uuid4()), "seq": seq, "scanned_at": at, "kind": "pass", "token": token}
    return Ask("POST", "/api/v1/kiosk/scans", {"authorization": f"Bearer {kiosk}"}, {"scans": [scan]})


async def race_at_the_door(database_url: str, lock: str, *, locked: bool, **limits: Any) -> list[Counter[str]]:
    """Many children at two kiosks of one facility at once, several times; what they were told.

    The first time warms the processes up; whoever was welcomed is inside.
    """
    rounds, said = [await one_round(**limits) for _ in range(ROUNDS)], []
    async with race(database_url, lock, locked=locked) as running:
        for facility_id, asks in rounds:
            answers = told(await running.fire(asks))
            inside = "select count(*) from visit where left_at is null and facility = $1"
            assert await house_db.fetchval(inside, facility_id) == answers["welcome-walk-in"]
            said.append(answers)
    return said


async def one_round(*, capacity: int = 99, walk_in: int = 99, gives_turns: bool = False) -> tuple[UUID, list[Ask]]:
    """A facility with two kiosks and children in front of them."""
    facility = await make_facility(capacity=capacity, gives_turns=gives_turns)
    await make_session(seats=0, walk_in=walk_in, starts_at=clock.now(), facility=facility)
    kiosks = [(await make_kiosk(facility))[1].token for _ in range(2)]
    tokens = [(await make_pass(await make_member(8))).token for _ in range(CHILDREN)]
    return facility.id, [show(token, kiosks[n % 2], n + 1) for n, token in enumerate(tokens)]


def told(answers: list[httpx.Response]) -> Counter[str]:
    """How often each answer was given."""
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    return Counter(answer.json()["verdicts"][0]["code"] for answer in answers)


async def test_the_last_place_goes_to_one(db: None, database_url: str) -> None:
    said = await race_at_the_door(database_url, PLACE, locked=True, capacity=1)
    assert said == [{"welcome-walk-in": 1, "building-full": CHILDREN - 1}] * ROUNDS


async def test_without_the_lock_the_building_is_too_full(db: None, database_url: str) -> None:
    async def once() -> bool:
        said = await race_at_the_door(database_url, PLACE, locked=False, capacity=1)
        return max(one["welcome-walk-in"] for one in said) > 1

    assert await breaks(once)


async def test_the_last_walk_in_seat_goes_to_one(db: None, database_url: str) -> None:
    said = await race_at_the_door(database_url, SEAT, locked=True, walk_in=1)
    assert said == [{"welcome-walk-in": 1, "session-full": CHILDREN - 1}] * ROUNDS


async def test_without_the_locks_a_walk_in_seat_is_given_twice(db: None, database_url: str) -> None:
    async def once() -> bool:
        said = await race_at_the_door(database_url, SEAT, locked=False, walk_in=1)
        return max(one["welcome-walk-in"] for one in said) > 1

    assert await breaks(once)


async def test_the_last_walk_in_seat_goes_to_one_and_the_others_get_a_number_each(db: None, database_url: str) -> None:
    said = await race_at_the_door(database_url, SEAT, locked=True, walk_in=1, gives_turns=True)
    assert said == [{"welcome-walk-in": 1, "turn-given": CHILDREN - 1}] * ROUNDS
    lines = await house_db.fetch("select array_agg(number order by number) as numbers from turn group by facility")
    assert [row["numbers"] for row in lines] == [list(range(1, CHILDREN))] * ROUNDS


async def test_without_the_locks_the_line_is_jumped(db: None, database_url: str) -> None:
    async def once() -> bool:
        said = await race_at_the_door(database_url, SEAT, locked=False, walk_in=1, gives_turns=True)
        return max(one["welcome-walk-in"] for one in said) > 1

    assert await breaks(once)


async def test_one_child_at_two_doors_is_inside_once(db: None, database_url: str) -> None:
    first, second = await make_facility(), await make_facility()
    for facility in (first, second):
        await make_session(seats=0, walk_in=9, starts_at=clock.now(), facility=facility)
    kiosks = [(await make_kiosk(facility))[1].token for facility in (first, second)]
    token = (await make_pass(await make_member(8))).token
    async with race(database_url, PLACE, locked=True) as running:
        answers = await running.fire([show(token, kiosks[n % 2], n // 2 + 1) for n in range(8)])
    assert "welcome-walk-in" in told(answers)
    assert await house_db.fetchval("select count(*) from visit where left_at is null") == 1
    assert await house_db.fetchval("select count(*) from scan") == 8


async def test_one_nonce_has_one_answer_in_two_processes(db: None, database_url: str) -> None:
    facility = await make_facility()
    await make_session(seats=0, walk_in=9, starts_at=clock.now(), facility=facility)
    kiosk = (await make_kiosk(facility))[1].token
    ask = show((await make_pass(await make_member(8))).token, kiosk, 1)
    async with race(database_url, PLACE, locked=True) as running:
        answers = await running.fire([ask] * 50)
    assert len({answer.content for answer in answers}) == 1
    assert await house_db.fetchval("select count(*) from scan") == 1
    assert await house_db.fetchval("select count(*) from visit") == 1
