"""docs/kpi-by-hand.md is true: its sixty visits give its numbers, live, folded, by plain SQL and recounted."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import queries, queries_certifying, queries_differences, service, service_definitions, service_fold
from booking.kpi.rules_recounting import recount
from tests.conftest import Clock
from tests.house.code import ROOT
from tests.kpi.test_definitions import form
from tests.kpi.test_figures import visit
from tests.make.facilities import make_body, make_facility
from tests.make.programs import make_program, make_session

pytestmark = pytest.mark.anyio
Line = dict[str, str]
NONE = "–"
UNITS = {"s": "person_sessions", "d": "person_days", "p": "people"}
LEFT_OUT: dict[str, dict[str, Any]] = {
    "-trials": {"counts_trials": False},
    "-groups": {"counts_groups": False},
    "-staff": {"counts_staff_entries": False},
    "-imports": {"counts_imports": False},
    "once": {"places": "once"},
    "all": {},
}


def _tables() -> list[list[Line]]:
    """Every table of the document, each a list of lines by heading."""
    found: list[list[Line]] = []
    heads: list[str] = []
    for line in (ROOT / "docs" / "kpi-by-hand.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            heads = []
        elif not heads:
            heads = cells
            found.append([])
        elif not line.startswith("|---"):
            found[-1].append(dict(zip(heads, cells, strict=True)))
    return found


PROGRAMS, SESSIONS, VISITS, TOTALS, PEOPLE, PLACES, MONTHS, READINGS = _tables()


@pytest.fixture(autouse=True)
async def told(db: None, clock: Clock) -> None:
    """The world of the document."""
    await service.seed()
    ours = await make_body()
    places = {
        "hub": await make_facility(code="hub", body=ours, brand="tumo", kind="hub"),
        "north": await make_facility(code="north", body=ours, brand="tsukurun"),
        "kiryu": await make_facility(code="kiryu", brand="tsukurun"),
    }
    programs = {
        one["program"]: await make_program(
            facility=places["hub"], code=one["program"], brand=one["brand"], category=one["category"]
        )
        for one in PROGRAMS
    }
    sessions = {
        one["session"]: await make_session(
            facility=places[one["place"]], program=programs[one["program"]], starts_at=_at(one["begins"])
        )
        for one in SESSIONS
    }
    keys: dict[tuple[str, int], UUID] = {}
    for one in VISITS:
        entered = _at(one["came"])
        on = house_clock.local_date(entered)
        known = keys.setdefault((one["who"], house_clock.fiscal_year(on)), new_id())
        await visit(
            places[one["place"]],
            None if one["who"] == NONE else known,
            entered_at=entered,
            program=None if one["program"] == NONE else programs[one["program"]].id,
            session=None if one["session"] == NONE else sessions[one["session"]].id,
            **_columns(one, entered),
        )
    for one in TOTALS:
        await _import(places[one["place"]], one)


def _at(text: str) -> datetime:
    day, time = text.split()
    return house_clock.at_local(date.fromisoformat(day), datetime.strptime(time, "%H:%M").time())  # noqa: DTZ007


def _columns(one: Line, entered: datetime) -> dict[str, Any]:
    return {
        "kind": one["kind"],
        "heads": int(one["heads"]),
        "left_at": None if one["left"] == NONE else _at(one["left"]),
        "entered_by": one["entered"],
        "closed_by": None if one["closed"] == NONE else one["closed"],
        "voided_at": entered if one["void"] == "void" else None,
    }


async def _import(place: FacilityView, one: Line) -> None:
    await house_db.execute(
        """insert into kpi_import (id, facility, month_on, person_days, person_sessions, method, document, author,
             imported_at, replaced_at) values ($1, $2, $3, $4, $5, 'by hand', 'a list', 'a test', $6, $7)""",
        *(new_id(), place.id, date.fromisoformat(f"{one['month']}-01"), int(one["person-days"])),
        None if one["person-sessions"] == NONE else int(one["person-sessions"]),
        *(house_clock.now(), None if one["replaced"] == NONE else house_clock.now()),
    )


async def test_there_are_sixty_and_every_special_case() -> None:
    assert [int(one["no"]) for one in VISITS] == list(range(1, 61))
    assert {one["kind"] for one in VISITS} == {"member", "anonymous", "group", "guardian", "visitor", "staff"}
    assert {one["entered"] for one in VISITS} == {"scan", "staff", "paper", "import"}
    assert {one["closed"] for one in VISITS} == {"scan", "move", "auto", "staff", NONE}


@pytest.mark.parametrize("reading", READINGS, ids=lambda one: f"{one['fiscal year']} {one['rules']}")
async def test_each_reading(reading: Line) -> None:
    year, words = int(reading["fiscal year"]), reading["rules"].replace("stay 10", "").split()
    rules = {name: value for word in words for name, value in LEFT_OUT[word].items()}
    stay = "10" if "stay 10" in reading["rules"] else "0"
    await service_definitions.define(SYSTEM, form(**rules, min_stay_minutes=stay))
    expected = {
        scope: {unit: int(reading[f"{scope} {letter}"]) for letter, unit in UNITS.items()} for scope in ("plan", "tumo")
    }
    assert (await service.get_annual_users(year)).values == expected
    await service_fold.fold_everything()
    assert (await service.get_annual_users(year)).values == expected
    assert await service_definitions.plain_answer(year) == expected
    span = house_clock.fiscal_span(year)
    rows, totals = await queries_certifying.list_rows(*span, ""), await queries_certifying.list_imports(*span, "")
    definition = await queries.get_reported_definition()
    scopes = await queries.list_scopes()
    assert recount(rows, totals, definition, scopes) == expected
    people = {one.code: await queries_differences.count_people(definition, one, *span, "") for one in scopes}
    assert people == {code: figures["people"] for code, figures in expected.items()}
    assert await service_fold.rebuild() == []


async def test_person_by_person_place_by_place_and_month_by_month() -> None:
    figure = await service.get_annual_users(2026)
    whole = figure.values["plan"]
    assert sum(int(one["person-days"]) for one in PEOPLE) == whole["person_days"]
    assert sum(int(one["person-sessions"]) for one in PEOPLE) == whole["person_sessions"]
    assert len([one for one in PEOPLE if one["who"] not in ("walk-ins", "groups", "totals")]) == whole["people"]
    assert {cell.code: cell.person_days for cell in figure.by_facility} == {
        one["place"]: int(one["person-days"]) for one in PLACES
    }
    assert {cell.code: cell.person_days for cell in figure.by_month if cell.person_days} == {
        one["month"]: int(one["person-days"]) for one in MONTHS
    }
