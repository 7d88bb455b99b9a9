"""Eight weeks counted twice: what is compared, what is refused, and where the ratio is said."""

import re
from datetime import date, timedelta

import httpx
import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.kit.tokens import new_id
from booking.kpi import service, service_parallel, service_report
from booking.kpi.rules_parallel import compare
from booking.kpi.schemas_parallel import ParallelForm, percent_of
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(db: None, clock: Clock) -> FacilityView:
    """Two weeks in which the service counts ten a day."""
    await service.seed()
    place = await make_facility(body=await make_body("100005"), code="hub", name="見本の館")
    for days in range(1, 15):
        at = house_clock.now() - timedelta(days=days)
        await visit(place, None, kind="group", heads=8, entered_at=at)
        person = new_id()
        await visit(place, person, entered_at=at)
        await visit(place, person, entered_at=at + timedelta(minutes=2))
        await visit(place, new_id(), entered_at=at)
        await visit(place, None, kind="guardian", entered_at=at)
        await visit(place, new_id(), entered_at=at, entered_by="import")
    return place


async def enter(days_ago: int, users: int) -> None:
    on = house_clock.today() - timedelta(days=days_ago)
    await service_parallel.enter_count(SYSTEM, ParallelForm(facility="hub", on=on.isoformat(), users=str(users)))


async def test_the_ratio_is_over_days_with_both_counts(here: FacilityView) -> None:
    assert await service_parallel.list_parallels() == []
    for days, users in ((1, 10), (2, 12), (8, 8), (9, 0), (16, 20)):
        await enter(days, users)
    found = await service_parallel.read_parallel(SYSTEM, "hub")
    assert (found.both, found.users, found.counted, found.percent) == (4, 30, 40, 133)
    assert (found.low, found.high) == (91, 250)
    assert found.starts_on == date(2026, 11, 2) and found.last_on == date(2026, 12, 27)
    by_day = {day.on: day for day in found.days}
    assert by_day[date(2026, 11, 5)].counted is None and by_day[date(2026, 11, 12)].percent is None
    await enter(1, 20)
    assert (await service_parallel.read_parallel(SYSTEM, "hub")).users == 40
    kept = "select detail ->> 'before' from audit_entry where action = 'kpi.counted-in-parallel'"
    assert "10" in [row[0] for row in await house_db.fetch(kept)]


async def test_what_is_no_day_of_the_eight_weeks_is_refused(here: FacilityView) -> None:
    await enter(40, 5)
    for on, code in (
        ("2026-11-21", "import-day-not-over"),
        ("2026-08-01", "parallel-outside-weeks"),
        ("x", "day-unreadable"),
    ):
        with pytest.raises(Refusal) as refused:
            await service_parallel.enter_count(SYSTEM, ParallelForm(facility="hub", on=on, users="5"))
        assert refused.value.fields["on"].code == code
    with pytest.raises(Refusal) as refused:
        await enter(39, -1)
    assert "users" in refused.value.fields


async def test_the_report_says_it(here: FacilityView) -> None:
    await enter(1, 8)
    report = await service_report.make_report(SYSTEM, 2026)
    table = next(each for each in report.tables if each.code == "completeness")
    assert "このサービスの数は、前の数え方の125%です" in table.notes[0]


async def test_the_page_takes_a_number_and_gives_the_list(client: httpx.AsyncClient, here: FacilityView) -> None:
    await sign_in(client, await make_staff("facility-manager", "hub"))
    assert "両方で数えた日は、まだありません" in (await client.get("/staff/kpi/parallel")).text
    data = {"facility": "hub", "on": "2026-11-20", "users": "8"}
    assert (await client.post("/staff/kpi/parallel", data={**data, "users": "x"})).status_code == 422
    assert (await client.post("/staff/kpi/parallel", data=data)).status_code == 303
    page = (await client.get("/staff/kpi/parallel")).text
    assert "このサービスは125人です" in page
    assert re.search(r"<dt>期間</dt><dd><time[^>]*>2026年[^<]*（.）</time> 〜 <time[^>]*>20\d\d年", page)
    assert "このサービスは125人です" in (await client.get("/staff/kpi/imports")).text
    file = (await client.get("/staff/kpi/parallel.csv?facility=hub")).content.decode("utf-8-sig")
    assert "2026-11-20,8,10,125" in file
    assert re.search(r"</time> – <time[^>]*>Sun 10 Jan 2027<", (await client.get("/staff/kpi/parallel?lang=en")).text)
    far = await client.post("/staff/kpi/parallel?lang=en", data={**data, "on": "2026-01-05"})
    assert (far.status_code, "2026-01-05</" in far.text) == (422, False)
    assert ("Sun 10 Jan 2027" in far.text, "Mon 28 Sep 2026" in far.text) == (True, True)
    await sign_in(client, await make_staff("auditor", "100005"))
    assert 'name="users"' not in (await client.get("/staff/kpi/parallel")).text
    assert (await client.post("/staff/kpi/parallel", data=data)).status_code == 403
    await make_facility(body=await make_body("102032"), code="kiryu")
    await sign_in(client, await make_staff("body-administrator", "102032"))
    assert (await client.get("/staff/kpi/parallel?facility=hub")).status_code == 403
    assert (await client.post("/staff/kpi/parallel", data=data)).status_code == 403
    assert "見本の館" not in (await client.get("/staff/kpi/imports")).text


def test_percent() -> None:
    assert [percent_of(*each) for each in ((1, 3), (2, 3), (0, 5), (5, 0), (None, 5))] == [33, 67, 0, None, None]
    empty = compare("hub", date(2026, 11, 2), {}, {})
    assert (empty.percent, empty.low, len(empty.weeks), len(empty.days)) == (None, None, 8, 56)
