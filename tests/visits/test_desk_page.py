"""The desk's one page: due, missing, here, flags, turns, refusals, tallies, groups, and what was put right."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from booking.access.rules import Role
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.passes import service_cards
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.passes import make_pass
from tests.make.people import make_household, make_member, make_protected
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation
from tests.make.visits import kiosk_at, visits

pytestmark = pytest.mark.anyio


async def view(client: httpx.AsyncClient, place: Any, name: str) -> str:
    """One list of today."""
    shown = await client.get(f"/staff/visits?facility={place.code}&view={name}")
    assert shown.status_code == 200
    return shown.text


async def test_due_then_missing_then_here(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    session = await make_session(starts_at=clock() + timedelta(minutes=10), facility=place)
    child, hidden = await make_member(8, family_name="新井"), await make_member(8, family_name="秘密")
    await make_protected(hidden)
    for one in (child, hidden):
        await make_reservation(session, one)
    due = await view(client, place, "due")
    assert ("新井" in due, "秘密" in due, hidden.number in due) == (True, False, False)
    assert "新井" not in await view(client, place, "missing")
    clock.advance(minutes=27)
    first = (await client.get(f"/staff/visits?facility={place.code}")).text
    assert ("新井" in first, "17分おくれ" in first) == (True, True)
    asked = {"facility": place.code, "member": str(child.id), "direction": "in", "view": "missing"}
    done = await client.post("/staff/visits", data=asked)
    assert "view=missing" in done.headers["location"]
    assert "新井" not in await view(client, place, "missing")
    assert "新井" in await view(client, place, "here")
    views = "select count(*) from personal_data_view where member_id = $1 and what = 'visits'"
    before = await house_db.fetchval(views, child.id)
    await view(client, place, "here")
    assert await house_db.fetchval(views, child.id) == before
    clock.advance(minutes=31)
    await view(client, place, "here")
    assert await house_db.fetchval(views, child.id) == before + 1


async def test_the_family_of_who_came_is_one_tap_away(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await make_session(walk_in=9, starts_at=clock(), facility=place)
    home = await make_household()
    child, sister = await make_member(8, home), await make_member(5, home, given_name="結衣")
    hidden = await make_member(4, home, given_name="ひみつ")
    await make_protected(hidden)
    done = await client.post("/staff/visits", data={"facility": place.code, "q": child.number, "direction": "in"})
    shown = (await client.get(done.headers["location"])).text
    assert str(sister.id) in shown
    assert str(hidden.id) not in shown
    assert f"番号 {child.number}" in shown
    assert "緊急の連絡先" in shown  # what is still due is said at the next check-in
    by_hidden = await client.post("/staff/visits", data={"facility": place.code, "q": hidden.number, "direction": "in"})
    shown = (await client.get(by_hidden.headers["location"])).text
    assert str(sister.id) not in shown


async def test_who_a_kiosk_refused_can_be_helped(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    program = await make_program(facility=place, grades=(10, 12), adults=False)
    await make_session(walk_in=3, starts_at=clock(), facility=place, program=program)
    kiosk = await kiosk_at(place)
    child, hidden = await make_member(4, shown_name="そうた"), await make_member(4, shown_name="ひみつ")
    stranger = await make_member(4, shown_name="よそのこ", body="102032")
    await make_protected(hidden)
    for one in (child, hidden, stranger):
        assert (await kiosk.shows((await make_pass(one)).token)).verdict == "refused"
    shown = await view(client, place, "flags")
    assert "受付機で入れなかった人" in shown
    assert ("そうた" in shown, "ひみつ" in shown, "よそのこ" in shown) == (True, False, False)
    anyway = {"facility": place.code, "member": str(child.id), "anyway": "1", "reason": "見学"}
    assert (await client.post("/staff/visits", data=anyway)).status_code == 303
    assert "このあと入りました" in await view(client, place, "flags")
    await sign_in(client, await make_staff(Role.AUDITOR, place.code))
    assert "そうた" not in await view(client, place, "flags")


async def test_turns_wait_in_their_order(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    child = await make_member(8, family_name="新井")
    for number, state, member in ((1, "entered", None), (2, "waiting", child.id), (3, "called", None)):
        await house_db.execute(
            "insert into turn (id, facility, held_on, number, member, state, taken_at)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            *(new_id(), place.id, house_clock.today(), number, member, state, clock()),
        )
    shown = await view(client, place, "turns")
    assert ("2番" in shown, "新井" in shown, "3番" in shown, "1番" in shown) == (True, True, True, False)


async def test_one_unreadable_code_is_one_line_however_often_shown(
    client: httpx.AsyncClient, place: Any, clock: Any
) -> None:
    kiosk = await kiosk_at(place)
    for _ in range(3):
        await kiosk.shows("https://example.jp/menu")
        clock.advance(minutes=1)
    shown = await view(client, place, "flags")
    assert shown.count("このコード") + shown.count("パスではない") + shown.count("パスでは ない") == 1
    assert ("3回" in shown, '確かめる <span class="count">0</span>' in shown) == (True, True)
    assert "確かめることは、ありません" not in shown


async def test_an_exit_is_put_right(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await make_session(walk_in=3, starts_at=clock(), facility=place)
    kiosk = await kiosk_at(place)
    token = (await make_pass(await make_member(8))).token
    await kiosk.shows(token)
    (visit,) = await visits()
    clock.advance(hours=3)
    here = f"/staff/visits/{visit['id']}"
    assert (await client.get(here)).status_code == 200
    for left_at, reason, status in (
        ("15:00", " ", 422),
        ("11:59", "x", 422),
        ("23:00", "x", 422),
        ("たぶん", "x", 422),
    ):
        said = await client.post(f"{here}/exit", data={"left_at": left_at, "reason": reason})
        assert said.status_code == status, left_at
    assert (await client.post(f"{here}/exit", data={"left_at": "１４３０", "reason": "見た"})).status_code == 303
    (visit,) = await visits()
    assert (visit["closed_by"], visit["left_at"]) == ("staff", clock() - timedelta(minutes=30))
    assert "見た" in (await client.get(here)).text
    assert await house_db.fetchval("select count(*) from visit_change") == 2
    # The kiosk was without network and sends what it saw; what staff said stays.
    late = clock() - timedelta(hours=1)
    await kiosk.shows(token, at=late, offline=True, told=("goodbye", "goodbye"))
    (again,) = await visits()
    assert (again["left_at"], again["closed_by"]) == (visit["left_at"], "staff")
    moved = {"left_at": (clock() - timedelta(minutes=5)).isoformat(), "reason": "もう一度"}
    said = await client.post(f"/api/v1{here}/exit", json=moved)
    assert (said.status_code, said.json()["closed_by"]) == (200, "staff")


async def test_a_visit_nobody_scanned_is_added(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    session = await make_session(starts_at=clock(), facility=place)
    child = await make_member(8)
    await make_reservation(session, child)
    clock.advance(hours=3)
    asked = {"facility": place.code, "number": child.number, "on": "2026-11-21", "reason": "停電"}
    assert (await client.get(f"/staff/visits/add?facility={place.code}")).status_code == 200
    wrong = {
        "time-unusable": {"entered_at": "23:00", "left_at": ""},
        "exit-before-entry": {"entered_at": "12:30", "left_at": "12:00"},
        "reason-missing": {"entered_at": "12:30", "left_at": "13:00", "reason": ""},
        "person-not-found": {"entered_at": "12:30", "left_at": "13:00", "number": "1"},
    }
    for code, given in wrong.items():
        refused = await client.post("/staff/visits/add", data={**asked, **given})
        assert refused.status_code in (404, 422), code
    assert await visits() == []
    good = {**asked, "entered_at": "12:10", "left_at": "14:00"}
    assert (await client.post("/staff/visits/add", data=good)).status_code == 303
    (visit,) = await visits()
    assert (visit["entered_by"], visit["session"], visit["grade"]) == ("staff", session.id, 8)
    assert visit["person_key"] is not None
    assert await house_db.fetchval("select state from reservation") == "arrived"
    assert await house_db.fetchval("select kind from visit_correction") == "add"
    assert await house_db.fetchval("select count(*) from visit_change") == 1
    twice = await client.post("/staff/visits/add", data=good)
    assert (twice.status_code, "別の入館の記録" in twice.text) == (409, True)
    past = {
        "facility": place.code,
        "number": child.number,
        "entered_at": "2026-11-10T13:00:00+09:00",
        "left_at": "2026-11-10T14:00:00+09:00",
        "reason": "紙の記録",
    }
    made = await client.post("/api/v1/staff/visits/add", json=past)
    assert (made.status_code, made.json()["entered_by"]) == (201, "staff")
    open_then = await client.post("/api/v1/staff/visits/add", json={**past, "left_at": None})
    assert open_then.json()["code"] == "time-unusable"
    assert "紙の記録" in (await client.get(f"/staff/visits/{made.json()['id']}")).text


async def test_a_late_scan_leaves_an_added_visit_alone(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await make_session(walk_in=3, starts_at=clock(), facility=place)
    child = await make_member(8)
    kiosk = await kiosk_at(place)
    clock.advance(hours=4)
    added = {"facility": place.code, "number": child.number, "entered_at": "2026-11-21T12:05:00+09:00"}
    added |= {"left_at": "2026-11-21T12:50:00+09:00", "reason": "停電"}
    assert (await client.post("/api/v1/staff/visits/add", json=added)).status_code == 201
    token = (await make_pass(child)).token
    early = clock() - timedelta(hours=2)
    await kiosk.shows(token)
    await kiosk.shows(token, at=early, offline=True, told=("welcome", "welcome-walk-in"))
    live = [one for one in await visits() if one["voided_at"] is None]
    ours = [one for one in live if one["entered_by"] == "staff"]
    assert [(one["entered_at"].isoformat(), one["entry_scan"]) for one in ours] == [("2026-11-21T03:05:00+00:00", None)]
    assert len(live) == 2


async def test_a_pass_or_a_lent_card_is_read_into_the_field(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await make_session(walk_in=9, starts_at=clock(), facility=place)
    child, other = await make_member(8), await make_member(8)
    desk = await actor_for(await make_staff(Role.FRONT_DESK, place.code))
    (card,) = await service_cards.make_cards(desk, place.code, 1)
    code = await service_cards.code_of(card)
    asked = {"facility": place.code, "direction": "in"}
    assert (await client.post("/staff/visits", data={**asked, "q": code})).status_code == 404
    await service_cards.lend(desk, place.code, code, other.id)
    for read in ((await make_pass(child)).token.lower(), code):
        assert (await client.post("/staff/visits", data={**asked, "q": read})).status_code == 303
    assert {one["member"] for one in await visits()} == {child.id, other.id}
    await service_cards.revoke_card(desk, card.id)
    assert (await client.post("/staff/visits", data={**asked, "q": code})).status_code == 404
