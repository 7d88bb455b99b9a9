"""What a kiosk refused today, hour by hour, on its page."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from booking.access.rules import Role
from booking.kit import clock as house_clock
from booking.visits.queries_desk import count_refusals
from booking.visits.sentences import gist
from tests.make.access import make_staff, sign_in
from tests.make.passes import make_pass
from tests.make.people import make_member
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.make.visits import kiosk_at

pytestmark = pytest.mark.anyio


def rows_of(page: str) -> list[str]:
    """The words of every row of the table."""
    table = page.partition('id="refusals"')[2].partition("</section>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>.*?</tr>", table, re.S)[1:]]


async def test_an_hour_in_which_many_came_too_early_is_seen(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    session = await make_session(starts_at=clock() + timedelta(hours=3), facility=place)
    child = await make_member(8, family_name="新井", shown_name="ゆい")
    await make_reservation(session, child)
    token = (await make_pass(child)).token
    kiosk, other = await kiosk_at(place), await kiosk_at(place)
    first = house_clock.local(clock()).hour
    await sign_in(client, await make_staff(Role.FACILITY_MANAGER, place.code))
    address = f"/staff/kiosks/{kiosk.id}"
    assert "きょうは、入れなかった読み取りはありません。" in (await client.get(address)).text
    for _ in range(3):
        assert (await kiosk.shows(token)).code == "too-early"
        clock.advance(minutes=4)
    await kiosk.shows("no pass")
    await other.shows("no pass")
    clock.advance(minutes=48)
    assert (await kiosk.shows(token)).code == "too-early"
    page = (await client.get(address)).text
    early, no_pass = gist("too-early", "ja"), gist("pass-malformed", "ja")
    assert rows_of(page) == [
        f"{first + 1}:00 〜 {early} too-early 1",
        f"{first}:00 〜 {early} too-early 3",
        f"{no_pass} pass-malformed 1",
    ]
    assert not any(word in page for word in ("新井", "ゆい", child.number))
    in_english = (await client.get(f"{address}?lang=en")).text
    assert gist("too-early", "en") in in_english


async def test_yesterday_is_over(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    kiosk = await kiosk_at(place)
    await kiosk.shows("no pass")
    today = house_clock.today()
    assert [(one.code, one.scans) for one in await count_refusals(kiosk.id, today)] == [("pass-malformed", 1)]
    clock.advance(minutes=24 * 60)
    assert await count_refusals(kiosk.id, house_clock.today()) == []


def test_a_gist_says_an_ellipsis_for_what_differs() -> None:
    assert gist("too-early", "ja") == "あと …で はいれます"
    assert gist("unheard-of", "ja") == "unheard-of"
