"""The plan's reference data: loaded once, never overwritten, also by two processes at once."""

import os
import subprocess
import sys
from datetime import date, time

import pytest

from booking.facilities import queries, service
from booking.facilities.commands import SEEDS
from booking.facilities.rules_plan import OUTSIDE, PlannedHours, read_hours, read_weekdays
from booking.facilities.tables import Facility
from booking.kit import db as house_db
from booking.kit.settings import Settings
from booking.programs import queries as programs
from booking.programs import service as programs_service
from booking.programs.rules_plan import weekly_times

CODES = {"tumo-gunma", "tsukurun-takasaki", "tsukurun-maebashi", "tsukurun-kiryu"}
SEED = """
import asyncio
from booking.facilities import service as facilities
from booking.kit import db
from booking.kit.settings import get_settings
from booking.programs import service as programs
async def main():
    db.use_address(get_settings().database_url)
    await db.start_pool(2)
    print(await facilities.seed() + await programs.seed())
    await db.stop_pool()
asyncio.run(main())
"""


def test_weekdays_and_hours_are_read_as_written() -> None:
    assert read_weekdays("mon,wed-fri") == (1, 3, 4, 5)
    assert read_hours("tue 13:00-19:00; mon,sun 10:00-18:00") == (
        PlannedHours(1, time(10), time(18)),
        PlannedHours(2, time(13), time(19)),
        PlannedHours(7, time(10), time(18)),
    )


def test_weekly_times_fill_the_hours_with_whole_sessions() -> None:
    assert list(weekly_times([(1, time(13), time(17, 30))], 120)) == [
        (1, time(13), time(15)),
        (1, time(15), time(17)),
    ]


@pytest.mark.anyio
async def test_seed_loads_the_plan_once(db: None) -> None:
    assert await service.seed() == 2 + 37 + 3 + 4
    assert await programs_service.seed() == 5
    assert await service.seed() == 0
    assert await programs_service.seed() == 0
    facilities = {each.code: each for each in await queries.list_facilities()}
    assert set(facilities) == CODES
    hub = facilities["tumo-gunma"]
    assert (hub.kind, hub.brand, hub.body_code, hub.capacity) == ("hub", "tumo", "100005", 200)
    assert hub.opened_on == date(2025, 7, 19)
    assert hub.place_id == facilities["tsukurun-takasaki"].place_id
    assert facilities["tsukurun-kiryu"].body_code == "102032"
    assert facilities["tsukurun-maebashi"].provisional == ("hours", "capacity", "opened_on")
    municipalities = await queries.list_municipalities()
    assert len(municipalities) == 36 and municipalities[-1].code == OUTSIDE[0]
    rules = await queries.list_closing_rules([hub.id], date(2026, 1, 1))
    assert {(rule.kind, rule.weekday, rule.first_day, rule.provisional) for rule in rules} == {
        ("weekly", 2, None, True),
        ("yearly", None, "12-29", True),
    }


@pytest.mark.anyio
async def test_seeded_programs_fit_their_hours(db: None) -> None:
    await service.seed()
    await programs_service.seed()
    for program in await programs.list_programs():
        patterns = await programs.list_patterns(program_id=program.id, first_day=date(2026, 11, 1))
        assert program.provisional and len(patterns) == (0 if program.category == "group" else 4 * 3 + 2 * 4)
        if not patterns:
            continue
        hours = {each.weekday: each for each in await queries.list_hours([patterns[0].facility_id], date.max)}
        assert all(hours[each.weekday].opens <= each.starts for each in patterns)
        assert all(each.ends <= hours[each.weekday].closes for each in patterns)
    grades = {
        program.code: (await programs.load_eligibility([program.id]))[program.id][0]
        for program in await programs.list_programs()
    }
    assert (grades["tumo-self-learning"].min_grade, grades["tumo-self-learning"].max_grade) == (7, 12)
    assert (grades["tsukurun-kiryu-drop-in"].min_grade, grades["tsukurun-kiryu-drop-in"].max_grade) == (1, 12)


@pytest.mark.anyio
async def test_seed_never_updates_and_differences_are_listed(db: None) -> None:
    assert len(await service.list_differences()) == 2 + 37 + 4
    await service.seed()
    assert await service.list_differences() == []
    await Facility.update({"capacity": 33}).where(Facility.code == "tsukurun-kiryu")
    await service.seed()
    assert (await queries.get_facility("tsukurun-kiryu")).capacity == 33
    differ = SEEDS[0].differ
    assert differ is not None
    assert await differ() == ["facility tsukurun-kiryu capacity: plan '30', here '33'"]


@pytest.mark.anyio
async def test_the_shell_lists_what_differs(db: None, settings: Settings) -> None:
    environ = {
        **os.environ,
        "BOOKING_DATABASE_URL": settings.database_url,
        "BOOKING_SECRET_KEY": "t" * 40,
        "LC_ALL": "ja_JP.UTF-8",
    }

    def seed(*arguments: str) -> str:
        command = [sys.executable, "-m", "booking", "seed", *arguments]
        return subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout

    assert "facility tumo-gunma: missing here" in seed("--diff").splitlines()
    assert await queries.list_facilities() == []
    seed()
    await Facility.update({"capacity": 180}).where(Facility.code == "tumo-gunma")
    assert seed("--diff") == "facility tumo-gunma capacity: plan '200', here '180'\n"
    await Facility.update({"capacity": 200}).where(Facility.code == "tumo-gunma")
    assert seed("--diff") == "計画の基礎データと同じです。\n"


@pytest.mark.anyio
async def test_two_processes_seed_once_between_them(db: None, settings: Settings) -> None:
    running = [
        subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-c", SEED],
            env={**os.environ, "BOOKING_DATABASE_URL": settings.database_url, "BOOKING_SECRET_KEY": "t" * 40},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    counts = [int(each.communicate(timeout=60)[0]) for each in running]
    assert all(each.returncode == 0 for each in running)
    assert sum(counts) == 51
    assert await house_db.fetchval("select count(*) from opening_hours") == 4 * 6
