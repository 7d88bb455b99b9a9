"""Behind every number its visits, which come to it; each body its own, and of the other nothing but totals."""

import csv
import html
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import msgspec
import openpyxl
import pytest

from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import queries, service, service_fold
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.access import make_account, make_staff, sign_in
from tests.make.facilities import make_body, make_facility
from tests.make.people import make_member
from tests.make.programs import make_program, make_session

pytestmark = pytest.mark.anyio
LINK = re.compile(r'<a href="(/staff/kpi/visits\?[^"]+)">([0-9,]+)</a>')
COLUMNS = {"person_days": 12, "person_sessions": 13, "people": 14}


@pytest.fixture
async def houses(db: None, clock: Clock) -> tuple[FacilityView, FacilityView, FacilityView]:
    """Two places of one body and one of the other, with every kind of visit that counts."""
    await service.seed()
    one, two = await make_body("100005"), await make_body("102032")
    hub, branch = await make_facility(body=one, brand="tumo", kind="hub"), await make_facility(body=one)
    other = await make_facility(body=two)
    await house_db.execute("update facility set name = code")
    program = await make_program(facility=hub, brand="tumo")
    session = await make_session(facility=hub, program=program, starts_at=house_clock.now())
    often, towns = [new_id() for _ in range(4)], ("10204", "10202", None)
    for place in (hub, branch, other):
        for at, person in enumerate(often):
            for days in range(0, 40 * (at + 1), 20):
                on = house_clock.now() - timedelta(days=days)
                more: dict[str, Any] = {"municipality_code": towns[at % 3], "school_stage": "elementary"}
                for again in range(2):
                    await visit(place, person, entered_at=on + timedelta(minutes=again), **more)
        await visit(place, new_id(), entered_by="paper", closed_by="auto")
        await visit(place, None, kind="group", heads=38, entered_by="staff")
        await visit(place, None, kind="guardian")
        await visit(place, new_id(), voided_at=house_clock.now())
    await visit(hub, often[0], session=session.id, program=program.id)
    await house_db.execute(
        """insert into kpi_import (id, facility, month_on, person_days, person_sessions, method, document, author,
             imported_at) values ($1, $2, $3, 120, 130, '紙の日報', '見本 第2号', '見本', $4)""",
        *(new_id(), branch.id, date(2026, 4, 1), datetime(2026, 4, 2, tzinfo=UTC)),
    )
    await service_fold.fold_everything()
    return hub, branch, other


async def _adds_up(client: httpx.AsyncClient, page: str) -> int:
    links = LINK.findall((await client.get(page)).text)
    for link, number in links:
        address, said = html.unescape(link), int(number.replace(",", ""))
        unit = re.search(r"unit=([a-z_]+)", address)
        assert unit or "scope=" not in address, address
        name = unit[1] if unit else "person_days"
        shown = (await client.get(address)).text
        assert re.search(rf'data-unit="{name}">([0-9,]+)<', shown)[1].replace(",", "") == str(said), address  # type: ignore[index]
        file = await client.get(address.replace("/visits?", "/visits.csv?"))
        rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
        assert sum(int(row[COLUMNS[name]]) for row in rows[1:]) == said, address
    return len(links)


@pytest.mark.parametrize("places", ["each", "once"])
async def test_every_number_opens_visits_that_come_to_it(
    client: httpx.AsyncClient, houses: tuple[FacilityView, ...], places: str
) -> None:
    await house_db.execute("update kpi_definition set places = $1 where is_reported", places)
    await service_fold.rebuild()
    await sign_in(client, await make_staff("body-administrator", None))
    assert await _adds_up(client, "/staff/kpi/2026") > 30
    assert await _adds_up(client, "/staff/kpi/2026?body=100005") > 25
    await sign_in(client, await make_staff("body-administrator", "102032"))
    assert await _adds_up(client, "/staff/kpi/2026") > 15
    assert await _adds_up(client, "/staff/kpi/2026?body=102032") > 15


async def test_a_desk_and_a_manager_open_what_is_theirs(
    client: httpx.AsyncClient, houses: tuple[FacilityView, ...]
) -> None:
    hub, branch, _ = houses
    await sign_in(client, await make_staff("front-desk", hub.code))
    assert "/staff/kpi/visits" not in (await client.get("/staff/kpi/2026")).text
    assert (await client.get("/staff/kpi/visits")).status_code == 403
    await sign_in(client, await make_staff("facility-manager", hub.code))
    assert await _adds_up(client, "/staff/kpi/2026") == 1
    behind = (await client.get(f"/api/v1/kpi/visits?facility={branch.code}")).json()
    assert (behind["items"], behind["counted"]["person_days"]) == ([], 0)
    await sign_in(client, await make_staff("operator", None))
    assert (await client.get("/staff/kpi/visits.csv")).status_code == 403


async def test_groups_are_not_countable_and_never_none(client: httpx.AsyncClient, db: None, clock: Clock) -> None:
    await service.seed()
    here = await make_facility(body=await make_body("100005"))
    await visit(here, None, kind="group", heads=38)
    await sign_in(client, await make_staff("body-administrator", "100005"))
    page = (await client.get("/staff/kpi/2026")).text
    assert "数えられません" in page and "38人は、だれかがわからないので" in page
    figure = (await client.get("/api/v1/kpi/annual-users?fiscal_year=2026")).json()
    assert figure["not_countable"]["plan"] == {"heads": 38, "imported": 0}


async def test_files_carry_their_standing_and_the_view_is_kept(client: httpx.AsyncClient, db: None) -> None:
    await service.seed()
    here = await make_facility(body=await make_body("100005"))
    child = await make_member(5)
    await house_db.execute(
        "update registration set body = (select id from body where code = '100005') where member = $1", child.id
    )
    await visit(here, new_id(), member=child.id)
    await sign_in(client, await make_staff("body-administrator", "100005"))
    book = await client.get("/staff/kpi/visits.xlsx?body=100005")
    rows = list(openpyxl.load_workbook(io.BytesIO(book.content)).active.values)  # type: ignore[union-attr]
    assert rows[0][-1] == "数え方" and str(rows[1][-1]).endswith("暫定") and rows[1][4] == child.number
    assert not {"達成", "未達"} & set(str(rows))
    seen = await house_db.fetchval("select count(*) from personal_data_view where member_id = $1", child.id)
    assert seen == 1


async def test_one_body_finds_no_row_of_the_other(client: httpx.AsyncClient, houses: tuple[FacilityView, ...]) -> None:
    hub, branch, other = houses
    town = {"municipality_code": "10203", "school_stage": "high"}
    for _ in range(3):
        await visit(other, new_id(), **town)
    await service_fold.fold_everything()
    for body, foreign in (("100005", [other]), ("102032", [hub, branch])):
        await sign_in(client, await make_staff("body-administrator", body))
        figure = (await client.get("/api/v1/kpi/annual-users?fiscal_year=2026")).json()
        own = (await client.get(f"/api/v1/kpi/annual-users?fiscal_year=2026&body={body}")).json()
        parts = [name for name in figure if name.startswith("by_")] + ["distribution"]
        assert figure["breakdowns_of"] == body and {name: figure[name] for name in parts} == {
            name: own[name] for name in parts
        }
        assert not {each.code for each in foreign} & {cell["code"] for cell in figure["by_facility"]}
        assert figure["value"] > own["value"] and figure["own_values"] == own["values"]
        assert ("10203" in str(figure["by_municipality"])) is (body == "102032")
        away = foreign[0].body_code
        for path in ("/api/v1/kpi/annual-users?fiscal_year=2026&body=", "/staff/kpi/2026?body=", "/staff/kpi?body="):
            assert (await client.get(path + away)).status_code == 403
        for path in ("/api/v1/kpi/visits?limit=200", "/staff/kpi/visits", "/staff/kpi/visits.csv", "/staff/kpi/2026"):
            for more in ("", f"body={away}", "scope=plan", "municipality=10203"):
                said = await client.get(path + ("&" if "?" in path else "?") + more)
                assert not any(each.code in said.text for each in foreign), (path, more)


async def test_few_of_the_other_are_in_no_total(client: httpx.AsyncClient, db: None, clock: Clock) -> None:
    await service.seed()
    mine = await make_facility(body=await make_body("100005"))
    other = await make_facility(body=await make_body("102032"))
    for place, times in ((mine, 20), (other, 3)):
        for _ in range(times):
            await visit(place, new_id())
    await service_fold.fold_everything()
    await sign_in(client, await make_staff("auditor", "100005"))
    figure = (await client.get("/api/v1/kpi/annual-users?fiscal_year=2026")).json()
    assert (figure["value"], figure["values"]["plan"]["people"], "plan" in figure["held_back"]) == (20, 20, True)
    assert "10より少ない" in (await client.get("/staff/kpi/2026")).text


async def test_everybody_reads_a_year_once_it_is_certified(client: httpx.AsyncClient, db: None, clock: Clock) -> None:
    await service.seed()
    await sign_in(client, await make_account())
    address = "/api/v1/kpi/annual-users?fiscal_year=2026"
    assert (await client.get(address)).json()["code"] == "not-allowed"
    now = await queries.get_reported_definition()
    await house_db.execute(
        """insert into kpi_certification (id, period, starts_on, until_on, body, definition, value, figures, days,
             row_count, digest, certified_by_name, office, certified_at)
           values ($1, 'year', '2026-04-01', '2027-04-01', '', $2, 7000, '{}', '{}', 1, 'x', '見本 課長', '見本課',
             $3)""",
        *(new_id(), msgspec.json.encode(now).decode(), house_clock.now()),
    )
    figure = (await client.get(address)).json()
    assert (figure["value"], figure["certified"], figure["target"]) == (7000, True, 7520)
    assert "見本 課長" not in str(figure) and not {"values", "reached"} & figure.keys()
    await sign_in(client, await make_staff("auditor", None))
    assert (await client.get(address)).json()["certification"]["certified_by"] == "見本 課長"


@pytest.mark.parametrize("wrong", ["scope=moon", "unit=moon", "often=x", "fiscal_year=1", "month=13", "day=2026-02-30"])
async def test_what_is_no_number_is_refused(client: httpx.AsyncClient, db: None, clock: Clock, wrong: str) -> None:
    await service.seed()
    await sign_in(client, await make_staff("auditor", None))
    for path in ("/api/v1/kpi/visits", "/staff/kpi/visits"):
        assert (await client.get(f"{path}?{wrong}")).status_code in (400, 422)
