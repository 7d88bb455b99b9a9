"""Every rule a reading may have, live and folded, against the plain SQL; who decides, and that nothing is forgotten."""

from datetime import timedelta
from typing import Any

import pytest

from booking.access.rules import Role
from booking.access.schemas import SYSTEM, Actor, Grant
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.kit.tokens import new_id
from booking.kpi import queries, service, service_definitions, service_fold
from booking.kpi.schemas_definitions import ConfirmForm, DefinitionForm, ScopeForm
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.facilities import make_body, make_facility
from tests.make.programs import make_program

pytestmark = pytest.mark.anyio
SAID = {"confirmed_by": "a", "confirmed_office": "b", "document": "c"}
ALL = {"counts_trials": True, "counts_groups": True, "counts_staff_entries": True, "counts_imports": True}


def form(**given: Any) -> DefinitionForm:
    usual = {
        "name": "ためしの数え方",
        "names": {"en": "Trial reading"},
        "scope": "plan",
        "unit": "person_days",
        "places": "each",
        "reason": "有識者会議の意見",
        **ALL,
    }
    return DefinitionForm(**{**usual, **given})


@pytest.fixture(autouse=True)
async def loaded(db: None, clock: Clock) -> None:
    """A day with every special case: 45 person-days as they are counted at first."""
    await service.seed()
    ours = await make_body()
    here, there = [await make_facility(body=ours, brand=brand) for brand in ("tumo", "tsukurun")]
    trial = await make_program(facility=here, brand="tumo", category="trial")
    now, one = house_clock.now(), new_id()
    await visit(here, one, entered_at=now - timedelta(hours=2))
    await visit(there, one)  # a second place on the day
    await visit(here, new_id(), program=trial.id)
    await visit(here, None, kind="group", heads=38)
    await visit(there, new_id(), entered_by="staff")
    await visit(there, new_id(), entered_by="paper")
    await visit(here, new_id(), entered_by="import")
    await visit(here, new_id(), left_at=now + timedelta(minutes=9))
    await visit(here, new_id(), left_at=None, closed_by=None)  # still inside


@pytest.mark.parametrize(
    ("rule", "tumo", "plan", "people"),
    [
        ({}, 43, 46, 7),
        ({"places": "once"}, 43, 45, 7),
        ({"counts_trials": False}, 42, 45, 6),
        ({"counts_groups": False}, 5, 8, 7),
        ({"counts_staff_entries": False}, 43, 44, 5),
        ({"counts_imports": False}, 42, 45, 6),
        ({"min_stay_minutes": "10"}, 42, 45, 6),
        ({"min_stay_minutes": "90", "counts_groups": False, "places": "once"}, 1, 1, 1),
    ],
)
async def test_rules(rule: dict[str, Any], tumo: int, plan: int, people: int) -> None:
    for is_folded in (False, True):
        await service_definitions.define(SYSTEM, form(**rule))
        if is_folded:
            await service_fold.fold_everything()
        values = (await service.get_annual_users(2026)).values
        assert (values["tumo"]["person_days"], values["plan"]["person_days"]) == (tumo, plan)
        assert values["plan"]["people"] == people
        assert values == await service_definitions.plain_answer(2026)


async def test_preview_says_what_a_change_would_do_and_changes_nothing() -> None:
    await service_fold.fold_everything()
    seen = await service_definitions.preview(SYSTEM, form(counts_groups=False), 2026)
    assert (seen.now["plan"]["person_days"], seen.then["plan"]["person_days"]) == (46, 8)
    assert await house_db.fetchval("select count(*) from visit_change") == 0
    await service_definitions.define(SYSTEM, form(counts_groups=False))
    assert (await service.get_annual_users(2026)).value == seen.then["plan"]["person_days"]


async def test_a_new_scope_counts_its_places_and_programs() -> None:
    await service_fold.fold_everything()
    there = await make_facility(brand="tsukurun")
    await visit(there, new_id())
    await service_definitions.add_scope(SYSTEM, ScopeForm(code="one-place", name="1か所", facilities=[there.code]))
    live = (await service.get_annual_users(2026)).values
    assert live["one-place"] == {"person_sessions": 1, "person_days": 1, "people": 1}
    await service_fold.fold_everything()
    figure = await service.get_annual_users(2026)
    assert (figure.values, figure.readings) == (live, 9)


async def test_once_a_day_moves_with_the_first_place() -> None:
    """A void at one place gives the day to the other, which did not change itself."""
    await service_definitions.define(SYSTEM, form(places="once"))
    await service_fold.fold_everything()
    first = await house_db.fetchrow(
        """update visit set voided_at = entered_at
           where id = (select id from visit where person_key in (
               select person_key from visit group by person_key having count(*) > 1) order by entered_at limit 1)
           returning facility, visited_on"""
    )
    assert first is not None
    await house_db.execute("insert into visit_change (facility_id, visited_on) values ($1, $2)", *first.values())
    plain = await service_definitions.plain_answer(2026)
    assert (plain["tumo"]["person_days"], plain["plan"]["person_days"]) == (42, 45)
    assert (await service.get_annual_users(2026)).values == plain
    await service_fold.fold_everything()
    assert (await service.get_annual_users(2026)).values == plain
    assert await service_fold.rebuild() == []


async def test_readings_are_kept_and_one_is_in_force() -> None:
    code = await service_definitions.define(SYSTEM, form(unit="people"))
    again = await service_definitions.define(SYSTEM, form(unit="people", counts_trials=False))
    assert (code, again) == ("plan-people", "plan-people-2")
    await service_definitions.confirm(
        SYSTEM, again, ConfirmForm(confirmed_by="見本 課長", confirmed_office="見本課", document="見本 第1号")
    )
    kept = await queries.list_definitions()
    assert [(each.code, each.is_reported) for each in kept][:2] == [(again, True), (code, False)]
    assert (kept[0].status, kept[0].confirmed_by, kept[0].author) == ("confirmed", "見本 課長", "system")
    assert {each.code for each in kept} >= {"plan-person-days", "tumo-person-days"}


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"name": " "}, "name", "words-missing"),
        ({"reason": ""}, "reason", "words-missing"),
        ({"scope": "moon"}, "scope", "choice-needed"),
        ({"unit": "hours"}, "unit", "choice-needed"),
        ({"places": "never"}, "places", "choice-needed"),
        ({"min_stay_minutes": "241"}, "min_stay_minutes", "number-unreadable"),
    ],
)
async def test_what_cannot_be_read_is_refused(given: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        await service_definitions.define(SYSTEM, form(**given))
    assert refused.value.fields[field].code == code


async def test_who_decides_and_when_it_is_too_late() -> None:
    kiryu = Actor(kind="token", name="桐生", grants=(Grant(role=Role.BODY_ADMINISTRATOR, scope="102032"),))
    asked = [
        (service_definitions.define(kiryu, form()), "not-allowed"),
        (service_definitions.preview(kiryu, form(), 2026), "not-allowed"),
        (service_definitions.preview(SYSTEM, form(), 2031), "no-such-fiscal-year"),
        (service_definitions.add_scope(kiryu, ScopeForm(code="x", name="x")), "not-allowed"),
        (service_definitions.confirm(SYSTEM, "moon", ConfirmForm(**SAID)), "definition-not-found"),
        (service_definitions.confirm(SYSTEM, "tumo-person-days", ConfirmForm(**SAID)), "definition-replaced"),
        (
            service_definitions.confirm(
                SYSTEM, "plan-person-days", ConfirmForm(confirmed_by="", confirmed_office="", document="")
            ),
            "definition-refused",
        ),
    ]
    for verb, code in asked:
        with pytest.raises(Refusal) as refused:
            await verb
        assert refused.value.code == code
    await service_definitions.confirm(SYSTEM, "plan-person-days", ConfirmForm(**SAID))
    with pytest.raises(Refusal) as refused:
        await service_definitions.confirm(SYSTEM, "plan-person-days", ConfirmForm(**SAID))
    assert refused.value.code == "definition-confirmed"
