"""Residents' pages of the places: today's exceptions first, and what each says about getting in."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from booking.facilities.rules import Reason
from booking.facilities.rules_accessibility import COLUMNS, AccessibilityItem
from booking.facilities.rules_today import Standing, Unusual, today_of
from booking.facilities.schemas import Hours, Span, WeekdayHours
from booking.kit import clock as house_clock
from booking.kit import db
from booking.kit.i18n import LANGUAGES
from booking.kit.tokens import new_id
from booking.kit.words import say_words
from tests.conftest import Clock
from tests.make.access import make_account, make_staff, sign_in
from tests.make.facilities import make_facility

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
DAY = date(2026, 11, 21)
ROWS = [
    WeekdayHours(
        id=new_id(),
        facility_id=new_id(),
        weekday=6,
        opens=time(10),
        closes=time(18),
        valid_from_on=date(2025, 1, 1),
        valid_until_on=None,
    )
]


@pytest.mark.parametrize(
    ("spans", "reason", "wall", "standing", "at", "unusual"),
    [
        (((10, 18),), Reason.REGULAR, 12, Standing.OPEN, 18, None),
        (((10, 18),), Reason.REGULAR, 9, Standing.LATER, 10, None),
        (((10, 18),), Reason.REGULAR, 18, Standing.OVER, None, None),
        (((10, 15),), Reason.REGULAR, 12, Standing.OPEN, 15, Unusual.SHORTER),
        (((10, 12), (13, 18)), Reason.REGULAR, 12, Standing.LATER, 13, Unusual.SHORTER),
        (((10, 20),), Reason.OPENED, 19, Standing.OPEN, 20, Unusual.OPENED),
        (((9, 18),), Reason.REGULAR, 9, Standing.OPEN, 18, Unusual.OTHER_HOURS),
        ((), Reason.WEEKLY, 12, Standing.CLOSED, None, None),
        ((), Reason.CLOSED, 12, Standing.CLOSED, None, Unusual.CLOSED),
        ((), Reason.HOLIDAY, 12, Standing.CLOSED, None, Unusual.CLOSED),
    ],
)
def test_how_a_place_stands(
    spans: Any, reason: Reason, wall: int, standing: Standing, at: int | None, unusual: Unusual | None
) -> None:
    hours = Hours(day=DAY, spans=tuple(Span(time(a), time(b)) for a, b in spans), reason=reason)
    found = today_of(hours, ROWS, time(wall), is_closed_now=False)
    assert (found.standing, found.at, found.unusual) == (standing, time(at) if at else None, unusual)
    assert today_of(hours, ROWS, time(wall), is_closed_now=True).standing is Standing.CLOSED_NOW


async def close(facility: Any, kind: str, start: str | None = None, until: str | None = None, days: int = 0) -> None:
    await db.execute("update closure set revoked_at = $1 where revoked_at is null", house_clock.now())
    await db.execute(
        "insert into closure (id, facility, closed_on, kind, from_time, until_time, reason, decided_at)"
        " values ($1, $2, $3, $4, $5::text::time, $6::text::time, '設備の点検', $7)",
        *(new_id(), facility.id, house_clock.today() + timedelta(days=days), kind, start, until, house_clock.now()),
    )


async def test_every_page_in_every_language(client: AsyncClient) -> None:
    place = await make_facility()
    for language in LANGUAGES:
        home = await client.get("/", params={"lang": language})
        assert f"/facilities/{place.code}" in home.text
        for address in ("/facilities", f"/facilities/{place.code}"):
            shown = await client.get(address, params={"lang": language})
            assert shown.status_code == 200
            assert say_words(place.names, language) in shown.text
    assert (await client.get("/facilities/nowhere")).status_code == 404
    await db.execute("update facility set ended_on = $1", house_clock.today())
    assert (await client.get(f"/facilities/{place.code}")).status_code == 404
    assert place.name not in (await client.get("/facilities")).text


async def test_today_s_exceptions_come_first(client: AsyncClient, clock: Clock) -> None:
    place = await make_facility()
    address = f"/facilities/{place.code}"
    assert "開いています" in (await client.get(address)).text
    await close(place, "closed", "15:00", "23:59")
    shown = (await client.get(address)).text
    assert "きょうは、いつもと時間がちがいます" in shown
    assert "設備の点検" in shown
    await close(place, "closed", days=3)
    assert "設備の点検" in (await client.get(address)).text
    await close(place, "closed")
    assert "きょうは休みです" in (await client.get(address)).text
    await close(place, "open", "10:00", "20:00")
    assert "きょうは特別に開いています" in (await client.get(address)).text
    await db.execute("update facility set closed_now_at = $1, closed_now_reason = 'weather'", house_clock.now())
    shown = (await client.get(address)).text
    assert "いま閉めています" in shown
    assert "大雨・大雪などの天気" in shown
    clock.set(datetime(2026, 11, 22, 3, tzinfo=UTC))
    assert "いま閉めています" not in (await client.get(address)).text


async def test_staff_say_how_to_get_in_and_residents_read_it(client: AsyncClient) -> None:
    place = await make_facility()
    page, shown = f"/staff/facilities/{place.code}/accessibility", f"/facilities/{place.code}"
    assert "まだ確かめていないこと" in (await client.get(shown)).text
    await sign_in(client, await make_staff("facility-manager", place.code))
    assert (await client.get(page)).text.count("<fieldset") == len(COLUMNS) == 17
    answers = ["1", "0", "2", *["9"] * 14]
    notes = ["北の入口からどうぞ", *[""] * 16]
    done = await client.post(page, data={"presence": answers, "note": notes, "seen": ""})
    assert done.headers["location"].endswith("?done=changed")
    rows = await db.fetch("select item, presence, note from facility_accessibility order by item")
    assert {row["item"]: row["presence"] for row in rows} == {"wheelchair": 1, "wheelchair-loan": 0, "cane-loan": 2}
    read = (await client.get(shown)).text
    assert "北の入口からどうぞ" in read
    assert "いいえ（ありません）" in read
    stale = await client.post(page, data={"presence": answers, "note": notes, "seen": "old"})
    assert stale.status_code == 409
    wrong = await client.post(page, data={"presence": ["7"], "note": ["x" * 101], "seen": ""})
    assert wrong.status_code == 422
    assert "f-note-wheelchair-error" in wrong.text
    assert await db.fetchval("select count(*) from audit_entry where action = 'accessibility.change'") == 1


@pytest.mark.parametrize(("role", "scope", "status"), [("front-desk", None, 403), ("facility-manager", "other", 403)])
async def test_only_its_managers_answer(client: AsyncClient, role: str, scope: str | None, status: int) -> None:
    place = await make_facility()
    page = f"/staff/facilities/{place.code}/accessibility"
    assert (await client.get(page)).status_code == 303
    await sign_in(client, await make_account())
    assert (await client.get(page)).status_code == 403
    await sign_in(client, await make_staff(role, scope))
    sent = {"presence": ["1"], "note": [""], "seen": ""}
    assert (await client.post(page, data=sent)).status_code == status
    assert set(AccessibilityItem) == set(COLUMNS)
