"""Closing at its doors: what is missing is shown, certified in two steps, and each body sees its own."""

from datetime import UTC, datetime

import httpx
import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import service, service_certifying, service_fold
from booking.kpi.schemas_certifying import CertifyForm
from booking.visits.service_changes import note_changes
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility

pytestmark = pytest.mark.anyio
HOME = "/staff/kpi/closing"
OCTOBER = datetime(2026, 10, 10, 3, tzinfo=UTC)
ASKED = {"month": "2026-10", "body": "100005", "office": "見本課", "note": "日報は紙にある"}


@pytest.fixture
async def here(client: httpx.AsyncClient, clock: Clock) -> FacilityView:
    await service.seed()
    facility = await make_facility(body=await make_body("100005"))
    await visit(facility, new_id(), entered_at=OCTOBER)
    await sign_in(client, await make_staff("body-administrator", "100005"))
    return facility


async def test_a_month_is_shown_then_certified(client: httpx.AsyncClient, here: FacilityView) -> None:
    listed = (await client.get(HOME)).text
    assert "2026年10月" in listed
    assert "暫定" in listed
    page = await client.get(f"{HOME}/2026-10?body=100005")
    assert (page.status_code, "確定する内容をたしかめる" in page.text) == (200, True)
    for wrong in ({"office": ""}, {"note": ""}):
        refused = await client.post(f"{HOME}/check", data={**ASKED, **wrong})
        assert refused.status_code in (409, 422)
    shown = await client.post(f"{HOME}/check", data=ASKED)
    assert (shown.status_code, "これで確定しますか" in shown.text) == (200, True)
    assert await house_db.fetchval("select count(*) from kpi_certification") == 0
    moved = await client.post(HOME, data={**ASKED, "shown": "7"})
    assert (moved.status_code, "7 から 1" in moved.text) == (409, True)
    assert (await client.post(HOME, data={**ASKED, "shown": "1"})).status_code == 303
    done = (await client.get(f"{HOME}/2026-10?body=100005&done=certified")).text
    assert "確定しました" in done
    assert "見本課" in done
    again = await client.post(HOME, data=ASKED)
    assert again.status_code == 409
    assert (await client.get(f"{HOME}/2026?body=100005")).status_code == 200
    in_english = (await client.get(f"{HOME}/2026-09?body=100005&lang=en")).text
    assert ("Person-days, all places" in in_english, "延べ人日" in in_english) == (True, False)
    assert ">Oct 2026</a>" in (await client.get(HOME)).text
    for path in (f"{HOME}/2026-13", f"{HOME}/2027-03", f"{HOME}/moon", f"{HOME}?fiscal_year=2031"):
        assert (await client.get(path)).status_code == 422, path


async def test_the_api_certifies_and_lists(client: httpx.AsyncClient, here: FacilityView) -> None:
    made = await client.post("/api/v1/kpi/certifications", json=ASKED)
    assert (made.status_code, made.json()["value"]) == (201, 1)
    listed = (await client.get("/api/v1/kpi/certifications?fiscal_year=2026")).json()["items"]
    assert [each["digest"] for each in listed] == [made.json()["digest"]]
    assert (await client.get("/api/v1/kpi/certifications?fiscal_year=2026&body=")).json()["items"] == []
    assert (await client.post("/api/v1/kpi/certifications", json=ASKED)).json()["code"] == "already-certified"
    assert (await client.get("/api/v1/kpi/certifications?fiscal_year=1")).json()["code"] == "no-such-period"


async def test_each_body_sees_its_own(client: httpx.AsyncClient, here: FacilityView) -> None:
    await service_certifying.certify(SYSTEM, CertifyForm(**ASKED))
    await service_certifying.certify(SYSTEM, CertifyForm(**{**ASKED, "body": ""}))
    gone = await house_db.fetchval("update visit set voided_at = now() returning id")
    await house_db.execute(
        """insert into visit_correction (id, visit, kind, reason, made_at)
           values ($1, $2, 'void', '秘密のわけ', '2099-01-01')""",
        *(new_id(), gone),
    )
    await note_changes([(here.id, OCTOBER.date())])
    await service_fold.fold_everything()
    assert "秘密のわけ" in (await client.get(f"{HOME}/2026-10")).text
    await make_facility(body=await make_body("102032"))
    await sign_in(client, await make_staff("body-administrator", "102032"))
    assert (await client.get(f"{HOME}/2026-10?body=100005")).status_code == 403
    assert (await client.get("/api/v1/kpi/certifications?body=100005")).status_code == 403
    plan = await client.get(f"{HOME}/2026-10")
    assert (plan.status_code, "秘密のわけ" in plan.text) == (200, False)
    listed = await client.get("/api/v1/kpi/certifications?fiscal_year=2026")
    assert [each["body"] for each in listed.json()["items"]] == [""]
    assert "秘密のわけ" not in listed.text
    assert (await client.post(HOME, data=ASKED)).status_code == 403
