"""The annual-users figure against its definition: cases, late changes, and the fold against the plain SQL."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import service, service_fold
from booking.kpi.errors import NoSuchFiscalYear
from tests.conftest import Clock
from tests.make.facilities import make_facility
from tests.make.programs import make_program, make_session

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def loaded(db: None, clock: Clock) -> None:
    await service.seed()


async def visit(facility: FacilityView, person: UUID | None = None, **columns: Any) -> UUID:
    """A counted visit now, with its change row, as `visits` writes it."""
    at = columns.pop("entered_at", house_clock.now())
    row = {
        "id": new_id(),
        "kind": "member" if person else "anonymous",
        "person_key": person,
        "facility": facility.id,
        "visited_on": house_clock.local_date(at),
        "entered_at": at,
        "left_at": at + timedelta(hours=1),
        "entered_by": "scan",
        "closed_by": "scan",
        "created_at": at,
        "heads": 1,
        **columns,
    }
    names, values = ", ".join(row), ", ".join(f"${n}" for n in range(1, len(row) + 1))
    await house_db.execute(f"insert into visit ({names}) values ({values})", *row.values())
    await _changed(facility, row["visited_on"])
    return row["id"]


async def _changed(facility: FacilityView, on: date) -> None:
    await house_db.execute("insert into visit_change (facility_id, visited_on) values ($1, $2)", facility.id, on)


async def figures(fold: bool) -> dict[str, dict[str, int]]:
    if fold:
        await service_fold.fold()
    return (await service.get_annual_users(2026)).values


@pytest.mark.parametrize("fold", [False, True], ids=["live", "folded"])
async def test_what_counts(fold: bool) -> None:
    here, there = await make_facility(), await make_facility()
    one, two = new_id(), new_id()
    await visit(here, one)
    await visit(here, one)  # the same person, day and place: once
    await visit(there, one)  # another place on that day: once at each
    await visit(here, one, entered_at=house_clock.now() - timedelta(days=1))  # another day
    await visit(here, two)
    await visit(here, None, kind="group", heads=38)
    await visit(here, None, kind="guardian")  # recorded, never counted
    await visit(here, None, kind="visitor", heads=3)
    await visit(here, new_id(), voided_at=house_clock.now())  # void: nothing
    await visit(here, new_id(), closed_by="auto")  # closed by the sweep: counts
    values = await figures(fold)
    assert values["plan"] == {"person_sessions": 43, "person_days": 43, "people": 3}


@pytest.mark.parametrize("fold", [False, True], ids=["live", "folded"])
async def test_sessions_and_the_tumo_reading(fold: bool) -> None:
    hub = await make_facility(brand="tumo", kind="hub")
    other = await make_facility(brand="tsukurun")
    tumo = await make_program(facility=hub, brand="tumo")
    first = await make_session(facility=hub, program=tumo, starts_at=house_clock.now())
    second = await make_session(facility=hub, program=tumo, starts_at=house_clock.now() + timedelta(hours=2))
    person = new_id()
    await visit(hub, person, session=first.id, program=tumo.id)
    await visit(hub, person, session=first.id, program=tumo.id)  # in again: the same session
    await visit(hub, person, session=second.id, program=tumo.id)
    await visit(other, person)
    values = await figures(fold)
    assert values["plan"] == {"person_sessions": 3, "person_days": 2, "people": 1}
    assert values["tumo"] == {"person_sessions": 2, "person_days": 1, "people": 1}


async def test_late_change_after_fold_is_seen_before_and_after_the_next() -> None:
    here = await make_facility()
    person = new_id()
    first = await visit(here, person)
    await service_fold.fold()
    await visit(here, new_id())
    assert (await figures(fold=False))["plan"]["people"] == 2
    await house_db.execute("update visit set voided_at = entered_at where id = $1", first)
    await _changed(here, house_clock.today())
    live = await figures(fold=False)
    assert live["plan"] == {"person_sessions": 1, "person_days": 1, "people": 1}
    assert await figures(fold=True) == live
    assert await service_fold.rebuild() == []


async def test_fiscal_year_begins_on_1_april(clock: Clock) -> None:
    here = await make_facility()
    person = new_id()
    await visit(here, person, entered_at=datetime(2027, 3, 31, 14, 59, tzinfo=UTC))
    await visit(here, new_id(), entered_at=datetime(2027, 3, 31, 15, 1, tzinfo=UTC))
    assert (await service.get_annual_users(2026)).values["plan"]["person_days"] == 1
    assert (await service.get_annual_users(2027)).values["plan"]["person_days"] == 1
    with pytest.raises(NoSuchFiscalYear):
        await service.get_annual_users(2031)


async def test_month_and_place_add_up_and_target_is_the_plans() -> None:
    here, there = await make_facility(), await make_facility()
    for days in range(40):
        await visit(here if days % 2 else there, new_id(), entered_at=house_clock.now() - timedelta(days=days))
    await service_fold.fold()
    figure = await service.get_annual_users(2026)
    assert (figure.target, figure.value) == (7520, 40)
    assert sum(cell.person_days for cell in figure.by_month) == 40
    assert sum(cell.person_days for cell in figure.by_facility) == 40
    assert len(figure.by_month) == 12
    assert (figure.readings, figure.readings_met) == (6, 0)
    of_body = await service.get_annual_users(2026, body_code=here.body_code)
    assert (of_body.value, of_body.values["plan"]["people"], of_body.target) == (20, 20, None)


@pytest.mark.parametrize("whole_year_from", [1, 500])
async def test_folds_at_the_same_time_lose_nothing(whole_year_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_fold, "WHOLE_YEAR_DAYS", whole_year_from)
    here = await make_facility()
    for _ in range(20):
        await visit(here, new_id())
    await asyncio.gather(*(service_fold.fold() for _ in range(6)), *(visit(here, new_id()) for _ in range(5)))
    await service_fold.fold()
    assert (await figures(fold=False))["plan"] == {"person_sessions": 25, "person_days": 25, "people": 25}
    assert await house_db.fetchval("select count(*) from visit_change") == 0


async def test_a_year_folded_as_a_whole_is_the_year_folded_day_by_day(clock: Clock) -> None:
    here, there = await make_facility(), await make_facility(brand="tumo")
    people, today = [new_id() for _ in range(4)], house_clock.now()
    for n in range(24):
        person = people[n % 4] if n % 5 else None
        await visit(
            (here, there)[n % 2], person, entered_at=today - timedelta(days=n * 9 // 2), heads=1 + (n % 5 == 0) * n
        )
    await service_fold.fold_everything()
    stored = await _stored()
    assert any(row["dimension"] == "nameless" for row in stored)
    for year in (2025, 2026):
        assert await service_fold.fold_year(year) == 0
    assert await _stored() == stored


async def _stored() -> list[Any]:
    """Everything that is kept ready, without its ids."""
    found: list[Any] = []
    for table, columns in (
        ("kpi_figure", "facility, counted_on, scope, dimension, value, person_days, person_sessions"),
        ("kpi_month", "facility, month_on, scope, dimension, value, person_days, person_sessions"),
        ("kpi_presence", "facility, counted_on, scope, person_keys::text"),
        ("kpi_person", "fiscal_year, person_key, scope, body, facility_days"),
    ):
        found += await house_db.fetch(f"select {columns} from {table} order by {columns}")
    return found


async def test_seed_again_adds_nothing() -> None:
    assert await service.seed() == 0
