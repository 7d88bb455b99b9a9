"""Live and certified figures, distributions and registered people stay the same over a thousand erasures."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.demo import service_bulk, service_years
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kpi import queries as kpi_queries
from booking.kpi import service as kpi
from booking.kpi import service_fold
from booking.people import queries as people
from booking.personal_data import service
from tests.conftest import Clock

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app")]
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


async def test_a_thousand_erasures_change_no_figure(clock: Clock) -> None:
    for step in wiring.seeds():
        await step.run()
    members = await service_bulk.make_members(1_100, 7)
    await service_years.make_visits(members, 6_000, 7, clock().date().replace(month=4, day=1), until_on=clock().date())
    await house_db.execute("update registration set registered_at = registered_at - interval '40 days'")
    await service_fold.fold_everything()
    before = await figures()
    for one in Random(5).sample(members, 1_000):
        member = await people.get_member(one.id)
        await service.erase(SYSTEM, member.id, member.number)
    assert await house_db.fetchval("select count(*) from member") == 100
    assert await figures() == before
    assert await service_fold.rebuild() == []
    assert await figures() == before
