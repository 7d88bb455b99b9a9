"""The review report: one set of numbers on paper, in the workbook and in the csv, and the figure's own numbers."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import httpx
import msgspec
import openpyxl
import pytest

from booking.access.rules import Role
from booking.access.schemas import SYSTEM, Actor, Grant
from booking.facilities.schemas import FacilityView
from booking.kit.errors import Refusal
from booking.kit.tokens import new_id
from booking.kpi import paper_report, service, service_certifying, service_fold, service_report
from booking.kpi.rules_report_use import arrivals_table, hours_table, seats_table
from booking.kpi.schemas_report import ActualForm, RemarkForm, Report, ReportTable
from booking.occupancy.schemas_history import Arrivals, HeatCell, SeatUse
from tests.conftest import Clock
from tests.kpi.test_certifying import form as certify_form
from tests.kpi.test_figures import visit
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility

pytestmark = pytest.mark.anyio
LAST_YEAR = datetime(2025, 10, 10, 3, tzinfo=UTC)
THIS_YEAR = datetime(2026, 6, 10, 3, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 10, 3, tzinfo=UTC)


@pytest.fixture
async def here(db: None, clock: Clock) -> FacilityView:
    """1,204 users last year, 70 by 31 August, 25 of them in June, and 30 more in September, which are not in it."""
    await service.seed()
    clock.set(SEPTEMBER)
    facility = await make_facility(body=await make_body("100005", "見本県"), brand="tumo")
    there = await make_facility(body=await make_body("102032", "見本市"), name="見本の館")
    await visit(facility, None, kind="group", heads=1_201, entered_at=LAST_YEAR)
    for days in range(3):
        await visit(facility, new_id(), entered_at=LAST_YEAR + timedelta(days=days), school_stage="high")
    await visit(facility, None, kind="group", heads=25, entered_at=THIS_YEAR)
    await visit(there, None, kind="group", heads=45, entered_at=THIS_YEAR + timedelta(days=40))
    await visit(facility, None, kind="group", heads=30, entered_at=SEPTEMBER)
    await service_fold.fold_everything()
    return facility


async def certified() -> None:
    note = {"note": "日報は紙にある"}
    for asked in ({"month": "2025-10"}, {"month": "", "fiscal_year": "2025"}):
        await service_certifying.certify(SYSTEM, certify_form(**asked, **note))
    await service_certifying.certify(SYSTEM, certify_form(month="", fiscal_year="2025", body="", **note))


def row_of(report: Report, code: str, *labels: str) -> dict[str, object]:
    table = next(each for each in report.tables if each.code == code)
    row = next(row for row in table.rows if tuple(row[: len(labels)]) == labels)
    return dict(zip(table.head, row, strict=True))


async def test_the_plans_own_table_with_what_became_of_it(here: FacilityView) -> None:
    await certified()
    for kpi, value in (("1", "120"), ("1", "130")):
        given = {"fiscal_year": "2025", "as_of_on": "2026-03-31", "source": "見本課の調べ"}
        await service_report.enter_actual(SYSTEM, ActualForm(kpi=kpi, value=value, **given))
    report = await service_report.make_report(SYSTEM, 2026)
    table = report.tables[0]
    assert table.head[3:] == [
        "事業開始前(現時点)",
        *(f"{year}年度増加分({n}年目)" for n, year in enumerate(range(2024, 2030), 1)),
        "KPI増加分の累計",
    ]
    planned = row_of(report, "plan", "KPI④ 年間利用者数", "人", "計画")
    assert list(planned.values())[3:] == [0, 0, 4_340, 7_520, 8_460, 9_400, "-", 29_720]
    actual = row_of(report, "plan", "KPI④ 年間利用者数", "人", "実績")
    assert list(actual.values())[3:] == ["－", "<10", 1_204, 70, "－", "－", "－", 1_274]
    by_hand = row_of(report, "plan", "KPI① 地域へのUIJターン就職者数", "人", "実績")
    assert (by_hand["2025年度増加分(2年目)"], by_hand["KPI増加分の累計"]) == (130, 130)
    assert any("見本課の調べ" in note for note in table.notes)


async def test_numbers_are_the_figures(here: FacilityView) -> None:
    before = await service_report.make_report(SYSTEM, 2026)
    assert row_of(before, "years", "2025年度")["年間利用者数"] in (1_200, 1_205)
    assert row_of(before, "years", "2025年度")["確定・暫定"] == "暫定"
    await certified()
    report = await service_report.make_report(SYSTEM, 2026)
    last = await service.get_annual_users(2025)
    assert row_of(report, "years", "2025年度")["年間利用者数"] == last.value == 1_204
    now = await service.get_annual_users(2026)
    assert row_of(report, "years", "（参考）2026年度（9月10日まで）")["年間利用者数"] == now.value == 100
    assert row_of(report, "months", "6月")["2026年度（8月31日まで）"] == 25
    assert row_of(report, "months", "9月")["2026年度（8月31日まで）"] == "－"
    assert row_of(report, "school-stage", "高校生")["2025年度"] == "<10"
    assert row_of(report, "readings", "計画のすべての場所", "実人数")["2025年度"] == "<10"


async def test_each_body_reports_by_itself(here: FacilityView) -> None:
    mine = await service_report.make_report(SYSTEM, 2026, "102032")
    assert (mine.head, mine.summary[1][1]) == ("見本市", "45")
    rows = next(each for each in mine.tables if each.code == "facility").rows
    assert [row[1:] for row in rows] == [["<10", 45]]
    assert row_of(mine, "plan", "KPI④ 年間利用者数", "人", "うち見本市")["2026年度増加分(3年目)"] == 45
    assert row_of(mine, "plan", "KPI④ 年間利用者数", "人", "実績（計画の全体）")["2026年度増加分(3年目)"] == 70
    kiryu = Actor(kind="token", name="桐生", grants=(Grant(role=Role.BODY_ADMINISTRATOR, scope="102032"),))
    for body, year, code in (("100005", 2026, "not-allowed"), ("", 2027, "report-year-not-begun"),
                             ("", 2023, "no-such-fiscal-year"), ("999999", 2026, "no-such-body")):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            await service_report.make_report(kiryu if code == "not-allowed" else SYSTEM, year, body)
        assert refused.value.code == code


def _plain(text: str) -> str:
    return "".join(text.split())


async def test_paper_workbook_and_csv_say_the_same(here: FacilityView, tmp_path: Path) -> None:
    await certified()
    words = {
        "factors": "夏の体験会で、多くの人が来ました。",
        "issues": "平日の夕方が少ない。",
        "next_steps": "送迎を始める。",
    }
    await service_report.write_remark(SYSTEM, RemarkForm(fiscal_year="2026", **words))
    report = await service_report.make_report(SYSTEM, 2026)
    assert report.mark == "暫定"
    book = openpyxl.load_workbook(io.BytesIO(await paper_report.write_file(report, "xlsx")))
    assert len(book.sheetnames) == len(report.tables) + 1
    for table, sheet in zip(report.tables, book.worksheets[1:], strict=True):
        read = [list(row[: len(table.head)]) for row in sheet.iter_rows(values_only=True)]
        wanted = [[one if one != "" else None for one in row] for row in (table.head, *table.rows)]
        assert read[: len(wanted)] == wanted
    content = await paper_report.write_file(report, "csv")
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [line["値"] for line in lines] == [
        f"'{value}" if str(value).startswith("-") else str(value) for *_, value in paper_report.lines_of(report)
    ]
    names = [(line["表"], line["行"], line["列"]) for line in lines if line["表"] != "この報告書"]
    assert len(names) == len(set(names))
    assert {"表": "年度ごとの実績と累計", "行": "2025年度", "列": "年間利用者数", "値": "1204"} in lines
    paper = tmp_path / "report.pdf"
    paper.write_bytes(await paper_report.write_file(report, "pdf"))
    said = paper.read_bytes()
    assert b"/StructTreeRoot" in said or b"pdfuaid" in said
    read_back = (await anyio.run_process(["pdftotext", "-layout", str(paper), "-"])).stdout.decode()
    pages = read_back.rstrip("\f").split("\f")
    assert all("暫定" in page.splitlines()[0] + page[:400] for page in pages)
    for text in ("1,204", "1,274", *words.values(), "見本の館"):
        assert _plain(text) in _plain(read_back)


def test_long_lists_run_over_pages_and_numbers_stand_to_the_right() -> None:
    days = "、".join(f"{month}/{day}" for month in range(1, 13) for day in range(1, 29))
    gaps = ReportTable(code="gaps", title="日", head=["年度", "日にち"], rows=[["2025年度", days]], widths=[1, 3])
    years = ReportTable(
        code="years",
        title="年度",
        head=["年度", "人", "割合", "だれ"],
        rows=[["2025年度（8月31日まで）", 1_204, "87%", "見本課"], ["2024年度", "<10", "－", "－"]],
        widths=[2, 1, 1, 2],
    )
    assert paper_report._laid_out(gaps)["is_short"] is False
    laid = paper_report._laid_out(years)
    assert (laid["is_short"], laid["numbers"]) == (True, [False, True, True, False])
    assert laid["rows"][0][:2] == ["2025年度\n（8月31日まで）", "1,204"]


def test_hours_are_averages_of_many_days_in_whole_people() -> None:
    cells = [
        HeatCell(weekday=6, hour=10, users=205, days=50, average=4.1, year_before=0),
        HeatCell(weekday=6, hour=13, users=9, days=50, average=0.2, year_before=0),
        HeatCell(weekday=6, hour=14, users=75, days=50, average=1.5, year_before=0),
        HeatCell(weekday=2, hour=10, users=95, days=19, average=5, year_before=0),
    ]
    table = hours_table("2025年度", cells)
    assert table is not None
    assert table.head == ["曜日", "10時", "11時", "12時", "13時", "14時"]
    rows = {str(row[0]): row[1:] for row in table.rows}
    assert list(rows) == [f"{day}曜日" for day in "月火水木金土日"]
    assert (rows["土曜日"], rows["火曜日"]) == ([4, 0, 0, 0, 2], ["－"] * 5)
    assert hours_table("2025年度", cells[1:2]) is None


def test_arrivals_and_seats_are_whole_per_cent_of_many() -> None:
    come = [Arrivals(at=at, users=users, year_before=0) for at, users in (("10:30", 4), ("15:00", 300), ("15:30", 696))]
    table = arrivals_table("2025年度", come)
    assert table is not None
    assert table.rows == [["10時台", "0%"], *([f"{hour}時台", "0%"] for hour in range(11, 15)), ["15時台", "100%"]]
    assert arrivals_table("2025年度", come[:2]) is None
    rates = {"used_permille": 505, "no_show_permille": 1, "cancelled_permille": 1}
    seats = SeatUse(sessions=90, seats=2_000, used=1_010, booked=1_000, no_shows=15, cancelled=120, **rates)
    table = seats_table("2025年度", seats)
    assert table is not None
    assert [row[1] for row in table.rows] == ["51%", "2%", "11%"]
    few = msgspec.structs.replace(seats, booked=990, cancelled=9)
    table = seats_table("2025年度", few)
    assert table is not None
    assert [row[1] for row in table.rows] == ["51%", "－", "－"]
    assert seats_table("2025年度", msgspec.structs.replace(seats, seats=999)) is None


async def test_the_page_gives_the_files_and_takes_words_and_numbers(
    here: FacilityView, client: httpx.AsyncClient
) -> None:
    await sign_in(client, await make_staff("body-administrator", "100005"))
    home = "/staff/kpi/report"
    words = {"factors": "見本の要因", "issues": "見本の課題", "next_steps": "見本の反映"}
    entry = {"kpi": "2", "fiscal_year": "2025", "value": "3", "as_of_on": "2026-03-31", "source": "見本の調べ"}
    assert (await client.get(home)).status_code == 200
    wrong = await client.post(f"{home}/remarks", data={"fiscal_year": "2026", **words, "issues": ""})
    assert (wrong.status_code, "見本の要因" in wrong.text) == (422, True)
    for path, data in (("remarks", {"fiscal_year": "2026", **words}), ("actuals", entry)):
        assert (await client.post(f"{home}/{path}", data=data)).status_code == 303
    future = await client.post(f"{home}/actuals", data={**entry, "as_of_on": "2027-01-01"})
    assert (future.status_code, "見本の調べ" in future.text) == (422, True)
    shown = (await client.get(home)).text
    assert "見本の反映" in shown and "見本の調べ" in shown
    for ending, begins in (("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        found = await client.get(f"{home}.{ending}", params={"fiscal_year": 2026})
        assert (found.status_code, found.content.startswith(begins)) == (200, True)
    other = await client.post(f"{home}/remarks", data={"fiscal_year": "2026", "body": "102032", **words})
    assert other.status_code == 403
