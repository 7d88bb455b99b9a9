"""Certified or provisional, of body, plan, month and facility-month alike."""

from datetime import UTC, datetime

import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import service, service_certifying, service_definitions, service_fold, service_handing
from booking.kpi.schemas_certifying import CertifyForm, Standing
from booking.kpi.service_standings import find_standings
from booking.visits.service_changes import note_changes
from tests.conftest import Clock
from tests.kpi.test_definitions import form as definition_form
from tests.kpi.test_figures import visit
from tests.make.facilities import make_body, make_facility
from tests.make.kpi import make_handed, make_trusted_key

pytestmark = pytest.mark.anyio
OCTOBER = datetime(2026, 10, 10, 3, tzinfo=UTC)
OURS, THEIRS = "100005", "102032"


@pytest.fixture
async def here(db: None, clock: Clock) -> FacilityView:
    await service.seed()
    ours = await make_body(OURS)
    facility = await make_facility(body=ours, brand="tumo", code="here")
    await make_facility(body=ours, brand="tumo", code="next-door")
    await visit(facility, new_id(), entered_at=OCTOBER)
    await house_db.execute(
        """insert into kpi_import (id, facility, month_on, person_days, person_sessions, method, document, author,
             imported_at) values ($1, $2, '2026-10-01', 40, 50, 'by hand', 'a list', 'a test', now())""",
        *(new_id(), facility.id),
    )
    clock.set(datetime(2027, 4, 2, tzinfo=UTC))
    await service_fold.fold_everything()
    return facility


async def certify(body: str, **period: str) -> None:
    form = CertifyForm(office="見本課", body=body, note="紙にある", **(period or {"month": "2026-10"}))
    await service_certifying.certify(SYSTEM, form)


def numbers(found: dict[str, Standing]) -> dict[str, tuple[int | None, int | None]]:
    return {key: (one.value, one.now) for key, one in found.items()}


async def test_nothing_is_certified_by_itself(here: FacilityView) -> None:
    assert await find_standings(2026) == {}


async def test_a_month_its_places_and_the_year(here: FacilityView) -> None:
    await certify(OURS)
    month = {"2026-10": (41, 41), "2026-10 here": (41, 41), "2026-10 next-door": (0, 0)}
    assert numbers(await find_standings(2026, OURS)) == month
    assert numbers(await find_standings(2026)) == month
    await certify(OURS, fiscal_year="2026")
    assert numbers(await find_standings(2026, OURS)) == month | {"2026": (41, 41)}
    assert "2026" not in await find_standings(2026)
    await certify("", fiscal_year="2026")
    found = await find_standings(2026)
    assert numbers(found) == month | {"2026": (41, 41)}
    assert (found["2026"].certified_by, found["2026"].readings) == ("system", frozenset(("plan-person-days",)))


async def test_what_differs_is_said_where_it_is(here: FacilityView) -> None:
    await certify(OURS)
    await visit(here, new_id(), entered_at=OCTOBER)
    await note_changes([(here.id, OCTOBER.date())])
    await service_fold.fold_everything()
    expected = {"2026-10": (41, 42), "2026-10 here": (41, 42), "2026-10 next-door": (0, 0)}
    assert numbers(await find_standings(2026, OURS)) == expected


async def test_a_month_of_the_plan_needs_every_body_or_itself(here: FacilityView) -> None:
    there = await make_facility(body=await make_body(THEIRS), code="there")
    await visit(there, new_id(), entered_at=OCTOBER)
    await service_fold.fold_everything()
    await certify(OURS)
    assert set(await find_standings(2026)) == {"2026-10 here", "2026-10 next-door"}
    assert await find_standings(2026, THEIRS) == {}
    await certify("")
    assert numbers(await find_standings(2026)) == {
        "2026-10": (42, 42),
        "2026-10 here": (41, 41),
        "2026-10 next-door": (0, 0),
        "2026-10 there": (1, 1),
    }
    assert numbers(await find_standings(2026, THEIRS)) == {"2026-10 there": (1, 1)}
    await certify(THEIRS)
    assert numbers(await find_standings(2026, THEIRS)) == {"2026-10": (1, 1), "2026-10 there": (1, 1)}


async def test_every_body_makes_the_plan(here: FacilityView) -> None:
    there = await make_facility(body=await make_body(THEIRS), code="there")
    await visit(there, new_id(), entered_at=OCTOBER)
    await service_fold.fold_everything()
    for body in (OURS, THEIRS):
        await certify(body)
    assert numbers(await find_standings(2026))["2026-10"] == (42, 42)


async def test_a_year_from_elsewhere_is_certified_with_its_months(here: FacilityView) -> None:
    await make_facility(body=await make_body(THEIRS), brand="tumo", code="there")
    await make_trusted_key()
    await service_handing.take_over(SYSTEM, make_handed("there"))
    assert "2026-10" not in await find_standings(2026)
    theirs = numbers(await find_standings(2026, THEIRS))
    assert (theirs["2026"], theirs["2026-10"], theirs["2026-10 there"]) == ((40, 40), (40, 40), (40, 40))
    assert theirs["2026-04"] == (0, 0)
    await certify(OURS)
    assert numbers(await find_standings(2026))["2026-10"] == (81, 81)


@pytest.mark.parametrize(
    ("reading", "month", "place"),
    [({"unit": "person_sessions"}, 51, 51), ({"unit": "people"}, 1, 41), ({"counts_imports": False}, 1, 1)],
    ids=str,
)
async def test_each_is_said_under_its_reading(
    here: FacilityView, reading: dict[str, str | bool], month: int, place: int
) -> None:
    await service_definitions.define(SYSTEM, definition_form(**reading))
    await service_fold.fold_everything()
    await certify(OURS)
    found = numbers(await find_standings(2026, OURS))
    assert (found["2026-10"], found["2026-10 here"]) == ((month, month), (place, place))
