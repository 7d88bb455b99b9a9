"""Finding by place, program, person and free seats, as a day or a week; nothing found has a way on. No scripts."""

from datetime import timedelta

import httpx
import pytest

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from tests.conftest import Clock
from tests.make.access import make_account, sign_in
from tests.make.facilities import make_facility
from tests.make.people import make_household, make_member
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio


async def read(client: httpx.AsyncClient, **asked: str) -> str:
    """The finder as text."""
    answer = await client.get("/sessions", params=asked)
    assert answer.status_code == 200, answer.text[:2000]
    return answer.text


def rows(html: str) -> int:
    """How many sessions are listed."""
    return html.count('class="session"')


async def test_by_program_and_as_a_week(client: httpx.AsyncClient, clock: Clock) -> None:
    """Seven days under their dates, the filters kept in every address."""
    place = await make_facility()
    lab, open_day = await make_program(facility=place, name="ラボ"), await make_program(facility=place, name="ひろば")
    for program, days in ((lab, 1), (lab, 3), (open_day, 3)):
        starts_at = house_clock.now() + timedelta(days=days)
        await make_session(facility=place, program=program, starts_at=starts_at)
    day = await read(client, on="2026-11-24")
    assert rows(day) == 2 and f'<option value="{lab.code}"' in day
    assert rows(await read(client, on="2026-11-24", program=lab.code)) == 1
    week = await read(client, view="week", program=lab.code)
    assert rows(week) == 2 and week.count("<h3><time") == 2 and "からの1週間に行ける回 2件" in week
    assert f"program={lab.code}&amp;" in week.split('class="tabs"')[1].split("</ul>")[0]
    assert 'name="view" value="week"' in week
    assert rows(await read(client, view="week")) == 3


async def test_for_one_of_the_family_as_of_the_sessions_day(client: httpx.AsyncClient, clock: Clock) -> None:
    """A child of another family in the address asks for nobody, and tells nothing."""
    account = await make_account()
    child = await make_member(6, household=await make_household(account), account=account, shown_name="ゆい")
    stranger = await make_member(6, shown_name="よそ")
    place = await make_facility()
    older = await make_program(facility=place, grades=(7, 9), adults=False)
    spring = house_clock.now().replace(year=2027, month=3, day=20)
    clock.set(spring)
    await make_session(facility=place, program=older, starts_at=spring + timedelta(days=3))
    await make_session(facility=place, program=older, starts_at=spring + timedelta(days=15))
    await sign_in(client, account)
    html = await read(client, grade=str(child.id), on="2027-04-04")
    assert f'<option value="{child.id}" selected>ゆい</option>' in html and rows(html) == 1
    assert rows(await read(client, grade=str(child.id), on="2027-03-23")) == 0
    other = await read(client, grade=str(stranger.id), on="2027-03-23")
    assert rows(other) == 1 and "よそ" not in other and f'value="{stranger.id}"' not in other


async def test_nothing_found_leads_to_the_next_day_with_a_seat(client: httpx.AsyncClient, clock: Clock) -> None:
    place = await make_facility()
    full = await make_session(facility=place, seats=1)
    await make_reservation(full)
    late = await make_session(facility=place, starts_at=house_clock.now() + timedelta(days=30))
    html = await read(client, facility=place.code, available="1", on="2026-11-22")
    assert rows(html) == 0 and "この日に、あてはまる回はありません" in html
    assert "席が空いている、次の日を見る" in html and f"on={late.held_on.isoformat()}" in html and "available=1" in html
    week = await read(client, facility=place.code, available="1", view="week")
    assert "この週に、あてはまる回はありません" in week and f"on={late.held_on.isoformat()}" in week
    none = await read(client, facility=place.code, program="nothing-like-it")
    assert "次の日を見る" not in none and "この日の、すべての回を見る" in none and "この週にはないもの" in none


async def test_a_closed_day_says_so_and_why(client: httpx.AsyncClient, clock: Clock) -> None:
    place = await make_facility()
    late = await make_session(facility=place, starts_at=house_clock.now() + timedelta(days=5))
    await house_db.execute(
        "insert into closure (id, facility, closed_on, kind, reason, decided_at) values"
        " (gen_random_uuid(), $1, '2026-11-23', 'closed', '設備の点検', $2)",
        *(place.id, house_clock.now()),
    )
    html = await read(client, facility=place.code, on="2026-11-23")
    assert "この日は休みです" in html and "設備の点検" in html and f"on={late.held_on.isoformat()}" in html
    assert "この日は休みです" not in await read(client, on="2026-11-23")


async def test_what_cannot_be_read_asks_for_nothing(client: httpx.AsyncClient, clock: Clock) -> None:
    await make_session()
    asked = {"facility": "x'--", "on": "2026-99-99", "from": "never", "grade": "13", "view": "year", "part": "-1"}
    assert rows(await read(client, **asked)) == 1
