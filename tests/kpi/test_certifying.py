"""Certifying: what must be there before, what is kept for ever, and what becomes of a correction after."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from booking.access.rules import Role
from booking.access.schemas import SYSTEM, Actor, Grant
from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.kit.tokens import new_id
from booking.kpi import queries, queries_certifying, service, service_certifying, service_definitions, service_fold
from booking.kpi.rules import Period
from booking.kpi.rules_recounting import digest_of, recount
from booking.kpi.schemas_certifying import CertifyForm, Span
from booking.visits.service_changes import note_changes
from tests.conftest import Clock
from tests.kpi.test_definitions import form as definition_form
from tests.kpi.test_figures import visit
from tests.make.facilities import make_body, make_facility

pytestmark = pytest.mark.anyio
OCTOBER = datetime(2026, 10, 10, 3, tzinfo=UTC)


@pytest.fixture
async def here(db: None, clock: Clock) -> FacilityView:
    await service.seed()
    facility = await make_facility(body=await make_body("100005"), brand="tumo")
    for days in range(3):
        await visit(facility, new_id(), entered_at=OCTOBER + timedelta(days=days))
    return facility


def form(**given: Any) -> CertifyForm:
    return CertifyForm(**{"office": "見本課", "month": "2026-10", "body": "100005", "note": "日報は紙にある", **given})


async def test_of_two_presses_at_once_one_certifies(here: FacilityView) -> None:
    done = await asyncio.gather(*(service_certifying.certify(SYSTEM, form()) for _ in range(3)), return_exceptions=True)
    refused = [one.code for one in done if isinstance(one, Refusal)]
    assert refused == ["already-certified"] * 2, done


async def test_a_month_is_certified_once_and_kept(here: FacilityView) -> None:
    made = await service_certifying.certify(SYSTEM, form())
    assert (made.value, made.now, made.row_count, made.differences) == (3, 3, 3, [])
    rows = await queries_certifying.list_rows(made.starts_on, made.until_on, "100005")
    assert made.digest == digest_of(rows)
    scopes = await queries.list_scopes()
    assert recount(rows, [], made.definition, scopes)["plan"]["person_days"] == made.value
    with pytest.raises(Refusal) as refused:
        await service_certifying.certify(SYSTEM, form())
    assert refused.value.code == "already-certified"


async def test_later_corrections_are_dated_differences_with_reasons(here: FacilityView, clock: Clock) -> None:
    made = await service_certifying.certify(SYSTEM, form())
    clock.advance(hours=1)
    late = await visit(here, new_id(), entered_at=OCTOBER, created_at=house_clock.now())
    await service_fold.fold_everything()
    clock.advance(hours=1)
    await house_db.execute("update visit set voided_at = $2 where id = $1", late, house_clock.now())
    await house_db.execute(
        """insert into visit_correction (id, visit, kind, reason, made_at) values ($1, $2, 'void', '二重の記録', $3)""",
        *(new_id(), late, house_clock.now()),
    )
    gone = await house_db.fetchval(
        "update visit set voided_at = now() where visited_on = '2026-10-11' and voided_at is null returning facility"
    )
    await note_changes([(here.id, OCTOBER.date()), (gone, OCTOBER.date() + timedelta(days=1))])
    await service_fold.fold_everything()
    await service_fold.fold_everything()
    (kept,) = await queries_certifying.list_certifications(made.starts_on, made.until_on)
    assert (kept.value, kept.now, kept.digest) == (3, 2, made.digest)
    said = [(each.counted_on.day, each.was, each.now, each.reason) for each in kept.differences]
    assert said[0] == (10, 1, 2, "あとから届いた記録 1件")
    assert sorted(said[1:]) == [
        (10, 2, 1, "あとから届いた記録 1件。訂正：二重の記録"),
        (11, 1, 0, "記録がまとめられました"),
    ]


async def test_a_fold_beside_a_certification_misses_no_difference(
    here: FacilityView, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visit that comes while somebody certifies is in no certified row, and the fold must see that it is not."""
    came = asyncio.Event()
    note = service_certifying.record_audit

    async def slowly(*said: Any, **more: Any) -> None:
        await asyncio.wait_for(came.wait(), 5)
        await note(*said, **more)

    monkeypatch.setattr(service_certifying, "record_audit", slowly)
    certifying = asyncio.create_task(service_certifying.certify(SYSTEM, form()))
    await asyncio.sleep(0.3)
    await visit(here, new_id(), entered_at=OCTOBER)
    folding = asyncio.create_task(service_fold.fold_everything())
    await asyncio.sleep(0.3)
    came.set()
    made, _ = await certifying, await folding
    (kept,) = await queries_certifying.list_certifications(made.starts_on, made.until_on)
    assert (kept.value, kept.now, [(each.was, each.now) for each in kept.differences]) == (3, 4, [(1, 2)])


async def test_another_reading_changes_no_certified_figure(here: FacilityView) -> None:
    await visit(here, None, kind="group", heads=30, entered_at=OCTOBER)
    made = await service_certifying.certify(SYSTEM, form())
    await service_definitions.define(SYSTEM, definition_form(counts_groups=False, unit="people"))
    await service_fold.fold_everything()
    (kept,) = await queries_certifying.list_certifications(made.starts_on, made.until_on)
    assert (kept.value, kept.now, kept.differences, kept.definition.unit) == (33, 33, [], "person_days")


async def test_distinct_people_differ_as_a_whole(here: FacilityView, clock: Clock) -> None:
    await service_definitions.define(SYSTEM, definition_form(unit="people"))
    made = await service_certifying.certify(SYSTEM, form())
    clock.advance(hours=1)
    somebody, again = new_id(), await house_db.fetchval("select person_key from visit where visited_on = '2026-10-10'")
    for person, day in ((again, 12), (somebody, 10), (somebody, 15)):
        await visit(here, person, entered_at=OCTOBER.replace(day=day), created_at=house_clock.now())
        await service_fold.fold_everything()
    await house_db.execute("update visit set voided_at = now() where person_key = $1", somebody)
    await note_changes([(here.id, OCTOBER.date().replace(day=day)) for day in (10, 15)])
    await service_fold.fold_everything()
    (kept,) = await queries_certifying.list_certifications(made.starts_on, made.until_on)
    assert (kept.value, kept.now) == (3, 3)
    said = [(each.facility, each.counted_on, each.was, each.now, each.reason) for each in kept.differences]
    assert said == [
        ("", None, 3, 4, "あとから届いた記録 2件"),
        ("", None, 4, 3, "あとから届いた記録 3件"),
    ]
    assert await service_fold.rebuild() == []
    assert (await queries_certifying.list_certifications(made.starts_on, made.until_on))[
        0
    ].differences == kept.differences


async def test_what_must_be_there_first(here: FacilityView, clock: Clock) -> None:
    kiryu = Actor(kind="token", name="桐生", grants=(Grant(role=Role.BODY_ADMINISTRATOR, scope="102032"),))
    asked: list[tuple[Actor, dict[str, Any], str]] = [
        (SYSTEM, {"note": ""}, "certify-reason-missing"),
        (SYSTEM, {"office": " "}, "certify-refused"),
        (SYSTEM, {"month": "2026-11"}, "period-not-over"),
        (SYSTEM, {"month": "2026-13"}, "no-such-period"),
        (SYSTEM, {"month": "", "fiscal_year": "x"}, "no-such-period"),
        (SYSTEM, {"body": "999999"}, "no-such-body"),
        (SYSTEM, {"month": "", "fiscal_year": "2026"}, "period-not-over"),
        (kiryu, {}, "not-allowed"),
        (kiryu, {"body": ""}, "not-allowed"),
    ]
    for by, given, code in asked:
        with pytest.raises(Refusal) as refused:
            await service_certifying.certify(by, form(**given))
        assert refused.value.code == code, given
    assert await house_db.fetchval("select count(*) from kpi_certification") == 0


async def test_no_daily_close_is_due_before_the_service_knows_a_place(here: FacilityView) -> None:
    spans = {month: Span(period=Period.MONTH, starts_on=date(2026, month, 1), until_on=date(2026, month + 1, 1),
                         body="100005") for month in (9, 10)}  # fmt: skip
    september, october = [await service_certifying.read_period(spans[month]) for month in (9, 10)]
    assert (september.open_days, september.unclosed) == (30, [])
    assert [gap.day.day for gap in october.unclosed] == list(range(10, 32))


async def test_years_come_from_months_and_the_plan_from_its_bodies(here: FacilityView, clock: Clock) -> None:
    kiryu = await make_body("102032")
    there = await make_facility(body=kiryu)
    await visit(there, new_id(), entered_at=OCTOBER)
    clock.set(datetime(2027, 4, 2, tzinfo=UTC))
    whole = {"month": "", "fiscal_year": "2026"}
    with pytest.raises(Refusal) as refused:
        await service_certifying.certify(SYSTEM, form(**whole))
    assert refused.value.say("ja").startswith("先に、次の分を確定してください：2026年10月。")
    await service_certifying.certify(SYSTEM, form())
    assert (await service_certifying.certify(SYSTEM, form(**whole))).value == 3
    with pytest.raises(Refusal) as refused:
        await service_certifying.certify(SYSTEM, form(**whole, body=""))
    assert refused.value.say("ja").startswith(f"先に、次の分を確定してください：{kiryu.name}。")
    for given in ({"body": "102032"}, {"body": "102032", **whole}):
        assert (await service_certifying.certify(SYSTEM, form(**given))).value == 1
    assert (await service_certifying.certify(SYSTEM, form(**whole, body=""))).value == 4
    states = await service_certifying.list_periods(SYSTEM, 2026)
    assert [state.value for state in states][6] == 4
    assert (states[-1].span.period, states[-1].certification is not None) == ("year", True)
