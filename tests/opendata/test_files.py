"""The files of open data: their columns, their bytes, and what somebody can make of all of them together."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import msgspec
import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit.suppression import Count, Mark, Published, Tables
from booking.kit.tokens import new_id
from booking.kpi import service as kpi
from booking.kpi import service_certifying, service_fold, service_report
from booking.kpi.schemas_certifying import CertifyForm
from booking.opendata import service
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.facilities import make_body, make_facility
from tests.make.programs import make_program, make_session
from tests.opendata import attacker

pytestmark = pytest.mark.anyio
STANDARD = 56


def read(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    text = answer.content.decode("utf-8-sig")
    assert text.count("\n") == text.count("\r\n") > 0
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
async def here(client: httpx.AsyncClient, clock: Clock) -> FacilityView:
    await kpi.seed()
    body = await make_body("100005", "群馬県")
    return await make_facility(
        body=body, code="tumo-trial", brand="tumo", address="群馬県高崎市岩押町12-24 ためしビル4F"
    )


async def test_the_places_in_the_columns_of_the_standard(client: httpx.AsyncClient, here: FacilityView) -> None:
    (row,) = read(await client.get("/opendata/100005_public_facility.csv"))
    assert len(row) == STANDARD
    assert list(row)[:4] == ["全国地方公共団体コード", "ID", "地方公共団体名", "名称"]
    assert list(row)[35:52] == [
        *("車椅子可", "車椅子貸出", "ツエ貸出", "バリアフリートイレ", "スロープ、エレベータ、エスカレータ"),
        *("点字ブロック等の移動支援", "点字や読上による支援", "盲導犬・介助犬、聴導犬同伴", "字幕", "筆談対応"),
        *("優先駐車場", "オストメイト対応トイレ", "授乳室", "おむつ替えコーナー", "飲食可否", "ベビーカー貸出"),
        "ベビーカー利用",
    ]
    assert list(row)[-4:] == ["URL", "画像", "画像_ライセンス", "備考"]
    assert (row["全国地方公共団体コード"], row["ID"], row["POIコード"]) == ("100005", "TUMOTRIAL", "1599")
    assert (row["所在地_都道府県"], row["建物名等(方書)"], row["高度の値"]) == ("群馬県", "ためしビル4F", "4")
    assert (row["利用可能曜日"], row["開始時間"]) == ("月火水木金土日", "00:00")
    assert re.fullmatch(r"[0-9A-Za-z]+", row["ID"])


async def test_only_what_is_published_and_an_event_is_listed(client: httpx.AsyncClient, here: FacilityView) -> None:
    program = await make_program(facility=here, category="event", name="=1+1")
    await make_session(program=program, facility=here)
    await make_session(program=await make_program(facility=here), facility=here)
    (row,) = read(await client.get("/opendata/100005_event.csv"))
    assert row["イベント名"] == "'=1+1"
    assert (row["イベント種類"], row["場所名称"]) == ("イベント", here.name)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["開始日"])


async def test_the_bytes_change_only_with_what_they_say(client: httpx.AsyncClient, here: FacilityView) -> None:
    first = await client.get("/opendata/visits_monthly.csv")
    assert first.headers["access-control-allow-origin"] == "*"
    again = await client.get("/opendata/visits_monthly.csv", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await visit(here, None, kind="group", heads=30, entered_at=datetime(2026, 10, 1, 3, tzinfo=UTC))
    await service_fold.fold_everything()
    later = await client.get("/opendata/visits_monthly.csv", headers={"if-none-match": first.headers["etag"]})
    assert later.status_code == 200
    assert later.headers["etag"] != first.headers["etag"]


async def test_the_catalogue_names_every_file_and_column(client: httpx.AsyncClient, here: FacilityView) -> None:
    answer = await client.get("/opendata/datasets.json")
    catalogue = msgspec.json.decode(answer.content)
    assert catalogue["@type"] == "dcat:Catalog"
    for entry in catalogue["dcat:dataset"]:
        assert entry["dct:license"]["name"] == "PDL1.0"
        file = await client.get(f"/opendata/{entry['dct:identifier']}")
        head = next(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
        assert head == [column["name"] for column in entry["columns"]]
    assert {entry["isProvisional"] for entry in catalogue["dcat:dataset"]} == {True, False}


async def test_what_there_is_not(client: httpx.AsyncClient, here: FacilityView) -> None:
    assert (await client.get("/opendata/102032_event.csv")).status_code == 404
    assert (await client.get("/opendata/secret.csv")).status_code == 404


@pytest.mark.parametrize("language", ["ja", "ja-easy", "en", "pt-BR", "vi", "es", "zh-Hans", "tl"])
async def test_the_page_lists_every_file(client: httpx.AsyncClient, here: FacilityView, language: str) -> None:
    page = (await client.get(f"/opendata?lang={language}")).text
    for dataset in await service.list_datasets():
        assert f"/opendata/{dataset.file}" in page


async def fill(here: FacilityView) -> FacilityView:
    """A year of one large and one small place, with towns of which few come, certified month by month and whole."""
    small = await make_facility(body=(await make_body("102032")), code="small")
    at = datetime(2025, 4, 2, 3, tzinfo=UTC)
    for town, heads in (("102016", 1_000), ("102024", 7), ("102059", 3)):
        await visit(here, None, kind="group", heads=heads, entered_at=at, municipality_code=town)
    for count in range(5):
        await visit(small, new_id(), entered_at=datetime(2025, 5, 2 + count, 3, tzinfo=UTC), municipality_code="102059")
    await service_fold.fold_everything()
    for body, month in (("100005", "2025-04"), ("102032", "2025-05")):
        form = CertifyForm(office="見本課", month=month, body=body, note="日報は紙にある")
        await service_certifying.certify(SYSTEM, form)
    for body in ("100005", "102032", ""):
        form = CertifyForm(office="見本課", fiscal_year="2025", body=body, note="日報は紙にある")
        await service_certifying.certify(SYSTEM, form)
    return small


async def test_nobody_recovers_a_small_count(client: httpx.AsyncClient, here: FacilityView, clock: Clock) -> None:
    small = await fill(here)
    first = await attacker.download(client)
    (year,) = [row for row in first["kpi_annual_users.csv"] if row["年度"] == "2025"]
    assert (year["利用者数"], year["区分"]) == ("1015", "確定")
    cells = {(row["年月"], row["施設ID"]): (row["利用者数"], row["区分"]) for row in first["visits_monthly.csv"]}
    assert cells["2025-05", "SMALL"] == ("<10", "確定")
    assert attacker.Year(first, 2025).recovered() == {}
    assert attacker.Year(first, 2026).recovered() == {}
    for _ in range(8):
        before = await attacker.download(client)
        await visit(small, new_id(), entered_at=datetime(2026, 10, 3, 3, tzinfo=UTC), municipality_code="102059")
        await service_fold.fold_everything()
        after = await attacker.download(client)
        assert attacker.Year(after, 2026).recovered() == {}
        for file in attacker.FILES:
            for one, two in zip(before[file], after[file], strict=True):
                fits = attacker.after_one_visit(one["利用者数"], two["利用者数"], one["区分"])
                assert one == two or len(fits) > 1 or min(fits) >= 10
    levels = (await client.get("/api/v1/occupancy")).json()["items"]
    assert levels
    assert all(len(attacker.from_crowding(each["level"], each["about"], 50)) > 1 for each in levels)


async def test_the_plan_beside_one_body_gives_the_other_not_away(client: httpx.AsyncClient, here: FacilityView) -> None:
    """Three reports are printed and three figures can be asked for; two of them say what the third is."""
    await fill(here)
    said, exact = {}, {}
    for body in ("", "100005", "102032"):
        table = next(
            each for each in (await service_report.make_report(SYSTEM, 2026, body)).tables if each.code == "years"
        )
        said[body] = next(str(row[1]) for row in table.rows if row[0] == "2025年度")
        answer = await client.get("/api/v1/kpi/annual-users", params={"fiscal_year": 2025, "body": body or None})
        if answer.status_code == 200:
            exact[body] = answer.json()["value"]
    assert (said[""], exact) == ("1015", {"": 1015})
    low, high = attacker.from_others(said, "確定", exact)["102032"]
    assert low < high


@pytest.fixture
def unsuppressed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The negative control: few read as few, everything else is exact."""

    def as_counted(name: str, tables: Tables, total: Count, *_: object, **__: object) -> Published:
        return Published(
            {
                table: {cell: Mark.FEW if 0 < each.number < 10 else each.number for cell, each in counts.items()}
                for table, counts in tables.items()
            },
            total.number,
        )

    monkeypatch.setattr(service, "publish", as_counted)
    monkeypatch.setattr(attacker, "STEP", 1)
    yield


async def test_exact_cells_beside_an_exact_total_are_recovered(
    client: httpx.AsyncClient, here: FacilityView, clock: Clock, unsuppressed: None
) -> None:
    await fill(here)
    found = attacker.Year(await attacker.download(client), 2025).recovered()
    assert found["2025-05 SMALL"] == 5


async def test_a_count_reads_the_same_in_the_report(client: httpx.AsyncClient, here: FacilityView) -> None:
    """Two readings of one count, each thrown by dice of its own, would tell more of it than either."""
    for n in range(10):
        town = {"municipality_code": f"99990{n}", "entered_at": datetime(2025, 6, 1, 3, tzinfo=UTC)}
        await visit(here, None, kind="group", heads=51 + n, **town)
    await service_fold.fold_everything()
    opened = {
        row["全国地方公共団体コード"]: row["利用者数"]
        for row in read(await client.get("/opendata/users_by_municipality.csv"))
        if row["年度"] == "2025"
    }
    assert len(set(opened.values())) > 1
    report = await service_report.make_report(SYSTEM, 2026)
    table = next(each for each in report.tables if each.code == "municipality")
    printed = {str(row[0]): str(row[1]) for row in table.rows if str(row[0]) in opened}
    assert printed == opened
