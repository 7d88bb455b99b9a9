"""Making sessions from patterns: once each, weeks ahead, not on closed days."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from booking.facilities.tables import ClosingRule, Closure
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.settings import Settings
from booking.kit.tokens import new_id
from booking.programs import queries, service
from booking.programs.tables import Session
from tests.make.facilities import LONG_AGO, make_facility
from tests.make.programs import make_pattern, make_program

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "clock")]
FAR = date(2030, 1, 1)
GENERATE = """
import asyncio
from booking.kit import db
from booking.kit.settings import get_settings
from booking.programs import service
async def main():
    db.use_address(get_settings().database_url)
    await db.start_pool(2)
    print(await service.generate_sessions())
    await db.stop_pool()
asyncio.run(main())
"""


async def test_eight_weeks_are_made_once_and_published() -> None:
    facility = await make_facility()
    program = await make_program(facility=facility)
    await make_pattern(program, facility, weekday=6, starts=time(14), ends=time(16), web_seats=4, walk_in_seats=1)
    assert await service.generate_sessions() == 9
    assert await service.generate_sessions() == 0
    made = await queries.list_sessions(first_day=house_clock.today(), last_day=FAR)
    assert (made[0].held_on, made[-1].held_on) == (date(2026, 11, 21), date(2027, 1, 16))
    assert (made[0].starts_at, made[0].state, made[0].web_seats, made[0].walk_in_seats) == (
        datetime(2026, 11, 21, 5, tzinfo=UTC),
        "published",
        4,
        1,
    )
    assert made[0].booking_opens_at == datetime(2026, 11, 14, 0, tzinfo=UTC)


async def test_a_session_that_has_begun_today_is_not_made() -> None:
    facility = await make_facility()
    program = await make_program(facility=facility)
    await make_pattern(program, facility, weekday=6, starts=time(10), ends=time(12))
    assert await service.generate_sessions() == 8


async def test_closed_days_make_none_and_a_later_opening_does() -> None:
    facility = await make_facility()
    program = await make_program(facility=facility)
    await make_pattern(program, facility, weekday=1)
    await ClosingRule.insert(
        ClosingRule(
            id=new_id(), facility=facility.id, kind="weekly", weekday=1, on_holiday="open", valid_from_on=LONG_AGO
        )
    )
    assert await service.generate_sessions() == 2
    made = await queries.list_sessions(first_day=house_clock.today(), last_day=FAR)
    assert [each.held_on for each in made] == [date(2026, 11, 23), date(2027, 1, 11)]
    closure = Closure(
        id=new_id(),
        facility=facility.id,
        closed_on=date(2026, 11, 30),
        kind="open",
        reason="",
        decided_at=house_clock.now(),
    )
    await Closure.insert(closure)
    assert await service.generate_sessions() == 1


async def test_a_cancelled_session_is_not_made_again(clock: Any) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility)
    await make_pattern(program, facility, weekday=6, starts=time(14), ends=time(16))
    await service.generate_sessions()
    await Session.update({"state": "cancelled"}).where(Session.held_on == date(2026, 11, 28))
    clock.advance(days=7)
    assert await service.generate_sessions() == 1
    held = [each.held_on for each in await queries.list_sessions(first_day=date(2026, 11, 1), last_day=FAR)]
    assert date(2026, 11, 28) not in held and held[-1] == date(2027, 1, 23)


async def test_two_processes_make_each_session_once(settings: Settings) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility)
    for weekday in range(1, 8):
        await make_pattern(program, facility, weekday=weekday)
    running = [
        subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-c", GENERATE],
            env={**os.environ, "BOOKING_DATABASE_URL": settings.database_url, "BOOKING_SECRET_KEY": "t" * 40},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    counts = [int(each.communicate(timeout=60)[0]) for each in running]
    assert all(each.returncode == 0 for each in running)
    assert sum(counts) == await house_db.fetchval("select count(*) from session") >= 7 * 8


async def test_sessions_of_days_to_come_keep_their_hour_in_another_zone() -> None:
    facility = await make_facility()
    program = await make_program(facility=facility)
    await make_pattern(program, facility, weekday=7, starts=time(0), ends=time(1))
    await service.generate_sessions()
    first = (await queries.list_sessions(first_day=house_clock.today(), last_day=FAR))[0]
    assert first.held_on == date(2026, 11, 22)
    assert first.starts_at == datetime(2026, 11, 21, 15, tzinfo=UTC)
    assert first.ends_at - first.starts_at == timedelta(hours=1)
