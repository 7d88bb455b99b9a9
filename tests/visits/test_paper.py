"""Paper: the morning's list shows no more than it must; a sheet typed in is recorded once, row by row."""

import re
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from booking import wiring
from booking.access.errors import NotAllowed
from booking.access.rules import Role
from booking.facilities.queries import list_bodies
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.visits import service_day_close, service_paper
from booking.visits.errors_paper import PaperNotThen
from booking.visits.queries_group_arrivals import sum_arrivals
from booking.visits.schemas_paper import Line, Tally
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.group_visits import make_visit
from tests.make.people import make_body, make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.make.visits import visits

pytestmark = pytest.mark.anyio
DAY = date(2026, 11, 21)


@pytest.fixture
async def place(db: None, clock: Any) -> Any:
    """A facility open from 9 to 18."""
    await make_body()
    body = next(one for one in await list_bodies() if one.code == "100005")
    return await make_facility(body=body, name="ためし館", opens=time(9), closes=time(18))


async def desk(place: Any, role: Role = Role.FRONT_DESK) -> Any:
    return await actor_for(await make_staff(role, place.code))


def line(who: str, came: str = "", left: str = "") -> Line:
    return Line(nonce=uuid4(), who=who, came=came, left=left)


async def states(by: Any, place: Any, lines: list[Line], tallies: list[Tally] | None = None, day: date = DAY) -> Any:
    said, counted = await service_paper.enter_sheet(by, place.code, day, lines, tallies or [])
    return [one.state for one in (*said, *counted)]


async def test_a_sheet_is_typed_in(place: Any, clock: Any) -> None:
    by = await desk(place)
    child, other = await make_member(8), await make_member(9)
    rows = [line(child.number, "9:30", "１０:１５"), line(other.number, "1045"), line("")]
    counted = [Tally(nonce=uuid4(), of="group", heads="14", at="10:00", party="ためし小学校")]
    assert await states(by, place, rows, counted) == ["done", "done", "empty", "done"]
    found = await visits()
    assert [(one["kind"], one["heads"], one["entered_by"]) for one in found] == [
        ("member", 1, "paper"),
        ("group", 14, "paper"),
        ("member", 1, "paper"),
    ]
    assert found[0]["left_at"] - found[0]["entered_at"] == timedelta(minutes=45)
    # The same request again, and the same sheet typed by somebody else: nothing is there twice.
    assert await states(by, place, rows, counted) == ["again", "again", "empty", "again"]
    typed_again = [line(child.number, "9:30", "10:15"), line(other.number, "10:45", "11:50")]
    again = [Tally(nonce=uuid4(), of="group", heads="14", at="10:00", party="ためし小学校")]
    assert await states(await desk(place), place, typed_again, again) == ["again", "done", "again"]
    found = await visits()
    assert len(found) == 3
    assert found[2]["left_at"] is not None


async def test_faults_keep_nobody_else_back(place: Any, clock: Any) -> None:
    by = await desk(place)
    child = await make_member(8, family_name="新井", given_name="蒼太")
    await make_member(8, family_name="新井", given_name="結衣")
    rows = [
        line("新井", "9:30"),
        line("12345678", "9:30"),
        line(child.number),
        line(child.number, "11:00", "10:00"),
        line(child.number, "13:00"),
        line(child.number, "25:00"),
        line("蒼太", "9:40"),
    ]
    said, counted = await service_paper.enter_sheet(
        by, place.code, DAY, rows, [Tally(nonce=uuid4(), of="cats", heads="0", at="", party="")]
    )
    codes = [sorted(one.code for one in each.faults.values()) for each in (*said, *counted)]
    assert codes == [
        ["several-fit"],
        ["person-not-found"],
        ["paper-time-missing"],
        ["times-out-of-order"],
        ["paper-not-then"],
        ["time-unreadable"],
        [],
        ["choice-needed", "number-unreadable", "paper-time-missing"],
    ]
    assert said[6].who == "新井 蒼太"
    assert [one["member"] for one in await visits()] == [child.id]


async def test_a_past_day_and_who_may(place: Any, clock: Any) -> None:
    by = await desk(place)
    child = await make_member(8)
    past = DAY - timedelta(days=59)
    assert await states(by, place, [line(child.number, "10:00")], day=past) == ["done"]
    (visit,) = await visits()
    assert (visit["visited_on"], visit["entered_by"]) == (past, "paper")
    for day in (DAY - timedelta(days=60), DAY + timedelta(days=1)):
        with pytest.raises(PaperNotThen):
            await states(by, place, [line(child.number, "10:00")], day=day)
    for who in (await desk(place, Role.AUDITOR), await desk(await make_facility())):
        with pytest.raises(NotAllowed):
            await states(who, place, [line(child.number, "10:00")])


async def test_a_sheet_on_a_signed_day_is_a_difference(place: Any, clock: Any) -> None:
    by = await desk(place)
    child = await make_member(8)
    clock.advance(days=1)
    await service_day_close.sign_day(by, place.code, DAY)
    clock.advance(hours=1)
    assert await states(by, place, [line(child.number, "10:00", "11:00")]) == ["done"]
    view = await service_day_close.read_day(place, DAY)
    assert {one.name for one in view.differences} == {"users", "person_sessions", "members", "paper_entries"}
    assert [(one.what, one.count) for one in view.changes] == [("paper", 2)]


async def test_the_morning_list(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    session = await make_session(seats=5, starts_at=clock() + timedelta(hours=1), facility=place)
    child = await make_member(8, family_name="新井", given_name="蒼太")
    hidden = await make_member(8, family_name="秘密")
    for one in (child, hidden):
        await make_reservation(session, one)
    await make_protected(hidden)
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    page = (await client.get(f"/staff/paper?facility={place.code}")).text
    assert child.number in page
    assert hidden.number not in page
    assert "秘密" not in page
    assert "ほかに、名前を出さない人が1人" in page
    seen = await house_db.fetch("select member_id from personal_data_view where what = 'morning-list'")
    assert [row["member_id"] for row in seen] == [child.id]
    other = await make_facility()
    assert (await client.get(f"/staff/paper?facility={other.code}")).status_code == 404
    assert await service_paper.mail_morning_lists() == 0
    await house_db.execute("update facility set desk_email = 'desk@example.jp' where id = $1", place.id)
    assert await service_paper.mail_morning_lists() == 1
    assert await service_paper.mail_morning_lists() == 0
    mail = await house_db.fetchrow("select to_address, content, subject from message where kind = 'morning-list'")
    assert mail["to_address"] == "desk@example.jp"
    assert child.number in mail["content"]
    assert child.shown_name in mail["content"]
    assert "新井" not in mail["content"].replace(child.shown_name, "")
    assert hidden.number not in mail["content"]
    assert child.shown_name not in mail["subject"]


async def test_groups_stand_on_the_sheet_and_come_back_by_their_code(
    client: httpx.AsyncClient, place: Any, clock: Any
) -> None:
    wiring.introduce()
    visit = await make_visit(place, wheelchairs="1")
    assert visit.visit is not None
    clock.set(house_clock.at_local(visit.visit.on, time(8)))
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    page = (await client.get(f"/staff/paper?facility={place.code}")).text
    for said in (visit.organisation, visit.door_code, "車いす 1台"):
        assert said in page
    await house_db.execute("update facility set desk_email = 'desk@example.jp' where id = $1", place.id)
    assert await service_paper.mail_morning_lists() == 1
    mail = await house_db.fetchval("select content from message where kind = 'morning-list'")
    assert (visit.organisation in mail, "40人" in mail, visit.door_code in mail) == (True, True, True)
    for secret in (visit.contact_name, visit.email, "226-2111"):
        assert secret not in page + mail
    clock.set(house_clock.at_local(visit.visit.on, time(17)))
    counted = [Tally(nonce=uuid4(), of="group", heads="37", at="10:05", party=str(visit.door_code))]
    assert await states(await desk(place), place, [], counted, day=visit.visit.on) == ["done"]
    (came,) = await visits()
    assert (came["party"], came["heads"], came["entered_by"]) == (visit.organisation, 37, "paper")
    assert (await sum_arrivals([visit.id]))[visit.id].people == 37


async def test_no_list_is_mailed_on_a_closing_day(place: Any, clock: Any) -> None:
    shut = await make_facility(weekdays=[1], desk_email="desk@example.jp")
    assert shut.desk_email == "desk@example.jp"
    assert await service_paper.mail_morning_lists() == 0


async def test_the_grid(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    child, hidden = await make_member(8), await make_member(8, family_name="秘密")
    await make_protected(hidden)
    shown = (await client.get(f"/staff/paper/enter?facility={place.code}")).text
    nonces = re.findall(r'name="nonce" value="([^"]+)"', shown)
    marks = re.findall(r'name="tally_nonce" value="([^"]+)"', shown)
    assert (len(nonces), len(marks)) == (20, 5)
    blank = [""] * 17
    data = {
        "facility": place.code,
        "on": DAY.isoformat(),
        "nonce": nonces,
        "who": [child.number, "いない人", hidden.number, *blank],
        "came": ["9:30", "9:30", "9:31", *blank],
        "left": ["", "", "", *blank],
        "tally_nonce": marks,
        "of": ["guardian"] * 5,
        "heads": ["3", "", "", "", ""],
        "at": ["9:30", "", "", "", ""],
        "party": [""] * 5,
    }
    answer = await client.post("/staff/paper/enter", data=data)
    assert (answer.status_code, "3行を記録しました" in answer.text) == (422, True)
    assert "いない人" in answer.text
    assert "秘密" not in answer.text
    assert nonces[1] in answer.text
    assert nonces[0] not in answer.text
    assert (await client.post("/staff/paper/enter", data=data)).status_code == 422
    assert len(await visits()) == 3
    crooked = await client.post("/staff/paper/enter", data={**data, "who": ["x"]})
    assert crooked.status_code == 400
