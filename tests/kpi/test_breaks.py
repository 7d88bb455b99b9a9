"""The day the way of counting changes: derived from what is counted, drawn and said wherever the months stand."""

import csv
import io
from datetime import UTC, date, datetime

import httpx
import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import paper_report, queries_importing, service, service_importing, service_report
from booking.kpi.schemas_importing import Beginning, Break
from booking.opendata.rules_datasets import method_of
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.kpi.test_importing import cell
from tests.kpi.test_importing_visits import bring_in
from tests.make.facilities import make_body, make_facility

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(db: None, clock: Clock) -> FacilityView:
    await service.seed()
    return await make_facility(body=await make_body("100005"), brand="tumo", code="hub", name="見本の館")


async def counted(here: FacilityView, month: int, day: int = 10) -> None:
    await visit(here, new_id(), entered_at=datetime(2026, month, day, 3, tzinfo=UTC))


async def test_a_break_is_the_first_day_counted_after_imports(here: FacilityView) -> None:
    await counted(here, 7)
    assert await queries_importing.list_breaks() == []
    await service_importing.enter_total(SYSTEM, cell(month="2026-05"))
    assert await queries_importing.list_breaks("100005") == [Break(facility="hub", on=date(2026, 7, 10))]
    assert await queries_importing.list_breaks("102032") == []
    await counted(here, 4)  # the service counted before the total too: nothing began after it
    assert await queries_importing.list_breaks() == []
    await bring_in("2026-03-03,hub,10:00,,A,,,,")
    assert await queries_importing.list_breaks() == [Break(facility="hub", on=date(2026, 4, 10))]
    await house_db.execute("update visit set voided_at = now() where entered_by = 'scan'")
    assert await queries_importing.list_breaks() == []


async def test_the_report_draws_and_says_it(here: FacilityView, clock: Clock) -> None:
    await service_importing.enter_total(SYSTEM, cell(month="2026-05"))
    await counted(here, 7)
    report = await service_report.make_report(SYSTEM, 2026)
    months = next(each for each in report.tables if each.code == "months")
    assert report.breaks == ["7月"]
    programs = next(each for each in report.tables if each.code == "program")
    assert programs.notes[-1] == "このサービスより前の月ごとの合計は、どのプログラムにも入っていません。"
    assert "見本の館は、2026年7月10日からこのサービスで数えています" in months.notes[0]
    assert (await paper_report.write_file(report, "pdf")).startswith(b"%PDF")


async def test_the_monthly_series_says_how_each_month_was_counted(
    client: httpx.AsyncClient, here: FacilityView
) -> None:
    await service_importing.enter_total(SYSTEM, cell(month="2026-05"))
    await counted(here, 7)
    text = (await client.get("/opendata/visits_monthly.csv")).content.decode("utf-8-sig")
    rows = {row["年月"]: row["集計の方法"] for row in csv.DictReader(io.StringIO(text))}
    assert (rows["2026-05"], rows["2026-06"], rows["2026-07"], rows["2026-08"]) == (
        *("以前の集計", "以前の集計", "両方"),
        "このサービス",
    )


def test_methods_by_day() -> None:
    may, july = date(2026, 5, 1), date(2026, 7, 1)
    began = Beginning(facility="hub", imported_on=may, counted_on=july)
    assert [method_of(month, began) for month in (may, july)] == ["以前の集計", "このサービス"]
    assert method_of(july, Beginning(facility="hub", imported_on=may, counted_on=None)) == "以前の集計"
    assert method_of(may, Beginning(facility="hub", imported_on=july, counted_on=may)) == "このサービス"
    assert method_of(may, None) == "このサービス"
