"""Draws against a real database: opened, applied for, closed, run once, recomputed by anybody."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from booking.access.rules import Role
from booking.access.schemas import SYSTEM
from booking.access.service_tokens import new_token
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.reservations import queries, queries_draws, rules_draws, service, service_draws, service_draws_opening
from booking.reservations.schemas_draws import DrawForm, DrawRecord
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.people import make_member
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.reservations.test_pages import read
from tests.reservations.test_service import refused
from tests.reservations.test_waiting import Family, audited, mailed, make_family, state_of

pytestmark = pytest.mark.anyio


async def draw_session(seats: int = 2, **columns: Any) -> Any:
    """A session in twelve days whose seats are drawn: entries now and for two days more."""
    now = house_clock.now()
    given = {
        "starts_at": now + timedelta(days=12),
        "booking_closes_at": now + timedelta(days=2),
        "roll_over_at": now + timedelta(days=12, minutes=-30),
        **columns,
    }
    return await make_session(seats=seats, selection="draw", **given)


async def closed_draw(clock: Clock, seats: int = 2, entries: int = 4) -> tuple[Any, Any, list[tuple[Family, Any]]]:
    """A draw whose number is out: the session, the draw, and who applied."""
    session = await draw_session(seats)
    applied = []
    for _ in range(entries):
        family = await make_family(session)
        applied.append((family, (await family.order(session))[0]))
    clock.advance(days=2)
    assert await service_draws.close_draws() == 1
    draw = await queries_draws.find_draw_of(session.id)
    assert draw is not None
    clock.set(house_clock.day_span(draw.public_on)[0] + timedelta(hours=16))
    return session, draw, applied


async def staff_of(session: Any) -> Any:
    """A manager of the session's place."""
    return await actor_for(await make_staff(Role.FACILITY_MANAGER, session.facility_code))


async def test_a_draw_from_the_first_entry_to_the_record(db: None, clock: Clock) -> None:
    session = await draw_session()
    by = await staff_of(session)
    families = [await make_family(session) for _ in range(5)]
    entries = [(await each.order(session))[0] for each in families]
    assert {each.state for each in entries} == {"applied"}
    assert await queries.taken([session.id]) == {session.id: 0}
    await refused("already-applied", families[0].order(session))
    draw = await queries_draws.find_draw_of(session.id)
    assert draw is not None and draw.public_name == rules_draws.PUBLIC_NAMES["ja"]
    record = await service_draws.get_record(draw.id)
    assert record.secret is None and record.entries == []
    await refused("draw-entries-open", service_draws.run(by, draw.id, "1"))
    await service.cancel(families[4].by, entries[4].id)
    clock.advance(days=2)
    await refused("booking-closed", (await make_family(session)).order(session))
    assert (await service_draws.close_draws(), await service_draws.close_draws()) == (1, 0)
    await refused("draw-number-not-out", service_draws.run(by, draw.id, "38,450.12"))
    clock.set(house_clock.day_span(draw.public_on)[0] + timedelta(hours=16))
    await refused("draw-number-missing", service_draws.run(by, draw.id, "  "))
    done = await service_draws.run(by, draw.id, "３８，４５０．１２ ")
    assert (done.public_number, done.entries, done.won, done.waiting) == ("38450.12", 4, 2, 2)
    await refused("draw-done", service_draws.run(by, draw.id, "38450.12"))
    states = sorted([await state_of(each) for each in entries])
    assert states == ["cancelled", "offered", "offered", "waiting", "waiting"]
    record = await service_draws.get_record(draw.id)
    assert rules_draws.faults_of(record) == [] and record.commitment == draw.commitment
    assert (len(await mailed("reservation-won")), len(await mailed("reservation-drawn-waiting"))) == (2, 2)
    won = [each for each in entries if await state_of(each) == "offered"][0]  # noqa: RUF015 - asked asynchronously
    assert await audited(won) == ["reservation.applied", "reservation.won"]
    waits = [each for each in entries if await state_of(each) == "waiting"]
    ranks = {
        row["reservation"]: row["rank"] for row in await house_db.fetch("select reservation, rank from draw_entry")
    }
    places = {each.id: each.position for each in await queries.list_reservations([one.id for one in waits])}
    assert sorted(waits, key=lambda one: ranks[one.id]) == sorted(waits, key=lambda one: places[one.id] or 0)


async def test_a_seat_given_up_goes_to_the_next_in_the_order_drawn(db: None, clock: Clock) -> None:
    session, draw, applied = await closed_draw(clock, seats=1, entries=3)
    await service_draws.run(await staff_of(session), draw.id, "7")
    ranks = {
        row["reservation"]: row["rank"] for row in await house_db.fetch("select reservation, rank from draw_entry")
    }
    order = sorted(applied, key=lambda each: ranks[each[1].id])
    await service.cancel(order[0][0].by, order[0][1].id)
    assert [await state_of(each[1]) for each in order] == ["cancelled", "offered", "waiting"]


async def test_a_party_is_one_entry(db: None, clock: Clock) -> None:
    session = await draw_session(2)
    party = await make_family(session, 2)
    both = await party.order(session, together=True, children=2)
    assert [each.is_party for each in both] == [True, True]
    other = await draw_session(2)
    await refused("draw-alone", party.order(session, other, together=True))
    clock.advance(days=2)
    await service_draws.close_draws()
    draw = await queries_draws.find_draw_of(session.id)
    assert draw is not None and draw.entries == 1
    clock.set(house_clock.day_span(draw.public_on)[0] + timedelta(hours=16))
    await service_draws.run(await staff_of(session), draw.id, "7")
    assert [await state_of(each) for each in both] == ["offered", "offered"]
    assert rules_draws.faults_of(await service_draws.get_record(draw.id)) == []


async def test_withdrawn_and_hindered_entries_stay_in_the_record(db: None, clock: Clock) -> None:
    """A withdrawn entry and one whose child has another booking then: the order stays as it can be recomputed."""
    session, draw, applied = await closed_draw(clock, seats=4, entries=4)
    await service.cancel(applied[0][0].by, applied[0][1].id)
    clash = await make_session(starts_at=session.starts_at)
    await make_reservation(clash, applied[1][0].children[0])
    await service_draws.run(await staff_of(session), draw.id, "7")
    record = await service_draws.get_record(draw.id)
    assert sorted(str(each.excluded) for each in record.entries) == ["None", "None", "other-booking", "withdrawn"]
    assert rules_draws.faults_of(record) == []
    assert await state_of(applied[1][1]) == "waiting"


async def test_a_draw_nobody_is_in_any_more_is_run_all_the_same(db: None, clock: Clock) -> None:
    session, draw, applied = await closed_draw(clock, entries=1)
    await service.cancel(applied[0][0].by, applied[0][1].id)
    done = await service_draws.run(await staff_of(session), draw.id, "7")
    assert (done.entries, done.won, done.waiting) == (1, 0, 0)
    assert rules_draws.faults_of(await service_draws.get_record(draw.id)) == []
    empty = await draw_session()
    await service_draws_opening.open_draws()
    clock.advance(days=2)
    await service_draws.close_draws()
    none = await queries_draws.find_draw_of(empty.id)
    assert none is not None
    clock.set(house_clock.day_span(none.public_on)[0] + timedelta(hours=16))
    assert (await service_draws.run(await staff_of(empty), none.id, "7")).entries == 0


async def test_the_record_holds_when_seats_change_after_the_draw(db: None, clock: Clock) -> None:
    session, draw, _ = await closed_draw(clock, seats=2, entries=3)
    await service_draws.run(await staff_of(session), draw.id, "7")
    before = await service_draws.get_record(draw.id)
    for seats in (0, 3):
        await house_db.execute("update session set web_seats = $2 where id = $1", session.id, seats)
        assert await service_draws.get_record(draw.id) == before
    assert (before.seats, rules_draws.faults_of(before)) == (2, [])


async def test_nobody_gets_into_a_list_that_is_closed_staff_neither(db: None, clock: Clock) -> None:
    session, draw, applied = await closed_draw(clock, entries=1)
    by, late = await staff_of(session), await make_family(session)
    added = {"overridden": ("booking-closed",), "reason": "館長に確認ずみ"}
    await refused("booking-closed", service.book(by, [session.id], [late.children[0].id], **added))
    await service_draws.run(by, draw.id, "7")
    await refused("booking-closed", service.book(by, [session.id], [late.children[0].id], **added))
    assert await state_of(applied[0][1]) == "offered"


async def test_the_draw_of_a_session_that_is_off_is_not_held(db: None, clock: Clock) -> None:
    session, draw, _ = await closed_draw(clock, entries=1)
    await house_db.execute(
        "update session set state = 'cancelled', cancelled_at = $2 where id = $1", session.id, clock()
    )
    await refused("session-cancelled", service_draws.run(await staff_of(session), draw.id, "7"))


async def test_a_draw_that_was_never_run_ends_with_a_word(db: None, clock: Clock) -> None:
    session, draw, applied = await closed_draw(clock, entries=1)
    clock.set(session.roll_over_at)
    await refused("draw-too-late", service_draws.run(await staff_of(session), draw.id, "7"))
    assert await service_draws.close_draws() == 1
    assert await state_of(applied[0][1]) == "not-drawn"
    assert len(await mailed("reservation-not-drawn")) == 1


async def test_staff_name_the_number_before_entries_open(db: None, clock: Clock) -> None:
    opens_at = house_clock.now() + timedelta(days=1)
    session = await draw_session(booking_opens_at=opens_at)
    by = await staff_of(session)
    wish = DrawForm(public_name="宝くじ 第1000回 1等の番号", public_on="2026-11-26", confirm_hours="48")
    await service_draws.prepare(by, session.id, wish)
    wish.confirm_hours = "24"
    await service_draws.prepare(by, session.id, wish)
    draw = await queries_draws.find_draw_of(session.id)
    assert draw is not None
    assert (draw.public_name, draw.confirm_hours, draw.opened_at) == (wish.public_name, 24, opens_at)
    wrong = DrawForm(public_name=" ", public_on="2026-11-22", confirm_hours="x")
    refusal = await refused("draw-form-refused", service_draws.prepare(by, session.id, wrong))
    assert set(refusal.fields) == {"public_name", "public_on", "confirm_hours"}
    clock.set(opens_at)
    await refused("draw-begun", service_draws.prepare(by, session.id, wish))
    assert await service_draws_opening.open_draws() == 0
    await refused("not-allowed", service_draws.prepare(await actor_for(await make_account()), session.id, wish))


async def test_entries_open_with_a_commitment(db: None, clock: Clock) -> None:
    session = await draw_session()
    assert (await service_draws_opening.open_draws(), await service_draws_opening.open_draws()) == (1, 0)
    draw = await queries_draws.find_draw_of(session.id)
    assert draw is not None and len(draw.commitment) == 64


async def test_the_pages_of_a_draw(client: httpx.AsyncClient, clock: Clock) -> None:
    session = await draw_session(1)
    account = await make_account()
    child = await make_member(account=account, body=session.body_code)
    await sign_in(client, account)
    html = await read(client, f"/sessions/{session.id}")
    assert "抽選に申しこむ" in html
    answer = await client.post(f"/sessions/{session.id}/apply", data={"member": str(child.id)})
    html = await read(client, answer.headers["location"])
    assert "抽選に申しこみました" in html and "申しこみを取り消す" in html
    draw = await queries_draws.find_draw_of(session.id)
    assert draw is not None
    assert draw.commitment in await read(client, f"/draws/{draw.id}")
    clock.advance(days=2)
    await service_draws.close_draws()
    assert "申しこみの番号 1" in await read(client, "/offers")
    assert "申しこみは終わりました" in await read(client, f"/sessions/{session.id}")
    clock.set(house_clock.day_span(draw.public_on)[0] + timedelta(hours=16))
    await sign_in(client, await make_staff(Role.FACILITY_MANAGER, session.facility_code))
    assert "この数で抽選する" in await read(client, "/staff/draws")
    assert (await client.post(f"/staff/draws/{draw.id}/run", data={"public_number": ""})).status_code == 422
    answer = await client.post(f"/staff/draws/{draw.id}/run", data={"public_number": "7"})
    assert "抽選しました" in await read(client, answer.headers["location"])
    again = await client.post(f"/staff/draws/{draw.id}/run", data={"public_number": "8"})
    assert again.status_code == 409
    assert "当たり" in await read(client, f"/draws/{draw.id}")


async def test_the_api_runs_a_draw_and_the_shell_recomputes_it(
    client: httpx.AsyncClient, clock: Clock, tmp_path: Path
) -> None:
    session, draw, _ = await closed_draw(clock, seats=2, entries=5)
    key = await new_token("係", "facility-manager", session.facility_code, SYSTEM)
    headers = {"authorization": f"Bearer {key}"}
    address = f"/api/v1/staff/draws/{draw.id}/run"
    assert (await client.post(address, json={"public_number": "7"})).status_code == 401
    answer = await client.post(address, json={"public_number": "7"}, headers=headers)
    assert (answer.status_code, answer.json()["won"]) == (200, 2)
    assert (await client.post(address, json={"public_number": "7"}, headers=headers)).json()["code"] == "draw-done"
    raw = (await client.get(answer.json()["record"])).content
    assert (await client.get(f"/api/v1/draws/{draw.id}")).json() == json.loads(raw)
    assert "たろう" not in raw.decode()
    file = tmp_path / "draw.json"
    file.write_bytes(raw)
    assert verify(file).returncode == 0
    record = msgspec.json.decode(raw, type=DrawRecord)
    for wrong in (
        {"public_number": "8"},
        {"commitment": "0" * 64},
        {"entries": record.entries[:-1]},
        {"entries": [msgspec.structs.replace(record.entries[0], outcome="won", rank=99), *record.entries[1:]]},
        {"secret": None},
        {"format": "other"},
    ):
        file.write_bytes(rules_draws.to_file(msgspec.structs.replace(record, **wrong)))
        assert verify(file).returncode == 1, wrong
    file.write_text("{}")
    assert verify(file).returncode == 1
    assert verify(tmp_path / "nowhere").returncode == 1


def verify(file: Path) -> Any:
    """`booking draw verify FILE`."""
    return subprocess.run(
        [sys.executable, "-m", "booking", "draw", "verify", str(file)], capture_output=True, check=False
    )
