"""Qualifications: which a body has, granted and taken back by its staff alone, with an entry in the audit trail."""

from typing import Any

import httpx
import pytest

from booking.access.errors import NotAllowed
from booking.kit import db as house_db
from booking.people import queries, service_qualifications
from booking.people.errors import MemberNotFound, QualificationHeld, QualificationUnknown
from booking.people.schemas_qualifications import QualificationForm
from booking.programs.tables import Eligibility
from booking.reservations import service
from booking.reservations.errors import QualificationMissing
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.people import make_member
from tests.make.programs import make_session

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]


def laser(body: str, **values: Any) -> QualificationForm:
    return QualificationForm(
        **{"body": body, "name": "レーザー加工", "code": "laser", "names": ["", "Laser"], **values}
    )


async def test_granted_booked_taken_back(client: httpx.AsyncClient) -> None:
    """Only who holds it books; a booking that is there stays when it is taken back."""
    first = await make_session()
    body = first.body_code
    manager = await actor_for(await make_staff("body-administrator", body))
    desk = await actor_for(await make_staff("front-desk", first.facility_code))
    made = await service_qualifications.add_qualification(manager, laser(body))
    await Eligibility.update({Eligibility.qualification: made}).where(Eligibility.program == first.program_id)
    child = await make_member(8, body=body)
    with pytest.raises(QualificationMissing):
        await service.book(desk, [first.id], [child.id])
    await service_qualifications.grant(desk, child.id, made)
    with pytest.raises(QualificationHeld):
        await service_qualifications.grant(desk, child.id, made)
    (booked,) = await service.book(desk, [first.id], [child.id])
    assert [each.id for each in (await queries.get_member(child.id)).held] == [made]
    await service_qualifications.take_back(desk, child.id, made)
    await service_qualifications.take_back(desk, child.id, made)
    assert (await queries.get_member(child.id)).held == ()
    assert await house_db.fetchval("select state from reservation where id = $1", booked.id) == "confirmed"
    rows = await house_db.fetch("select action, scope from audit_entry where action like 'member.qualification%'")
    assert [(row["action"], row["scope"]) for row in rows] == [
        ("member.qualification.grant", body),
        ("member.qualification.take-back", body),
    ]


async def test_the_other_body_neither_grants_nor_takes_back(client: httpx.AsyncClient) -> None:
    here, there = await make_facility(), await make_facility()
    manager = await actor_for(await make_staff("body-administrator", here.body_code))
    other = await actor_for(await make_staff("body-administrator", there.body_code))
    made = await service_qualifications.add_qualification(manager, laser(here.body_code))
    child, both = await make_member(8, body=here.body_code), await make_member(8, body=there.body_code)
    with pytest.raises(MemberNotFound):
        await service_qualifications.grant(other, child.id, made)
    with pytest.raises(QualificationUnknown):
        await service_qualifications.grant(other, both.id, made)
    with pytest.raises(QualificationUnknown):
        await service_qualifications.end_qualification(other, made)
    desk = await actor_for(await make_staff("front-desk", here.code))
    with pytest.raises(NotAllowed):
        await service_qualifications.add_qualification(desk, laser(here.body_code, code="two"))
    await service_qualifications.end_qualification(manager, made)
    with pytest.raises(QualificationUnknown):
        await service_qualifications.grant(manager, child.id, made)


async def test_on_the_pages(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    child = await make_member(8, body=facility.body_code)
    await sign_in(client, await make_staff("body-administrator", facility.body_code))
    form = {"body": facility.body_code, "name": "レーザー加工", "code": "laser"}
    refused = await client.post("/staff/qualifications", data={**form, "code": "Ｌ"})
    assert refused.status_code == 422 and "例：laser-1" in refused.text
    assert (await client.post("/staff/qualifications", data={**form, "names": ["", "Laser"]})).status_code == 303
    html = (await client.get("/staff/qualifications")).text
    assert "レーザー加工" in html and "Laser" in html
    page = f"/staff/members/{child.id}"
    assert "付ける資格" in (await client.get(page)).text
    made = await house_db.fetchval("select id from qualification")
    assert (await client.post(f"{page}/qualifications", data={"qualification": "x"})).status_code == 404
    assert (await client.post(f"{page}/qualifications", data={"qualification": str(made)})).status_code == 303
    html = (await client.get(page)).text
    assert "取り上げる" in html and "付ける資格" not in html
    assert (await client.post(f"{page}/qualifications/{made}/take-back")).status_code == 303
    assert "付ける資格" in (await client.get(page)).text
