"""Two hands on one button: each deed is done once, everybody is told what is, and nothing breaks."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import pytest

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from tests.make.passes import make_pass
from tests.make.people import make_consent_text, make_member
from tests.make.programs import make_session
from tests.make.visits import kiosk_at

pytestmark = pytest.mark.anyio
MANY = 4
CHILD = {
    "facility": "",
    "family_name": "新井",
    "given_name": "そうた",
    "family_kana": "",
    "given_kana": "",
    "grade": "5",
    "latin_name": "",
    "phone": "090-1234-5678",
    "language": "ja",
    "card": "",
    "nonce": "",
}


async def at_once(client: httpx.AsyncClient, *asks: tuple[str, dict[str, Any]]) -> Counter[int]:
    """Forms sent at one moment; how often each status came."""
    said = await asyncio.gather(*(client.post(address, data=data) for address, data in asks))
    assert all(one.status_code < 500 for one in said), [one.text[-400:] for one in said if one.status_code >= 500]
    return Counter(one.status_code for one in said)


async def visit_of(place: Any) -> str:
    """Somebody is inside since an hour."""
    await make_session(seats=0, walk_in=9, starts_at=house_clock.now(), facility=place)
    await (await kiosk_at(place)).shows((await make_pass(await make_member(5))).token)
    return str(await house_db.fetchval("select id from visit"))


async def test_a_day_is_signed_once(client: httpx.AsyncClient, place: Any) -> None:
    sign = {"facility": place.code, "on": "2026-11-20", "reason": "", "note": ""}
    said = await at_once(client, *[("/staff/day-close", sign)] * MANY)
    assert said[303] >= 1 and set(said) <= {303, 409}
    assert await house_db.fetchval("select count(*) from day_close") == 1
    assert await house_db.fetchval("select count(*) from audit_entry where action = 'day-close.sign'") == 1


async def test_a_house_is_closed_once(client: httpx.AsyncClient, place: Any) -> None:
    await visit_of(place)
    close = {"facility": place.code, "reason": "fire-alarm", "note": ""}
    said = await at_once(client, *[("/staff/close-now", close)] * MANY)
    assert said == {303: MANY}
    for table in ("closing_now", "roll_call"):
        assert await house_db.fetchval(f"select count(*) from {table}") == 1, table


async def test_a_visit_is_corrected_one_after_the_other(client: httpx.AsyncClient, place: Any) -> None:
    visit = await visit_of(place)
    void, leave = f"/staff/visits/{visit}/void", f"/staff/visits/{visit}/exit"
    asks = [(void, {"reason": "まちがい"}), (leave, {"left_at": "12:00", "reason": "見た"})] * 2
    said = await at_once(client, *asks)
    assert said[303] >= 1 and set(said) <= {303, 409}
    kinds = [row["kind"] for row in await house_db.fetch("select kind from visit_correction")]
    assert kinds.count("void") == 1
    assert await house_db.fetchval("select voided_at is not null from visit")


async def test_ticks_of_many_hands_are_kept_and_one_tap_is_one(client: httpx.AsyncClient, place: Any) -> None:
    visit = await visit_of(place)
    said = await at_once(client, *[("/staff/roll-call/begin", {"facility": place.code})] * MANY)
    assert said == {303: MANY}
    call = await house_db.fetchval("select id from roll_call")
    twice = {"facility": place.code, "visit": visit, "how": "safe", "nonce": str(uuid4())}
    asks = [(f"/staff/roll-call/{call}/ticks", one) for one in (twice, twice, {**twice, "nonce": str(uuid4())})]
    ends = [(f"/staff/roll-call/{call}/end", {"facility": place.code})] * 2
    assert (await at_once(client, *asks)) == {303: 3}
    assert await house_db.fetchval("select count(*) from roll_call_mark") == 2
    assert (await at_once(client, *ends)) == {303: 2}
    assert await house_db.fetchval("select count(*) from audit_entry where action = 'roll-call.end'") == 1


async def test_a_first_visit_is_confirmed_or_dismissed_and_never_both(client: httpx.AsyncClient, place: Any) -> None:
    await make_consent_text()
    assert (await client.post(f"/start/{place.code}", data=CHILD)).status_code == 303
    flag = await house_db.fetchval("select id from door_flag")
    confirm, dismiss = f"/staff/visits/first/{flag}", f"/staff/visits/first/{flag}/absent"
    said = await at_once(client, *[(confirm, {"view": ""}), (dismiss, {"view": ""})] * 2)
    assert set(said) <= {303, 404, 409}
    seen, left = await house_db.fetchrow("select seen_at_desk_at is not null, left_at is not null from member")
    assert seen != left
    live = await house_db.fetchval(
        "select count(*) from pass where revoked_at is null and valid_until > $1", house_clock.now()
    )
    assert live == int(seen)
