"""Who hears of a child's coming and going, of what, and until when; and who hears nothing."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from booking.kit import db as house_db
from tests.make.access import make_account, sign_in
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_guardianship, make_household, make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.make.visits import KioskHere, kiosk_at, make_scan

pytestmark = pytest.mark.anyio
DELAYED = 'id="delayed"'


class Family:
    """A child with two guardians of two households, booked at a facility that has a kiosk."""

    def __init__(self, child: Any, mother: Any, father: Any, kiosk: KioskHere, token: str, facility: Any) -> None:
        self.child, self.mother, self.father = child, mother, father
        self.kiosk, self.token, self.facility = kiosk, token, facility


@pytest.fixture
async def family(client: httpx.AsyncClient, clock: Any) -> Family:
    facility = await make_facility(name="ためし館")
    session = await make_session(seats=4, starts_at=clock(), facility=facility)
    mother, father = await make_account(), await make_account()
    home = await make_household(mother)
    await make_household(father)
    child = await make_member(5, home, mother)
    await make_guardianship(child, father)
    await make_reservation(session, child)
    return Family(child, mother, father, await kiosk_at(facility), (await make_pass(child)).token, facility)


async def letters() -> list[tuple[str, str]]:
    """Kind and reader of every notice."""
    rows = await house_db.fetch("select kind, to_address from message where kind like 'visit-%' order by id")
    return [(row["kind"], row["to_address"]) for row in rows]


async def test_both_confirmed_guardians_hear_with_the_time_it_happened(family: Family, clock: Any) -> None:
    at = clock() - timedelta(minutes=10)
    await family.kiosk.sends([make_scan(family.token, at=at, offline=True, told=("welcome", "welcome"))])
    assert sorted(await letters()) == sorted([("visit-arrived", one.email) for one in (family.mother, family.father)])
    row = await house_db.fetchrow("select content, send_until from message limit 1")
    assert row is not None
    assert "11:50" in row["content"]
    assert row["send_until"] == at + timedelta(minutes=30)


async def test_old_news_is_not_sent(family: Family, clock: Any) -> None:
    at = clock() - timedelta(minutes=30)
    await family.kiosk.sends([make_scan(family.token, at=at, offline=True, told=("welcome", "welcome"))])
    assert await letters() == []


async def test_without_the_right_or_the_desk_nobody_hears(family: Family) -> None:
    where = "where account = $1"
    await house_db.execute(f"update guardianship set is_told = false {where}", family.mother.id)
    await house_db.execute(f"update guardianship set state = 'claimed' {where}", family.father.id)
    assert (await family.kiosk.shows(family.token)).verdict == "welcome"
    assert await letters() == []


async def test_of_a_protected_child_only_the_named_guardian_hears(
    client: httpx.AsyncClient, family: Family, clock: Any
) -> None:
    await make_protected(family.child, family.mother)
    assert (await family.kiosk.shows(family.token)).verdict == "welcome"
    assert await letters() == [("visit-arrived", family.mother.email)]
    await house_db.execute("update kiosk set queue_length = 1")
    await sign_in(client, family.father)
    for address in ("/", "/family"):
        assert DELAYED not in (await client.get(address)).text, "whoever looks for the child learns nothing"
    await sign_in(client, family.mother)
    assert DELAYED in (await client.get("/family")).text


async def test_a_move_is_told_once_where_it_leads(family: Family, clock: Any) -> None:
    elsewhere = await make_facility(name="となり館")
    await make_reservation(await make_session(seats=4, starts_at=clock(), facility=elsewhere), family.child)
    there = await kiosk_at(elsewhere)
    await family.kiosk.shows(family.token)
    clock.advance(minutes=5)
    assert (await there.shows(family.token)).verdict == "welcome"
    told = await house_db.fetch("select content from message where to_address = $1 order by id", family.mother.email)
    assert ["ためし館" in told[0]["content"], "となり館" in told[1]["content"], len(told)] == [True, True, 2]


async def test_the_page_says_that_notices_are_late(client: httpx.AsyncClient, family: Family) -> None:
    await sign_in(client, family.mother)
    assert DELAYED not in (await client.get("/family")).text
    await house_db.execute("update kiosk set queue_length = 3")
    for address in ("/", "/family"):
        assert DELAYED in (await client.get(address)).text
    await house_db.execute("update guardianship set is_told = false")
    assert DELAYED not in (await client.get("/family")).text
