"""Close now: entries stop, today is called off without a word against anybody, people are told; and open again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from booking.access.rules import Role
from booking.access.schemas import SYSTEM, Actor
from booking.facilities.queries import get_facility, list_bodies
from booking.facilities.schemas import FacilityView
from booking.kit import db as house_db
from booking.kit.i18n import LANGUAGES
from booking.notifications.queries import lock_due_letters
from booking.notifications.service import enqueue
from booking.programs.queries import get_session
from booking.reservations import service as reservations
from booking.visits.service_closing import close_now, reopen
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility, make_place
from tests.make.passes import make_pass
from tests.make.people import make_body, make_guardianship, make_household, make_member, make_protected
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation
from tests.make.visits import flags, kiosk_at, make_scan, visits

pytestmark = pytest.mark.anyio


@pytest.fixture
async def place(client: httpx.AsyncClient, clock: Any) -> FacilityView:
    """A facility of the body the members are registered with, its desk signed in."""
    await make_body()
    body = next(one for one in await list_bodies() if one.code == "100005")
    facility = await make_facility(body=body, phone="027-123-4567")
    await sign_in(client, await make_staff(Role.FRONT_DESK, facility.code))
    return facility


async def desk_of(facility: FacilityView) -> Actor:
    return await actor_for(await make_staff(Role.FRONT_DESK, facility.code))


async def letters() -> list[dict[str, Any]]:
    return [dict(row) for row in await house_db.fetch("select * from message order by priority, created_at, id")]


async def state_of(reservation_id: UUID) -> str:
    return str(await house_db.fetchval("select state from reservation where id = $1", reservation_id))


async def enter(place: FacilityView, child: Any, **facts: Any) -> str:
    return (await (await kiosk_at(place)).shows((await make_pass(child)).token, **facts)).verdict


async def test_two_taps_close_and_open_the_roll_call(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    running = await make_session(walk_in=3, starts_at=clock(), facility=place)
    later = await make_session(starts_at=clock() + timedelta(hours=3), facility=place)
    tomorrow = await make_session(starts_at=clock() + timedelta(days=1), facility=place)
    inside, coming = await make_member(8), await make_member(9)
    arrived = await make_reservation(running, inside)
    booked, kept = await make_reservation(later, coming), await make_reservation(tomorrow, coming)
    assert await enter(place, inside) == "welcome"
    clock.advance(minutes=5)
    asked = await client.get("/staff/close-now", params={"facility": place.code})
    assert "地震のため、閉める" in asked.text
    done = await client.post("/staff/close-now", data={"facility": place.code, "reason": "earthquake"})
    assert (done.status_code, done.headers["location"]) == (303, f"/staff/roll-call?facility={place.code}&closed=1")
    roll = await client.get(done.headers["location"])
    assert "閉めました。点呼を始めてください。" in roll.text
    assert "群馬 太郎" in roll.text
    assert [(await get_session(one.id)).state for one in (running, later, tomorrow)] == [
        "cancelled",
        "cancelled",
        "published",
    ]
    assert [await state_of(one.id) for one in (arrived, booked, kept)] == ["arrived", "cancelled", "confirmed"]
    assert await enter(place, coming) == "refused"
    again = await client.post("/staff/close-now", data={"facility": place.code, "reason": "weather"})
    assert "did=already" in again.headers["location"]
    status = await client.get(again.headers["location"])
    assert "電話で知らせる人" in status.text
    assert await house_db.fetchval("select count(*) from closing_now") == 1
    assert (await client.get(f"/api/v1/facilities/{place.code}")).json()["is_open_now"] is False
    level = next(one for one in (await client.get("/api/v1/occupancy")).json()["items"] if one["code"] == place.code)
    assert level["level"] == "closed"


async def test_the_api_closes_once_and_opens_once(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    body = {"facility": place.code, "now": True, "reason": "power", "note": "ブレーカー"}
    for wrong in ({**body, "reason": "mood"}, {**body, "note": "あ" * 401}, {**body, "now": "x"}):
        assert (await client.post("/api/v1/staff/closures", json=wrong)).status_code in (400, 422)
    done = await client.post("/api/v1/staff/closures", json=body)
    assert done.status_code == 201
    (item,) = done.json()["items"]
    assert (item["facility"], item["reason"], item["note"]) == (place.code, "power", "ブレーカー")
    again = await client.post("/api/v1/staff/closures", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "closed-now-already")
    clock.advance(minutes=10)
    opened = await client.post(f"/api/v1/staff/closures/{item['id']}/reopen")
    assert (opened.status_code, opened.json()["reopened_at"] is not None) == (200, True)
    twice = await client.post(f"/api/v1/staff/closures/{item['id']}/reopen")
    assert (twice.status_code, twice.json()["code"]) == (409, "not-closed-now")
    unknown = await client.post(f"/api/v1/staff/closures/{place.id}/reopen")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-closing")
    assert (await get_facility(place.code)).closed_now_at is None
    actions = "select action from audit_entry where action like 'facility.%' order by occurred_at"
    assert [row["action"] for row in await house_db.fetch(actions)] == ["facility.close-now", "facility.reopen"]


async def test_rights(client: httpx.AsyncClient, place: Any) -> None:
    other = await make_facility()
    body = {"facility": place.code, "now": True, "reason": "other"}
    for role, scope in ((Role.AUDITOR, place.body_code), (Role.FRONT_DESK, other.code)):
        await sign_in(client, await make_staff(role, scope))
        assert (await client.post("/api/v1/staff/closures", json=body)).status_code == 403
        assert (await client.get("/staff/close-now", params={"facility": place.code})).status_code in (200, 403)
        posted = await client.post("/staff/close-now", data={"facility": place.code, "reason": "other"})
        assert posted.status_code == 403
    assert (await get_facility(place.code)).closed_now_at is None


async def test_the_next_morning_is_open_by_itself(place: Any, clock: Any) -> None:
    await make_session(walk_in=3, starts_at=clock() + timedelta(days=1), facility=place)
    desk, child = await desk_of(place), await make_member(8)
    await close_now(desk, place.code, "weather")
    kiosk = await kiosk_at(place)
    clock.advance(days=1)
    assert (await get_facility(place.code)).closed_now_at is None
    assert (await kiosk.shows((await make_pass(child)).token)).code == "welcome-walk-in"
    await close_now(desk, place.code, "fire-alarm")
    ended = await house_db.fetch("select reopened_at from closing_now order by closed_at")
    assert [row["reopened_at"] is not None for row in ended] == [True, False]


async def test_the_heartbeat_says_it_and_forgets_it(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    kiosk = await kiosk_at(place)

    async def hears() -> tuple[bool, Any]:
        beat = {"version": "1", "kiosk_time": clock().isoformat()}
        headers = {"authorization": f"Bearer {kiosk.token}"}
        answer = await client.post("/api/v1/kiosk/heartbeat", json=beat, headers=headers)
        assert answer.status_code == 200, answer.text
        (said,) = answer.json()["facilities"]
        closed_at = said["closed_at"]
        return said["is_closed"], datetime.fromisoformat(closed_at) if closed_at is not None else None

    assert await hears() == (False, None)
    await close_now(SYSTEM, place.code, "weather")
    closed_at = clock()
    clock.advance(minutes=3)
    assert await hears() == (True, closed_at)
    clock.advance(days=1)
    assert await hears() == (False, None)


async def test_a_welcome_from_before_the_closing_is_no_difference(place: Any, clock: Any) -> None:
    """A kiosk without network let them in while the house was open; the scans arrive when it is closed."""
    session = await make_session(walk_in=3, starts_at=clock(), facility=place)
    booked, walker, late = [await make_member(8) for _ in range(3)]
    kept, missed = await make_reservation(session, booked), await make_reservation(session, late)
    kiosk = await kiosk_at(place)
    tokens = [(await make_pass(one)).token for one in (booked, walker, late)]
    said, before = ("welcome", "welcome"), clock()
    clock.advance(minutes=5)
    await close_now(await desk_of(place), place.code, "power")
    clock.advance(minutes=20)
    await kiosk.sends(
        [
            make_scan(tokens[0], at=before, told=said, offline=True),
            make_scan(tokens[1], at=before, told=("welcome", "welcome-walk-in"), offline=True),
            make_scan(kind="heads", heads=2, facility=place.code, at=before, told=("welcome", "welcome-heads")),
        ]
    )
    assert await flags() == []
    assert [(one["session"], one["heads"]) for one in await visits() if one["kind"] == "member"] == [
        (session.id, 1),
        (session.id, 1),
    ]
    assert (await state_of(kept.id), await state_of(missed.id)) == ("arrived", "cancelled")
    (after,) = await kiosk.sends([make_scan(tokens[2], at=before + timedelta(minutes=6), told=said, offline=True)])
    assert (after.verdict, after.session) == ("welcome", None)
    assert await flags() == ["disagreement"]
    assert await state_of(missed.id) == "cancelled"


async def test_what_a_closing_did_not_let_in_is_seen_by_staff_when_it_comes_after_the_reopening(
    place: Any, clock: Any
) -> None:
    session = await make_session(walk_in=3, starts_at=clock(), facility=place)
    child = await make_member(8)
    booked = await make_reservation(session, child)
    kiosk, desk = await kiosk_at(place), await desk_of(place)
    (closing,) = await close_now(desk, place.code, "fire-alarm")
    clock.advance(minutes=2)
    refused = make_scan((await make_pass(child)).token, told=("refused", "closing-now"), offline=True)
    clock.advance(minutes=8)
    await reopen(desk, closing.id)
    assert [one.verdict for one in await kiosk.sends([refused])] == ["refused"]
    assert (await visits(), await flags(), await state_of(booked.id)) == ([], ["disagreement"], "confirmed")


async def test_guardians_of_those_inside_come_first_and_by_right(place: Any, clock: Any) -> None:
    await make_session(walk_in=9, starts_at=clock(), facility=place)
    told, untold, claimed, abuser, named = [await make_account() for _ in range(5)]
    for each in (told, untold, claimed, abuser, named):
        await make_household(each)
    child, hidden = await make_member(3, account=told, shown_name="そうた"), await make_member(4, shown_name="ゆい")
    await make_guardianship(child, untold, told=False)
    await make_guardianship(child, claimed, confirmed=False)
    await make_guardianship(hidden, abuser)
    await make_guardianship(hidden, named)
    await make_protected(hidden, named)
    for one in (child, hidden):
        assert await enter(place, one) == "welcome"
    await house_db.execute("delete from message")
    code = {"subject": "番号", "body": "1", "language": "ja"}
    await enqueue(kind="sign-in-code", to="a@example.jp", priority=1, **code)
    await enqueue(kind="ordinary", to="b@example.jp", priority=3, **code)
    await close_now(await desk_of(place), place.code, "earthquake")
    due = await lock_due_letters(clock(), clock() + timedelta(minutes=1), 50)
    assert {one.to_address for one in due[:2]} == {told.email, named.email}
    assert [one.to_address for one in due[2:]] == ["a@example.jp", "b@example.jp"]
    text = next(one.content for one in due if one.to_address == told.email)
    assert "そうたさん" in text
    assert "地震" in text
    assert "(027)123-4567" in text
    assert "ゆい" not in text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_in_the_language_of_the_household(place: Any, clock: Any, language: str) -> None:
    session = await make_session(walk_in=9, starts_at=clock(), facility=place)
    account = await make_account()
    household = await make_household(account)
    await house_db.execute("update household set language = $2 where id = $1", household, language)
    child = await make_member(3, account=account, shown_name="Lia")
    await make_reservation(await make_session(starts_at=clock() + timedelta(hours=4), facility=place), child)
    await make_reservation(session, child)
    await enter(place, child)
    await house_db.execute("delete from message")
    (closing,) = await close_now(await desk_of(place), place.code, "weather")
    clock.advance(minutes=1)
    await reopen(await desk_of(place), closing.id)
    said = await letters()
    assert [one["kind"] for one in said] == [
        "closing-inside",
        "reservation-closed",
        "closing-inside-again",
        "reservation-reopened",
    ]
    assert {one["language"] for one in said} == {language}
    assert all("Lia" in one["content"] for one in said if one["kind"] != "closing-inside-again")
    assert all("{" not in one["content"] + one["subject"] for one in said)


async def test_the_one_who_booked_hears_and_nothing_is_held_against_anybody(place: Any, clock: Any) -> None:
    """A claimed guardian gets no notices, but is told of the end of the booking that they made."""
    parent = await make_account()
    await make_household(parent)
    child = await make_member(3, account=parent, confirmed=False)
    later = await make_session(starts_at=clock() + timedelta(hours=3), facility=place)
    (booked,) = await reservations.book(await actor_for(parent), [later.id], [child.id])
    await house_db.execute("delete from message")
    await close_now(await desk_of(place), place.code, "illness")
    (letter,) = await letters()
    assert (letter["to_address"], letter["kind"]) == (parent.email, "reservation-closed")
    assert "あなたが取り消したことにはなりません" in letter["content"]
    row = await house_db.fetchrow("select state, released_at from reservation where id = $1", booked.id)
    assert row is not None
    assert tuple(row) == ("cancelled", None)


async def test_who_is_not_reached_is_rung(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    parent, lost = await make_account(), await make_account()
    for each in (parent, lost):
        await make_household(each)
    reached = await make_member(3, account=parent, family_name="届く")
    unreached = await make_member(3, await make_household(phone="+81271112222"), family_name="届かない")
    failed = await make_member(3, account=lost, family_name="戻った")
    hidden = await make_member(4, family_name="秘密")
    await make_protected(hidden)
    later = await make_session(starts_at=clock() + timedelta(hours=3), facility=place)
    for one in (reached, unreached, failed, hidden):
        await make_reservation(later, one)
    await client.post("/staff/close-now", data={"facility": place.code, "reason": "other"})
    await house_db.execute("update message set state = 'failed' where to_address = $1", lost.email)
    shown = (await client.get("/staff/close-now", params={"facility": place.code})).text
    assert "届く 太郎" not in shown
    assert "届かない 太郎" in shown
    assert "(027)111-2222" in shown
    assert "戻った 太郎" in shown
    assert "秘密" not in shown
    assert "ほかに、一覧に名前を出さない人が1人います。" in shown
    viewed = "select member_id from personal_data_view where what = 'closing-unreached'"
    assert {row["member_id"] for row in await house_db.fetch(viewed)} == {unreached.id, failed.id}


async def test_opening_again_gives_back_what_was_taken_and_no_more(place: Any, clock: Any) -> None:
    program = await make_program(facility=place, max_held=2)
    soon = await make_session(starts_at=clock() + timedelta(minutes=10), minutes=30, facility=place, program=program)
    later = await make_session(starts_at=clock() + timedelta(hours=3), facility=place, program=program)
    by_hand = await make_session(starts_at=clock() + timedelta(hours=3), facility=place)
    await house_db.execute(
        "update session set state = 'cancelled', cancelled_at = $2 where id = $1", by_hand.id, clock()
    )
    parent = await make_account()
    kept, moved, own = [await make_member(3, account=parent) for _ in range(3)]
    ended, back = await make_reservation(soon, kept), await make_reservation(later, kept)
    elsewhere, mine = await make_reservation(later, moved), await make_reservation(later, own)
    await reservations.cancel(await actor_for(parent), mine.id)
    clock.advance(minutes=5)
    (closing,) = await close_now(await desk_of(place), place.code, "power")
    other = await make_session(starts_at=clock() + timedelta(hours=3), facility=await make_facility())
    await make_reservation(other, moved)
    clock.advance(minutes=50)
    await house_db.execute("delete from message")
    await reopen(await desk_of(place), closing.id)
    states = [await state_of(one.id) for one in (ended, back, elsewhere, mine)]
    assert states == ["cancelled", "confirmed", "cancelled", "cancelled"]
    sessions = [(await get_session(one.id)).state for one in (soon, later, by_hand)]
    assert sessions == ["cancelled", "published", "cancelled"]
    (letter,) = await letters()
    assert (letter["kind"], letter["to_address"]) == (
        "reservation-reopened",
        None if not parent.email else parent.email,
    )


async def test_turns_are_given_up(place: Any, clock: Any) -> None:
    child = await make_member(3)
    await house_db.execute(
        "insert into turn (id, facility, held_on, number, member, state, taken_at)"
        " values (gen_random_uuid(), $1, $2, 1, $3, 'waiting', $4)",
        *(place.id, clock().date(), child.id, clock()),
    )
    await close_now(await desk_of(place), place.code, "power")
    assert await house_db.fetchval("select state from turn") == "given-up"


async def test_all_facilities_behind_one_entrance(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    body = next(one for one in await list_bodies() if one.code == "100005")
    entrance = await make_place()
    first, second = [await make_facility(body=body, place=entrance, name=f"館{n}") for n in (1, 2)]
    foreign = await make_facility(place=entrance)
    await sign_in(client, await make_staff(Role.FRONT_DESK, body.code))
    asked = await client.get("/staff/close-now", params={"facility": first.code})
    assert "同じ入口の 館2 も" in asked.text
    form = {"facility": first.code, "reason": "fire-alarm", "whole_place": "1"}
    assert (await client.post("/staff/close-now", data=form)).status_code == 303
    shut = [(await get_facility(one.code)).closed_now_at for one in (first, second, foreign)]
    assert shut == [clock(), clock(), None]
    assert await house_db.fetchval("select count(*) from roll_call") == 1
