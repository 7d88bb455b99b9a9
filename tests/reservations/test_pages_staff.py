"""The desk's pages: roster, booking for somebody, cancelling with a reason."""

from datetime import timedelta

import httpx
import pytest

from booking.access.rules import Role
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.reservations.errors_bookings import TooLateToCancel
from booking.reservations.pages_staff import EXCEPTIONS
from booking.reservations.rules import OVERRIDABLE
from tests.conftest import Clock
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.groups import enrol, make_group
from tests.make.people import make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio


async def test_the_roster_and_that_it_was_looked_at(client: httpx.AsyncClient, clock: Clock) -> None:
    """Missing and arrived apart; a protected member is counted and not shown; each shown one is noted."""
    session = await make_session(starts_at=house_clock.now() - timedelta(minutes=5), cancel_until=house_clock.now())
    missing = await make_member(body=session.body_code, family_name="木村")
    here = await make_member(body=session.body_code, family_name="清水")
    hidden = await make_member(body=session.body_code, family_name="秘密")
    await make_protected(hidden)
    await make_reservation(session, missing)
    await make_reservation(session, here, state="arrived", arrived_at=house_clock.now())
    await make_reservation(session, hidden)
    await sign_in(client, await make_staff(Role.FRONT_DESK, session.facility_code))
    html = (await client.get(f"/staff/sessions/{session.id}")).text
    assert "木村" in html and "清水" in html and "秘密" not in html
    assert "一覧に出さない人が 1人" in html and "予約 3人" in html and "まだ" in html and "12:00 入館" in html
    noted = await house_db.fetch("select member_id, what from personal_data_view")
    assert {row["member_id"] for row in noted} == {missing.id, here.id}
    assert {row["what"] for row in noted} == {"roster"}


async def test_who_may_open_a_roster(client: httpx.AsyncClient, clock: Clock) -> None:
    """Staff of that place; an auditor reads without acting; others are told."""
    held = await make_reservation()
    address = f"/staff/sessions/{held.session_id}"
    assert (await client.get(address)).status_code == 303
    await sign_in(client, await make_staff(Role.FRONT_DESK, "elsewhere"))
    assert (await client.get(address)).status_code == 403
    await sign_in(client, await make_staff(Role.AUDITOR))
    html = (await client.get(address)).text
    assert "<form" not in html.split("<main", 1)[1]


async def test_booking_for_somebody(client: httpx.AsyncClient, clock: Clock) -> None:
    """By number; a full session takes a walk-in seat by name and with a reason, and never more than there are."""
    session = await make_session(seats=1, walk_in=1)
    await make_reservation(session)
    child, other = await make_member(body=session.body_code), await make_member(body=session.body_code)
    await sign_in(client, await make_staff(Role.FRONT_DESK, session.facility_code))
    address = f"/staff/sessions/{session.id}/book"
    wrong = await client.post(address, data={"number": "12345678"})
    assert wrong.status_code == 422 and "この番号の人は見つかりませんでした" in wrong.text
    full = await client.post(address, data={"number": child.number})
    assert full.status_code == 409 and child.number in full.text
    named = {"number": f"{child.number[:4]} {child.number[4:]}", "override": "session-full"}
    assert (await client.post(address, data=named)).status_code == 422
    done = await client.post(address, data={**named, "reason": "校外学習"})
    assert done.status_code == 303
    assert "校外学習" in (await client.get(done.headers["location"])).text
    assert (await client.post(address, data={**named, "number": other.number, "reason": "x"})).status_code == 409


async def test_cancelling_for_somebody(client: httpx.AsyncClient, clock: Clock) -> None:
    """Asks first; after the time only with the rule named and a reason."""
    held = await make_reservation(await make_session(starts_at=house_clock.now() + timedelta(hours=1)))
    await sign_in(client, await make_staff(Role.FRONT_DESK, held.facility_code))
    address = f"/staff/reservations/{held.id}/cancel"
    assert "この予約を取り消しますか" in (await client.get(address)).text
    clock.set(held.cancel_until)
    late = await client.post(address, data={"reason": "電話があった"})
    assert late.status_code == 409 and "取り消しの時間をすぎていても取り消す" in late.text
    done = await client.post(address, data={"reason": "電話があった", "override": "too-late-to-cancel"})
    assert done.status_code == 303
    audit = await house_db.fetchrow("select reason, overridden from audit_entry where action = 'reservation.cancelled'")
    assert audit is not None and tuple(audit) == ("電話があった", ["too-late-to-cancel"])
    assert (await client.get(f"/staff/reservations/{held.session_id}/cancel")).status_code == 404


def test_the_desk_reads_every_rule_that_it_may_set_aside() -> None:
    assert {*EXCEPTIONS, TooLateToCancel.code} == OVERRIDABLE


async def test_who_waits_stands_below_in_order_and_the_file_holds_the_same(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    """Parts of the roster are filters of its address; page and file show the same people, protected ones on neither."""
    session = await make_session(seats=2)
    people = [await make_member(body=session.body_code, family_name=name) for name in ("席野", "後野", "先野", "影野")]
    seated, later, first, hidden = people
    await make_protected(hidden)
    await make_reservation(session, seated)
    for waits, minutes in ((later, 2), (first, 1), (hidden, 0)):
        made = await make_reservation(session, waits, state="waiting")
        at = house_clock.now() + timedelta(minutes=minutes)
        await house_db.execute("update reservation set waiting_at = $2 where id = $1", made.id, at)
    await house_db.execute("update member set assistance = '=耳がきこえません' where id = $1", later.id)
    await sign_in(client, await make_staff(Role.FACILITY_MANAGER, session.facility_code))
    address = f"/staff/sessions/{session.id}"
    html = (await client.get(address)).text
    assert html.index("席野") < html.index("先野") < html.index("後野") and "影野" not in html
    assert "2番目" in html and "3番目" in html and "予約 1人" in html and "一覧に出さない人が 1人" in html
    waiting = (await client.get(address, params={"part": "waiting"})).text
    assert "先野" in waiting and "席野" not in waiting and f"{address}/roster.csv?part=waiting" in waiting
    needs = (await client.get(f"{address}/roster.csv", params={"part": "help"})).content.decode("utf-8-sig")
    assert "後野" in needs and "'=耳がきこえません" in needs and "先野" not in needs
    assert needs.count("\r\n") == 2
    whole = (await client.get(f"{address}/roster.csv")).text
    assert "影野" not in whole and [line.split(",")[1] for line in whole.splitlines()[1:]] == ["", "2", "3"]
    noted = await house_db.fetch("select what, count(*) as n from personal_data_view group by 1")
    assert {row["what"]: row["n"] for row in noted} == {"roster": 5, "roster-export": 4}


async def test_the_desk_and_an_operator_take_no_roster_out(client: httpx.AsyncClient, clock: Clock) -> None:
    held = await make_reservation()
    for role in (Role.FRONT_DESK, Role.OPERATOR, Role.AUDITOR):
        await sign_in(client, await make_staff(role, held.facility_code))
        assert "roster.csv" not in (await client.get(f"/staff/sessions/{held.session_id}")).text
        assert (await client.get(f"/staff/sessions/{held.session_id}/roster.xlsx")).status_code == 403


async def test_the_desk_finds_and_gives_back_what_a_member_has_on_its_page(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    """Also of a protected member, whom no roster shows; what is held at another body's place is not there."""
    place = await make_facility()
    group = await make_group(facility=place, min_to_open=1)
    child = await make_member(8, body=group.body_code, shown_name="ひみつ")
    held = await make_reservation(await make_session(facility=place), child)
    elsewhere = await make_reservation(await make_session(), child)
    (enrolled,) = await enrol(group, child)
    await make_protected(child)
    await sign_in(client, await make_staff(Role.FRONT_DESK, group.body_code))
    html = (await client.get(f"/staff/members/{child.id}")).text
    assert f"/staff/reservations/{held.id}/cancel" in html
    assert f"/staff/enrolments/{enrolled.id}/leave" in html
    assert str(elsewhere.id) not in html
    assert (await client.post(f"/staff/enrolments/{enrolled.id}/leave")).status_code == 303
    done = await client.post(f"/staff/reservations/{held.id}/cancel", data={"reason": "電話があった"})
    assert done.status_code == 303
    html = (await client.get(f"/staff/members/{child.id}")).text
    assert "これからの予約はありません" in html
