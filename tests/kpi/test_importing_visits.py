"""Single visits from before the service: nobody's, counted once, refused where they would count twice, taken back."""

import asyncio
import re
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.kit.i18n import LANGUAGES, translate
from booking.kit.tokens import new_id
from booking.kpi import (
    queries_certifying,
    rules_importing,
    rules_importing_visits,
    rules_populations,
    service,
    service_certifying,
    service_fold,
    service_importing,
    service_uploads,
)
from booking.kpi import service_importing_visits as importing
from booking.kpi.rules_importing_visits import TITLES, stage_of
from booking.kpi.schemas_certifying import Span
from booking.kpi.schemas_importing import UploadReport
from booking.visits import queries_day_close
from tests.conftest import Clock
from tests.kpi.test_certifying import form as certify_form
from tests.kpi.test_figures import visit
from tests.kpi.test_importing import ORIGIN, agree, cell
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility
from tests.make.programs import make_program

pytestmark = pytest.mark.anyio
HEAD = ",".join(TITLES.values())


@pytest.fixture
async def here(db: None, clock: Clock) -> FacilityView:
    await service.seed()
    place = await make_facility(body=await make_body("100005"), brand="tumo", code="hub")
    await make_program(facility=place, code="lab", brand="tumo")
    return place


def csv(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


async def upload(*rows: str) -> Any:
    return await importing.upload_visits(SYSTEM, "100005", csv(*rows), ORIGIN)


async def bring_in(*rows: str) -> UploadReport:
    return (await importing.commit_visits(SYSTEM, await upload(*rows))).report


OLD = (
    "2025-05-03,hub,10:00,12:00,A-17,,小5,,lab",
    "2025-05-03,hub,13:00,15:00,a-17,,小5,,",  # the same person, the same day: one person-day
    "2025-05-04,hub,10:00,,A-17,,小5,,",
    "2025-05-04,hub,11:00,12:00,B-2,,中学生,,",
    "2025-05-04,hub,11:00,12:00,,,,,",
    "2025-05-04,hub,11:00,12:00,,,,,",  # another without a number
    "2026-04-02,hub,10:00,11:00,A-17,,小6,,",  # the next fiscal year: another key
    "2025-05-05,hub,10:00,11:00,,24,小学生,,",
)


async def test_visits_count_and_people_are_people(here: FacilityView) -> None:
    await visit(here, new_id())
    assert (await bring_in(*OLD)).new == 8
    assert (await agree(2025))["plan"] == {"person_days": 29, "person_sessions": 29, "people": 2}
    assert (await agree(2026))["plan"] == {"person_days": 2, "person_sessions": 2, "people": 2}
    figure = await service.get_annual_users(2025)
    assert {each.code: each.person_days for each in figure.by_entry if each.code == "import"} == {"import": 29}
    rows = await house_db.fetch("select * from visit where entered_by = 'import'")
    assert {row["member"] for row in rows} == {None} and {row["grade"] for row in rows} == {None}
    assert all(row["left_at"] is not None for row in rows)
    assert len({row["person_key"] for row in rows} - {None}) == 3
    kept = " ".join(str(dict(row)) for row in await house_db.fetch("select * from kpi_old_key"))
    assert "17" not in re.sub(r"[0-9a-f-]{30,}|UUID\('.*?'\)", "", kept)


async def test_the_same_rows_twice_are_there_once_and_files_share_people(here: FacilityView) -> None:
    await bring_in(*OLD)
    again = await bring_in(*OLD)
    assert (again.new, again.known) == (0, 8)
    more = await bring_in(*OLD[:4], "2025-06-01,hub,10:00,11:00,A-17,,,,")
    assert (more.new, more.known, more.people) == (1, 4, 1)
    assert (await agree(2025))["plan"]["people"] == 2


async def test_every_faulty_row_is_said(here: FacilityView) -> None:
    await visit(here, new_id(), entered_at=datetime(2026, 10, 3, 3, tzinfo=UTC))
    await service_importing.enter_total(SYSTEM, cell(month="2026-06"))
    await service_certifying.certify(SYSTEM, certify_form(month="2026-07"))
    rows = {
        "2026-05-01,nowhere,10:00,,,,,,": "この場所",
        "2026-05-32,hub,10:00,,,,,,": "カレンダー",
        "2026-11-21,hub,10:00,,,,,,": "終わった日",
        "2019-05-01,hub,10:00,,,,,,": "開きました",
        "2026-05-01,hub,25:00,,,,,,": "時刻",
        "2026-05-01,hub,10:00,9:00,,,,,": "終わりの時刻",
        "2026-05-01,hub,10:00,,A,3,,,": "1人です",
        "2026-05-01,hub,10:00,,,0,,,": "から{high}まで",
        "2026-05-01,hub,10:00,,,,小9,,": "小5",
        "2026-05-01,hub,10:00,,,,,どこか,": "市町村",
        "2026-05-01,hub,10:00,,,,,,unknown": "プログラム",
        f"2026-05-01,hub,10:00,,{'x' * 101},,,,": "番号は",
        "2026-10-03,hub,10:00,,,,,,": "数えた来館",
        "2026-06-03,hub,10:00,,,,,,": "合計を取り込んで",
        "2026-07-03,hub,10:00,,,,,,": "確定",
    }
    made = await upload(*rows, "2026-10-04,hub,10:00,,,,,,")
    report = (await service_uploads.get_upload(SYSTEM, made)).report
    said = {one.row: one.sentence for one in report.faults}
    wanted = tuple(rows.values())
    assert sorted(said) == list(range(2, 2 + len(rows)))
    assert [n for n, word in enumerate(wanted, 2) if word not in said[n]] == []
    assert report.new == 1
    with pytest.raises(Refusal) as refused:
        await importing.commit_visits(SYSTEM, made)
    assert refused.value.code == "kpi-upload-faulty"
    assert await house_db.fetchval("select count(*) from visit where entered_by = 'import'") == 0


async def test_a_file_is_taken_back_and_may_come_again(here: FacilityView) -> None:
    made = await upload(*OLD)
    first = await importing.commit_visits(SYSTEM, made)
    assert await importing.commit_visits(SYSTEM, made) == first
    await service_fold.fold_everything()
    assert await importing.take_back(SYSTEM, made) == 8
    assert (await agree(2025))["plan"] == {"person_days": 0, "person_sessions": 0, "people": 0}
    with pytest.raises(Refusal) as refused:
        await importing.take_back(SYSTEM, made)
    assert refused.value.code == "kpi-upload-taken-back"
    assert (await bring_in(*OLD)).new == 8
    assert (await agree(2025))["plan"]["person_days"] == 29


async def test_what_is_certified_stays_and_its_keys_are_forgotten(here: FacilityView) -> None:
    made = await upload(*OLD)
    await importing.commit_visits(SYSTEM, made)
    await service_certifying.certify(SYSTEM, certify_form(month="2025-05"))
    with pytest.raises(Refusal) as refused:
        await importing.take_back(SYSTEM, made)
    assert refused.value.code == "kpi-upload-certified"
    assert await importing.forget_old_keys() == 0
    year = await service_certifying.certify(SYSTEM, certify_form(month="", fiscal_year="2025"))
    assert year.value == 29
    assert await importing.forget_old_keys() == 2
    assert await house_db.fetchval("select count(*) from kpi_old_key") == 1
    await service_fold.fold_everything()
    assert await house_db.fetchval("select count(*) from kpi_difference") == 0


async def _rows_certified_and_there() -> tuple[int, int]:
    (kept,) = await queries_certifying.list_certifications(date(2025, 5, 1), date(2025, 6, 1))
    return kept.row_count, len(await queries_certifying.list_rows(date(2025, 5, 1), date(2025, 6, 1), "100005"))


async def test_a_file_and_a_certification_wait_for_each_other(here: FacilityView) -> None:
    made = await upload(*OLD)
    done = await asyncio.gather(
        importing.commit_visits(SYSTEM, made),
        service_certifying.certify(SYSTEM, certify_form(month="2025-05")),
        return_exceptions=True,
    )
    certified, there = await _rows_certified_and_there()
    assert certified == there, done


async def test_taking_back_and_a_certification_wait_for_each_other(here: FacilityView) -> None:
    made = await upload(*OLD)
    await importing.commit_visits(SYSTEM, made)
    done = await asyncio.gather(
        importing.take_back(SYSTEM, made),
        service_certifying.certify(SYSTEM, certify_form(month="2025-05")),
        return_exceptions=True,
    )
    certified, there = await _rows_certified_and_there()
    assert certified == there, done


async def test_one_list_in_two_files_at_once_is_there_once(here: FacilityView) -> None:
    first, second = await upload(*OLD), await upload(*OLD)
    both = await asyncio.gather(importing.commit_visits(SYSTEM, first), importing.commit_visits(SYSTEM, second))
    assert sorted(one.report.new for one in both) == [0, 8]
    assert await house_db.fetchval("select count(*) from visit where entered_by = 'import'") == 8


async def test_days_from_before_ask_for_no_daily_close(here: FacilityView) -> None:
    await bring_in(*OLD)
    span = Span(period="month", starts_on=date(2025, 5, 1), until_on=date(2025, 6, 1), body="100005")  # type: ignore[arg-type]
    assert (await service_certifying.read_period(span)).unclosed == []
    assert await queries_certifying.list_first_days([here.id]) == {}
    assert await queries_day_close.first_visit_on(here.id) is None


def test_stages_as_lists_write_them() -> None:
    said = {"小5": "elementary", "5": "elementary", "中2": "junior-high", "高3": "high", "一般": "adult", "": ""}
    assert {text: stage_of(text) for text in said} == said
    assert stage_of("未就学") == "preschool"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_to_fill_in_are_read_in_every_language(language: str) -> None:
    for rules in (rules_importing, rules_importing_visits, rules_populations):
        head = [translate(title, language) for title in rules.TITLES.values()]
        assert rules.HEADINGS.columns_of(head) == {field: at for at, field in enumerate(rules.TITLES)}, head


async def test_pages_bring_a_file_in_and_take_it_back(client: httpx.AsyncClient, here: FacilityView) -> None:
    await sign_in(client, await make_staff("body-administrator", "100005"))
    data = {"body": "100005", "method": "紙", "document": "見本", "author": "見本"}
    sent = await client.post("/staff/kpi/imports/visits", data=data, files={"file": ("old.csv", csv(*OLD), "text/csv")})
    page = (await client.get(sent.headers["location"])).text
    assert (
        "8件を取り込む" in page
        and re.search(r">2025年5月3日（土）</time> 〜 <time[^>]*>2026年4月2日（木）<", page)
        and "A-17" not in page
    )
    assert (await client.post(sent.headers["location"], data={})).status_code == 303
    assert "取り込んだ来館のファイル" in (await client.get("/staff/kpi/imports")).text
    assert (await client.post(sent.headers["location"] + "/take-back", data={})).status_code == 303
    assert "もう数えません" in (await client.get(sent.headers["location"])).text
    assert (await client.post(sent.headers["location"] + "/take-back", data={})).status_code == 409
    head = (await client.get("/staff/kpi/imports/template-visits.csv")).content.decode("utf-8-sig")
    assert head.strip() == HEAD
