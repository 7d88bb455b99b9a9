"""Two answers to one school, and two schools in one room, raced over HTTP in two processes."""

from collections import Counter

import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.access.service_tokens import new_token
from booking.kit import db as house_db
from booking.reservations.schemas_group_visits import GroupRequestView
from tests.make.facilities import make_facility, make_space
from tests.make.group_visits import make_request
from tests.races.harness import Ask, breaks, race

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
LOCKS = "facilities:lock_facilities,reservations.queries_group_visits:lock_group_request"
"""An answer holds its facility and its request. It breaks only without both."""


async def approvals(database_url: str, *, locked: bool, shared: bool, clients: int = 8) -> tuple[Counter[str], int]:
    """Many approvals at once: of one request into a room each, or (`shared`) of many requests into one room."""
    wiring.introduce()
    facility = await make_facility()
    rooms = [await make_space(facility, capacity=50) for _ in range(1 if shared else clients)]
    requests = [await make_request(facility) for _ in range(clients if shared else 1)]
    token = await new_token("館長", "facility-manager", facility.code, SYSTEM)

    def ask(number: int) -> Ask:
        request: GroupRequestView = requests[number % len(requests)]
        body = {
            "decision": "approve", "day": request.dates[0].on.isoformat(), "starts": "10:00", "ends": "12:00",
            "rooms": [{"space": str(rooms[number % len(rooms)].id), "heads": request.heads}],
        }  # fmt: skip
        address = f"/api/v1/staff/group-requests/{request.id}/decision"
        return Ask("POST", address, {"authorization": f"Bearer {token}"}, body)

    async with race(database_url, LOCKS, locked=locked) as running:
        answers = await running.fire([ask(number) for number in range(clients)])
    said = Counter("approved" if one.status_code == 200 else str(one.json()["code"]) for one in answers)
    return said, await house_db.fetchval("select count(*) from group_room")


async def test_a_school_gets_one_answer(db: None, database_url: str) -> None:
    said, rooms = await approvals(database_url, locked=True, shared=False)
    assert said == {"approved": 1, "group-request-settled": 7}
    assert rooms == 1


async def test_without_the_locks_a_school_gets_two_answers(db: None, database_url: str) -> None:
    async def once() -> bool:
        said, _ = await approvals(database_url, locked=False, shared=False)
        return said["approved"] > 1

    assert await breaks(once)


async def test_two_schools_never_share_a_room(db: None, database_url: str) -> None:
    said, rooms = await approvals(database_url, locked=True, shared=True)
    assert said == {"approved": 1, "group-decision-refused": 7}
    assert rooms == 1


async def test_a_room_is_refereed_by_its_constraint_alone(db: None, database_url: str) -> None:
    said, rooms = await approvals(database_url, locked=False, shared=True)
    assert said["approved"] == rooms == 1


async def test_without_the_constraint_two_schools_share_a_room(db: None, database_url: str) -> None:
    await house_db.execute("alter table space_taken drop constraint if exists space_taken_once")

    async def once() -> bool:
        said, _ = await approvals(database_url, locked=False, shared=True)
        return said["approved"] > 1

    assert await breaks(once)
