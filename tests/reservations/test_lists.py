"""The desk's lists: filters in the address, the same people in page and file, none protected, every look noted."""

import io
from datetime import date, timedelta

import httpx
import openpyxl
import pytest

from booking.access.rules import Role
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.programs.schemas import SessionView
from tests.conftest import Clock
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.groups import enrol, make_group
from tests.make.people import make_member, make_protected
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio


async def lines(client: httpx.AsyncClient, address: str, **asked: str) -> list[str]:
    """The lines of a csv below its head."""
    answer = await client.get(address, params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf") and answer.headers["cache-control"] == "no-store"
    return answer.content.decode("utf-8-sig").split("\r\n")[1:-1]


async def book(session: SessionView, name: str, state: str = "confirmed") -> str:
    """Somebody of this name has a booking; the member's id."""
    member = await make_member(body=session.body_code, family_name=name, shown_name=name)
    await make_reservation(session, member, state=state)
    return str(member.id)


async def test_bookings_by_place_day_program_and_state(client: httpx.AsyncClient, clock: Clock) -> None:
    place = await make_facility()
    today = await make_session(facility=place, starts_at=house_clock.now() + timedelta(hours=2))
    later = await make_session(facility=place, starts_at=house_clock.now() + timedelta(days=30))
    await book(today, "今日")
    await book(today, "取消", "cancelled")
    await book(later, "来月")
    await make_protected_booking(today)
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, today.body_code))
    html = (await client.get("/staff/bookings")).text
    assert "今日" in html and not [name for name in ("取消", "来月", "影野") if name in html]
    assert "/staff/bookings.csv?from=2026-11-21&amp;until=2026-11-27" in html
    assert ["今日" in line for line in await lines(client, "/staff/bookings.csv")] == [True]
    gone = await lines(client, "/staff/bookings.csv", standing="cancelled")
    assert len(gone) == 1 and "取消" in gone[0]
    far = await lines(client, "/staff/bookings.csv", **{"from": "2026-12-01", "until": "2026-12-31"})
    assert len(far) == 1 and "来月" in far[0]
    assert await lines(client, "/staff/bookings.csv", program="nothing-like-it") == []
    empty = (await client.get("/staff/bookings", params={"program": "nothing-like-it"})).text
    assert "この条件の予約はありません" in empty and 'href="/staff/bookings"' in empty
    assert (await client.get("/staff/bookings", params={"from": "0000-99-99", "after": "x"})).status_code == 200
    noted = {row["what"] for row in await house_db.fetch("select what from personal_data_view")}
    assert noted == {"bookings", "bookings-export"}


async def make_protected_booking(session: SessionView) -> None:
    """A booking of somebody who stands on no list."""
    member = await make_member(body=session.body_code, family_name="影野")
    await make_protected(member)
    await make_reservation(session, member)


async def test_the_list_of_bookings_goes_on(
    client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.reservations.pages_bookings_staff.ROWS", 2)
    session = await make_session(starts_at=house_clock.now() + timedelta(hours=2), seats=5)
    for number in range(3):
        await book(session, f"人{number}")
    await sign_in(client, await make_staff(Role.FRONT_DESK, session.facility_code))
    first = (await client.get("/staff/bookings")).text
    after = first.split("after=")[1].split("#")[0].split('"')[0]
    second = (await client.get(f"/staff/bookings?after={after}")).text
    assert [sum(f"人{n}" in html for n in range(3)) for html in (first, second)] == [2, 1]
    assert "はじめから" in second


async def test_who_did_not_come(client: httpx.AsyncClient, clock: Clock) -> None:
    past = await make_session(starts_at=house_clock.now() - timedelta(days=1))
    await book(past, "来ず", "released")
    manager = await make_staff(Role.FACILITY_MANAGER, past.facility_code)
    await sign_in(client, manager)
    assert "来ず" in (await client.get("/staff/no-shows", params={"kind": "absent"})).text
    other = (await client.get("/staff/no-shows", params={"kind": "late-cancel"})).text
    assert "来ず" not in other and "この条件の予約はありません" in other
    assert len(await lines(client, "/staff/no-shows.csv", facility=past.facility_code)) == 1
    assert await lines(client, "/staff/no-shows.csv", facility="elsewhere") == []
    await sign_in(client, await make_staff(Role.FRONT_DESK, past.facility_code))
    assert (await client.get("/staff/no-shows.csv")).status_code == 403


async def test_draws_by_stage(client: httpx.AsyncClient, clock: Clock) -> None:
    drawn = await make_session(selection="draw", starts_at=house_clock.now() + timedelta(days=9))
    await sign_in(client, await make_staff(Role.FRONT_DESK, drawn.facility_code))
    stage = "open" if house_clock.now() >= drawn.booking_opens_at else "soon"
    assert len(await lines(client, "/staff/draws.csv", stage=stage)) == 1
    assert await lines(client, "/staff/draws.csv", stage="drawn") == []
    html = (await client.get("/staff/draws", params={"stage": "drawn"})).text
    assert "この条件の抽選はありません" in html


async def test_programs_by_kind_and_standing(client: httpx.AsyncClient, clock: Clock) -> None:
    place = await make_facility()
    lab = await make_program(facility=place, name="=ラボ", category="lab")
    await make_program(facility=place, name="ひろば", ended_on=house_clock.today())
    await sign_in(client, await make_staff(Role.AUDITOR, place.body_code))
    assert [len(await lines(client, "/staff/programs.csv", standing=said)) for said in ("", "running", "over")] == [
        2,
        1,
        1,
    ]
    (line,) = await lines(client, "/staff/programs.csv", category="lab")
    assert line.startswith(f"{lab.code},'=ラボ,")
    html = (await client.get("/staff/programs", params={"category": "event"})).text
    assert "この条件のプログラムはありません" in html
    assert "/staff/programs.xlsx?category=lab" in (await client.get("/staff/programs", params={"category": "lab"})).text


async def test_the_week_and_the_closures_as_files(client: httpx.AsyncClient, clock: Clock) -> None:
    session = await make_session(starts_at=house_clock.now() + timedelta(hours=2))
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, session.body_code))
    week = {"facility": session.facility_code, "week": session.held_on.isoformat()}
    assert len(await lines(client, "/staff/sessions.csv", **week)) == 1
    assert await lines(client, "/staff/sessions.csv", **week, program="other") == []
    html = (await client.get("/staff/sessions", params=week)).text
    assert "/staff/sessions.xlsx?facility=" in html
    await house_db.execute(
        "insert into closure (id, facility, closed_on, kind, reason, decided_at) values"
        " (gen_random_uuid(), $1, $2, 'closed', '=設備の点検', $3)",
        *(session.facility_id, session.held_on, house_clock.now()),
    )
    answer = await client.get("/staff/closures.xlsx", params={"coming": "1", "kind": "closed"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [(cell.value, cell.data_type) for cell in list(sheet.iter_rows())[1]][4] == ("=設備の点検", "s")
    assert await lines(client, "/staff/closures.csv", kind="open") == []
    assert "この条件の休み・開館はありません" in (await client.get("/staff/closures", params={"kind": "open"})).text


async def test_people_of_a_group_as_a_file_for_those_who_may_take_names_out(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    place = await make_facility()
    group = await make_group(facility=place)
    first, second = [
        await make_member(body=place.body_code, family_name=name, birth_on=date(2012, 5, 5))
        for name in ("一番", "二番")
    ]
    hidden = await make_member(body=place.body_code, family_name="影野", birth_on=date(2012, 5, 5))
    for member in (first, second, hidden):
        await enrol(group, member)
    await make_protected(hidden)
    address = f"/staff/groups/{group.id}/people.csv"
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.body_code))
    assert (await client.get(address)).status_code == 403
    assert address not in (await client.get(f"/staff/groups/{group.id}")).text
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, place.body_code))
    assert address in (await client.get(f"/staff/groups/{group.id}")).text
    found = await lines(client, address)
    assert [(first.number in line, second.number in line, "影野" in line) for line in found] == [
        (True, False, False),
        (False, True, False),
    ]
    noted = await house_db.fetch("select member_id from personal_data_view where what = 'group-export'")
    assert {row["member_id"] for row in noted} == {first.id, second.id}
