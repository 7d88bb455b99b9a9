"""A group at a kiosk with its code of the day: the list, the question, the number that came, leaving as one."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.reservations import service_group_visits
from booking.reservations.rules_group_visits import letter_code
from booking.visits import queries
from booking.visits.queries_group_arrivals import sum_arrivals
from booking.visits.rules_credentials import read_door_code
from booking.visits.service_day_list import code_digest
from tests.make.facilities import make_facility
from tests.make.group_visits import make_visit
from tests.make.visits import KioskHere, flags, kiosk_at, make_scan, visits

pytestmark = pytest.mark.anyio
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "group-code.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["digests"], ids=lambda case: case["letter"])
def test_the_digest_is_the_one_a_kiosk_makes(case: dict[str, str]) -> None:
    day = date.fromisoformat(case["on"])
    assert code_digest(UUID(case["kiosk_id"]), day, case["code"]) == case["code_digest"]
    assert letter_code(day, case["code"]) == case["letter"]


@pytest.mark.parametrize(("text", "code", "problem"), VECTORS["shown"])
def test_a_code_is_read_as_a_kiosk_reads_it(text: str, code: str | None, problem: str | None) -> None:
    assert read_door_code(text, date.fromisoformat(VECTORS["on"])) == (code, problem)


@pytest.fixture
async def coming(db: None, clock: Any) -> tuple[Any, Any, KioskHere]:
    """A group of 40 at a kiosk in the morning of its day."""
    wiring.introduce()
    facility = await make_facility(name="ためし館", capacity=60)
    visit = await make_visit(facility)
    kiosk = await kiosk_at(facility)
    clock.set(house_clock.at_local(visit.visit.on, time(9, 50)))  # type: ignore[union-attr]
    return facility, visit, kiosk


async def show(kiosk: KioskHere, visit: Any, **given: Any) -> Any:
    """The code of the day at a kiosk."""
    return await kiosk.shows(kind="heads", door_code=given.pop("code", visit.door_code), **given)


async def test_the_number_that_came_is_asked_and_noted(coming: Any) -> None:
    facility, visit, kiosk = coming
    asked = await show(kiosk, visit)
    assert (asked.verdict, asked.code, asked.name) == ("ask", "ask-heads", visit.organisation)
    assert (asked.group.expected, asked.group.came, asked.facility) == (40, 0, facility.code)
    said = await show(kiosk, visit, heads=36, members=2, direction="in")
    assert (said.code, said.inside, said.group.came) == ("welcome-heads", 36, 36)
    (row,) = await visits()
    assert (row["kind"], row["heads"], row["party"], row["entered_by"]) == ("group", 36, visit.organisation, "scan")
    assert (await sum_arrivals([visit.id]))[visit.id].people == 38
    later = await show(kiosk, visit, code=letter_code(visit.visit.on, visit.door_code))
    assert (later.code, later.group.came, later.group.inside) == ("ask-heads", 36, 36)


async def test_a_group_leaves_as_one_and_no_other_with_it(coming: Any, clock: Any) -> None:
    _, visit, kiosk = coming
    await show(kiosk, visit, heads=30, direction="in")
    await kiosk.shows(kind="heads", heads=5, heads_of="group", facility=coming[0].code, direction="in")
    await show(kiosk, visit, heads=6, direction="in")
    clock.advance(hours=2)
    gone = await show(kiosk, visit, direction="out")
    assert (gone.code, gone.inside, gone.name) == ("goodbye-heads", 5, visit.organisation)
    assert sorted((one["heads"], one["left_at"] is not None) for one in await visits()) == [
        (5, False),
        (6, True),
        (30, True),
    ]
    assert (await show(kiosk, visit, direction="out")).code == "heads-unknown"
    assert (await sum_arrivals([visit.id]))[visit.id].heads == 36


async def test_the_same_scan_twice_is_one_count(coming: Any) -> None:
    _, visit, kiosk = coming
    nonce = UUID("7b1a2f8e-6c4b-4a0c-9d52-5e7ba0cc1234")
    first = await show(kiosk, visit, nonce=nonce, seq=7, heads=38, direction="in")
    assert await show(kiosk, visit, nonce=nonce, seq=7, heads=38, direction="in") == first
    assert (await sum_arrivals([visit.id]))[visit.id].heads == 38
    assert len(await visits()) == 1


async def test_codes_that_are_nobodys(coming: Any, clock: Any) -> None:
    _, visit, kiosk = coming
    wrong = f"{(int(visit.door_code) + 1) % 10000:04}"
    for code in (wrong, "12", "x" * 40, "\x00", "💥"):
        assert (await show(kiosk, visit, code=code)).code == "group-unknown"
    tomorrow = letter_code(visit.visit.on + timedelta(days=1), visit.door_code)
    assert (await show(kiosk, visit, code=tomorrow)).code == "group-not-today"
    elsewhere = await kiosk_at(await make_facility(name="べつの館"))
    refused = await show(elsewhere, visit, heads=38)
    assert (refused.code, refused.name, refused.group) == ("group-unknown", "", None)
    clock.advance(days=1)
    assert (await show(kiosk, visit)).code == "group-unknown"
    assert await visits() == []


async def test_the_house_is_too_small_or_closed(coming: Any) -> None:
    facility, visit, kiosk = coming
    await kiosk.shows(kind="heads", heads=30, heads_of="visitor", facility=facility.code, direction="in")
    full = await show(kiosk, visit, heads=38, direction="in")
    assert (full.verdict, full.code, full.name, full.group.came) == ("refused", "building-full", "", 0)
    assert await sum_arrivals([visit.id]) == {}


async def test_told_offline_it_stands_although_the_visit_was_called_off(coming: Any, clock: Any) -> None:
    facility, visit, kiosk = coming
    at = clock()
    await house_db.execute("update group_request set state = 'declined', door_code = null where id = $1", visit.id)
    clock.advance(hours=5)
    said = await show(
        kiosk,
        visit,
        heads=38,
        direction="in",
        at=at,
        offline=True,
        told=("welcome", "welcome-heads"),
        facility=facility.code,
        party=visit.organisation,
    )
    assert (said.verdict, said.facility) == ("welcome", facility.code)
    (row,) = await visits()
    assert (row["heads"], row["party"], row["entered_at"]) == (38, visit.organisation, at)
    assert await flags() == ["disagreement"]


async def test_a_batch_of_one_kiosk_and_another_day(coming: Any, clock: Any) -> None:
    """A kiosk was away for a day: in and out of the group in one batch, as of its own day."""
    facility, visit, kiosk = coming
    came, left = clock(), clock() + timedelta(hours=2)
    clock.advance(days=1)
    more: dict[str, Any] = {"kind": "heads", "door_code": visit.door_code, "offline": True}
    verdicts = await kiosk.sends(
        [
            make_scan(at=came, heads=38, direction="in", told=("welcome", "welcome-heads"), **more),
            make_scan(at=left, direction="out", told=("goodbye", "goodbye-heads"), **more),
        ]
    )
    assert [one.code for one in verdicts] == ["welcome-heads", "goodbye-heads"]
    (row,) = await visits()
    assert (row["entered_at"], row["left_at"], row["visited_on"]) == (came, left, visit.visit.on)
    assert await flags() == []
    assert await queries.count_inside([facility.id]) == {facility.id: 0}


async def heard(client: httpx.AsyncClient, kiosk: KioskHere, at: datetime) -> dict[str, Any]:
    """What the service answers to a sign of life."""
    body = {"version": "1", "kiosk_time": at.isoformat()}
    answer = await client.post("/api/v1/kiosk/heartbeat", json=body, headers={"authorization": f"Bearer {kiosk.token}"})
    return dict(answer.json())


async def test_the_list_names_the_group_and_hides_its_code(client: httpx.AsyncClient, coming: Any, clock: Any) -> None:
    facility, visit, kiosk = coming
    headers = {"authorization": f"Bearer {kiosk.token}"}
    answer = await client.get("/api/v1/kiosk/day-list", headers=headers)
    assert answer.json()["groups"] == [
        {
            "id": str(visit.id),
            "facility": facility.code,
            "on": visit.visit.on.isoformat(),
            "code_digest": code_digest(kiosk.id, visit.visit.on, visit.door_code),
            "name": visit.organisation,
            "expected": 40,
        }
    ]
    for secret in (visit.door_code, visit.contact_name, visit.phone, visit.email):
        assert secret not in answer.text
    assert (await heard(client, kiosk, clock()))["groups"] == []
    await show(kiosk, visit, heads=38, direction="in")
    assert (await heard(client, kiosk, clock()))["groups"] == [{"id": str(visit.id), "came": 38, "inside": 38}]
    await service_group_visits.decline(SYSTEM, (await make_visit(facility)).id, "工事のため")
    await house_db.execute("update facility set shows_names = false where id = $1", facility.id)
    changed = await client.get("/api/v1/kiosk/day-list", headers=headers)
    assert changed.headers["etag"] != answer.headers["etag"]
    assert [one["name"] for one in changed.json()["groups"]] == [""]


async def test_the_list_changes_when_a_visit_is_approved(client: httpx.AsyncClient, coming: Any, clock: Any) -> None:
    facility, _, kiosk = coming
    headers = {"authorization": f"Bearer {kiosk.token}"}
    before = await client.get("/api/v1/kiosk/day-list", headers=headers)
    made = await make_visit(facility)
    after = await client.get("/api/v1/kiosk/day-list", headers=headers)
    assert before.headers["etag"] != after.headers["etag"]
    assert str(made.id) in {one["id"] for one in after.json()["groups"]}
