"""The demo's data: plausible, countable, safe to ask for twice; the walk exists only in a demo."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import httpx
import msgspec
import pytest

from booking import wiring
from booking.demo import rules, service, service_bulk, service_today, service_years
from booking.demo.service_past_groups import VISITS_FOR_ONE, make_past_groups
from booking.facilities import queries as facilities
from booking.kit import db as house_db
from booking.kit.errors import Busy
from booking.kit.settings import Settings, use_settings
from booking.kpi import service as kpi
from booking.kpi import service_fold as kpi_fold
from booking.occupancy import service as occupancy
from booking.people.rules import grade, is_number
from tests.conftest import Clock

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def introduced() -> None:
    """Rooms below know who counts seats."""
    wiring.introduce()


async def _seeded() -> None:
    for step in wiring.gather("commands", "SEEDS"):
        await step.run()


def test_people_are_the_same_for_the_same_seed() -> None:
    days = date(2024, 4, 1), date(2026, 11, 21)
    first, again = list(rules.people(50, 7, *days)), list(rules.people(50, 7, *days))
    assert first == again
    assert len({each.number for each in first}) == 50
    for each in first:
        assert is_number(each.number)
        assert 1 <= (grade(each.birth_on, each.joined_on) or 0) <= 12
        assert grade(each.birth_on, each.until_on - timedelta(days=1)) is not None
        assert each.joined_on < each.until_on


async def test_small_living_place(db: None, clock: Clock) -> None:
    await _seeded()
    await service.populate()
    await service.populate()
    assert [child.given_name for child in await service.list_children()] == ["そうた", "ゆい", "ひな"]
    figure = await kpi.get_annual_users(2026)
    assert 900 < figure.value < 1_700
    assert figure.values["plan"]["people"] <= 90
    groups = await house_db.fetch("select state, organisation from group_request")
    assert sorted(row["state"] for row in groups) == ["approved", "approved", "asked"]
    assert all("みほん" in row["organisation"] for row in groups)
    assert await house_db.fetchval("select count(*) from session where space is not null") > 0
    inside = await house_db.fetchval("select count(*) from visit where left_at is null")
    assert inside > 0
    assert await house_db.fetchval("select count(*) from visit where entered_at > $1", clock()) == 0
    assert await kpi_fold.rebuild() == []


async def test_any_size_counts_what_was_asked(db: None, clock: Clock) -> None:
    await _seeded()
    members = await service_bulk.make_members(300, 3)
    made = await service_years.make_visits(
        members, 5_000, 3, clock().date().replace(month=4, day=1), until_on=clock().date()
    )
    assert made == 5_000
    assert await house_db.fetchval("select count(*) from visit") == made


async def test_a_demo_that_has_years_already_gets_its_people(db: None, clock: Clock) -> None:
    """Its groups have sessions ahead, which are theirs alone."""
    await _seeded()
    members = await service_bulk.make_members(400, 3, date(2025, 4, 1))
    places = await facilities.list_facilities()
    assert len(await make_past_groups(Random(1), members, places, date(2025, 4, 1), visits=10 * VISITS_FOR_ONE)) > 5
    await _seeded()
    assert await house_db.fetchval("""select count(*) from session where "group" is not null""") > 5
    await service.populate()
    assert len(await service.list_children()) == 3
    strangers = """select count(*) from reservation r join session s on s.id = r.session
                   where s."group" is not null and r.enrolment is null"""
    assert await house_db.fetchval(strangers) == 0


async def test_walk_exists_only_in_a_demo(client: httpx.AsyncClient, settings: Settings, clock: Clock) -> None:
    await _seeded()
    assert (await client.get("/demo/")).status_code == 404
    use_settings(msgspec.structs.replace(settings, demo=True))
    await service.populate()
    page = await client.get("/demo/")
    assert page.status_code == 200
    assert "booking-demo-scan" in page.text
    assert "#pair=" in page.text
    link = await service.new_link(service.GUARDIAN)
    assert link.startswith("/")


async def test_open_whenever_somebody_looks(db: None, clock: Clock) -> None:
    clock.set(datetime(2026, 11, 23, 18, 43, tzinfo=UTC))  # Tuesday, 3:43 in the morning: every place is closed
    await _seeded()
    assert {each.level for each in (await occupancy.list_levels()).items} == {"closed"}
    for _ in range(2):
        await service_today.open_today()
    assert {each.level for each in (await occupancy.list_levels()).items} == {"quiet"}
    soon = await house_db.fetch(
        "select facility, starts_at from session where pattern is null and starts_at > $1 order by starts_at", clock()
    )
    assert len({row["facility"] for row in soon}) == 2
    assert soon[0]["starts_at"] - clock() < timedelta(minutes=30)
    assert len(soon) == 2 * service_today.SESSIONS_AHEAD
    await service.populate()
    await service_today.book_for_family()
    assert (
        await house_db.fetchval(
            """select count(*) from reservation r join session s on s.id = r.session
               where r.booked_by_kind = 'account' and s.title is null"""
        )
        == 2
    )


async def test_killed_while_it_is_filled_leaves_nothing_in_the_way(
    db: None, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _seeded()

    async def power_cut(*_: object, **__: object) -> None:
        raise ConnectionAbortedError

    with monkeypatch.context() as patched:
        patched.setattr(service_bulk, "make_members", power_cut)
        with pytest.raises(Busy):
            await service.populate()
    assert await house_db.fetchval("select count(*) from account") == 0
    await service.populate()
    assert len(await service.list_children()) == 3


async def test_days_that_more_want_than_can_come(db: None, clock: Clock) -> None:
    await _seeded()
    await service.populate()
    states = await house_db.fetch(
        """select s.title, array_agg(r.state order by r.state) as states,
             array_agg(r.state) filter (where m.family_name = '見本' and r.booked_by is not null) as own
           from session s join reservation r on r.session = s.id join member m on m.id = r.member
           where s.title is not null group by s.title"""
    )
    found = {row["title"]: row for row in states}
    assert set(found["3Dプリントの日"]["states"]) == {"applied"}
    assert found["映像の日"]["states"].count("confirmed") == 4
    assert "waiting" in found["映像の日"]["states"]
    assert found["VRの日"]["own"] == ["offered"]
