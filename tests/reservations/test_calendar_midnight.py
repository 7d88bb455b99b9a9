"""Nothing is held across midnight: forms and the API say so at the field."""

from typing import Any

import httpx
import pytest

from booking.access.schemas import SYSTEM
from booking.access.service_tokens import new_token
from booking.facilities.schemas import FacilityView
from booking.kit import db as house_db
from booking.programs.schemas import ProgramView
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.group_visits import form_of
from tests.make.programs import make_program

pytestmark = pytest.mark.anyio
SAID = "終わりの時刻を、始まりの時刻より後にしてください。"
NIGHTS = [("22:00", "01:00"), ("23:00", "00:00"), ("10:00", "10:00")]
SEATS = {"web_seats": "3", "walk_in_seats": "0"}


@pytest.fixture
async def place(client: httpx.AsyncClient, clock: Any) -> tuple[FacilityView, ProgramView]:
    """A facility open all day, a program, and its manager signed in."""
    facility = await make_facility()
    await sign_in(client, await make_staff("facility-manager", facility.code))
    return facility, await make_program(facility=facility)


@pytest.mark.parametrize(("starts", "ends"), NIGHTS)
async def test_forms_of_staff_refuse_it_at_the_end(
    starts: str, ends: str, place: tuple[FacilityView, ProgramView], client: httpx.AsyncClient
) -> None:
    facility, program = place
    at = {"facility": facility.code, "program": program.code, "starts": starts, "ends": ends}
    single = {**at, **SEATS, "day": "2026-11-28"}
    weekly = {**at, **SEATS, "weekday": "6", "from_on": "2026-11-28", "last_on": ""}
    del weekly["program"]
    group = {
        **at,
        "name": "夜",
        "names": ["", "Night"],
        "seats": "4",
        "min_to_open": "2",
        "starts_after_days": "7",
        "weekday": "6",
        "first_on": "2026-11-28",
    }
    for address, sent in (
        ("/staff/sessions", single),
        (f"/staff/programs/{program.code}/times", weekly),
        ("/staff/groups", group),
    ):
        answer = await client.post(address, data=sent)
        assert (answer.status_code, SAID in answer.text) == (422, True), address
    assert await house_db.fetchval("select count(*) from session") == 0


@pytest.mark.parametrize(("starts", "ends"), NIGHTS)
async def test_the_api_refuses_it_at_the_end(
    starts: str, ends: str, place: tuple[FacilityView, ProgramView], client: httpx.AsyncClient
) -> None:
    facility, program = place
    key = await new_token("係", "facility-manager", facility.code, SYSTEM)
    single = {
        "program": program.code,
        "facility": facility.code,
        "day": "2026-11-28",
        "starts": starts,
        "ends": ends,
        "web_seats": 3,
        "walk_in_seats": 0,
    }
    answer = await client.post("/api/v1/staff/sessions", json=single, headers={"authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["fields"]["ends"]) == (422, SAID)


async def test_a_school_cannot_ask_for_it_either(
    place: tuple[FacilityView, ProgramView], client: httpx.AsyncClient
) -> None:
    facility, _ = place
    form = form_of(facility.code, starts=["22:00"] * 3, ends=["01:00"] * 3)
    sent = {name: getattr(form, name) for name in form.__struct_fields__}
    answer = await client.post("/group-visits/new", data={name: each for name, each in sent.items() if each != ""})
    assert (answer.status_code, SAID in answer.text) == (422, True)
