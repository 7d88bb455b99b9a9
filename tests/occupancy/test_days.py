"""Days that are kept: equal to the plain SQL over the visits at every moment, whatever happens in between."""

from datetime import time, timedelta
from statistics import median

import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import service as kpi
from booking.kpi import service_fold
from booking.occupancy import service, service_days
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.facilities import make_facility

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def loaded(db: None, clock: Clock) -> None:
    await kpi.seed()


async def fold() -> int:
    await service_fold.fold_everything()
    return await service_days.fold_everything()


async def courses(*places: FacilityView) -> dict[str, list[tuple[int, int | None, float | None]]]:
    board = await service.get_board(SYSTEM)
    return {
        one.code: [(each.hour, each.inside, each.usual) for each in one.course]
        for one in board.places
        if one.code in {place.code for place in places}
    }


async def test_the_course_of_today_beside_the_usual_saturday(clock: Clock) -> None:
    here = await make_facility(opens=time(10), closes=time(14, 30))
    now = house_clock.now()  # 12:00 on a Saturday
    for week, heads in enumerate((4, 8, 6), start=1):
        at = now - timedelta(weeks=week, minutes=30)
        await visit(here, None, entered_at=at, left_at=at + timedelta(hours=1), heads=heads)
    at = now - timedelta(days=1)
    await visit(here, None, entered_at=at, left_at=at + timedelta(hours=1), heads=40)  # a Friday
    await visit(
        here, None, kind="guardian", heads=2, entered_at=now - timedelta(minutes=90), left_at=None, closed_by=None
    )
    await visit(here, new_id(), entered_at=now - timedelta(minutes=61), left_at=now)  # gone when it strikes
    expected = [(10, 0, 0), (11, 3, 0), (12, 2, 6), (13, None, 0), (14, None, 0), (15, None, 0)]
    assert (await courses(here))[here.code] == expected
    assert await fold() > 0
    clock.advance(minutes=10)
    assert (await courses(here))[here.code] == expected


async def test_what_is_usual_is_the_median_of_eight_days_on_which_somebody_came(clock: Clock) -> None:
    here, quiet = await make_facility(), await make_facility()
    came = [5, 1, 9, 2, 7, 7, 4, 3, 50, 60]
    for week, heads in enumerate(came, start=1):
        shut = week + 2 * (week > 4)  # two Saturdays nobody came
        at = house_clock.now() - timedelta(weeks=shut, minutes=10)
        await visit(here, None, heads=heads, entered_at=at)
    for _ in range(2):
        found = await courses(here, quiet)
        assert found[here.code][12] == (12, 0, median(came[:8]))
        assert found[quiet.code][12] == (12, 0, None)
        await fold()
        clock.advance(minutes=10)


async def test_a_late_visit_changes_the_usual_day_before_it_is_folded(clock: Clock) -> None:
    here = await make_facility()
    at = house_clock.now() - timedelta(weeks=1, minutes=10)
    await visit(here, None, heads=4, entered_at=at)
    await fold()
    assert (await courses(here))[here.code][12] == (12, 0, 4)
    await visit(here, None, heads=3, entered_at=at)
    clock.advance(minutes=10)
    assert (await courses(here))[here.code][12] == (12, 0, 7)
    await service_fold.fold_everything()
    clock.advance(minutes=10)
    assert (await courses(here))[here.code][12] == (12, 0, 7)


async def test_today_is_kept_when_it_is_over(clock: Clock) -> None:
    here = await make_facility()
    await visit(here, new_id())
    assert await fold() == 0
    clock.advance(days=1)
    assert await fold() == 1
    assert await house_db.fetchval("select counts->'all'->>'' from use_day") == "1"
    assert await fold() == 0
