"""Live and certified figures, distributions, reports and registered people stay the same over a thousand erasures.

Over merges certified figures stay, too; live ones follow, and what differs is dated and says why.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

import msgspec
import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.demo import service_bulk, service_years
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kpi import queries as kpi_queries
from booking.kpi import queries_certifying, service_certifying, service_fold, service_report
from booking.kpi import service as kpi
from booking.kpi.rules_certifying import CODED
from booking.kpi.rules_recounting import digest_of
from booking.kpi.schemas_certifying import CertifyForm
from booking.people import queries as people
from booking.personal_data import service, service_merging
from booking.visits.rules_kinds import COUNTED_KINDS
from tests.conftest import Clock

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app")]
BODIES = ("100005", "102032")
PERSON_DAYS = """
select count(distinct (person_key, facility, visited_on)) filter (where person_key is not null)
  + coalesce(sum(heads) filter (where person_key is null), 0) from visit
where voided_at is null and kind = any($1) and visited_on >= '2026-04-01'"""
VISITS_PER_PERSON = """
select days, count(*) as people from (select person_key, count(distinct (facility, visited_on)) as days
  from visit where voided_at is null and person_key is not null group by 1) one group by 1 order by 1"""


async def figures() -> dict[str, Any]:
    year = await kpi.get_annual_users(2026)
    ours = await kpi.get_annual_users(2026, body_code="100005")
    spread = [tuple(row) for row in await house_db.fetch(VISITS_PER_PERSON)]
    yesterday = house_clock.today() - timedelta(days=1)
    return {
        "figures": [
            {name: value for name, value in each.items() if name != "registered"} for each in _both(year, ours)
        ],
        "visits": spread,
        "registered": await kpi_queries.count_registered(yesterday, None),
    }


def _both(*years: Any) -> list[dict[str, Any]]:
    return [{name: getattr(year, name) for name in year.__struct_fields__} for year in years]


async def certified() -> list[dict[str, Any]]:
    """Every certified period, with what it would be made of today."""
    found = await queries_certifying.list_certifications(date(2026, 4, 1), date(2027, 4, 1))
    kept = []
    for one in found:
        rows = await queries_certifying.list_rows(one.starts_on, one.until_on, one.body)
        kept.append({**msgspec.to_builtins(one), "digest_now": digest_of(rows)})
    return kept


async def reports() -> list[Any]:
    """The September report of the plan and of each body, every table of it."""
    made = [await service_report.make_report(SYSTEM, 2026, body) for body in ("", *BODIES)]
    return [(one.summary, one.tables, one.trend) for one in made]


async def some_months(clock: Clock, members: int, visits: int) -> list[Any]:
    """People and visits since April, folded, with every month that is over certified by its body."""
    for step in wiring.seeds():
        await step.run()
    made = await service_bulk.make_members(members, 7)
    first = clock().date().replace(month=4, day=1)
    await service_years.make_visits(made, visits, 7, first, until_on=clock().date())
    await house_db.execute("update registration set registered_at = registered_at - interval '40 days'")
    await service_fold.fold_everything()
    for body in BODIES:
        for month in range(4, 11):
            form = CertifyForm(month=f"2026-{month:02}", body=body, office="見本課", note="日報は紙にある")
            await service_certifying.certify(SYSTEM, form)
    clock.advance(minutes=1)
    return list(made)


async def test_a_thousand_erasures_change_no_figure(clock: Clock) -> None:
    members = await some_months(clock, 1_100, 6_000)
    before = await figures(), await certified(), await reports()
    assert len(before[1]) == 14
    for one in Random(5).sample(members, 1_000):
        member = await people.get_member(one.id)
        await service.erase(SYSTEM, member.id, member.number)
    assert await house_db.fetchval("select count(*) from member") == 100
    assert (await figures(), await certified(), await reports()) == before
    assert await service_fold.rebuild() == []
    assert (await figures(), await certified(), await reports()) == before


async def test_merges_move_live_figures_alone_and_say_why(clock: Clock) -> None:
    await some_months(clock, 60, 3_000)
    before = await certified()
    sql = "select id, number from member where left_at is null and not is_protected order by id"
    members, random = await house_db.fetch(sql), Random(5)
    for _ in range(40):
        kept, gone = random.sample(members, 2)
        await service_merging.merge(SYSTEM, gone["id"], kept["number"])
        members.remove(gone)
    await service_fold.fold_everything()
    after = await certified()
    assert [(one["value"], one["digest"]) for one in after] == [(one["value"], one["digest"]) for one in before]
    said = [each for one in after for each in one["differences"]]
    assert len(said) > 20
    assert {each["reason"] for each in said} == {f"訂正：{CODED['merged']}"}
    assert all(each["now"] < each["was"] for each in said)
    plain = await house_db.fetchval(PERSON_DAYS, list(COUNTED_KINDS))
    assert (await kpi.get_annual_users(2026)).values["plan"]["person_days"] == plain
    assert await house_db.fetchval("select count(*) from person_key where fiscal_year = 2026") <= 20
    assert await service_fold.rebuild() == []
    assert await certified() == after
