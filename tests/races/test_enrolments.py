"""Weekly groups: one last seat, and a minimum that two reach at once, over HTTP in two processes."""

from collections import Counter
from typing import Any

import pytest

from booking.access.rules import cookie_name
from booking.access.service import open_sign_in
from booking.kit import db as house_db
from booking.programs.schemas_groups import GroupView
from tests.make.access import make_account
from tests.make.groups import enrol, make_group
from tests.make.people import make_member
from tests.races.harness import Ask, breaks, race

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
LOCK = "programs:lock_groups"
COUNT = f"{LOCK},reservations.queries_enrolments:list_live~"
"""Who counts the enrolled takes a moment, so that both have counted before either is done."""


async def joining(group: GroupView) -> Ask:
    """One family's enrolment."""
    account = await make_account()
    value = await open_sign_in(account.id, "race")
    child = await make_member(account=account, body=group.body_code)
    cookie = {"cookie": f"{cookie_name(secure=False)}={value}"}
    return Ask("POST", "/api/v1/enrolments", cookie, {"group_id": str(group.id), "member_ids": [str(child.id)]})


async def race_for_a_seat(database_url: str, *, locked: bool, families: int = 16) -> tuple[Counter[str], int]:
    """Many families, one seat left in a group that meets."""
    group = await make_group(seats=2, min_to_open=1)
    await enrol(group, await make_member(body=group.body_code))
    asks = [await joining(group) for _ in range(families)]
    async with race(database_url, LOCK, locked=locked) as running:
        answers = await running.fire(asks)
    said = Counter("enrolled" if each.status_code == 201 else str(each.json()["code"]) for each in answers)
    enrolled = await house_db.fetchval("select count(*) from enrolment where state = 'enrolled'")
    return said, enrolled


async def race_to_the_minimum(database_url: str, *, locked: bool) -> dict[str, Any]:
    """Two families who reach the minimum of a group together."""
    group = await make_group(seats=4, min_to_open=2)
    asks = [await joining(group) for _ in range(2)]
    async with race(database_url, COUNT, locked=locked) as running:
        answers = await running.fire(asks)
    assert [each.status_code for each in answers] == [201, 201], [each.text for each in answers]
    return {
        "opened": await house_db.fetchval("select count(*) from audit_entry where action = 'group.opened'"),
        "told": await house_db.fetchval("select count(*) from message where kind = 'group-opened'"),
        "weeks": await house_db.fetchval('select count(*) from session where "group" = $1', group.id),
        "seats": await house_db.fetchval("select count(*) from reservation where state = 'confirmed'"),
    }


async def test_the_last_seat_of_a_group_goes_to_one_family(db: None, database_url: str) -> None:
    said, enrolled = await race_for_a_seat(database_url, locked=True)
    assert said == {"enrolled": 1, "group-full": 15}
    assert enrolled == 2


async def test_without_the_lock_the_last_seat_is_given_twice(db: None, database_url: str) -> None:
    async def once() -> bool:
        said, _ = await race_for_a_seat(database_url, locked=False)
        return said["enrolled"] > 1

    assert await breaks(once)


async def test_of_two_who_reach_the_minimum_the_group_opens_once(db: None, database_url: str) -> None:
    found = await race_to_the_minimum(database_url, locked=True)
    assert (found["opened"], found["told"]) == (1, 2)
    assert found["weeks"] >= 7


async def test_without_the_lock_the_minimum_is_overlooked_or_reached_twice(db: None, database_url: str) -> None:
    async def once() -> bool:
        return bool((await race_to_the_minimum(database_url, locked=False))["opened"] != 1)

    assert await breaks(once)
