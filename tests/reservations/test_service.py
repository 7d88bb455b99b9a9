"""Booking, cancelling and arriving against a real database."""

from datetime import timedelta

import pytest

from booking.access.rules import Role
from booking.access.schemas import NOBODY, SYSTEM, Actor
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.people.schemas import MemberView
from booking.programs.schemas import SessionView
from booking.reservations import queries, service
from booking.reservations.errors import BY_CONSTRAINT
from booking.reservations.schemas import Wish
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff
from tests.make.facilities import make_facility
from tests.make.people import make_guardianship, make_member, make_protected
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio


async def family(children: int = 1, **columns: object) -> tuple[Actor, SessionView, list[MemberView]]:
    """A guardian, a session that can be booked, and children registered with its body."""
    account = await make_account()
    session = await make_session(**columns)  # type: ignore[arg-type]
    members = [await make_member(account=account, body=session.body_code) for _ in range(children)]
    return await actor_for(account), session, members


async def refused(code: str, awaitable: object) -> Refusal:
    """Await something that must be refused with this code."""
    with pytest.raises(Refusal) as caught:
        await awaitable  # type: ignore[misc]
    assert caught.value.code == code
    return caught.value


async def test_a_guardian_books_for_a_child(db: None, clock: Clock) -> None:
    """A row, an audit entry and a mail, in one transaction."""
    by, session, (child,) = await family()
    (booked,) = await service.book(by, [session.id], [child.id], assistance=" 車いす ")
    assert (booked.state, booked.session_id, booked.member_id) == ("confirmed", session.id, child.id)
    assert await queries.taken([session.id]) == {session.id: 1}
    row = await house_db.fetchrow("select * from reservation where id = $1", booked.id)
    assert row is not None
    assert (row["assistance"], row["booked_by_kind"], row["booked_by"]) == ("車いす", "account", by.id)
    audit = await house_db.fetchrow("select * from audit_entry where subject_id = $1", booked.id)
    assert audit is not None
    assert (audit["action"], audit["scope"]) == ("reservation.booked", session.facility_code)
    mail = await house_db.fetchrow("select * from message")
    assert mail is not None
    assert (mail["kind"], mail["body_code"], mail["send_until"]) == (
        "reservation-booked",
        session.body_code,
        session.ends_at,
    )
    for said in ("たろう", "11月22日（日） 12:00 〜 14:00", "ためしの時間", "ためし館", "/bookings"):
        assert said in mail["content"]
    assert "&" not in mail["content"]


async def test_an_order_is_all_or_nothing_when_asked(db: None, clock: Clock) -> None:
    """One seat and two children: nobody, or the first."""
    by, session, (ann, ben) = await family(2, seats=1)
    refusal = await refused("session-full", service.book(by, [session.id], [ann.id, ben.id]))
    assert set(refusal.fields) == {f"{session.id}/{ben.id}"}
    assert await house_db.fetchval("select count(*) from reservation") == 0
    assert await house_db.fetchval("select count(*) from message") == 0
    wish = Wish(session_ids=(session.id,), member_ids=(ann.id, ben.id))
    order = await service.place_order(by, wish, all_or_nothing=False)
    assert [item.member_id for item in order.items] == [ann.id]
    assert [(each.member, each.refusal.code) for each in order.refused] == [(ben.id, "session-full")]


async def test_nobody_books_for_somebody_elses_child(db: None, clock: Clock) -> None:
    """Not signed in, another family, no right to book, and a protected child seen by others: all the same answer."""
    by, session, (child,) = await family()
    await refused("sign-in-needed", service.book(NOBODY, [session.id], [child.id]))
    stranger = await actor_for(await make_account())
    await refused("not-yours", service.book(stranger, [session.id], [child.id]))
    await house_db.execute("update guardianship set may_book = false")
    await refused("not-yours", service.book(by, [session.id], [child.id]))
    await house_db.execute("update guardianship set may_book = true")
    await make_protected(child)
    await refused("not-yours", service.book(by, [session.id], [child.id]))


async def test_other_bodies_ask_for_consent_first(db: None, clock: Clock) -> None:
    """A child of one body cannot take a seat at the other's place before somebody agreed."""
    account = await make_account()
    session = await make_session()
    child = await make_member(account=account, body="100005")
    refusal = await refused("consent-missing", service.book(await actor_for(account), [session.id], [child.id]))
    assert "ためし館" in refusal.say("ja")


async def test_unknown_and_drafted_sessions_are_not_there(db: None, clock: Clock) -> None:
    """A draft reads as if it did not exist."""
    by, session, (child,) = await family(state="draft")
    await refused("unknown-session", service.book(by, [session.id], [child.id]))
    await refused("unknown-session", service.book(by, [child.id], [child.id]))


async def test_the_desk_books_at_its_own_places_with_a_named_override(db: None, clock: Clock) -> None:
    """Another facility's desk may not; a limit is set aside by name, with a reason that the audit keeps."""
    facility = await make_facility()
    program = await make_program(facility=facility, max_held=1)
    first = await make_session(facility=facility, program=program)
    second = await make_session(facility=facility, program=program, starts_at=first.ends_at)
    child = await make_member(body=facility.body_code)
    other = await actor_for(await make_staff(Role.FRONT_DESK, "elsewhere"))
    await refused("not-allowed", service.book(other, [first.id], [child.id]))
    auditor = await actor_for(await make_staff(Role.AUDITOR))
    await refused("not-allowed", service.book(auditor, [first.id], [child.id]))
    desk = await actor_for(await make_staff(Role.FRONT_DESK, facility.code))
    await service.book(desk, [first.id], [child.id])
    await refused("limit-held", service.book(desk, [second.id], [child.id]))
    await refused("override-reason-missing", service.book(desk, [second.id], [child.id], overridden=["limit-held"]))
    (booked,) = await service.book(desk, [second.id], [child.id], overridden=["limit-held"], reason="校外学習")
    row = await house_db.fetchrow("select * from audit_entry where subject_id = $1", booked.id)
    assert row is not None
    assert (row["overridden"], row["reason"]) == (["limit-held"], "校外学習")
    roster = await queries.list_roster(second.id)
    assert [(each.overridden, each.override_reason) for each in roster] == [(("limit-held",), "校外学習")]


async def test_residents_cannot_set_rules_aside(db: None, clock: Clock) -> None:
    """Naming an override is a thing of staff."""
    by, session, (child,) = await family(seats=1)
    await refused(
        "not-allowed", service.book(by, [session.id], [child.id], overridden=["session-full"], reason="おねがい")
    )


async def test_cancelling_frees_the_seat_once(db: None, clock: Clock) -> None:
    """A second time answers the same and writes nothing more; the seat can be taken back."""
    by, session, (child,) = await family(seats=1)
    (booked,) = await service.book(by, [session.id], [child.id])
    assert (await service.cancel(by, booked.id)).state == "cancelled"
    assert (await service.cancel(by, booked.id)).cancelled_at == house_clock.now()
    assert await house_db.fetchval("select count(*) from audit_entry where action = 'reservation.cancelled'") == 1
    assert await house_db.fetchval("select count(*) from message where kind = 'reservation-cancelled'") == 1
    assert await queries.taken([session.id]) == {session.id: 0}
    (again,) = await service.book_again(by, booked.id)
    assert again.id != booked.id and again.state == "confirmed"


async def test_who_may_cancel_and_until_when(db: None, clock: Clock) -> None:
    """Strangers find nothing; after the time only the desk, by name and with a reason."""
    by, session, (child,) = await family()
    (booked,) = await service.book(by, [session.id], [child.id])
    stranger = await actor_for(await make_account())
    await refused("reservation-not-found", service.cancel(stranger, booked.id))
    await refused("reservation-not-found", service.cancel(by, child.id))
    clock.set(session.cancel_until)
    await refused("too-late-to-cancel", service.cancel(by, booked.id))
    await refused("not-allowed", service.cancel(by, booked.id, overridden=["too-late-to-cancel"], reason="x"))
    elsewhere = await actor_for(await make_staff(Role.FRONT_DESK, "elsewhere"))
    await refused("reservation-not-found", service.cancel(elsewhere, booked.id))
    await refused("reservation-not-found", service.cancel(elsewhere, child.id))
    desk = await actor_for(await make_staff(Role.FRONT_DESK, session.facility_code))
    late = await service.cancel(desk, booked.id, overridden=["too-late-to-cancel"], reason="電話があった")
    assert late.state == "cancelled"


async def test_the_guardians_are_told_when_the_desk_books(db: None, clock: Clock) -> None:
    """Confirmed guardians who are told, and nobody for a protected child but the named one."""
    account, other = await make_account(), await make_account()
    session = await make_session()
    child = await make_member(account=account, body=session.body_code)
    hidden = await make_member(account=other, body=session.body_code)
    await make_protected(hidden)
    desk = await actor_for(await make_staff(Role.FRONT_DESK, session.facility_code))
    await service.book(desk, [session.id], [child.id, hidden.id])
    rows = await house_db.fetch("select to_address, content from message")
    assert [row["to_address"] for row in rows] == [account.email]
    assert rows[0]["content"].count("たろう") == 1


async def test_a_child_with_a_card_books_and_the_guardians_are_told(db: None, clock: Clock) -> None:
    """The card's account has no mail; who looks after the child learns of it."""
    mother, card = await make_account(), await make_account(kind="card")
    session = await make_session()
    child = await make_member(account=mother, body=session.body_code)
    await make_guardianship(child, card)
    await service.book(await actor_for(card), [session.id], [child.id])
    rows = await house_db.fetch("select to_address from message")
    assert [row["to_address"] for row in rows] == [mother.email]


async def test_the_service_itself_books_without_mail(db: None, clock: Clock) -> None:
    """Demo data and imports tell nobody."""
    _, session, (child,) = await family()
    await service.book(SYSTEM, [session.id], [child.id])
    assert await house_db.fetchval("select count(*) from message") == 0


async def test_arriving_uses_a_seat(db: None, clock: Clock) -> None:
    """Only what is held arrives; an arrived one can no longer be cancelled."""
    held = await make_reservation()
    given_back = await make_reservation(state="cancelled")
    await service.arrive(dict.fromkeys((held.id, given_back.id), house_clock.now()))
    found = {each.id: each for each in await queries.list_reservations([held.id, given_back.id])}
    assert (found[held.id].state, found[held.id].arrived_at) == ("arrived", house_clock.now())
    assert found[given_back.id].state == "cancelled"
    await refused("already-arrived", service.cancel(SYSTEM, held.id))


async def test_what_the_kiosk_reads(db: None, clock: Clock) -> None:
    """Seats of published sessions in the window, and only those that let somebody in."""
    session = await make_session()
    kept = await make_reservation(session)
    await make_reservation(session, state="cancelled")
    await make_reservation(session, state="waiting")
    far = await make_session(facility=None, starts_at=house_clock.now() + timedelta(days=20))
    await make_reservation(far)
    day = house_clock.today()
    found = await queries.bookings_for_kiosk([session.facility_id, far.facility_id], day, day + timedelta(days=13))
    assert [(each.reservation_id, each.state) for each in found] == [(kept.id, "confirmed")]


async def test_a_second_live_row_is_refused_by_the_database_itself(db: None, clock: Clock) -> None:
    """The partial unique index is the last line, and speaks as the refusal."""
    house_db.learn_constraints(BY_CONSTRAINT)
    held = await make_reservation()
    child = (await queries.list_roster(held.session_id))[0].member

    async def insert() -> None:
        async with house_db.transaction():
            await make_reservation(await _session(held.session_id), child)

    await refused("already-booked", insert())


async def _session(session_id: object) -> SessionView:
    found = await queries.list_session(session_id)  # type: ignore[arg-type]
    assert found is not None
    return found.session
