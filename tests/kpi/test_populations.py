"""Users per 1,000 residents: populations brought in from files, who is counted where, and who sees small counts."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from booking.access.schemas import SYSTEM
from booking.facilities import queries
from booking.facilities import service as facilities
from booking.facilities.schemas import BodyView, FacilityView
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.kit.tokens import new_id
from booking.kpi import rules_populations, service, service_fold, service_populations, service_uploads
from booking.kpi.schemas_importing import UploadReport
from booking.kpi.schemas_populations import KeptPopulation, Rate
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.facilities import make_facility

pytestmark = pytest.mark.anyio
HOME = "/staff/kpi/populations"
SOURCE = ("2026-10-01", "見本の統計", "見本課 見本")
MAEBASHI, TAKASAKI, KIRYU = "102016", "102024", "102032"


@pytest.fixture
async def here(db: None, clock: Clock) -> FacilityView:
    await facilities.seed()
    await service.seed()
    return await make_facility(body=await body_of("100005"))


async def body_of(code: str) -> BodyView:
    return next(each for each in await queries.list_bodies() if each.code == code)


def table(*rows: str) -> bytes:
    return "\r\n".join(["市町村,6歳から18歳の人口", *rows]).encode()


async def looked_at(content: bytes) -> UploadReport:
    return (
        await service_uploads.get_upload(SYSTEM, await service_populations.upload_populations(SYSTEM, content, *SOURCE))
    ).report


async def bring_in(*rows: str) -> UploadReport:
    made = await service_populations.upload_populations(SYSTEM, table(*rows), *SOURCE)
    return (await service_populations.commit_populations(SYSTEM, made)).report


async def came(place: FacilityView, town: str, people: int, stage: str = "elementary", **columns: Any) -> None:
    for _ in range(people):
        await visit(place, new_id(), municipality_code=town, school_stage=stage, **columns)


async def rates_for(role: str, scope: str | None) -> dict[str, Rate]:
    by = await actor_for(await make_staff(role, scope))
    return {one.municipality: one for one in (await service_populations.read_rates(by, 2026)).items}


async def test_a_table_is_tried_then_brought_in_and_replaced(here: FacilityView) -> None:
    tried = await looked_at(table('前橋市,"40,000人"', "10202,44000"))
    assert (tried.new, tried.known, tried.replacing, tried.person_days) == (2, 0, 0, 84_000)
    assert await house_db.fetchval("select count(*) from kpi_population") == 0
    assert (await bring_in("前橋市,40000", "102024,44000")).new == 2
    again = await bring_in("前橋市,40000", "高崎市,45000")
    assert (again.new, again.known, again.replacing) == (1, 1, 1)
    kept = await house_db.fetch("select municipality, people, as_of_on from kpi_population order by 1")
    assert [(row["municipality"], row["people"]) for row in kept] == [(MAEBASHI, 40_000), (TAKASAKI, 45_000)]
    assert {row["as_of_on"] for row in kept} == {date(2026, 10, 1)}


async def test_every_faulty_row_is_named_and_nothing_is_brought_in(here: FacilityView) -> None:
    content = table("前橋市,40000", "月面市,5", "前橋市,1", "高崎市,たくさん", "桐生市,-1", "桐生市,")
    found = await looked_at(content)
    assert [one.row for one in found.faults] == [3, 4, 5, 6, 7]
    made = await service_populations.upload_populations(SYSTEM, content, *SOURCE)
    with pytest.raises(Refusal) as refused:
        await service_populations.commit_populations(SYSTEM, made)
    assert refused.value.code == "kpi-upload-faulty"
    assert await house_db.fetchval("select count(*) from kpi_population") == 0
    with pytest.raises(Refusal) as wrong:
        await service_populations.upload_populations(SYSTEM, content, "2027-01-01", "", "")
    assert {name: one.code for name, one in wrong.value.fields.items()} == {  # type: ignore[attr-defined]
        "as_of_on": "population-day-in-future",
        "document": "words-missing",
        "author": "words-missing",
    }


async def test_each_person_is_counted_once_where_they_lived_last(here: FacilityView) -> None:
    moved = new_id()
    early = datetime(2026, 5, 2, 3, tzinfo=UTC)
    await visit(here, moved, municipality_code=MAEBASHI, school_stage="high", entered_at=early)
    await visit(here, moved, municipality_code=TAKASAKI, school_stage="high")
    await came(here, MAEBASHI, 1, voided_at=early)
    await came(here, MAEBASHI, 3, stage="adult")
    await visit(here, None, kind="group", heads=30, municipality_code=MAEBASHI, school_stage="elementary")
    await came(here, MAEBASHI, 10)
    await service_fold.fold_everything()
    await bring_in("前橋市,4000", "高崎市,0")
    found = await rates_for("body-administrator", None)
    assert (found[MAEBASHI].users, found[MAEBASHI].per_thousand) == (10, 2.5)
    assert (found[TAKASAKI].users, found[TAKASAKI].per_thousand) == (1, None)
    assert (found[KIRYU].users, found[KIRYU].population) == (0, None)


async def test_small_counts_are_for_those_who_may_open_the_visits(here: FacilityView) -> None:
    second = await make_facility(body=await body_of("100005"))
    other = await make_facility(body=await body_of("102032"))
    await came(here, MAEBASHI, 9)
    await came(second, TAKASAKI, 12)
    await came(other, MAEBASHI, 20)
    await service_fold.fold_everything()
    await bring_in("前橋市,4000")
    own = await rates_for("auditor", "100005")
    assert (own[MAEBASHI].users, own[MAEBASHI].per_thousand, own[TAKASAKI].users) == (9, 2.2, 12)
    manager = await rates_for("facility-manager", here.code)
    assert (manager[MAEBASHI].users, manager[MAEBASHI].per_thousand, manager[TAKASAKI].users) == (None, None, 12)
    plan = await rates_for("auditor", None)
    assert plan[MAEBASHI].users == 29
    with pytest.raises(Refusal):
        await rates_for("front-desk", here.code)


def test_the_newest_population_until_the_years_end_counts() -> None:
    def of(year: int) -> KeptPopulation:
        return KeptPopulation(
            municipality=MAEBASHI,
            as_of_on=date(year, 10, 1),
            people=year,
            source="",
            author="",
            made_at=datetime(2026, 1, 1, tzinfo=UTC),
        )

    known = [of(2027), of(2025), of(2024)]
    assert rules_populations.population_at(known, date(2027, 3, 31)) == known[1]
    assert rules_populations.population_at(known, date(2020, 3, 31)) == known[2]
    assert rules_populations.population_at([], date(2020, 3, 31)) is None


async def test_the_page_its_files_and_its_form(here: FacilityView, client: httpx.AsyncClient) -> None:
    await came(here, MAEBASHI, 12)
    await service_fold.fold_everything()
    await sign_in(client, await make_staff("body-administrator", "100005"))
    assert "人口がありません" in (await client.get(HOME)).text
    fields = dict(zip(("as_of_on", "document", "author"), SOURCE, strict=True))
    files = {"file": ("p.csv", table("前橋市,4000"), "text/csv")}
    wrong = await client.post(HOME, data={**fields, "document": ""}, files=files)
    assert (wrong.status_code, "見本課 見本" in wrong.text) == (422, True)
    sent = await client.post(HOME, data=fields, files=files)
    assert sent.status_code == 303
    seen = await client.get(sent.headers["location"])
    assert "4,000" in seen.text
    assert (await client.post(sent.headers["location"], data={})).status_code == 303
    assert "見本の統計" in (await client.get(HOME)).text
    answer = await client.get(f"{HOME}.csv?fiscal_year=2026&lang=ja")
    rows = {row["市町村"]: row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert (rows["前橋市"]["1,000人あたり"], rows["前橋市"]["人口の日"]) == ("3.0", "2026-10-01")
    assert "高崎市" in (await client.get(f"{HOME}/template.csv")).content.decode("utf-8-sig")
    await sign_in(client, await make_staff("body-administrator", "102032"))
    assert "人口をファイルから取り込む" not in (await client.get(HOME)).text
    assert (await client.post(HOME, data=fields, files=files)).status_code in (403, 404)
    assert (await client.get(f"{HOME}?fiscal_year=2031")).status_code == 404
