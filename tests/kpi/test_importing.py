"""Totals of months from before the service: what is refused and why, what counts at once, what replaces what."""

import asyncio
import io
import re
from datetime import UTC, date, datetime
from typing import Any

import httpx
import openpyxl
import pytest

from booking.access.schemas import SYSTEM
from booking.facilities import queries as facilities
from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.kit.i18n import format_day
from booking.kit.spreadsheet_files import Unusable
from booking.kit.tokens import new_id
from booking.kpi import (
    queries,
    queries_certifying,
    service,
    service_certifying,
    service_definitions,
    service_fold,
    service_importing,
    service_uploads,
)
from booking.kpi.rules_importing import TITLES, refusal_of, said
from booking.kpi.rules_importing_visits import refusal_of_day
from booking.kpi.rules_recounting import recount
from booking.kpi.schemas_importing import CellForm, Origin, UploadReport
from tests.conftest import Clock
from tests.kpi.test_certifying import form as certify_form
from tests.kpi.test_figures import visit
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility

pytestmark = pytest.mark.anyio
ORIGIN = Origin(method="紙の日報を数えた", document="見本 第2号", author="見本課 見本")
HEAD = ",".join(TITLES.values())


@pytest.fixture
async def here(db: None, clock: Clock) -> FacilityView:
    await service.seed()
    return await make_facility(body=await make_body("100005"), brand="tumo", code="hub")


def csv(*rows: str) -> bytes:
    return "\r\n".join([HEAD, *rows]).encode()


async def bring_in(*rows: str, origin: Origin = ORIGIN) -> UploadReport:
    made = await service_importing.upload_totals(SYSTEM, "100005", csv(*rows), origin)
    return (await service_importing.commit_totals(SYSTEM, made)).report


async def looked_at(content: bytes) -> UploadReport:
    made = await service_importing.upload_totals(SYSTEM, "100005", content, ORIGIN)
    return (await service_uploads.get_upload(SYSTEM, made)).report


def cell(**given: str) -> CellForm:
    plain = {"facility": "hub", "month": "2026-05", "person_days": "300", "person_sessions": "", "method": "紙"}
    return CellForm(**{**plain, "document": "見本", "author": "見本", **given})


async def agree(fiscal_year: int = 2026) -> dict[str, dict[str, int]]:
    """What the figure, the plain SQL and the recount say; they say the same."""
    live = (await service.get_annual_users(fiscal_year)).values
    span = house_clock.fiscal_span(fiscal_year)
    rows, totals = await queries_certifying.list_rows(*span, ""), await queries_certifying.list_imports(*span, "")
    recounted = recount(rows, totals, await queries.get_reported_definition(), await queries.list_scopes())
    assert live == await service_definitions.plain_answer(fiscal_year) == recounted
    await service_fold.fold_everything()
    assert (await service.get_annual_users(fiscal_year)).values == live
    assert await service_fold.rebuild() == []
    return live


async def test_totals_count_at_once_and_a_better_one_replaces(here: FacilityView) -> None:
    await visit(here, new_id())
    assert (await bring_in("hub,2026-05,300,340", "hub,令和6年7月,120,")).new == 2
    assert (await agree())["plan"] == {"person_days": 301, "person_sessions": 341, "people": 1}
    assert (await agree(2024))["tumo"]["person_sessions"] == 120
    again = await bring_in("hub,2026-05,300,340", "hub,202407,120,")
    assert (again.new, again.known) == (0, 2)
    better = await bring_in("hub,2026/5,310,")
    assert (better.new, better.replacing) == (1, 1)
    assert (await agree())["plan"]["person_days"] == 311
    kept = await service_importing.list_totals(SYSTEM)
    assert [(one.person_days, one.replaced_at is None) for one in kept] == [(120, True), (310, True), (300, False)]
    await service_importing.withdraw_total(SYSTEM, kept[1].id)
    assert (await agree())["plan"]["person_days"] == 1
    with pytest.raises(Refusal) as refused:
        await service_importing.withdraw_total(SYSTEM, kept[1].id)
    assert refused.value.code == "kpi-total-replaced"


async def test_every_faulty_row_is_said_with_its_reason(here: FacilityView) -> None:
    await make_facility(body=await make_body("102032"), code="kiryu")
    await visit(here, new_id(), entered_at=datetime(2026, 10, 3, 3, tzinfo=UTC))
    await visit(here, new_id(), entered_at=datetime(2026, 9, 3, 3, tzinfo=UTC), entered_by="import")
    await visit(here, new_id(), entered_at=datetime(2026, 8, 3, 3, tzinfo=UTC), kind="guardian")
    rows = (
        *("nowhere,2026-05,1,", "kiryu,2026-05,1,", "hub,5月,1,", "hub,2026-11,1,", "hub,2030-01,1,"),
        *("hub,2026-04,many,", "hub,2026-04,-3,", "hub,2026-04,100000,", "hub,2026-04,1.5,", "hub,2026-04,5,4"),
        *("hub,2019-04,5,", "hub,2026-06,5,", "hub,2026/06,6,", "hub,2026-10,5,", "hub,2026-09,5,", "hub,2026-08,5,"),
    )
    report = await looked_at(csv(*rows))
    assert [(one.row, _code(one.sentence)) for one in report.faults] == [
        *((2, "ありません"), (3, "ありません"), (4, "2026-11"), (5, "まだ終わって"), (6, "まだ終わって")),
        *((7, "{low}"), (8, "{low}"), (9, "{low}"), (10, "{low}"), (11, "少なく"), (12, "開きました")),
        *((14, "{other}"), (15, "数えた来館"), (16, "1件ずつ")),
    ]
    assert report.new == 2
    with pytest.raises(Refusal) as refused:
        await bring_in(*rows)
    assert refused.value.code == "kpi-upload-faulty"
    assert await service_importing.list_totals(SYSTEM) == []


async def test_a_day_in_a_reason_is_said_as_the_reader_says_days(client: httpx.AsyncClient, here: FacilityView) -> None:
    upload = await service_importing.upload_totals(SYSTEM, "100005", csv("hub,2019-04,5,"), ORIGIN)
    await sign_in(client, await make_staff("body-administrator", "100005"))
    address = f"/staff/kpi/imports/uploads/{upload}"
    day = {each: format_day(here.opened_on, each, year=True) for each in ("ja", "en")}
    assert f"{day['ja']}に開きました" in (await client.get(address)).text
    for asked in (address, f"{address}/faults.csv"):
        text = (await client.get(f"{asked}?lang=en")).content.decode("utf-8-sig")
        assert (day["en"] in text, here.opened_on.isoformat() in text) == (True, False), asked
    (fault,) = (await service_uploads.get_upload(SYSTEM, upload)).report.faults
    assert fault.params == {"opened": here.opened_on.isoformat()}


def _code(sentence: str) -> str:
    known = (
        "ありません",
        "2026-11",
        "まだ終わって",
        "{low}",
        "少なく",
        "開きました",
        "{other}",
        "数えた来館",
        "1件ずつ",
    )
    return next(one for one in known if one in sentence)


async def test_a_certified_month_takes_no_total_and_a_year_needs_months_of_totals(here: FacilityView) -> None:
    await bring_in("hub,2025-04,300,", "hub,2025-06,10,")
    made = await service_certifying.certify(SYSTEM, certify_form(month="2025-06"))
    assert made.value == 10
    report = await looked_at(csv("hub,2025-06,11,"))
    assert "確定" in report.faults[0].sentence
    with pytest.raises(Refusal) as refused:
        await service_importing.enter_total(SYSTEM, cell(month="2025-06"))
    assert refused.value.fields["month"].code == "import-month-certified"
    kept = {one.month_on: one.id for one in await service_importing.list_totals(SYSTEM)}
    with pytest.raises(Refusal) as refused:
        await service_importing.withdraw_total(SYSTEM, kept[date(2025, 6, 1)])
    assert refused.value.code == "import-month-certified"
    with pytest.raises(Refusal) as refused:
        await service_certifying.certify(SYSTEM, certify_form(month="", fiscal_year="2025"))
    assert refused.value.code == "parts-not-certified"
    assert [refused.value.say(each).count(month) for each, month in (("ja", "2025年4月。"), ("en", "Apr 2025"))] == [
        1,
        1,
    ]
    await service_certifying.certify(SYSTEM, certify_form(month="2025-04"))
    assert (await service_certifying.certify(SYSTEM, certify_form(month="", fiscal_year="2025"))).value == 310
    assert await house_db.fetchval("select count(*) from kpi_difference") == 0


async def test_a_total_and_a_certification_wait_for_each_other(here: FacilityView) -> None:
    upload = await service_importing.upload_totals(SYSTEM, "100005", csv("hub,2025-06,10,"), ORIGIN)
    done = await asyncio.gather(
        service_importing.commit_totals(SYSTEM, upload),
        service_certifying.certify(SYSTEM, certify_form(month="2025-06")),
        return_exceptions=True,
    )
    certified = await queries_certifying.list_certifications(date(2025, 6, 1), date(2025, 7, 1))
    live = await queries_certifying.list_imports(date(2025, 6, 1), date(2025, 7, 1), "100005")
    assert [one.value for one in certified] == [sum(one.person_days for one in live)], done


async def test_files_as_offices_write_them(here: FacilityView) -> None:
    text = f'見本の集計\r\n{HEAD}\r\nhub,2026年5月,"1,234人",\r\n'
    with_tabs = text.removeprefix("見本の集計\r\n").replace(",", "\t").replace("1\t234", "1,234")
    for content in (text.encode("utf-8-sig"), text.encode(), text.encode("cp932"), with_tabs.encode()):
        report = await looked_at(content)
        assert (report.new, report.person_days, report.faults) == (1, 1234, [])
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("施設コード", "月", "人数", "覚え"), ("hub", date(2026, 5, 1), 12, "x"), ("hub", 202606, "=1+1", "")):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    report = await looked_at(out.getvalue())
    assert (report.new, report.person_days, len(report.faults), report.unused) == (1, 12, 1, ["覚え"])
    with pytest.raises(Refusal) as refused:
        await looked_at("場所,月\nhub,2026-05\n".encode())
    assert refused.value.code == "columns-not-found"


async def test_a_place_goes_by_its_code_or_by_a_name_of_its_own(here: FacilityView) -> None:
    body = (await facilities.list_bodies())[0]
    await make_facility(body=body, code="north", name="北の館", names='{"en": "North House"}')
    report = await looked_at(csv("北の 館,2026-05,1,", "ＮＯＲＴＨ house,2026-06,2,", "HUB,2026-07,3,"))
    assert (report.new, report.faults) == (3, [])
    await make_facility(body=body, code="south", name="北の館")
    assert len((await looked_at(csv("北の館,2026-05,1,"))).faults) == 1


async def test_late_visits_show_as_overlapping(client: httpx.AsyncClient, here: FacilityView) -> None:
    await bring_in("hub,2026-05,300,")
    await visit(here, new_id(), entered_at=datetime(2026, 5, 3, 3, tzinfo=UTC))
    assert [one.overlaps for one in await service_importing.list_totals(SYSTEM)] == [True]
    await sign_in(client, await make_staff("body-administrator", "100005"))
    assert "2重に数えています" in (await client.get("/staff/kpi/imports")).text


async def test_the_pages_walk_from_a_file_to_a_total_taken_back(client: httpx.AsyncClient, here: FacilityView) -> None:
    await sign_in(client, await make_staff("body-administrator", "100005"))
    data = {"body": "100005", "method": "紙", "document": "見本", "author": ""}
    files = {"file": ("totals.csv", csv("hub,2026-05,300,", "hub,2026-13,1,"), "text/csv")}
    refused = await client.post("/staff/kpi/imports/totals", data=data, files=files)
    assert refused.status_code == 422 and "文字までで書いてください" in refused.text
    data["author"] = "見本"
    sent = await client.post("/staff/kpi/imports/totals", data=data, files=files)
    page = await client.get(sent.headers["location"])
    assert "直すところが1か所" in page.text and "件を取り込む</button>" not in page.text
    faults = await client.get(sent.headers["location"] + "/faults.csv")
    assert faults.content.decode("utf-8-sig").splitlines()[1].startswith("3,年月,")
    assert (await client.post(sent.headers["location"], data={})).status_code == 422
    files = {"file": ("totals.csv", csv("hub,2026-05,300,"), "text/csv")}
    sent = await client.post("/staff/kpi/imports/totals", data=data, files=files)
    assert "1件を取り込む" in (await client.get(sent.headers["location"])).text
    assert (await client.post(sent.headers["location"], data={})).status_code == 303
    assert "1件を取り込みました" in (await client.get(sent.headers["location"])).text
    assert await house_db.fetchval("select count(*) from kpi_upload where content is not null") == 1
    assert (await client.get("/api/v1/kpi/annual-users?fiscal_year=2026")).json()["value"] == 300
    typed = {**data, "facility": "hub", "month": "2026-05", "person_days": "310", "person_sessions": ""}
    assert (await client.post("/staff/kpi/imports/cells", data={**typed, "body": "x"})).status_code == 400
    typed.pop("body")
    assert (await client.post("/staff/kpi/imports/cells", data={**typed, "month": "x"})).status_code == 422
    assert (await client.post("/staff/kpi/imports/cells", data=typed)).status_code == 303
    listed = (await client.get("/staff/kpi/imports")).text
    total = re.findall(r'href="(/staff/kpi/imports/totals/[^"]+)"', listed)[0]
    assert "310" in (await client.get(total)).text
    assert (await client.post(total + "/withdraw", data={})).status_code == 303
    assert (await client.post(total + "/withdraw", data={})).status_code == 409
    rows = (await client.get("/staff/kpi/imports.csv")).content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[3] for row in rows[1:]] == ["310", "300"]
    assert (await client.get("/api/v1/kpi/annual-users?fiscal_year=2026")).json()["value"] == 0


async def test_the_pages_say_months_bodies_and_columns_in_the_readers_language(
    client: httpx.AsyncClient, here: FacilityView
) -> None:
    upload = await service_importing.upload_totals(SYSTEM, "100005", csv("hub,2026-05,300,"), ORIGIN)
    await service_importing.commit_totals(SYSTEM, upload)
    (total,) = await service_importing.list_totals(SYSTEM)
    await sign_in(client, await make_staff("body-administrator", "100005"))
    seen = {
        f"uploads/{upload}": ("<dd>Trial Prefecture</dd>", "<dd>May 2026</dd>"),
        f"totals/{total.id}": ('<span class="nowrap">May 2026</span>',),
        "": (">May 2026</a>", ">Trial Prefecture</option>", "<p>Code of the place ・ Month ・ "),
    }
    for path, texts in seen.items():
        page = (await client.get(f"/staff/kpi/imports/{path}".rstrip("/") + "?lang=en")).text
        assert [text for text in texts if text not in page] == [], path


async def test_nobody_else_brings_numbers_in_or_sees_those_of_another_body(
    client: httpx.AsyncClient, here: FacilityView
) -> None:
    await make_facility(body=await make_body("102032"), code="kiryu")
    upload = await service_importing.upload_totals(SYSTEM, "100005", csv("hub,2026-05,300,"), ORIGIN)
    await service_importing.commit_totals(SYSTEM, upload)
    (total,) = await service_importing.list_totals(SYSTEM)
    typed: dict[str, Any] = {name: getattr(cell(), name) for name in CellForm.__struct_fields__}
    await sign_in(client, await make_staff("body-administrator", "102032"))
    assert "見本 第2号" not in (await client.get("/staff/kpi/imports")).text
    for path in (f"uploads/{upload}", f"totals/{total.id}", f"uploads/{upload}/faults.csv"):
        assert (await client.get(f"/staff/kpi/imports/{path}")).status_code == 404
    for path, data in ((f"uploads/{upload}", {}), (f"totals/{total.id}/withdraw", {}), ("cells", typed)):
        assert (await client.post(f"/staff/kpi/imports/{path}", data=data)).status_code in (404, 422)
    await sign_in(client, await make_staff("auditor", "100005"))
    page = await client.get("/staff/kpi/imports")
    assert "見本 第2号" in page.text and '<form class="panel' not in page.text
    for path, data in (("cells", typed), (f"totals/{total.id}/withdraw", {})):
        assert (await client.post(f"/staff/kpi/imports/{path}", data=data)).status_code == 403


async def test_an_administrator_of_one_place_brings_nothing_in_for_its_body(
    client: httpx.AsyncClient, here: FacilityView
) -> None:
    upload = await service_importing.upload_totals(SYSTEM, "100005", csv("hub,2026-05,300,"), ORIGIN)
    await sign_in(client, await make_staff("body-administrator", "hub"))
    form = {"body": "100005", "method": "紙", "document": "見本", "author": "見本"}
    sent = await client.post(
        "/staff/kpi/imports/totals", data=form, files={"file": ("totals.csv", csv("hub,2026-05,300,"))}
    )
    assert sent.status_code == 404
    assert (await client.post(f"/staff/kpi/imports/uploads/{upload}")).status_code == 404
    assert await service_importing.list_totals(SYSTEM) == []


async def test_rows_are_forgotten_after_an_hour(here: FacilityView, clock: Clock) -> None:
    upload = await service_importing.upload_totals(SYSTEM, "100005", csv("hub,2026-05,300,"), ORIGIN)
    clock.advance(hours=1)
    assert await service_uploads.forget_uploads() == 1
    with pytest.raises(Refusal) as refused:
        await service_importing.commit_totals(SYSTEM, upload)
    assert refused.value.code == "kpi-upload-not-found"


async def test_what_came_between_looking_and_pressing_is_said(client: httpx.AsyncClient, here: FacilityView) -> None:
    upload = await service_importing.upload_totals(SYSTEM, "100005", csv("hub,2025-06,10,"), ORIGIN)
    await service_certifying.certify(SYSTEM, certify_form(month="2025-06"))
    await sign_in(client, await make_staff("body-administrator", "100005"))
    address = f"/staff/kpi/imports/uploads/{upload}"
    for answer in (await client.post(address), await client.get(address)):
        assert "確定した月" in answer.text and "件を取り込む" not in answer.text
    assert await service_importing.list_totals(SYSTEM) == []


async def test_a_second_press_changes_nothing(here: FacilityView) -> None:
    upload = await service_importing.upload_totals(SYSTEM, "100005", csv("hub,2026-05,300,", ",,,"), ORIGIN)
    first = await service_importing.commit_totals(SYSTEM, upload)
    assert await service_importing.commit_totals(SYSTEM, upload) == first
    assert len(await service_importing.list_totals(SYSTEM)) == 1


def test_what_stands_against_nothing() -> None:
    assert refusal_of(None) is None and refusal_of_day(None) is None
    assert said(Unusable()) == ""
