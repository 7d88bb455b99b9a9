"""The staff's pages about programs and sessions, as a browser without scripts uses them."""

import re
from datetime import date, time

import httpx
import pytest

from booking.facilities import service as facilities_service
from booking.kit import db as house_db
from booking.programs import queries, service
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.programs import make_pattern, make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]


def seen(text: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', text)
    assert found is not None
    return found[1]


async def test_every_page_opens_on_the_plans_data(client: httpx.AsyncClient) -> None:
    await facilities_service.seed()
    await service.seed()
    await service.generate_sessions()
    await sign_in(client, await make_staff("body-administrator"))
    session = (await queries.list_sessions(first_day=date(2026, 11, 22), last_day=date(2026, 11, 22)))[0]
    for address in (
        "/staff/programs",
        "/staff/programs/new",
        "/staff/programs/tumo-self-learning",
        "/staff/programs/tumo-self-learning/people",
        "/staff/programs/tumo-self-learning/times",
        "/staff/sessions",
        "/staff/sessions?facility=tsukurun-kiryu&week=2026-12-31",
        "/staff/sessions?facility=nowhere&week=yesterday",
        "/staff/sessions/new?facility=tumo-gunma&day=2026-12-01",
        f"/staff/sessions/{session.id}/seats",
        "/staff/facilities/tumo-gunma/closures?day=2026-12-01",
    ):
        for language in ("ja", "en"):
            answer = await client.get(address, headers={"accept-language": language})
            assert answer.status_code == 200, address


async def test_staff_see_programs_of_their_body_only(client: httpx.AsyncClient) -> None:
    mine, other = await make_facility(), await make_facility()
    own = await make_program(facility=mine, name="わたしの時間")
    foreign = await make_program(facility=other, name="ほかの時間")
    await sign_in(client, await make_staff("front-desk", mine.code))
    text = (await client.get("/staff/programs")).text
    assert "わたしの時間" in text and "ほかの時間" not in text
    assert 'method="post"' not in (await client.get(f"/staff/programs/{own.code}")).text.split("<main")[1]
    assert (await client.get(f"/staff/programs/{foreign.code}")).status_code == 403
    assert (await client.get("/staff/programs/none")).status_code == 404
    assert (await client.get("/staff/programs/new")).status_code == 403
    session = await make_session(facility=other, program=foreign)
    assert (await client.get(f"/staff/sessions/{session.id}/seats")).status_code == 403


async def test_a_program_from_nothing_to_its_sessions(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    await sign_in(client, await make_staff("body-administrator", facility.body_code))
    basics = {
        "code": "lab", "body": facility.body_code, "brand": "tumo", "category": "lab", "name": "ラボ",
        "names": ["", "Lab"],
        "booking_opens_days": "14", "booking_opens_time": "09:00", "booking_closes_minutes": "60",
        "cancel_until_minutes": "60", "roll_over_minutes": "30", "seen": "",
    }  # fmt: skip
    wrong = await client.post("/staff/programs", data={**basics, "code": "ラボ", "name": ""})
    assert wrong.status_code == 422
    assert 'id="f-code-error"' in wrong.text and 'id="f-name-error"' in wrong.text
    assert (await client.post("/staff/programs", data=basics)).headers["location"] == "/staff/programs/lab/people"
    people = {"from_on": "2026-11-21", "min_grade": "7", "max_grade": "12"}
    assert (await client.post("/staff/programs/lab/people", data={**people, "min_grade": "x"})).status_code == 422
    assert (await client.post("/staff/programs/lab/people", data=people)).status_code == 303
    times = {
        "facility": facility.code, "weekday": "7", "starts": "13:00", "ends": "15:00", "web_seats": "5",
        "walk_in_seats": "0", "from_on": "2026-11-21", "last_on": "",
    }  # fmt: skip
    assert (await client.post("/staff/programs/lab/times", data={**times, "starts": ""})).status_code == 422
    assert (await client.post("/staff/programs/lab/times", data=times)).status_code == 303
    sessions = await queries.list_sessions(first_day=date(2026, 11, 22), last_day=date(2027, 3, 1))
    assert len(sessions) == 8 and sessions[0].booking_closes_at < sessions[0].starts_at
    text = (await client.get(f"/staff/sessions?facility={facility.code}&week=2026-11-22")).text
    assert "13:00" in text and "ラボ" in text

    page = (await client.get("/staff/programs/lab")).text
    changed = {**basics, "name": "新しいラボ", "seen": seen(page)}
    assert (await client.post("/staff/programs/lab", data=changed)).status_code == 303
    assert (await client.post("/staff/programs/lab", data=changed)).status_code == 409
    assert (await client.post("/staff/programs/lab/confirm")).status_code == 303
    assert (await client.post("/staff/programs/lab/end", data={"last_on": ""})).status_code == 422
    assert (await client.post("/staff/programs/lab/end", data={"last_on": "2026-11-30"})).status_code == 303
    assert "12月1日（火）の前の日で終わります" in (await client.get("/staff/programs/lab")).text.replace(
        "</time>", ""
    ).replace('<time datetime="2026-12-01">2026年', "")


async def test_weekly_times_change_and_end_on_their_page(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility)
    pattern = await make_pattern(program, facility, weekday=7, starts=time(13), ends=time(15), web_seats=2)
    await service.generate_sessions()
    booked = (await queries.list_sessions(first_day=date(2026, 11, 22), last_day=date(2026, 11, 22)))[0]
    await make_reservation(session=booked)
    await sign_in(client, await make_staff("facility-manager", facility.code))
    start = f"/staff/programs/{program.code}/times"
    mark = seen((await client.get(start)).text)
    wrong = await client.post(
        f"{start}/{pattern.id}/seats", data={"web_seats": "0", "walk_in_seats": "0", "seen": mark}
    )
    assert wrong.status_code == 422 and "1つ以上" in wrong.text
    data = {"web_seats": "4", "walk_in_seats": "1", "seen": mark}
    assert (await client.post(f"{start}/{pattern.id}/seats", data=data)).status_code == 303
    assert (await client.post(f"{start}/{pattern.id}/end", data={"last_on": "x"})).status_code == 422
    ended = await client.post(f"{start}/{pattern.id}/end", data={"last_on": "2026-11-21"})
    assert ended.headers["location"].endswith("kept=1")
    assert "そのまま残しました" in (await client.get(ended.headers["location"])).text


async def test_a_single_session_on_its_pages(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility)
    await sign_in(client, await make_staff("facility-manager", facility.code))
    data = {
        "facility": facility.code, "program": program.code, "day": "2026-11-25", "starts": "13:00", "ends": "15:00",
        "web_seats": "5", "walk_in_seats": "0",
    }  # fmt: skip
    assert (await client.post("/staff/sessions", data={**data, "day": ""})).status_code == 422
    added = await client.post("/staff/sessions", data=data)
    assert "回をふやしました" in (await client.get(added.headers["location"])).text
    session = (await queries.list_sessions(first_day=date(2026, 11, 25), last_day=date(2026, 11, 25)))[0]
    start = f"/staff/sessions/{session.id}"
    mark = seen((await client.get(f"{start}/seats")).text)
    assert (
        await client.post(f"{start}/seats", data={"web_seats": "x", "walk_in_seats": "", "seen": mark})
    ).status_code == 422
    assert (
        await client.post(f"{start}/seats", data={"web_seats": "6", "walk_in_seats": "1", "seen": mark})
    ).status_code == 303
    assert (await client.post(f"{start}/cancel", data={"reason": ""})).status_code == 422
    assert (await client.post(f"{start}/cancel", data={"reason": "講師の都合"})).status_code == 303
    assert "講師の都合" in (await client.get(f"{start}/seats")).text


async def test_a_booked_session_offers_no_cancelling(client: httpx.AsyncClient) -> None:
    session = await make_session()
    await make_reservation(session=session)
    await sign_in(client, await make_staff("facility-manager", session.facility_code))
    text = (await client.get(f"/staff/sessions/{session.id}/seats")).text
    assert "1人の予約があるので" in text
    refused = await client.post(f"/staff/sessions/{session.id}/cancel", data={"reason": "点検"})
    assert refused.status_code == 409 and "まだ何も取り消していません" in refused.text


async def test_a_day_is_closed_and_taken_back_on_its_page(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    session = await make_session(facility=facility)
    await sign_in(client, await make_staff("facility-manager", facility.code))
    start = f"/staff/facilities/{facility.code}/closures"
    data = {"day": session.held_on.isoformat(), "kind": "closed", "from_time": "", "until_time": "", "reason": "点検"}
    assert (await client.post(start, data={**data, "reason": ""})).status_code == 422
    reservation = await make_reservation(session=session)
    asked = await client.post(start, data=data)
    assert asked.status_code == 200 and "move-here" in asked.text
    assert await house_db.fetchval("select count(*) from closure") == 0
    await house_db.execute("update reservation set state = 'cancelled' where id = $1", reservation.id)
    assert (await client.post(start, data=data)).status_code == 303
    assert "点検" in (await client.get(start)).text
    assert "臨時の休み" in (await client.get(f"/staff/facilities/{facility.code}")).text
    closure = await house_db.fetchval("select id from closure")
    assert (await client.post(f"{start}/{closure}/revoke")).status_code == 303
    assert (await client.post(f"{start}/{closure}/revoke")).status_code == 404
    assert (await queries.get_session(session.id)).state == "published"


async def test_staff_without_a_place_see_an_empty_week(client: httpx.AsyncClient) -> None:
    await sign_in(client, await make_staff("front-desk", "nowhere"))
    assert "見られる施設がありません" in (await client.get("/staff/sessions")).text
