"""The waiting list against a real database: joining, being promoted, answering, running out of time."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from booking.access.schemas import SYSTEM, Actor
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.people.schemas import MemberView
from booking.programs.schemas import SessionView
from booking.reservations import queries, service, service_no_show, service_offers, service_waiting
from booking.reservations.errors import BookingRefusal
from booking.reservations.schemas import Wish
from tests.conftest import Clock
from tests.make.access import actor_for, make_account
from tests.make.facilities import make_facility
from tests.make.people import make_guardianship, make_member, make_protected
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation
from tests.reservations.test_service import refused

pytestmark = pytest.mark.anyio


class Family:
    """A guardian with children who can book a session."""

    def __init__(self, by: Actor, children: list[MemberView]) -> None:
        self.by = by
        self.children = children

    async def order(self, *sessions: SessionView, together: bool = False, children: int = 1) -> Any:
        """Book, or wait where every seat is taken."""
        wish = Wish(
            session_ids=tuple(session.id for session in sessions),
            member_ids=tuple(child.id for child in self.children[:children]),
            waits=True,
        )
        return (await service.place_order(self.by, wish, all_or_nothing=together)).items


async def make_family(session: SessionView, children: int = 1) -> Family:
    """A guardian with confirmed children, registered with the session's body."""
    account = await make_account()
    made = [await make_member(account=account, body=session.body_code) for _ in range(children)]
    return Family(await actor_for(account), made)


async def state_of(reservation: Any) -> str:
    """The state of a reservation now."""
    found = await queries.find_reservation(reservation if isinstance(reservation, UUID) else reservation.id)
    assert found is not None
    return found.state


async def audited(reservation: Any) -> list[str]:
    """What the audit trail says of a reservation, oldest first."""
    rows = await house_db.fetch(
        "select action from audit_entry where subject_id = $1 order by occurred_at, id", reservation.id
    )
    return [row["action"] for row in rows]


async def mailed(kind: str) -> list[Any]:
    """The messages of a kind."""
    return await house_db.fetch("select * from message where kind = $1 order by created_at, id", kind)


async def full(seats: int = 1, **columns: Any) -> tuple[SessionView, list[tuple[Family, Any]]]:
    """A session in three days whose seats are all booked, each by a family."""
    columns.setdefault("starts_at", house_clock.now() + timedelta(days=3))
    session = await make_session(seats=seats, **columns)
    booked = []
    for _ in range(seats):
        family = await make_family(session)
        booked.append((family, (await family.order(session))[0]))
    return session, booked


async def test_whoever_waits_gets_the_seat_in_the_transaction_that_frees_it(db: None, clock: Clock) -> None:
    session, [(first, seat)] = await full()
    second = await make_family(session)
    (waits,) = await second.order(session)
    assert (waits.state, waits.position, waits.is_party) == ("waiting", 1, False)
    assert "1番目" in (await mailed("reservation-waiting"))[0]["content"]
    await service.cancel(first.by, seat.id)
    offer = await queries.find_reservation(waits.id)
    assert offer is not None
    assert (offer.state, offer.offered_until) == ("offered", house_clock.now() + timedelta(hours=24))
    assert await queries.taken([session.id]) == {session.id: 1}
    (mail,) = await mailed("reservation-offered")
    assert "11月22日（日） 12:00まで" in mail["content"] and "/offers/" in mail["content"]
    assert mail["send_until"] == offer.offered_until
    (accepted,) = await service_offers.accept(second.by, waits.id)
    assert accepted.state == "confirmed"
    assert await audited(waits) == ["reservation.waiting", "reservation.offered", "reservation.accepted"]
    assert [each.id for each in await service_offers.accept(second.by, waits.id)] == [waits.id]


async def test_a_seat_that_is_kept_cannot_be_booked_by_others(db: None, clock: Clock) -> None:
    session, [(first, seat)] = await full()
    waiting, late = await make_family(session), await make_family(session)
    (waits,) = await waiting.order(session)
    await service.cancel(first.by, seat.id)
    await refused("session-full", service.book(late.by, [session.id], [late.children[0].id]))
    await service_offers.decline(waiting.by, waits.id)
    assert await state_of(waits) == "cancelled"
    await service.book(late.by, [session.id], [late.children[0].id])


async def test_nobody_waits_twice_or_where_a_seat_is_free(db: None, clock: Clock) -> None:
    session, [(first, _)] = await full()
    other = await make_family(session)
    await other.order(session)
    await refused("already-waiting", other.order(session))
    await refused("already-booked", first.order(session))
    free = await make_session(facility=await make_facility())
    family = await make_family(free)
    assert [each.state for each in await family.order(free)] == ["confirmed"]


async def test_an_offer_ends_and_the_next_in_line_gets_the_seat(db: None, clock: Clock) -> None:
    session, [(first, seat)] = await full()
    second, third = await make_family(session), await make_family(session)
    (sleeps,), (wakes,) = await second.order(session), await third.order(session)
    assert [each.position for each in await queries.list_reservations([sleeps.id, wakes.id])] in ([1, 2], [2, 1])
    await service.cancel(first.by, seat.id)
    clock.advance(hours=24)
    await refused("offer-over", service_offers.accept(second.by, sleeps.id))
    assert await service_offers.expire_offers() == 1
    assert (await state_of(sleeps), await state_of(wakes)) == ("expired", "offered")
    assert len(await mailed("reservation-offer-over")) == 1
    assert await service_offers.expire_offers() == 0
    await refused("offer-over", service_offers.accept(second.by, sleeps.id))


async def test_time_is_given_once_more(db: None, clock: Clock) -> None:
    session, [(first, seat)] = await full()
    second = await make_family(session)
    (waits,) = await second.order(session)
    await service.cancel(first.by, seat.id)
    (kept,) = await service_offers.extend(second.by, waits.id)
    assert kept.offered_until == house_clock.now() + timedelta(hours=48)
    await refused("offer-extended-already", service_offers.extend(second.by, waits.id))
    clock.advance(hours=47)
    assert await service_offers.expire_offers() == 0
    await service_offers.accept(second.by, waits.id)


async def test_a_party_gets_its_seats_together_or_not_at_all(db: None, clock: Clock) -> None:
    session, booked = await full(2)
    party, single = await make_family(session, 2), await make_family(session)
    waits = await party.order(session, together=True, children=2)
    assert [(each.state, each.is_party) for each in waits] == [("waiting", True)] * 2
    (alone,) = await single.order(session)
    await service.cancel(booked[0][0].by, booked[0][1].id)
    assert [await state_of(each) for each in waits] == ["waiting"] * 2
    assert await state_of(alone) == "offered"
    await service_offers.decline(single.by, alone.id)
    assert [await state_of(each) for each in waits] == ["waiting"] * 2
    await service.cancel(booked[1][0].by, booked[1][1].id)
    assert [await state_of(each) for each in waits] == ["offered"] * 2
    assert len(await mailed("reservation-offered")) == 2
    accepted = await service_offers.accept(party.by, waits[1].id)
    assert {each.id for each in accepted} == {each.id for each in waits}


async def test_a_party_over_two_sessions_waits_for_both(db: None, clock: Clock) -> None:
    first, [(one, seat)] = await full()
    second, [(two, other)] = await full(starts_at=house_clock.now() + timedelta(days=4), facility=await make_facility())
    account = await make_account()
    child = await make_member(account=account, body=first.body_code)
    await house_db.execute(
        "insert into registration (id, member, body, consent_text, on_paper, registered_at, consented_at)"
        " select gen_random_uuid(), $1, (select facility.body from session join facility on facility.id = facility"
        "  where session.id = $2), consent_text, true, registered_at, consented_at from registration where member = $1"
        " on conflict do nothing",
        *(child.id, second.id),
    )
    party = Family(await actor_for(account), [child])
    waits = await party.order(first, second, together=True)
    assert [each.state for each in waits] == ["waiting", "waiting"]
    await service.cancel(one.by, seat.id)
    assert [await state_of(each) for each in waits] == ["waiting", "waiting"]
    await service.cancel(two.by, other.id)
    assert [await state_of(each) for each in waits] == ["offered", "offered"]


async def test_whoever_cannot_have_the_seat_is_passed_over_and_stays(db: None, clock: Clock) -> None:
    """A limit: the seat goes to the next; a booking given back makes the way free at once."""
    facility = await make_facility()
    program = await make_program(facility=facility, max_held=1)
    session, [(first, seat)] = await full(facility=facility, program=program)
    other = await make_session(facility=facility, program=program, starts_at=house_clock.now() + timedelta(days=5))
    busy, free = await make_family(session), await make_family(session)
    (held,) = await busy.order(other)
    (waits,), (next_one,) = await busy.order(session), await free.order(session)
    await service.cancel(first.by, seat.id)
    assert (await state_of(waits), await state_of(next_one)) == ("waiting", "offered")
    await service_offers.decline(free.by, next_one.id)
    assert await state_of(waits) == "waiting"
    await service.cancel(busy.by, held.id)
    assert await state_of(waits) == "offered"


async def test_the_sweep_gives_what_time_alone_has_freed_and_ends_what_came_to_nothing(db: None, clock: Clock) -> None:
    session, _ = await full()
    second = await make_family(session)
    (waits,) = await second.order(session)
    await house_db.execute("update session set web_seats = 2 where id = $1", session.id)
    assert await service_waiting.settle_waiting() == 1
    assert await state_of(waits) == "offered"
    third = await make_family(session)
    (late,) = await third.order(session)
    clock.set(session.roll_over_at)
    assert await service_waiting.settle_waiting() == 1
    assert await state_of(late) == "expired"
    assert "キャンセル待ちが終わりました" in [row["subject"] for row in await mailed("reservation-wait-over")]
    assert await service_waiting.settle_waiting() == 0


async def test_lines_nobody_can_be_served_in_keep_no_other_waiting(
    db: None, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_waiting, "AT_ONCE", 1)
    facility = await make_facility()
    program = await make_program(facility=facility, max_held=1)
    stuck, _ = await full(facility=facility, program=program)
    busy = await make_family(stuck)
    (held,) = await busy.order(await make_session(facility=facility, program=program))
    (waits,) = await busy.order(stuck)
    other, _ = await full()
    (next_one,) = await (await make_family(other)).order(other)
    await house_db.execute("update session set web_seats = 2 where id = any($1)", [stuck.id, other.id])
    assert await service_waiting.settle_waiting() == 1
    assert [await state_of(each) for each in (held, waits, next_one)] == ["confirmed", "waiting", "offered"]


async def test_a_seat_that_frees_too_late_to_ask_is_given_at_once(db: None, clock: Clock) -> None:
    """Late in the evening, for a session whose seats go to the door before eight in the morning."""
    starts_at = house_clock.now() + timedelta(days=2, hours=-4, minutes=10)
    session, [(first, seat)] = await full(starts_at=starts_at, roll_over_at=starts_at - timedelta(minutes=30))
    second = await make_family(session)
    (waits,) = await second.order(session)
    clock.set(starts_at - timedelta(hours=11))
    await service.cancel(first.by, seat.id)
    given = await queries.find_reservation(waits.id)
    assert given is not None
    assert (given.state, given.offered_until, given.waiting_at) == ("confirmed", None, None)
    assert len(await mailed("reservation-given")) == 1
    assert await audited(waits) == ["reservation.waiting", "reservation.given"]


async def test_a_seat_released_before_the_roll_over_goes_to_whoever_waits(db: None, clock: Clock) -> None:
    starts_at = house_clock.now() + timedelta(hours=3)
    session, [(_, seat)] = await full(
        starts_at=starts_at,
        roll_over_at=starts_at + timedelta(hours=1),
        booking_closes_at=starts_at + timedelta(hours=1),
    )
    second = await make_family(session)
    (waits,) = await second.order(session)
    clock.set(starts_at + timedelta(minutes=20))
    async with house_db.transaction():
        await service_no_show.release(SYSTEM, [seat.id])
    assert (await state_of(seat), await state_of(waits)) == ("released", "offered")


async def test_a_protected_childs_offer_reaches_only_the_named_guardian(db: None, clock: Clock) -> None:
    session, [(first, seat)] = await full()
    joined, named = await make_account(), await make_account()
    child = await make_member(account=joined, body=session.body_code)
    await make_guardianship(child, named)
    family = Family(await actor_for(joined), [child])
    (waits,) = await family.order(session)
    await make_protected(child, named)
    await service.cancel(first.by, seat.id)
    (mail,) = await mailed("reservation-offered")
    assert mail["to_address"] == named.email
    await refused("reservation-not-found", service_offers.accept(family.by, waits.id))
    await service_offers.accept(await actor_for(named), waits.id)


async def test_a_link_is_for_one_offer_and_one_account(db: None, clock: Clock) -> None:
    session, [(first, seat)] = await full()
    second = await make_family(session)
    (waits,) = await second.order(session)
    await service.cancel(first.by, seat.id)
    (mail,) = await mailed("reservation-offered")
    token = mail["content"].split("/offers/", 1)[1].split()[0]
    by, items = await service_offers.open_link(token)
    assert (by.id, [each.id for each in items]) == (second.by.id, [waits.id])
    for wrong in (token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), "", "nonsense!", token[4:]):
        await refused("offer-link-unusable", service_offers.open_link(wrong))
    clock.advance(hours=1)
    await house_db.execute("update reservation set offered_at = $2 where id = $1", waits.id, house_clock.now())
    await refused("offer-link-unusable", service_offers.open_link(token))


async def test_staff_and_strangers_answer_for_nobody_elses(db: None, clock: Clock) -> None:
    session, [(first, seat)] = await full()
    second, stranger = await make_family(session), await make_family(session)
    (waits,) = await second.order(session)
    await service.cancel(first.by, seat.id)
    for verb in (service_offers.accept, service_offers.decline, service_offers.extend):
        await refused("reservation-not-found", verb(stranger.by, waits.id))
    await refused("offer-over", service_offers.accept(first.by, seat.id))


async def test_an_order_wanted_whole_that_could_never_be_had_does_not_wait(db: None, clock: Clock) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility, max_held=1)
    session, _ = await full(facility=facility, program=program)
    other = await make_session(facility=facility, program=program, starts_at=house_clock.now() + timedelta(days=5))
    family = await make_family(session)
    await refused("limit-held", family.order(session, other, together=True))
    with pytest.raises(BookingRefusal):
        await family.order(session, other, together=True)
    booked = await make_reservation(other, family.children[0])
    assert booked.state == "confirmed"
