"""The daily close: figures straight from scans and visits, head counts, one signature, differences afterwards."""

import asyncio
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from booking.access.errors import NotAllowed
from booking.access.rules import Role
from booking.facilities.queries import list_bodies
from booking.kit import db as house_db
from booking.kit.spreadsheets import csv_bytes
from booking.kpi import service as kpi
from booking.visits import service_day_close as service
from booking.visits import service_desk
from booking.visits.errors_day_close import CountNotThen, CoverageReasonMissing, DayNotOver, DaySignedAlready
from booking.visits.queries_day_close import figures_of_days
from booking.visits.service_sweeps import close_open_visits
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_body, make_member
from tests.make.programs import make_session
from tests.make.visits import kiosk_at, make_scan

pytestmark = pytest.mark.anyio
DAY = date(2026, 11, 21)
EVENING = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
"""18:05 in Tokyo, after closing."""


@pytest.fixture
async def place(db: None, clock: Any) -> Any:
    """A facility open from 9 to 18 with a session all day."""
    await make_body()
    body = next(one for one in await list_bodies() if one.code == "100005")
    facility = await make_facility(body=body, name="ためし館", opens=time(9), closes=time(18))
    await make_session(walk_in=500, starts_at=clock(), facility=facility)
    return facility


async def desk(place: Any, role: Role = Role.FRONT_DESK) -> Any:
    return await actor_for(await make_staff(role, place.code))


async def figures(place: Any) -> Any:
    return (await figures_of_days(place.id, DAY, DAY))[DAY]


async def test_figures_of_a_day(place: Any, clock: Any) -> None:
    kiosk = await kiosk_at(place)
    child, other = await make_member(8), await make_member(9)
    await kiosk.shows((await make_pass(child)).token)
    await service_desk.check_in(await desk(place), place.code, other.id)
    await kiosk.shows(kind="heads", heads=12, heads_of="group", party="ためし小学校", facility=place.code)
    await kiosk.shows("P1BROKEN")
    found = await figures(place)
    assert (found.scans, found.scans_welcome, found.scans_refused) == (3, 2, 1)
    assert sum(found.refused_codes.values()) == 1
    assert (found.members, found.staff_entries, found.groups, found.group_heads) == (2, 1, 1, 12)
    assert (found.users, found.person_sessions, found.still_inside) == (14, 14, 14)
    clock.set(EVENING)
    await close_open_visits()
    found = await figures(place)
    assert (found.still_inside, found.auto_exits) == (0, 3)


async def test_users_are_what_the_indicator_counts(place: Any, clock: Any) -> None:
    """After random scans, voids and late uploads the day's figures are those of `kpi` and of plain SQL."""
    await kpi.seed()
    chance = random.Random(7)
    kiosk, by = await kiosk_at(place), await desk(place)
    tokens = [(await make_pass(await make_member(8))).token for _ in range(8)]
    for _ in range(5):
        scans = [
            make_scan(
                chance.choice(tokens),
                at=clock() - timedelta(minutes=chance.randrange(90)),
                offline=True,
                told=chance.choice([("welcome", "welcome"), ("goodbye", "goodbye"), None]),
            )
            for _ in range(12)
        ]
        heads = make_scan(kind="heads", heads=chance.randrange(1, 9), facility=place.code)
        await kiosk.sends([*scans, heads])
        row = await house_db.fetchrow("select id from visit where voided_at is null order by random() limit 1")
        if row is not None:
            await service_desk.void_visit(by, row["id"], "ためし")
        clock.advance(minutes=10)
        found = await figures(place)
        stored = await kpi.get_annual_users(2026)
        assert stored.values["plan"]["person_days"] == found.users
        assert stored.values["plan"]["person_sessions"] == found.person_sessions
        plain = await house_db.fetchrow(
            "select count(*) filter (where voided_at is null and member is not null) as members,"
            " count(*) filter (where voided_at is not null) as voided,"
            " coalesce(sum(heads) filter (where voided_at is null and left_at is null), 0) as still_inside,"
            " (select count(*) from scan where kiosk is not null) as scans from visit"
        )
        assert plain is not None
        assert {name: getattr(found, name) for name in dict(plain)} == dict(plain)
        assert found.scans == found.scans_welcome + found.scans_goodbye + found.scans_ask + found.scans_refused


async def test_a_scan_belongs_to_one_facility(place: Any, clock: Any) -> None:
    other = await make_facility(place=await _place_row(place), name="となり館")
    kiosk = await kiosk_at(place, other)
    await kiosk.shows("P1BROKEN")
    days = [await figures_of_days(one.id, DAY, DAY) for one in (place, other)]
    assert sum(one[DAY].scans for one in days if DAY in one) == 1


async def _place_row(place: Any) -> Any:
    class Row:
        id = place.place_id

    return Row


async def test_head_counts_and_coverage(place: Any, clock: Any) -> None:
    kiosk, by = await kiosk_at(place), await desk(place)
    token = (await make_pass(await make_member(8))).token
    start = clock()
    clock.advance(minutes=30)
    await kiosk.shows(token)
    clock.advance(minutes=30)
    await service.count_heads(by, place.code, 0, start + timedelta(minutes=5))
    await service.count_heads(by, place.code, 1, clock())
    with pytest.raises(CountNotThen):
        await service.count_heads(by, place.code, 1, clock() + timedelta(minutes=1))
    view = await service.read_day(place, DAY)
    assert [(one.heads, one.known) for one in view.counts] == [(0, 0), (1, 1)]
    assert (view.coverage_permille, view.needs_reason) == (1000, False)
    mistyped = await service.count_heads(by, place.code, 12, clock())
    assert (await service.read_day(place, DAY)).needs_reason
    await service.remove_count(by, mistyped)
    assert not (await service.read_day(place, DAY)).needs_reason
    assert await house_db.fetchval("select count(*) from audit_entry where action = 'head-count.remove'") == 1
    await service.count_heads(by, place.code, 2, clock())
    clock.set(EVENING)
    with pytest.raises(CoverageReasonMissing):
        await service.sign_day(by, place.code, DAY)
    signed = await service.sign_day(by, place.code, DAY, reason="入口ですれちがった")
    assert (signed.coverage_permille, signed.signature.reason) == (666, "入口ですれちがった")
    with pytest.raises(DaySignedAlready):
        await service.count_heads(by, place.code, 2, clock())


async def test_a_day_is_signed_when_it_is_over(place: Any, clock: Any) -> None:
    by = await desk(place)
    with pytest.raises(DayNotOver) as told:
        await service.sign_day(by, place.code, DAY)
    assert "18:00" in told.value.say("ja")
    with pytest.raises(DayNotOver):
        await service.sign_day(by, place.code, DAY + timedelta(days=1))
    with pytest.raises(NotAllowed):
        await service.sign_day(await desk(place, Role.AUDITOR), place.code, DAY)
    with pytest.raises(NotAllowed):
        await service.sign_day(await desk(await make_facility()), place.code, DAY)
    await house_db.execute("update facility set closed_now_at = $2 where id = $1", place.id, clock())
    assert (await service.sign_day(await desk(place, Role.OPERATOR), place.code, DAY)).state == "signed"


async def test_two_sign_at_once(place: Any, clock: Any) -> None:
    clock.set(EVENING)
    people = [await desk(place) for _ in range(4)]
    said = await asyncio.gather(*(service.sign_day(one, place.code, DAY) for one in people), return_exceptions=True)
    refused = [one for one in said if isinstance(one, DaySignedAlready)]
    assert (len(refused), await house_db.fetchval("select count(*) from day_close")) == (3, 1)
    name = await house_db.fetchval("select signed_by_name from day_close")
    assert all(name in one.say("ja") for one in refused)


async def test_what_comes_later_is_a_difference(place: Any, clock: Any) -> None:
    kiosk, by = await kiosk_at(place), await desk(place)
    child, other = await make_member(8), await make_member(9)
    start = clock()
    clock.advance(minutes=5)
    await kiosk.shows((await make_pass(child)).token)
    await service.count_heads(by, place.code, 1, clock())
    clock.set(EVENING)
    await close_open_visits()
    signed = await service.sign_day(by, place.code, DAY)
    assert (signed.state, signed.differences, signed.changes) == ("signed", (), ())
    clock.advance(hours=15)
    late = make_scan((await make_pass(other)).token, at=start, offline=True, told=("welcome", "welcome"))
    await kiosk.sends([late])
    view = await service.read_day(place, DAY)
    differing = {one.name: (one.signed, one.present) for one in view.differences}
    assert differing["users"] == (1, 2)
    assert differing["scans"] == (1, 2)
    assert differing["coverage"] == (1000, 2000)
    assert [(one.what, one.count, one.first_at) for one in view.changes] == [("scans", 1, clock())]
    assert view.signature.day.figures.users == 1
    clock.advance(minutes=1)
    row = await house_db.fetchrow("select id from visit where member = $1", child.id)
    await service_desk.void_visit(by, row["id"], "まちがい")
    view = await service.read_day(place, DAY)
    assert [one.what for one in view.changes] == ["scans", "void"]
    assert "voided" in {one.name for one in view.differences}


async def test_unsigned_days_are_reminded_of(place: Any, clock: Any) -> None:
    kiosk, by = await kiosk_at(place), await desk(place)
    assert await service.list_unsigned(place) == []
    await kiosk.shows((await make_pass(await make_member(8))).token)
    clock.advance(days=3)
    assert await service.list_unsigned(place) == [DAY + timedelta(days=ahead) for ahead in (2, 1, 0)]
    await service.sign_day(by, place.code, DAY)
    assert await service.list_unsigned(place) == [DAY + timedelta(days=ahead) for ahead in (2, 1)]
    clock.advance(days=60)
    assert len(await service.list_unsigned(place)) == 30


async def test_a_kiosk_that_may_hold_records_is_named(place: Any, clock: Any) -> None:
    await kiosk_at(place)
    await house_db.execute("update kiosk set seen_at = $1, queue_length = 0", clock())
    assert [one.is_waiting for one in (await service.read_day(place, DAY)).kiosks] == [False]
    clock.set(EVENING)
    assert [one.is_waiting for one in (await service.read_day(place, DAY)).kiosks] == [True]
    await house_db.execute("update kiosk set seen_at = $1, queue_length = 4", clock())
    (kiosk,) = (await service.read_day(place, DAY)).kiosks
    assert (kiosk.is_waiting, kiosk.queue_length) == (True, 4)
    await house_db.execute("update kiosk set seen_at = $1, queue_length = 0", clock() + timedelta(days=1))
    clock.advance(days=5)
    assert [one.is_waiting for one in (await service.read_day(place, DAY)).kiosks] == [False]


async def test_the_pages(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    kiosk = await kiosk_at(place)
    await kiosk.shows((await make_pass(await make_member(8))).token)
    address = f"/staff/day-close?facility={place.code}"
    assert "サインできます" in (await client.get(address)).text
    asked = {"facility": place.code, "on": DAY.isoformat()}
    wrong = await client.post("/staff/day-close/counts", data={**asked, "time": "25:00", "heads": "x"})
    assert (wrong.status_code, "10:00 のように" in wrong.text) == (422, True)
    counted = await client.post("/staff/day-close/counts", data={**asked, "time": "12:00", "heads": "9"})
    assert counted.status_code == 303
    early = await client.post("/staff/day-close", data={**asked, "reason": "", "note": ""})
    assert (early.status_code, "まだ終わっていません" in early.text) == (409, True)
    clock.set(EVENING)
    await close_open_visits()
    empty = await client.post("/staff/day-close", data={**asked, "reason": " ", "note": ""})
    assert (empty.status_code, "理由を書いてください" in empty.text) == (422, True)
    done = await client.post("/staff/day-close", data={**asked, "reason": "=団体", "note": ""})
    assert done.status_code == 303
    shown = await client.get(done.headers["location"])
    assert "日報にサインしました" in shown.text
    assert "<dd>=団体</dd>" in shown.text
    assert "=団体" in (await client.get(f"/staff/day-close/sheet?facility={place.code}")).text
    assert (await client.get(f"/staff/day-closes?facility={place.code}")).status_code == 200
    csv = f"/staff/day-closes.csv?facility={place.code}&from=2026-11-01&until=2026-11-30"
    assert (await client.get(csv)).status_code == 403
    await sign_in(client, await make_staff(Role.FACILITY_MANAGER, place.code))
    table = await client.get(csv)
    assert table.content.startswith(b"\xef\xbb\xbf")
    lines = table.content.decode("utf-8-sig").split("\r\n")
    assert (len(lines), "'=団体" in lines[-2]) == (23, True)
    other = await make_facility()
    for path in ("/staff/day-close", "/staff/day-close/sheet", "/staff/day-closes", "/staff/day-closes.csv"):
        assert (await client.get(f"{path}?facility={other.code}")).status_code == 404
    assert (await client.post("/staff/day-close", data={**asked, "facility": other.code})).status_code == 403


async def test_the_api(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    counted = await client.post("/api/v1/staff/head-counts", json={"facility": place.code, "heads": 0})
    assert (counted.status_code, counted.json()["counts"][0]["heads"]) == (201, 0)
    body = {"facility": place.code, "on": DAY.isoformat()}
    early = await client.post("/api/v1/staff/day-closes", json=body)
    assert (early.status_code, early.json()["code"]) == (409, "day-not-over")
    clock.set(EVENING)
    assert (await client.post("/api/v1/staff/day-closes", json=body)).json()["state"] == "signed"
    again = await client.post("/api/v1/staff/day-closes", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "day-signed-already")
    listed = (
        await client.get(
            "/api/v1/staff/day-closes", params={"facility": place.code, "on": "2026-11-20", "until": "2026-11-21"}
        )
    ).json()
    assert [(one["on"], one["state"]) for one in listed["items"]] == [("2026-11-21", "signed"), ("2026-11-20", "ready")]


def test_no_text_is_a_formula() -> None:
    said = csv_bytes(["a", "b"], [["=1+1", -3], ["@x", None], ["+8", "普通"]]).decode("utf-8-sig")
    assert said == "a,b\r\n'=1+1,-3\r\n'@x,\r\n'+8,普通\r\n"
