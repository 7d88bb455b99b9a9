"""What an auditor recomputes stays what was certified, whoever is corrected or erased afterwards."""

import io
from datetime import UTC, datetime

import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.demo import service_bulk, service_years
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kpi import queries_certifying as certified
from booking.kpi import rules_verifying, service_certifying, service_exporting, service_fold
from booking.kpi.schemas_certifying import CertifyForm
from booking.kpi.schemas_exporting import Manifest
from booking.people import queries as people
from booking.personal_data import service
from booking.visits.service_changes import note_changes
from tests.conftest import Clock

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app")]
SPAN = house_clock.fiscal_span(2026)


async def export() -> tuple[Manifest, bytes]:
    out = io.BytesIO()
    await service_exporting.export_year(SYSTEM, 2026, "100005", out)
    return rules_verifying.verify(out), out.getvalue()


async def test_erasing_and_correcting_leave_the_certified_rows(clock: Clock) -> None:
    for step in wiring.seeds():
        await step.run()
    members = await service_bulk.make_members(30, 7)
    await service_years.make_visits(members, 400, 7, SPAN[0], until_on=clock().date())
    clock.set(datetime(2027, 4, 2, tzinfo=UTC))
    await house_db.execute("update visit set left_at = entered_at, closed_by = 'auto' where left_at is null")
    await service_fold.fold_everything()
    months = {month for month, _ in await certified.list_months_and_bodies(*SPAN, "100005")}
    periods = [{"month": month.isoformat()[:7]} for month in sorted(months)]
    for period in (*periods, {"fiscal_year": "2026"}):
        form = CertifyForm(office="見本課", body="100005", note="日報は紙にある", **period)
        made = await service_certifying.certify(SYSTEM, form)
    before, content = await export()
    for one in members[:10]:
        member = await people.get_member(one.id)
        await service.erase(SYSTEM, member.id, member.number)
    assert (await export())[1] == content
    gone = await house_db.fetchrow(
        """update visit set voided_at = now() where id = (select v.id from visit v join facility f on f.id = v.facility
             join body b on b.id = f.body where b.code = '100005' and v.kind = 'member' order by v.id limit 1)
           returning facility, visited_on"""
    )
    assert gone is not None
    await note_changes([(gone["facility"], gone["visited_on"])])
    await service_fold.fold_everything()
    after, _ = await export()
    assert (after.value, after.digest, after.values) == (made.value, before.digest, before.values)
    assert [(each.was - each.now) for each in after.differences] == [1]
    assert after.now == made.value - 1
