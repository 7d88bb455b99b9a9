"""How a year goes: its running total, the pace and the projection, beside the year before; and what is left out."""

import csv
import io
from datetime import UTC, date, datetime
from itertools import pairwise

import httpx
import msgspec
import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import (
    pages_course,
    rules_course,
    service,
    service_certifying,
    service_course,
    service_definitions,
    service_fold,
    service_importing,
    service_reading,
)
from booking.kpi.rules import Unit
from booking.kpi.schemas import Projection
from booking.kpi.schemas_certifying import CertifyForm
from booking.kpi.schemas_importing import CellForm
from tests.conftest import Clock
from tests.kpi.test_definitions import form
from tests.kpi.test_figures import visit
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.facilities import make_body, make_facility

pytestmark = pytest.mark.anyio
MONTHS = ("2026-10", "2026-11", "2026-12", "2027-01")


@pytest.fixture
async def place(db: None, clock: Clock) -> FacilityView:
    await service.seed()
    return await make_facility(body=await make_body("100005"))


async def came(place: FacilityView, month: int, people: int, year: int = 2026) -> None:
    for _ in range(people):
        await visit(place, new_id(), entered_at=datetime(year, month, 9, 3, tzinfo=UTC))


def test_the_last_running_total_is_the_figure() -> None:
    assert rules_course.running_totals([], 0) == []
    assert rules_course.running_totals([3, 4, 5], 13) == [3, 7, 13]


@pytest.mark.parametrize(
    ("totals", "own", "shown"),
    [
        ([], [], []),
        ([5, 9], [5, 9], [5, 9]),
        ([15, 40], [5, 9], [15, 40]),
        ([15, 40, 43], [5, 9, 9], [15, None, 43]),
        ([6, 40], [5, 9], [None, 40]),
        ([20, 25, 60], [0, 0, 0], [20, None, 60]),
        ([20, 26, 33], [0, 0, 0], [20, None, 33]),
    ],
)
def test_few_of_others_are_in_no_difference(totals: list[int], own: list[int], shown: list[int | None]) -> None:
    found = rules_course.leave_out_few(totals, own, 10)
    assert found == shown
    others = [0, *(total - mine for total, mine in zip(found, own, strict=True) if total is not None)]
    assert all(not 0 < after - before < 10 for before, after in pairwise(others))


def test_pace_and_projection_go_by_open_days() -> None:
    points = rules_course.course_of(
        MONTHS,
        [10, 30],
        30,
        (130, Projection(value=80, low=60, high=100), {"2026-11": 5, "2026-12": 10, "2027-01": 5}),
        {"2026-10"},
    )
    assert [point.total for point in points] == [10, 30, None, None]
    assert [point.pace for point in points] == [None, 55, 105, 130]
    assert [point.ahead for point in points] == [None, 42, 68, 80]
    assert [(point.low, point.high) for point in points][-1] == (60, 100)
    assert [point.is_certified for point in points] == [True, False, False, False]


def test_a_year_that_is_over_has_neither() -> None:
    points = rules_course.course_of(MONTHS, [1, 2, 3, 4], 4, (100, None, {}), set())
    assert {(point.pace, point.ahead) for point in points} == {(None, None)}
    met = rules_course.course_of(MONTHS, [1, 9], 9, (9, None, {"2026-12": 1}), set())
    assert {point.pace for point in met} == {None}


async def test_months_stand_beside_the_year_before(place: FacilityView) -> None:
    await came(place, 10, 2)
    await came(place, 11, 3)
    await came(place, 11, 4, year=2025)
    found = await service_course.course_of(await service.get_annual_users(2026), None)
    october, november = found.months[6:8]
    assert (october.person_days, october.year_before) == (2, 0)
    assert (november.person_days, november.year_before) == (3, 4)
    assert [point.total for point in found.points] == [0] * 6 + [2, 5] + [None] * 4
    assert found.points[-1].pace == 7520
    each, squares = pages_course.square_months(found.months)
    assert (each, squares[7]) == (1, ([2, 1], [2, 2]))


async def test_under_people_a_month_adds_who_is_new(place: FacilityView) -> None:
    somebody = new_id()
    for month in (10, 11):
        await visit(place, somebody, entered_at=datetime(2026, month, 9, 3, tzinfo=UTC))
    await came(place, 11, 1)
    await service_fold.fold()
    figure = await service.get_annual_users(2026)
    figure.definition = msgspec.structs.replace(figure.definition, unit=Unit.PEOPLE)
    figure.value = figure.values["plan"]["people"]
    found = await service_course.course_of(figure, None)
    assert [point.total for point in found.points[5:8]] == [0, 1, 2]


async def test_page_and_file_say_the_same_in_every_language(place: FacilityView, client: httpx.AsyncClient) -> None:
    await came(place, 10, 2)
    await came(place, 11, 3)
    await sign_in(client, await make_staff("body-administrator", "100005"))
    for language, words in (("ja", ("累計", "暫定", "11月")), ("en", ("2026",))):
        page = (await client.get(f"/staff/kpi?lang={language}")).text
        assert all(word in page for word in words)
        assert page.count('class="drawn"') == 1
    answer = await client.get("/staff/kpi/numbers.csv?fiscal_year=2026&lang=ja")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    course = {row["行"]: row["数"] for row in rows if row["列"] == "実績の累計"}
    assert (course["2026-10"], course["2026-11"], course["2026-12"]) == ("2", "5", "")
    assert {row["確定か暫定か"] for row in rows} == {"暫定", ""}
    assert all("暫定" in row["数え方"] for row in rows)
    assert (await client.get("/staff/kpi/numbers.xlsx?fiscal_year=2026&body=100005")).status_code == 200
    assert (await client.get("/staff/kpi/numbers.csv?fiscal_year=2026&body=102032")).status_code == 404


async def test_one_body_learns_no_few_of_the_other_from_the_totals(place: FacilityView) -> None:
    other = await make_facility(body=await make_body("102032"))
    await came(place, 9, 5)
    await came(other, 9, 12)
    await came(other, 10, 3)
    await came(other, 11, 20)
    by = await actor_for(await make_staff("body-administrator", "100005"))
    _, found = await service_course.read_course(by, 2026)
    assert [point.total for point in found.points[5:8]] == [17, None, 40]
    assert found.has_gaps
    assert sum(month.person_days for month in found.months) == 5


async def test_what_is_certified_carries_a_mark_everywhere(place: FacilityView, client: httpx.AsyncClient) -> None:
    await came(place, 4, 3, year=2025)
    for given in ({"month": "2025-04"}, {"fiscal_year": "2025"}):
        asked = {"office": "見本課", "body": "100005", "note": "日報は紙にある", "month": "", **given}
        await service_certifying.certify(SYSTEM, CertifyForm(**asked))
    await sign_in(client, await make_staff("body-administrator", "100005"))
    figure = (await client.get("/api/v1/kpi/annual-users?fiscal_year=2025&body=100005")).json()
    assert (figure["certified"], figure["own_certified"], figure["certified_scopes"]) == (True, True, ["plan", "tumo"])
    assert [cell["certified"] for cell in figure["by_month"]] == [True, *[False] * 11]
    assert all(cell["certified"] for cell in figure["by_facility"] + figure["by_entry"])
    plan = (await client.get("/api/v1/kpi/annual-users?fiscal_year=2025")).json()
    assert (plan["certified"], plan["by_month"][0]["certified"]) == (False, True)
    page = (await client.get("/staff/kpi/2025?body=100005")).text
    assert page.count('class="sure"') > 10
    rows = csv.DictReader(
        io.StringIO(
            (await client.get("/staff/kpi/numbers.csv?fiscal_year=2025&body=100005")).content.decode("utf-8-sig")
        )
    )
    standing = {(row["表"], row["行"], row["列"]): row["確定か暫定か"] for row in rows}
    assert standing["月ごとの延べ人日", "2025-04", "延べ人日"] == "確定"
    assert standing["月ごとの延べ人日", "2025-05", "延べ人日"] == "暫定"
    assert standing["場所ごと", "ためし館", "延べ人日"] == "確定"
    assert standing["1人が年度に来た日数", "1日", "人数"] == "確定"


async def test_certified_under_another_reading_is_provisional_now(place: FacilityView) -> None:
    await came(place, 4, 3, year=2025)
    for given in ({"month": "2025-04"}, {"fiscal_year": "2025"}):
        asked = {"office": "見本課", "body": "100005", "note": "日報は紙にある", "month": "", **given}
        await service_certifying.certify(SYSTEM, CertifyForm(**asked))
    by = await actor_for(await make_staff("body-administrator", "100005"))
    assert await service_reading.list_certified_years("100005") == {2025}
    await service_definitions.define(by, form(min_stay_minutes="5"))
    figure = await service_reading.read_annual_users(by, 2025, "100005")
    assert figure.certification is not None and not figure.certified
    assert not any(cell.certified for cell in figure.by_month + figure.by_facility)
    assert await service_reading.list_certified_years("100005") == set()


async def close_day(place: FacilityView, on: date, permille: int | None = None, reason: str | None = None) -> None:
    await house_db.execute(
        """insert into day_close (id, facility, closed_on, figures, coverage_permille, reason, signed_by,
             signed_by_name, signed_at) values ($1, $2, $3, '{}', $4, $5, $1, '見本', now())""",
        *(new_id(), place.id, on, permille, reason),
    )


async def test_days_that_are_missing_are_listed_with_their_daily_closes(
    place: FacilityView, client: httpx.AsyncClient
) -> None:
    other = await make_facility(body=await make_body("102032"))
    await visit(place, new_id(), entered_at=datetime(2026, 11, 18, 3, tzinfo=UTC), entered_by="staff")
    await visit(other, new_id(), entered_at=datetime(2026, 11, 18, 3, tzinfo=UTC))
    await close_day(place, date(2026, 11, 18))
    await close_day(place, date(2026, 11, 19), 870, "鍵をかけ忘れた")
    await sign_in(client, await make_staff("facility-manager", place.code))
    page = (await client.get("/staff/kpi")).text
    assert f"/staff/day-close?facility={place.code}&amp;on=2026-11-20" in page
    assert f"/staff/day-close?facility={place.code}&amp;on=2026-11-18" not in page
    assert ("87%" in page, "鍵をかけ忘れた" in page) == (True, True)
    assert f"facility={other.code}" not in page
    await sign_in(client, await make_staff("auditor", "100005"))
    assert "entered_by=staff" in (await client.get("/staff/kpi")).text
    await sign_in(client, await make_staff("front-desk", place.code))
    assert "記録のそろいぐあい" not in (await client.get("/staff/kpi")).text


async def test_the_day_the_method_changes_breaks_the_charts(place: FacilityView, client: httpx.AsyncClient) -> None:
    other = await make_facility(body=await make_body("102032"))
    cells = {"month": "2026-08", "person_days": "40", "person_sessions": ""}
    origin = {"method": "紙の日報", "document": "見本 第2号", "author": "見本課"}
    for facility in (place, other):
        await service_importing.enter_total(SYSTEM, CellForm(facility=facility.code, **cells, **origin))
        await visit(facility, new_id(), entered_at=datetime(2026, 10, 9, 3, tzinfo=UTC))
    by = await actor_for(await make_staff("body-administrator", "100005"))
    _, found = await service_course.read_course(by, 2026)
    assert [(each.facility, each.on) for each in found.breaks] == [(place.code, date(2026, 10, 9))]
    await sign_in(client, await make_staff("body-administrator", "100005"))
    page = (await client.get("/staff/kpi?lang=ja")).text
    assert page.count("方法が変わる") == 2
    assert 'class="usual"' in page
    file = (await client.get("/staff/kpi/numbers.csv?fiscal_year=2026&lang=ja")).content.decode("utf-8-sig")
    assert [row["列"] for row in csv.DictReader(io.StringIO(file)) if row["表"] == "数える方法が変わった日"] == [
        "2026-10-09"
    ]
