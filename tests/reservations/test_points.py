"""Points for seats that were not used: off unless a body turns them on, off for under-18s, never at the door."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from booking.access.rules import Role
from booking.access.schemas import SYSTEM
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.reservations import service, service_no_show, service_points
from booking.reservations.schemas_points import RuleForm
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.people import make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.reservations.test_pages import read
from tests.reservations.test_service import refused
from tests.reservations.test_waiting import mailed

pytestmark = pytest.mark.anyio


def a_form(**given: Any) -> RuleForm:
    """A rule that pauses after four points."""
    form = {
        "is_on": True,
        "counts_minors": False,
        "no_show_points": "2",
        "late_cancel_points": "1",
        "late_cancel_minutes": "60",
        "limit_points": "4",
        "counted_days": "90",
        "pause_days": "30",
    }
    return RuleForm(**{**form, **given})


async def rule_for(session: Any, **given: Any) -> None:
    """The body of a session counts points like this."""
    await service_points.change_rule(SYSTEM, session.body_code, a_form(**given))


async def miss(session: Any, member: Any) -> Any:
    """A booking whose holder does not come."""
    booked = await make_reservation(session, member)
    async with house_db.transaction():
        await service_no_show.release(SYSTEM, [booked.id])
    return booked


async def points_of(member: Any) -> list[tuple[str, int, bool]]:
    """Why, how many, and whether they stand."""
    rows = await house_db.fetch("select * from point where member = $1 order by given_at, id", member.id)
    return [(row["reason"], row["points"], row["taken_back_at"] is None) for row in rows]


async def test_nothing_is_counted_unless_the_body_says_so_and_never_for_children(db: None, clock: Clock) -> None:
    place = await make_facility()
    session = await make_session(facility=place, starts_at=house_clock.now())
    adult, child = await make_member(None, body=session.body_code), await make_member(8, body=session.body_code)
    await miss(session, adult)
    assert await points_of(adult) == []
    await rule_for(session)
    later = await make_session(facility=place, starts_at=house_clock.now())
    await rule_for(later)
    for member in (adult, child):
        await miss(later, member)
    assert (await points_of(adult), await points_of(child)) == ([("no-show", 2, True)], [])
    await rule_for(later, counts_minors=True)
    again = await make_session(facility=place, starts_at=house_clock.now())
    await miss(again, child)
    assert await points_of(child) == [("no-show", 2, True)]


async def test_a_minor_is_one_on_the_sessions_day(db: None, clock: Clock) -> None:
    session = await make_session(starts_at=house_clock.now())
    await rule_for(session)
    becomes = await make_member(None, body=session.body_code, birth_on=date(2008, 11, 21))
    not_yet = await make_member(12, body=session.body_code, birth_on=date(2008, 11, 22))
    for member in (becomes, not_yet):
        await miss(session, member)
    assert (len(await points_of(becomes)), len(await points_of(not_yet))) == (1, 0)


async def test_at_the_limit_booking_pauses_and_staff_can_set_it_aside(db: None, clock: Clock) -> None:
    account, place = await make_account(), await make_facility()
    session = await make_session(facility=place, starts_at=house_clock.now())
    adult = await make_member(None, account=account, body=session.body_code)
    await rule_for(session)
    await miss(session, adult)
    second = await make_session(facility=place, starts_at=house_clock.now())
    missed = await miss(second, adult)
    coming = await make_session(facility=place)
    by = await actor_for(account)
    refusal = await refused("booking-paused", service.book(by, [coming.id], [adult.id]))
    assert "12月21日" in refusal.say("ja")
    assert "12月21日" in (await mailed("points-given"))[-1]["content"]
    desk = await actor_for(await make_staff(Role.FRONT_DESK, coming.facility_code))
    await refused("booking-paused", service.book(desk, [coming.id], [adult.id]))
    await service.book(desk, [coming.id], [adult.id], overridden=["booking-paused"], reason="体調不良と連絡があった")
    async with house_db.transaction():
        assert await service_no_show.revive(SYSTEM, {missed.id: house_clock.now()}) == [missed.id]
    assert [stands for _, _, stands in await points_of(adult)] == [True, False]
    other = await make_session(facility=place, starts_at=house_clock.now() + timedelta(days=2))
    await service.book(by, [other.id], [adult.id])
    clock.advance(days=31)


async def test_a_late_cancel_costs_a_point_and_taking_it_back_takes_the_point_back(db: None, clock: Clock) -> None:
    account, place = await make_account(), await make_facility()
    session = await make_session(facility=place, starts_at=house_clock.now() + timedelta(minutes=59))
    adult = await make_member(None, account=account, body=session.body_code)
    await rule_for(session)
    by = await actor_for(account)
    (booked,) = await service.book(by, [session.id], [adult.id])
    await service.cancel(by, booked.id)
    assert await points_of(adult) == [("late-cancel", 1, True)]
    await service.book_again(by, booked.id)
    assert await points_of(adult) == [("late-cancel", 1, False)]
    early = await make_session(facility=place, starts_at=house_clock.now() + timedelta(hours=3))
    (other,) = await service.book(by, [early.id], [adult.id])
    await service.cancel(by, other.id)
    assert len(await points_of(adult)) == 1


async def test_a_seat_given_without_an_answer_costs_nothing(db: None, clock: Clock) -> None:
    session = await make_session(starts_at=house_clock.now())
    await rule_for(session)
    adult = await make_member(None, body=session.body_code)
    given = await make_reservation(session, adult)
    await house_db.execute("update reservation set offered_at = $2 where id = $1", given.id, house_clock.now())
    async with house_db.transaction():
        await service_no_show.release(SYSTEM, [given.id])
    assert await points_of(adult) == []


async def test_the_staffs_page_and_the_bodys_rule(client: httpx.AsyncClient, clock: Clock) -> None:
    session = await make_session(starts_at=house_clock.now())
    await rule_for(session)
    adult = await make_member(None, body=session.body_code, shown_name="あきら")
    hidden = await make_member(None, body=session.body_code, shown_name="ひみつ")
    for member in (adult, hidden):
        await miss(session, member)
    await make_protected(hidden)
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, session.body_code))
    html = await read(client, "/staff/no-shows")
    assert "あきら" in html and "ひみつ" not in html and "点数の決まり" in html
    assert await house_db.fetchval("select count(*) from personal_data_view where what = 'no-shows'") == 1
    point = await house_db.fetchval("select id from point where member = $1", adult.id)
    assert (await client.post(f"/staff/points/{point}/take-back", data={"reason": " "})).status_code == 422
    answer = await client.post(f"/staff/points/{point}/take-back", data={"reason": "来ていた"})
    assert "点を取り消しました" in await read(client, answer.headers["location"])
    assert await points_of(adult) == [("no-show", 2, False)]
    form = {"is_on": "1", "no_show_points": "3", "late_cancel_points": "0", "late_cancel_minutes": "30"}
    form |= {"limit_points": "6", "counted_days": "60", "pause_days": "14"}
    answer = await client.post(f"/staff/point-rules/{session.body_code}", data=form)
    assert "点数の決まりを変えました" in await read(client, answer.headers["location"])
    wrong = await client.post(f"/staff/point-rules/{session.body_code}", data={**form, "limit_points": "0"})
    assert wrong.status_code == 422 and "1から100までの数で" in wrong.text
    assert await house_db.fetchval("select pause_days from point_rule") == 14
    assert (await client.post("/staff/point-rules/100005", data=form)).status_code == 403


async def test_programs_read_who_did_not_come_and_take_points_back(client: httpx.AsyncClient, clock: Clock) -> None:
    """The same people, rights and words as the page; a protected member is on neither."""
    session = await make_session(starts_at=house_clock.now() - timedelta(minutes=30))
    await rule_for(session)
    grown, hidden = await make_member(None, body=session.body_code), await make_member(None, body=session.body_code)
    await make_protected(hidden)
    await miss(session, grown)
    await miss(session, hidden)
    await sign_in(client, await make_staff("body-administrator", session.body_code))
    api = "/api/v1/staff"
    (item,) = (await client.get(f"{api}/no-shows", params={"kind": "absent"})).json()["items"]
    assert (item["number"], item["kind"], item["points"]) == (grown.number, "absent", 2)
    assert (await client.get(f"{api}/no-shows", params={"kind": "late-cancel"})).json()["items"] == []
    address = f"{api}/points/{item['point']}/take-back"
    assert (await client.post(address, json={"reason": " "})).status_code == 422
    key = {"idempotency-key": "once"}
    for _ in range(2):
        done = await client.post(address, json={"reason": "電話がありました"}, headers=key)
        assert done.json() == {"point": item["point"], "points": 0}
    assert (await client.get(f"{api}/no-shows")).json()["items"][0]["points"] == 0
    rule = {"is_on": True, "limit_points": 6}
    changed = await client.put(f"{api}/point-rules/{session.body_code}", json=rule)
    assert changed.json()["items"][0]["limit_points"] == 6
    assert (await client.get(f"{api}/point-rules")).json()["items"] == changed.json()["items"]
    wrong = await client.put(f"{api}/point-rules/{session.body_code}", json={"is_on": True, "limit_points": 0})
    assert wrong.status_code == 422 and "limit_points" in wrong.json()["fields"]
    await sign_in(client, await make_staff("front-desk", "elsewhere"))
    assert (await client.post(address, json={"reason": "x"})).status_code == 403
    assert (await client.get(f"{api}/no-shows")).json()["items"] == []
