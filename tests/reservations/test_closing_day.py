"""Closing a day: who is reached, moved and told; whom to ring; and taking it back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.queries import list_bodies
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import FacilityView
from booking.facilities.schemas_forms import ClosureForm
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.programs.errors import DayHasBookings
from booking.programs.queries import get_session
from booking.programs.schemas import SessionView
from booking.reservations import service, service_enrolments
from booking.reservations.errors_staff import WayUnknown
from booking.reservations.service_closing_day import close_day, revoke_day
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility, make_place
from tests.make.groups import enrol, make_group
from tests.make.people import make_body, make_household, make_member, make_protected
from tests.make.programs import make_option, make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)


class Scene:
    """A place whose manager closes a day with one session of a program; other sessions come by name."""

    def __init__(self, facility: FacilityView, program: Any, by: Any, closed: SessionView) -> None:
        self.facility, self.program, self.by, self.closed = facility, program, by, closed

    async def session(self, days: float, facility: FacilityView | None = None, **more: Any) -> SessionView:
        starts_at = self.closed.starts_at + timedelta(days=days)
        return await make_session(facility=facility or self.facility, program=self.program, starts_at=starts_at, **more)

    def form(self, **more: Any) -> ClosureForm:
        day = self.closed.held_on.isoformat()
        return ClosureForm(
            **{"day": day, "kind": "closed", "from_time": "", "until_time": "", "reason": "点検", **more}
        )

    async def close(self, way: str = "", **more: Any) -> UUID:
        return await close_day(self.by, self.facility.code, self.form(), way=way, **more)

    async def revoke(self, closure: UUID, **more: Any) -> None:
        await revoke_day(self.by, self.facility.code, closure, **more)


@pytest.fixture
async def scene(client: httpx.AsyncClient) -> Scene:
    await make_body()
    body = next(one for one in await list_bodies() if one.code == "100005")
    facility = await make_facility(body=body)
    program = await make_program(facility=facility)
    closed = await make_session(
        facility=facility, program=program, starts_at=house_clock.now().replace(hour=3) + timedelta(days=4)
    )
    manager = await make_staff("facility-manager", facility.code)
    await sign_in(client, manager)
    return Scene(facility, program, await actor_for(manager), closed)


async def where(member: Any) -> list[tuple[UUID, str]]:
    rows = await house_db.fetch(
        "select session, state from reservation where member = $1 order by booked_at, id", member.id
    )
    return [(row["session"], row["state"]) for row in rows]


async def letters() -> list[dict[str, Any]]:
    return [dict(row) for row in await house_db.fetch("select * from message order by created_at, id")]


async def test_nothing_changes_until_a_way_is_chosen(scene: Scene) -> None:
    booked = await make_reservation(scene.closed)
    with pytest.raises(DayHasBookings) as refused:
        await scene.close()
    assert refused.value.params == {"sessions": 1, "taken": 1}
    with pytest.raises(WayUnknown):
        await scene.close("throw-away")
    assert (await get_session(scene.closed.id)).state == "published"
    assert await house_db.fetchval("select state from reservation where id = $1", booked.id) == "confirmed"
    assert await house_db.fetchval("select count(*) from closure") == 0


async def test_everybody_goes_to_the_nearest_session_that_fits(scene: Scene) -> None:
    near, far = await scene.session(1, seats=1), await scene.session(3)
    elsewhere = await make_facility(body=(await list_bodies())[0], place=await make_place())
    await scene.session(0, elsewhere)
    first, second = await make_member(), await make_member()
    for each in (first, second):
        await make_reservation(scene.closed, each)
    await scene.close("move-here")
    assert await where(first) == [(scene.closed.id, "cancelled"), (near.id, "confirmed")]
    assert await where(second) == [(scene.closed.id, "cancelled"), (far.id, "confirmed")]
    assert (await get_session(scene.closed.id)).state == "cancelled"
    acts = await house_db.fetch("select action from audit_entry order by id")
    assert [row["action"] for row in acts].count("reservation.moved") == 2


async def test_elsewhere_the_same_day_counts_when_it_may(scene: Scene) -> None:
    body = next(one for one in await list_bodies() if one.code == "100005")
    elsewhere = await make_facility(body=body, place=await make_place())
    same_day = await scene.session(0, elsewhere)
    await scene.session(1)
    member = await make_member()
    await make_reservation(scene.closed, member)
    await scene.close("move-anywhere")
    assert await where(member) == [(scene.closed.id, "cancelled"), (same_day.id, "confirmed")]


UNFIT = {
    "another program": {},
    "full": {"seats": 0},
    "a draft": {"state": "draft"},
    "begins within a day": {"days": -3.5},
    "too far": {"days": 15},
    "chosen by draw": {"selection": "draw"},
}


@pytest.mark.parametrize("why", UNFIT)
async def test_who_does_not_fit_is_cancelled(scene: Scene, why: str) -> None:
    how = {"days": 1, **UNFIT[why]}
    days = how.pop("days")
    if why == "another program":
        await make_session(facility=scene.facility, starts_at=scene.closed.starts_at + DAY)
    else:
        await scene.session(days, **how)
    member = await make_member()
    await make_reservation(scene.closed, member)
    await scene.close("move-here")
    assert await where(member) == [(scene.closed.id, "cancelled")]


async def test_limits_and_overlaps_hold_and_the_lost_booking_counts_no_more(scene: Scene) -> None:
    await house_db.execute("update program set max_held = 1 where id = $1", scene.program.id)
    next_day, later = await scene.session(1), await scene.session(2)
    busy, free = await make_member(), await make_member()
    for each in (busy, free):
        await make_reservation(scene.closed, each)
    await make_reservation(await make_session(facility=scene.facility, starts_at=next_day.starts_at), busy)
    await scene.close("move-here")
    assert await where(free) == [(scene.closed.id, "cancelled"), (next_day.id, "confirmed")]
    assert (later.id, "confirmed") in await where(busy)


async def test_brothers_and_sisters_stay_together_with_what_they_asked_for(scene: Scene) -> None:
    await scene.session(1, seats=1)
    both = await scene.session(2)
    option = await make_option(scene.closed, quota=1)
    pool = "insert into session_option (id, session, option, quota) values ($1, $2, $3, 1)"
    await house_db.execute(pool, new_id(), both.id, option.option_id)
    order = new_id()
    ones = [await make_member(), await make_member()]
    booked = [await make_reservation(scene.closed, each, order_id=order) for each in ones]
    chosen = "insert into reservation_option (id, reservation, option) values ($1, $2, $3)"
    await house_db.execute(chosen, new_id(), booked[0].id, option.id)
    await scene.close("move-here")
    assert [(await where(each))[-1] for each in ones] == [(both.id, "confirmed")] * 2
    assert await house_db.fetchval("select count(*) from reservation_option") == 2


async def test_one_message_per_family_says_all_in_its_language(scene: Scene) -> None:
    account = await make_account(email="vi@example.jp")
    home = await make_household(account)
    await house_db.execute("update household set language = 'en' where id = $1", home)
    moved, gone = (
        await make_member(account=account, household=home),
        await make_member(3, account=account, household=home),
    )
    await house_db.execute("update eligibility set min_grade = 7, max_grade = 12 where program = $1", scene.program.id)
    await scene.session(1)
    for each in (moved, gone):
        await make_reservation(scene.closed, each)
    await make_reservation(scene.closed, await make_member(account=account, household=home), "waiting")
    words = scene.form(reasons=["", "Inspection of the hall"])
    await close_day(scene.by, scene.facility.code, words, way="move-here")
    (letter,) = await letters()
    assert (letter["kind"], letter["language"], letter["to_address"]) == (
        "reservation-day-closed",
        "en",
        "vi@example.jp",
    )
    assert letter["content"].count("/bookings") == 1
    assert "/sessions" in letter["content"]
    assert "Inspection of the hall" in letter["content"] and "点検" not in letter["content"]


async def test_points_for_the_day_are_taken_back(scene: Scene) -> None:
    booked = await make_reservation(scene.closed, state="released")
    await house_db.execute(
        "insert into point (id, member, body, reservation, reason, points, given_at)"
        " select $1, $2, $3, $4, 'no-show', 2, now()",
        *(new_id(), booked.member_id, scene.facility.body_id, booked.id),
    )
    await scene.close()
    assert await house_db.fetchval("select taken_back_by from point") == scene.by.id


async def test_a_weekly_seat_drops_out_and_a_part_of_a_day_leaves_the_rest(scene: Scene) -> None:
    later = await scene.session(0.25)
    kept, gone = await make_reservation(later), await make_reservation(scene.closed)
    form = scene.form(from_time="11:00", until_time="13:00")
    await close_day(scene.by, scene.facility.code, form, way="cancel")
    assert await house_db.fetchval("select state from reservation where id = $1", kept.id) == "confirmed"
    assert await house_db.fetchval("select state from reservation where id = $1", gone.id) == "cancelled"


async def test_taking_it_back_gives_back_what_still_fits(scene: Scene) -> None:
    near = await scene.session(1)
    members = {name: await make_member() for name in ("moved", "waits", "busy", "used")}
    await make_reservation(scene.closed, members["moved"])
    await make_reservation(scene.closed, members["used"])
    await make_reservation(scene.closed, members["busy"])
    waiting = await make_reservation(scene.closed, members["waits"], "waiting")
    await house_db.execute("update reservation set waiting_at = booked_at where id = $1", waiting.id)
    closure = await scene.close("move-here")
    await house_db.execute(
        "update reservation set state = 'arrived' where member = $1 and session = $2", members["used"].id, near.id
    )
    other = await make_session(facility=await make_facility(), starts_at=scene.closed.starts_at)
    await make_reservation(other, members["busy"])
    await scene.revoke(closure)
    assert await where(members["moved"]) == [(scene.closed.id, "confirmed"), (near.id, "cancelled")]
    assert await where(members["used"]) == [(scene.closed.id, "cancelled"), (near.id, "arrived")]
    assert (scene.closed.id, "cancelled") in await where(members["busy"])
    assert (near.id, "confirmed") in await where(members["busy"])
    assert await where(members["waits"]) == [(scene.closed.id, "offered")]
    assert (await get_session(scene.closed.id)).state == "published"


async def test_the_page_lists_asks_and_says_whom_to_ring(scene: Scene, client: httpx.AsyncClient) -> None:
    near = await scene.session(1)
    phone_only = await make_member(
        family_name="電話", given_name="はるか", household=await make_household(phone="+81272224444")
    )
    secret = await make_member(family_name="秘密", given_name="なお")
    await make_protected(secret)
    for each in (phone_only, secret):
        await make_reservation(scene.closed, each)
    address = f"/staff/facilities/{scene.facility.code}/closures"
    sent = {"day": scene.closed.held_on.isoformat(), "kind": "closed", "from_time": "", "until_time": ""}
    sent |= {"reason": "点検", "way": "", "seen": ""}
    asked = await client.post(address, data=sent)
    assert asked.status_code == 200
    assert "電話 はるか" in asked.text
    assert "秘密" not in asked.text
    assert "ほかに、一覧に出さない人が 1人います" in asked.text
    stale = await client.post(address, data={**sent, "way": "move-here", "seen": version_of("old")})
    assert stale.status_code == 409
    seen = asked.text.split('name="seen" value="')[1].split('"')[0]
    done = await client.post(address, data={**sent, "way": "move-here", "seen": seen})
    assert done.status_code == 303
    outcome = (await client.get(done.headers["location"])).text
    assert "027" in outcome
    assert "秘密" not in outcome
    assert "一覧に名前を出さない人が1人います" in outcome
    assert [one for one, _ in await where(secret)] == [scene.closed.id, near.id]
    viewed = await house_db.fetch("select * from personal_data_view")
    assert viewed
    assert (await client.get("/staff/closures")).status_code == 200
    back = done.headers["location"].split("?")[0] + "/revoke"
    assert (await client.post(back, data={"way": "", "seen": ""})).status_code == 303
    assert await where(phone_only) == [(scene.closed.id, "confirmed"), (near.id, "cancelled")]


async def test_the_api_closes_with_a_way(scene: Scene, client: httpx.AsyncClient) -> None:
    near = await scene.session(1)
    member = await make_member()
    await make_reservation(scene.closed, member)
    body = {"facility": scene.facility.code, "day": scene.closed.held_on.isoformat(), "reason": "点検"}
    assert (await client.post("/api/v1/staff/closures", json=body)).json()["code"] == "day-has-bookings"
    wrong = await client.post("/api/v1/staff/closures", json={**body, "way": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "way-unknown")
    assert (await client.post("/api/v1/staff/closures", json={**body, "way": "move-here"})).status_code == 201
    assert (await where(member))[-1] == (near.id, "confirmed")
    with pytest.raises(Exception, match="session-cancelled"):
        await service.book(scene.by, [scene.closed.id], [(await make_member()).id])


async def test_who_left_a_group_meanwhile_gets_no_seat_back(scene: Scene) -> None:
    group = await make_group(facility=scene.facility, seats=2, min_to_open=2, starts_after_days=0)
    children = [await make_member(body=scene.facility.body_code) for _ in range(2)]
    first, second = await enrol(group, *children)
    (day, *_) = sorted(await group_days(group.id))
    closure = await close_day(scene.by, scene.facility.code, scene.form(day=day.isoformat()), way="cancel")
    await service_enrolments.leave(SYSTEM, first.id)
    await scene.revoke(closure)
    rows = await house_db.fetch(
        "select enrolment from reservation join session on session.id = reservation.session"
        ' where session."group" = $1 and session.held_on = $2 and reservation.state = $3',
        *(group.id, day, "confirmed"),
    )
    assert [row["enrolment"] for row in rows] == [second.id]


async def group_days(group_id: UUID) -> list[Any]:
    """The days on which a group meets."""
    rows = await house_db.fetch('select held_on from session where "group" = $1', group_id)
    return [row["held_on"] for row in rows]
