"""The JSON doors of programs."""

from datetime import date

import httpx
import pytest

from booking.facilities import service as facilities_service
from booking.kit import db as house_db
from booking.programs import queries, service
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]


async def test_everybody_reads_the_programs_that_run(client: httpx.AsyncClient) -> None:
    await facilities_service.seed()
    await service.seed()
    await make_program(ended_on=date(2026, 11, 21))
    items = {each["code"]: each for each in (await client.get("/api/v1/programs")).json()["items"]}
    assert len(items) == 5
    tumo = items["tumo-self-learning"]
    assert (tumo["brand"], tumo["category"], tumo["provisional"]) == ("tumo", "drop-in", True)
    assert [(each["min_grade"], each["max_grade"], each["adults"]) for each in tumo["eligibility"]] == [(7, 12, False)]


async def test_staff_add_a_program_and_a_session_once_per_key(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    await sign_in(client, await make_staff("body-administrator", facility.body_code))
    program = {
        "code": "lab", "body": facility.body_code, "brand": "tumo", "category": "lab",
        "names": {"ja": "ラボ", "en": "Lab"},
    }  # fmt: skip
    made = await client.post("/api/v1/staff/programs", json=program)
    assert (made.status_code, made.json()) == (201, {"code": "lab"})
    taken = await client.post("/api/v1/staff/programs", json=program)
    assert (taken.status_code, taken.json()["code"]) == (409, "code-taken")
    session = {
        "program": "lab", "facility": facility.code, "day": "2026-11-25", "starts": "13:00", "ends": "15:00",
        "web_seats": 5,
    }  # fmt: skip
    answers = [
        await client.post("/api/v1/staff/sessions", json=session, headers={"idempotency-key": "k1"}) for _ in range(2)
    ]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    held = await queries.list_sessions(first_day=date(2026, 11, 25), last_day=date(2026, 11, 25))
    assert [str(each.id) for each in held] == [answers[0].json()["id"]]
    wrong = await client.post("/api/v1/staff/sessions", json={**session, "day": "x", "web_seats": -1})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"day", "web_seats"})


async def test_staff_close_a_day_but_not_one_with_bookings(client: httpx.AsyncClient) -> None:
    session = await make_session()
    await sign_in(client, await make_staff("facility-manager", session.facility_code))
    body = {"facility": session.facility_code, "day": session.held_on.isoformat(), "reason": "点検"}
    reservation = await make_reservation(session=session)
    refused = await client.post("/api/v1/staff/closures", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "day-has-bookings")
    await house_db.execute("update reservation set state = 'cancelled' where id = $1", reservation.id)
    assert (await client.post("/api/v1/staff/closures", json=body)).status_code == 201
    assert (await queries.get_session(session.id)).state == "cancelled"
    unknown = await client.post("/api/v1/staff/closures", json={**body, "color": "red"})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "malformed-request")


async def test_others_may_not(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    body = {"facility": facility.code, "day": "2026-11-25", "reason": "点検"}
    assert (await client.post("/api/v1/staff/closures", json=body)).status_code == 401
    await sign_in(client, await make_staff("front-desk", facility.code))
    assert (await client.post("/api/v1/staff/closures", json=body)).json()["code"] == "not-allowed"
    other = await make_facility()
    await sign_in(client, await make_staff("facility-manager", other.code))
    assert (await client.post("/api/v1/staff/closures", json=body)).status_code == 403
