"""The JSON doors: sessions, reservations, calendar entries."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from booking.access.rules import Role
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from tests.conftest import NOON, Clock
from tests.make.access import make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.people import make_member, make_protected
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio
API = "/api/v1"


async def family(client: httpx.AsyncClient, **columns: Any) -> tuple[Any, Any, Any]:
    """A signed-in guardian with a child, and a session for it."""
    account = await make_account()
    session = await make_session(**columns)
    child = await make_member(account=account, body=session.body_code)
    await sign_in(client, account)
    return account, session, child


def wish(session: Any, *members: Any, **more: Any) -> dict[str, Any]:
    """The body of a booking."""
    return {"session_id": str(session.id), "member_ids": [str(member.id) for member in members], **more}


async def test_sessions_are_listed_in_pages(client: httpx.AsyncClient, clock: Clock) -> None:
    """Everybody may look; the cursor is opaque and leads on; drafts are not there."""
    facility = await make_facility()
    program = await make_program(facility=facility)
    start = house_clock.now() + timedelta(hours=1)
    made = [
        await make_session(facility=facility, program=program, starts_at=start + timedelta(hours=n)) for n in range(3)
    ]
    await make_session(facility=facility, program=program, state="draft")
    await make_reservation(made[0])
    seen: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = (await client.get(f"{API}/sessions", params={"limit": 2, "cursor": cursor})).json()
        seen += answer["items"]
        cursor = answer["next_cursor"]
    assert [item["id"] for item in seen] == [str(each.id) for each in made]
    assert seen[0]["seats"] == {"web": 10, "walk_in": 0, "taken": 1, "left": 9}
    assert (seen[0]["program"], seen[0]["facility"]) == (program.code, facility.code)
    assert seen[0]["starts_at"].endswith(("Z", "+00:00"))
    assert set(seen[0]) == {
        "id", "program", "facility", "starts_at", "ends_at", "state", "seats", "waiting", "booking_opens_at",
        "booking_closes_at", "cancel_until", "selection", "options", "series", "space", "titles", "notes",
    }  # fmt: skip


async def test_sessions_are_filtered(client: httpx.AsyncClient, clock: Clock) -> None:
    """By place, program, time, and whether a seat is free now."""
    full = await make_session(seats=1, starts_at=house_clock.now() + timedelta(hours=1))
    await make_reservation(full)
    later = await make_session(starts_at=house_clock.now() + timedelta(days=3))

    async def found(**params: str) -> list[str]:
        answer = await client.get(f"{API}/sessions", params=params)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await found() == [str(full.id), str(later.id)]
    assert await found(available="true") == [str(later.id)]
    assert await found(facility=full.facility_code) == [str(full.id)]
    assert await found(program=later.program_code) == [str(later.id)]
    assert await found(**{"from": "2026-11-24"}) == [str(later.id)]
    assert await found(until="2026-11-24T00:00:00+09:00") == [str(full.id)]


@pytest.mark.parametrize(
    ("params", "code", "field"),
    [
        ({"facility": "nowhere"}, "filter-unknown", "facility"),
        ({"program": "nothing"}, "filter-unknown", "program"),
        ({"from": "tomorrow"}, "filter-unknown", "from"),
        ({"until": "2026-11-24T00:00:00"}, "filter-unknown", "until"),
        ({"cursor": "x"}, "cursor-unusable", None),
        ({"cursor": "WyIyMDI2LTExLTI0VDAwOjAwOjAwIiwgIngiXQ"}, "cursor-unusable", None),
        ({"limit": "0"}, "malformed-request", None),
        ({"available": "perhaps"}, "malformed-request", None),
    ],
)
async def test_bad_filters_are_named(
    client: httpx.AsyncClient, params: dict[str, str], code: str, field: str | None
) -> None:
    """A problem document with the field."""
    answer = await client.get(f"{API}/sessions", params=params)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] == code
    assert field is None or field in answer.json()["fields"]


async def test_booking_and_cancelling(client: httpx.AsyncClient, clock: Clock) -> None:
    """201 with the reservation; the list has it; cancelling gives it back."""
    _, session, child = await family(client)
    answer = await client.post(f"{API}/reservations", json=wish(session, child))
    assert answer.status_code == 201, answer.text
    (item,) = answer.json()["items"]
    assert (item["session"], item["member"], item["state"]) == (str(session.id), str(child.id), "confirmed")
    listed = (await client.get(f"{API}/reservations")).json()
    assert [each["id"] for each in listed["items"]] == [item["id"]] and listed["next_cursor"] is None
    cancelled = await client.post(f"{API}/reservations/{item['id']}/cancel", json={})
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")


async def test_a_refusal_is_a_problem_in_the_asked_language(client: httpx.AsyncClient, clock: Clock) -> None:
    """Code, sentence, and each pair's own in `fields`."""
    _, session, child = await family(client, seats=0)
    answer = await client.post(f"{API}/reservations", json=wish(session, child), headers={"accept-language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (409, "session-full")
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"seats": 0}, "session-full"),
        ({"state": "cancelled"}, "session-cancelled"),
        ({"state": "draft"}, "unknown-session"),
        ({"starts_at": NOON - timedelta(days=1)}, "session-past"),
        ({"booking_closes_at": NOON}, "booking-closed"),
        ({"roll_over_at": NOON}, "seats-at-door"),
        ({"booking_opens_at": NOON + timedelta(hours=1)}, "booking-not-open-yet"),
    ],
)
async def test_each_session_that_cannot_be_booked_has_its_refusal(
    client: httpx.AsyncClient, clock: Clock, columns: dict[str, Any], code: str
) -> None:
    """Named, with a sentence, and nothing is written."""
    _, session, child = await family(client, **columns)
    answer = await client.post(f"{API}/reservations", json=wish(session, child))
    assert answer.status_code in (404, 409) and answer.json()["code"] == code
    assert answer.json()["detail"] and await house_db.fetchval("select count(*) from reservation") == 0


async def test_a_session_for_another_grade(client: httpx.AsyncClient, clock: Clock) -> None:
    """Says for whom it is and where the child can go."""
    facility = await make_facility()
    program = await make_program(facility=facility, grades=(9, 12), adults=False)
    _, session, child = await family(client, facility=facility, program=program)
    answer = (await client.post(f"{API}/reservations", json=wish(session, child))).json()
    assert answer["code"] == "not-eligible"
    assert answer["detail"] == "この回は中学3年〜高校3年が対象です。たろうさんは、中学2年が行ける回に参加できます。"


async def test_part_of_an_order_can_be_booked(client: httpx.AsyncClient, clock: Clock) -> None:
    """Unless all or nothing is asked for."""
    account, session, child = await family(client, seats=1)
    other = await make_member(account=account, body=session.body_code)
    refused = await client.post(f"{API}/reservations", json=wish(session, child, other, all_or_nothing=True))
    assert refused.status_code == 409 and list(refused.json()["fields"]) == [f"{session.id}/{other.id}"]
    answer = (await client.post(f"{API}/reservations", json=wish(session, child, other))).json()
    assert [each["member"] for each in answer["items"]] == [str(child.id)]
    assert [(each["member"], each["code"]) for each in answer["refused"]] == [(str(other.id), "session-full")]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"member_ids": []}, 422, "order-empty"),
        ({"member_ids": [], "surprise": 1}, 400, "malformed-request"),
        ({}, 400, "malformed-request"),
        ({"member_ids": ["x"]}, 400, "malformed-request"),
    ],
)
async def test_bad_bodies_are_refused(
    client: httpx.AsyncClient, clock: Clock, body: dict[str, Any], status: int, code: str
) -> None:
    """Each with its name."""
    await family(client)
    answer = await client.post(f"{API}/reservations", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_nobody_signed_in_is_told_to_sign_in(client: httpx.AsyncClient, clock: Clock) -> None:
    """On every door of reservations."""
    session = await make_session()
    for answer in (
        await client.get(f"{API}/reservations"),
        await client.post(f"{API}/reservations", json=wish(session, session)),
        await client.post(f"{API}/reservations/{session.id}/cancel", json={}),
        await client.get(f"{API}/reservations/{session.id}.ics"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-needed")


async def test_fifty_equal_bookings_at_once(client: httpx.AsyncClient, clock: Clock) -> None:
    """One effect, fifty equal answers; another body under the key is refused."""
    account, session, child = await family(client)
    headers = {"idempotency-key": "walk-1"}
    body = wish(session, child)
    answers = await asyncio.gather(*(client.post(f"{API}/reservations", json=body, headers=headers) for _ in range(50)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert await house_db.fetchval("select count(*) from reservation") == 1
    other = await make_member(account=account, body=session.body_code)
    reused = await client.post(f"{API}/reservations", json=wish(session, other), headers=headers)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency-key-reused")


async def test_a_refusal_under_a_key_is_kept(client: httpx.AsyncClient, clock: Clock) -> None:
    """Two copies of one request are never told different things."""
    _, session, child = await family(client, seats=0)
    headers = {"idempotency-key": "walk-2"}
    first = await client.post(f"{API}/reservations", json=wish(session, child), headers=headers)
    await house_db.execute("update session set web_seats = 5")
    again = await client.post(f"{API}/reservations", json=wish(session, child), headers=headers)
    assert first.status_code == again.status_code == 409
    assert first.content == again.content
    assert again.headers["content-type"].startswith("application/problem+json")


async def test_a_calendar_entry_holds_times_and_codes_only(client: httpx.AsyncClient, clock: Clock) -> None:
    """No name of a person or a program; other families find nothing."""
    _, session, child = await family(client)
    view = await make_reservation(session, child)
    answer = await client.get(f"{API}/reservations/{view.id}.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "DTSTART:20261122T030000Z" in answer.text and f"SUMMARY:{session.facility_code}" in answer.text
    assert "たろう" not in answer.text and "ためし" not in answer.text and "\r\n" in answer.text
    for name in (f"{view.id}.pdf", "x.ics", f"{session.id}.ics"):
        assert (await client.get(f"{API}/reservations/{name}")).json()["code"] == "reservation-not-found"
    await sign_in(client, await make_account())
    assert (await client.get(f"{API}/reservations/{view.id}.ics")).status_code == 404


async def test_a_protected_child_is_gone_for_everybody_else(client: httpx.AsyncClient, clock: Clock) -> None:
    """List, calendar and cancelling read as if the child had left."""
    account, session, child = await family(client)
    view = await make_reservation(session, child)
    await make_protected(child)
    assert (await client.get(f"{API}/reservations")).json()["items"] == []
    assert (await client.get(f"{API}/reservations/{view.id}.ics")).status_code == 404
    cancel = await client.post(f"{API}/reservations/{view.id}/cancel", json={})
    assert cancel.json()["code"] == "reservation-not-found"
    assert (await client.get(f"{API}/sessions")).status_code == 200
    assert account.email


async def test_a_claim_shows_no_history(client: httpx.AsyncClient, clock: Clock) -> None:
    """What is coming, yes; what was, after the desk has seen both."""
    account, session, _ = await family(client)
    child = await make_member(account=account, body=session.body_code, confirmed=False)
    past = await make_session(starts_at=house_clock.now() - timedelta(days=2))
    await make_reservation(past, child, state="arrived")
    coming = await make_reservation(session, child)
    listed = (await client.get(f"{API}/reservations", params={"from": "2026-11-01"})).json()["items"]
    assert listed == []
    listed = (await client.get(f"{API}/reservations")).json()["items"]
    assert [each["id"] for each in listed] == [str(coming.id)]
    await house_db.execute("update guardianship set state = 'confirmed'")
    assert len((await client.get(f"{API}/reservations", params={"from": "2026-11-01"})).json()["items"]) == 2


async def test_staff_read_one_session_of_their_place_and_it_is_noted(client: httpx.AsyncClient, clock: Clock) -> None:
    """Without a session it is refused; elsewhere it is not allowed."""
    view = await make_reservation()
    await sign_in(client, await make_staff(Role.FRONT_DESK, view.facility_code))
    assert (await client.get(f"{API}/reservations")).json()["code"] == "filter-unknown"
    listed = await client.get(f"{API}/reservations", params={"session": str(view.session_id)})
    assert [each["id"] for each in listed.json()["items"]] == [str(view.id)]
    noted = await house_db.fetch("select member_id, what, by_list from personal_data_view")
    assert [tuple(row) for row in noted] == [(view.member_id, "reservations", True)]
    await sign_in(client, await make_staff(Role.FRONT_DESK, "elsewhere"))
    listed = await client.get(f"{API}/reservations", params={"session": str(view.session_id)})
    assert listed.json()["code"] == "not-allowed"
