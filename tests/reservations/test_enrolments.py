"""Weekly groups end to end: made, joined, opened at the minimum, seats every week, leaving, the waiting list."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from booking.access.schemas import SYSTEM
from booking.facilities.queries import get_facility
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.programs import queries_groups, service_groups
from booking.programs import service as programs
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations import queries, queries_enrolments, service, service_enrolments, service_seats
from booking.reservations.errors import AlreadyEnrolled, GroupSession
from booking.reservations.errors_bookings import NotYours
from booking.reservations.errors_enrolments import GroupFull
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.groups import enrol, make_group
from tests.make.kiosks import make_kiosk
from tests.make.people import make_member, make_protected
from tests.make.programs import make_program

pytestmark = pytest.mark.anyio


async def seats_of(enrolment_id: UUID, states: tuple[str, ...] = ("confirmed",)) -> list[date]:
    """The days on which an enrolment holds a seat."""
    rows = await house_db.fetch(
        "select session.held_on from reservation join session on session.id = reservation.session"
        " where reservation.enrolment = $1 and reservation.state = any($2) order by 1",
        *(enrolment_id, list(states)),
    )
    return [row["held_on"] for row in rows]


async def messages(kind: str) -> list[str]:
    """Who was sent a message of a kind."""
    rows = await house_db.fetch("select to_address from message where kind = $1 order by to_address", kind)
    return [row["to_address"] for row in rows]


async def audited(action: str) -> int:
    """How often something is in the audit trail."""
    return int(await house_db.fetchval("select count(*) from audit_entry where action = $1", action))


async def test_a_group_opens_the_moment_its_minimum_is_reached(db: None, clock: Any) -> None:
    group = await make_group(seats=3, min_to_open=2, starts_after_days=7)
    first_guardian, second_guardian = await make_account(), await make_account()
    first = await make_member(account=first_guardian, body=group.body_code)
    second = await make_member(account=second_guardian, body=group.body_code)
    (one,) = await enrol(group, first, by=await actor_for(first_guardian))
    assert (await queries_groups.get_group(group.id)).state == "gathering"
    assert await seats_of(one.id) == []
    (two,) = await enrol(group, second, by=await actor_for(second_guardian))
    opened = await queries_groups.get_group(group.id)
    assert (opened.state, opened.starts_on) == ("open", date(2026, 11, 28))
    weeks = [date(2026, 11, 28) + timedelta(weeks=n) for n in range(8)]
    assert await seats_of(one.id) == weeks == await seats_of(two.id)
    assert await messages("group-enrolled") == [first_guardian.email]
    assert await messages("group-opened") == sorted([str(first_guardian.email), str(second_guardian.email)])
    assert await audited("group.opened") == 1
    assert await audited("reservation.booked") == 16


async def test_who_leaves_a_group_gets_the_place_in_another_that_it_stood_in_the_way_of(db: None, clock: Any) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility, grades=(7, 12), adults=False, category="group", max_held=1)
    given = {"facility": facility, "program": program, "seats": 1, "min_to_open": 1}
    one = await make_group(**given)
    other = await make_group(**given, times=(WeeklyTime(7, time(13), time(15)),), name="日曜の午後")
    child, before = [await make_member(body=facility.body_code) for _ in range(2)]
    (first,) = await enrol(one, before)
    (waits,) = await enrol(one, child, may_wait=True)
    (meanwhile,) = await enrol(other, child)
    await service_enrolments.leave(SYSTEM, first.id)
    assert (await queries_enrolments.list_enrolments([waits.id]))[0].state == "waiting", "one group at a time"
    await service_enrolments.leave(SYSTEM, meanwhile.id)
    assert (await queries_enrolments.list_enrolments([waits.id]))[0].state == "enrolled"
    assert await seats_of(waits.id) and not await seats_of(meanwhile.id)


async def test_joining_and_leaving_while_it_runs(db: None, clock: Any) -> None:
    group = await make_group(seats=2, min_to_open=1)
    members = [await make_member(body=group.body_code) for _ in range(4)]
    (one,) = await enrol(group, members[0])
    clock.advance(days=8)
    assert await programs.generate_sessions() == 1
    assert await service_seats.settle_groups() == 1
    (two,) = await enrol(group, members[1])
    assert len(await seats_of(two.id)) == len(await seats_of(one.id)) - 1, "the first week is over"
    with pytest.raises(GroupFull):
        await enrol(group, members[2])
    (three,) = await enrol(group, members[2], may_wait=True)
    (four,) = await enrol(group, members[3], may_wait=True)
    assert (three.state, four.state) == ("waiting", "waiting")
    left = await service_enrolments.leave(SYSTEM, one.id)
    assert left.state == "left"
    assert await seats_of(one.id) == [date(2026, 11, 28)], "what has been stays"
    live = {each.id: each.state for each in await queries_enrolments.list_live([group.id])}
    assert live == {two.id: "enrolled", three.id: "enrolled", four.id: "waiting"}
    assert await seats_of(three.id) == await seats_of(two.id)
    again = await service_enrolments.leave(SYSTEM, one.id)
    assert again == left
    assert await audited("enrolment.promoted") == 1


async def test_a_week_left_out_stays_left_out_and_can_be_taken_back(db: None, clock: Any) -> None:
    group = await make_group(seats=2, min_to_open=1)
    account = await make_account()
    child = await make_member(account=account, body=group.body_code)
    actor = await actor_for(account)
    (one,) = await enrol(group, child, by=actor)
    booked = (await queries.list_reservations_of([child.id]))[0]
    await service.cancel(actor, booked.id)
    await service_seats.settle_groups()
    assert booked.held_on not in await seats_of(one.id)
    await service.book_again(actor, booked.id)
    assert booked.held_on in await seats_of(one.id)


async def test_a_family_joins_together_or_not_at_all(db: None, clock: Any) -> None:
    group = await make_group(seats=1, min_to_open=1)
    account = await make_account()
    children = [await make_member(account=account, body=group.body_code) for _ in range(2)]
    stranger = await make_member(body=group.body_code)
    actor = await actor_for(account)
    with pytest.raises(GroupFull):
        await enrol(group, *children, by=actor)
    with pytest.raises(NotYours):
        await enrol(group, stranger, by=actor)
    await enrol(group, children[0], by=actor)
    with pytest.raises(AlreadyEnrolled):
        await enrol(group, children[0], by=actor, may_wait=True)
    assert await house_db.fetchval("select count(*) from enrolment") == 1


async def test_pages_of_a_family(client: AsyncClient, clock: Any) -> None:
    group = await make_group(seats=3, min_to_open=2)
    account = await make_account()
    child = await make_member(account=account, body=group.body_code)
    found = await client.get("/groups")
    assert "あと2人でひらきます" in found.text
    assert (await client.get("/groups?weekday=1")).text.count("session-what") == 0
    assert "サインインして申しこむ" in (await client.get(f"/groups/{group.id}")).text
    await sign_in(client, account)
    joined = await client.post(
        f"/groups/{group.id}/enrol", data={"member": str(child.id), "other": ["7-morning", "3-evening"]}
    )
    assert joined.headers["location"] == f"/groups/{group.id}?did=enrolled"
    shown = await client.get(joined.headers["location"])
    assert "グループをやめる" in shown.text
    assert "あと1人でひらきます" in shown.text
    (one,) = await queries_enrolments.list_live([group.id])
    assert [(each.weekday, each.starts.hour) for each in one.other_times] == [(3, 17), (7, 9)]
    bookings = await client.get("/bookings")
    assert "土曜の午前" in bookings.text
    left = await client.post(f"/enrolments/{one.id}/leave")
    assert left.headers["location"] == f"/groups/{group.id}?did=left"
    assert "グループをやめました" in (await client.get(left.headers["location"])).text


async def test_staff_make_a_group_and_a_guardian_joins_by_api(client: AsyncClient, clock: Any) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility, category="group")
    await sign_in(client, await make_staff("facility-manager", facility.code))
    body = {
        "program": program.code,
        "facility": facility.code,
        "names": {"ja": "土曜", "en": "Saturday"},
        "seats": 2,
        "min_to_open": 1,
        "first_on": house_clock.today().isoformat(),
        "times": [{"weekday": 6, "starts": "10:00", "ends": "12:00"}],
    }
    made = await client.post("/api/v1/staff/groups", json=body)
    assert made.status_code == 201, made.text
    account = await make_account()
    child = await make_member(account=account, body=facility.body_code)
    await sign_in(client, account)
    wish = {"group_id": made.json()["id"], "member_ids": [str(child.id)]}
    answer = await client.post("/api/v1/enrolments", json=wish, headers={"idempotency-key": "k"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["group_state"] == "open"
    listed = (await client.get("/api/v1/groups")).json()["items"]
    assert [(each["state"], each["enrolled"], each["left"]) for each in listed] == [("open", 1, 1)]
    own = (await client.get("/api/v1/enrolments")).json()["items"]
    left = await client.post(f"/api/v1/enrolments/{own[0]['id']}/leave", json={})
    assert left.json()["state"] == "left"


async def test_the_first_of_april_in_the_middle_of_a_group(client: AsyncClient, clock: Any) -> None:
    """高3 until 31 March: no seats from April on, staff see why, and the younger ones go on."""
    clock.advance(days=100)
    facility = await make_facility()
    group = await make_group(
        facility=facility, program=await make_program(facility=facility, grades=(7, 12), adults=False), min_to_open=2
    )
    last_year = await make_member(grade=None, body=facility.body_code, birth_on=date(2008, 6, 1), shown_name="先輩")
    next_one = await make_member(grade=None, body=facility.body_code, birth_on=date(2012, 6, 1))
    (old,) = await enrol(group, last_year)
    (young,) = await enrol(group, next_one)
    assert max(await seats_of(old.id)) < date(2027, 4, 1) < max(await seats_of(young.id))
    await service_seats.settle_groups()
    assert max(await seats_of(old.id)) < date(2027, 4, 1)
    await sign_in(client, await make_staff("facility-manager", facility.code))
    shown = (await client.get(f"/staff/groups/{group.id}")).text
    assert "席を用意できていない回があります" in shown
    assert "この日は、対象の学年ではありません" in shown


async def test_an_open_group_runs_from_its_first_session_on(db: None, clock: Any) -> None:
    group = await make_group(min_to_open=1)
    await enrol(group, await make_member(body=group.body_code))
    assert await service_groups.start_running() == 0
    clock.advance(days=7)
    assert await service_groups.start_running() == 1
    assert await service_groups.start_running() == 0
    assert (await queries_groups.get_group(group.id)).state == "running"
    assert await audited("group.running") == 1


async def test_staff_and_kiosk_see_the_people_of_a_group(client: AsyncClient, clock: Any) -> None:
    group = await make_group(min_to_open=1)
    facility = await get_facility(group.facility_code)
    child = await make_member(body=group.body_code, shown_name="はなこ")
    hidden = await make_member(body=group.body_code)
    await make_protected(hidden)
    await enrol(group, child, hidden)
    (week, *_) = await queries_groups.list_sessions_of_groups([group.id], clock())
    await sign_in(client, await make_staff("facility-manager", facility.code))
    roster = (await client.get(f"/staff/sessions/{week.id}")).text
    assert child.number in roster and hidden.number not in roster
    clock.advance(days=6, hours=20)
    _, paired = await make_kiosk(facility)
    listed = await client.get("/api/v1/kiosk/day-list", headers={"authorization": f"Bearer {paired.token}"})
    assert listed.status_code == 200, listed.text
    assert str(week.id) in listed.text


async def test_whoever_comes_back_gets_the_weeks_again(db: None, clock: Any) -> None:
    group = await make_group(min_to_open=1)
    child = await make_member(body=group.body_code)
    (one,) = await enrol(group, child)
    weeks = await seats_of(one.id)
    await service_enrolments.leave(SYSTEM, one.id)
    assert await seats_of(one.id) == []
    (again,) = await enrol(group, child)
    assert await seats_of(again.id) == weeks


async def test_a_guest_comes_for_one_week_by_name(db: None, clock: Any) -> None:
    group = await make_group(min_to_open=1, seats=2)
    await enrol(group, await make_member(body=group.body_code))
    guest = await make_member(body=group.body_code)
    (week, *_) = await queries_groups.list_sessions_of_groups([group.id], clock())
    desk = await actor_for(await make_staff("front-desk", group.facility_code))
    with pytest.raises(GroupSession):
        await service.book(desk, [week.id], [guest.id], overridden=["booking-not-open-yet"], reason="x")
    named = ["group-session", "booking-not-open-yet"]
    (booked,) = await service.book(desk, [week.id], [guest.id], overridden=named, reason="見学")
    (late,) = await enrol(group, await make_member(body=group.body_code))
    assert week.held_on not in await seats_of(late.id), "the guest has that week's last seat"
    assert booked.enrolment_id is None


async def test_the_seat_of_whoever_has_left_the_service_goes_to_who_waits(db: None, clock: Any) -> None:
    group = await make_group(min_to_open=1, seats=1)
    gone, next_one = [await make_member(body=group.body_code) for _ in range(2)]
    await enrol(group, gone)
    (waiting,) = await enrol(group, next_one, may_wait=True)
    await house_db.execute("update member set left_at = $2 where id = $1", gone.id, clock())
    await service_seats.settle_groups()
    assert [each.member_id for each in await queries_enrolments.list_live([group.id])] == [next_one.id]
    assert len(await seats_of(waiting.id)) == 8
    assert await service_seats.settle_groups() == 0, "nothing is left to do"
