"""The screen at an entrance: levels and numbers for everybody, no person, in one language after the other."""

import re
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.assets import STATIC_DIR
from booking.kit.listen import Hub
from booking.kit.tokens import new_id
from booking.occupancy import live
from tests.kpi.test_figures import visit
from tests.make.facilities import make_facility, make_place
from tests.make.people import make_member
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio


async def make_turn(facility: UUID, number: int, state: str, *, called_ago: timedelta | None = None) -> None:
    now = house_clock.now()
    await house_db.execute(
        "insert into turn (id, facility, held_on, number, state, taken_at, called_at)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        *(new_id(), facility, date(2026, 11, 21), number, state, now, now - called_ago if called_ago else None),
    )


async def test_it_says_a_level_and_a_rounded_number_and_names_nobody(client: httpx.AsyncClient, clock: Any) -> None:
    here = await make_facility(capacity=40, name="ためし館")
    await visit(here, new_id(), left_at=None, closed_by=None, heads=3, kind="group")
    few = await client.get(f"/board/{here.code}")
    assert (few.status_code, few.headers["referrer-policy"]) == (200, "no-referrer")
    assert "すいています" in few.text
    assert "およそ" not in few.text
    assert 'class="taken"' not in few.text
    await visit(here, new_id(), left_at=None, closed_by=None, heads=4, kind="group")
    many = (await client.get(f"/board/{here.code}")).text
    assert "およそ5人" in many
    assert re.findall(r'class="taken" d="M0 4h(\d+)"', many) == ["52"], "five squares for seven people"
    assert (await client.get("/board/nowhere")).status_code == 404


async def test_both_facilities_of_an_entrance_are_on_one_screen(client: httpx.AsyncClient, clock: Any) -> None:
    place = await make_place()
    one, other = await make_facility(place=place, name="ひがし館"), await make_facility(place=place, name="にし館")
    await make_facility(name="よその館")
    for code in (one.code, other.code):
        page = (await client.get(f"/board/{code}")).text
        assert ("ひがし館" in page, "にし館" in page, "よその館" in page) == (True, True, False)


async def test_turns_are_called_by_number(client: httpx.AsyncClient, clock: Any) -> None:
    here = await make_facility()
    await make_turn(here.id, 12, "called", called_ago=timedelta(minutes=2))
    await make_turn(here.id, 11, "called", called_ago=timedelta(minutes=3))
    await make_turn(here.id, 9, "called", called_ago=timedelta(minutes=11))
    for number in (13, 14):
        await make_turn(here.id, number, "waiting")
    page = (await client.get(f"/board/{here.code}")).text
    assert 'data-called="11 12"' in page
    assert "待っている人 2人" in page


async def test_free_seats_follow_the_roll_over(client: httpx.AsyncClient, clock: Any) -> None:
    here = await make_facility()
    program = await make_program(facility=here, name="ゲームの時間", names={"en": "Game Time"})
    session = await make_session(
        seats=3, walk_in=1, starts_at=clock() + timedelta(hours=1), facility=here, program=program
    )
    await make_reservation(session, await make_member(8))
    assert "当日の席 あと 1" in (await client.get(f"/board/{here.code}")).text
    clock.advance(hours=1)
    page = (await client.get(f"/board/{here.code}")).text
    assert "当日の席 あと 3" in page
    assert "やっています" in page
    clock.advance(hours=3)
    assert "今日の回は、もうありません" in (await client.get(f"/board/{here.code}")).text


async def test_one_language_after_the_other(client: httpx.AsyncClient, clock: Any) -> None:
    here = await make_facility(name="ためし館")
    first = (await client.get(f"/board/{here.code}?languages=ja,xx,en")).text
    assert '<html lang="ja"' in first
    assert '<noscript><meta http-equiv="refresh" content="20; url=' in first
    following = re.findall(r'data-next="([^"]+)"', first)[0].replace("&amp;", "&")
    assert following.endswith("languages=ja,en&theme=dark&show=en")
    second = (await client.get(following)).text
    assert '<html lang="en"' in second
    assert "show=ja" in second


async def test_closed_at_once_says_the_chosen_reason(client: httpx.AsyncClient, clock: Any) -> None:
    here = await make_facility()
    await make_session(seats=3, walk_in=1, starts_at=clock(), facility=here)
    await house_db.execute("update facility set closed_now_at = $1, closed_now_reason = 'weather'", clock())
    page = (await client.get(f"/board/{here.code}")).text
    assert "いまは閉めています" in page
    assert "大雨・大雪などの天気" in page
    assert "当日の席" not in page


async def test_closed_by_its_hours_says_when_it_opens(client: httpx.AsyncClient, clock: Any) -> None:
    here = await make_facility(opens=time(13))
    page = (await client.get(f"/board/{here.code}")).text
    assert "閉まっています" in page
    assert "次に開くのは" in page


async def test_streams_of_walls_are_limited(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_WALLS", 0)
    told = [message.event async for message in live.wall_changes(Hub(settings.database_url), "one")]
    assert told == ["hello"]


async def test_one_address_does_not_take_the_streams_of_others(db: None, settings: Any) -> None:
    async with Hub(settings.database_url) as hub:
        opened = [live.wall_changes(hub, "stranger") for _ in range(live.MOST_WALLS_OF_ONE + 1)]
        firsts = [await anext(one) for one in opened]
        assert [one.retry for one in firsts] == [2000] * live.MOST_WALLS_OF_ONE + [60_000]
        family = live.wall_changes(hub, "family")
        assert (await anext(family)).retry == 2000
        for one in (*opened, family):
            await one.aclose()
        again = live.wall_changes(hub, "stranger")
        assert (await anext(again)).retry == 2000
        await again.aclose()
    assert not live._walls


def test_nothing_is_too_small_to_be_read_across_the_hall() -> None:
    css = (STATIC_DIR / "wall.css").read_text()
    sizes = [float(one) for one in re.findall(r"font(?:-size)?:[^;}]*?([\d.]+)rem", css)]
    assert min(sizes) >= 1.67
