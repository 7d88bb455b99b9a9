"""One room, several weekly groups that open at the same moment, over HTTP in two processes."""

import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.access.service_tokens import new_token
from booking.kit import db as house_db
from tests.make.facilities import make_facility, make_space
from tests.make.groups import make_group
from tests.make.programs import make_program
from tests.races.harness import Ask, breaks, race

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def race_to_open(database_url: str, *, guarded: bool, groups: int = 6) -> tuple[int, int, int]:
    """How many days there are, how often the room is held, and how many sessions go on wishing for it."""
    facility = await make_facility(capacity=50)
    program = await make_program(facility=facility, grades=(7, 12), adults=False, category="group")
    room = await make_space(facility)
    if not guarded:
        await house_db.execute("alter table space_taken drop constraint if exists space_taken_once")
    wiring.introduce()
    made = [await make_group(facility=facility, program=program, space=str(room.id)) for _ in range(groups)]
    headers = {"authorization": f"Bearer {await new_token('館長', 'facility-manager', facility.code, SYSTEM)}"}
    asks = [Ask("POST", f"/api/v1/staff/groups/{each.id}/open", headers) for each in made]
    async with race(database_url, "facilities:lock_facilities", locked=False) as running:
        answers = await running.fire(asks)
    assert {one.status_code for one in answers} == {200}
    row = await house_db.fetchrow(
        "select count(distinct held_on) as days, count(space) as held, count(wished_space) as wished from session"
        " where \"group\" is not null and state <> 'cancelled'"
    )
    assert row is not None
    assert await house_db.fetchval("select count(*) from space_taken") == row["held"]
    assert row["held"] + row["wished"] == groups * row["days"]
    return row["days"], row["held"], row["wished"]


async def test_a_room_is_held_once_a_day_and_no_clash_is_lost(db: None, database_url: str) -> None:
    days, held, wished = await race_to_open(database_url, guarded=True)
    assert (days > 5, held, wished) == (True, days, 5 * days)


async def test_without_the_constraint_groups_meet_in_one_room(db: None, database_url: str) -> None:
    async def once() -> bool:
        days, held, _ = await race_to_open(database_url, guarded=False)
        return held > days

    assert await breaks(once)
