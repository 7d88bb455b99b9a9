"""The waiting list, raced over HTTP in two processes: it holds with its locks and breaks without them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from booking.access.rules import cookie_name
from booking.access.service import open_sign_in
from booking.facilities.rules_forms import version_of
from booking.kit import clock
from booking.kit import db as house_db
from booking.programs.queries import get_session
from booking.reservations import queries, service_offers
from booking.reservations.rules import ReservationState
from tests.make.access import make_account, make_staff
from tests.make.people import make_member
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.races.harness import Ask, breaks, race
from tests.races.test_reservations import book
from tests.races.unlocked import pausing

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
SEAT = (
    "programs:lock_sessions,programs:lock_sessions_at_once,people:lock_members,people:lock_members_at_once,"
    "reservations:lock_reservations"
)
"""Each of the three says who is next: whoever reads behind the session's lock, the member's or the row's, sees what
was given a moment ago."""
ROW = "reservations:lock_reservations"
ROUNDS = 4


class Person:
    """A guardian's browser and a child with a reservation of a session, if any."""

    def __init__(self, cookie: dict[str, str], child: Any, reservation: Any) -> None:
        self.cookie = cookie
        self.child = child
        self.reservation = reservation

    def ask(self, verb: str) -> Ask:
        """Cancel, or answer an offer."""
        if verb == "cancel":
            return Ask("POST", f"/api/v1/reservations/{self.reservation.id}/cancel", self.cookie, {})
        return Ask("POST", f"/api/v1/offers/{self.reservation.id}/{verb}", self.cookie)


async def someone(session: Any, state: str = "", **columns: Any) -> Person:
    """Somebody with a reservation in a state; waiting since now unless said otherwise."""
    account = await make_account()
    cookie = {"cookie": f"{cookie_name(secure=False)}={await open_sign_in(account.id, 'race')}"}
    child = await make_member(account=account, body=session.body_code)
    if not state:
        return Person(cookie, child, None)
    made = await make_reservation(session, child, state)
    given = {"waiting_at": clock.now(), **columns} if state != "confirmed" else columns
    for name, value in given.items():
        await house_db.execute(f"update reservation set {name} = $2 where id = $1", made.id, value)
    return Person(cookie, child, made)


async def a_session(seats: int) -> Any:
    """A session in three days."""
    return await make_session(seats=seats, starts_at=clock.now() + timedelta(days=3))


async def seats_and_states(session: Any) -> tuple[int, dict[str, int]]:
    """Seats taken, and how many reservations are in each state."""
    rows = await house_db.fetch(
        "select state, count(*) as n from reservation where session = $1 group by 1", session.id
    )
    return (await queries.taken([session.id]))[session.id], {row["state"]: row["n"] for row in rows}


# ---- promotion ----------------------------------------------------------------------------------------------------


async def seats_lost(database_url: str, *, locked: bool) -> int:
    """Rounds in which, of two seats given back at one moment, not both went to those who wait."""
    lost = 0
    async with race(database_url, SEAT, locked=locked) as running:
        for _ in range(ROUNDS):
            session = await a_session(2)
            holders = [await someone(session, "confirmed") for _ in range(2)]
            for _ in range(2):
                await someone(session, "waiting")
            strangers = [await someone(session) for _ in range(6)]
            asks = [one.ask("cancel") for one in holders] + [book(session, one.child, one.cookie) for one in strangers]
            await running.fire(asks)
            taken, states = await seats_and_states(session)
            lost += (taken, states.get("offered")) != (2, 2)
    return lost


async def test_a_freed_seat_is_given_to_whoever_waits_and_to_nobody_else(db: None, database_url: str) -> None:
    assert await seats_lost(database_url, locked=True) == 0


async def test_without_the_locks_two_freed_seats_go_to_one_person(db: None, database_url: str) -> None:
    async def once() -> bool:
        return await seats_lost(database_url, locked=False) > 0

    assert await breaks(once)


# ---- seats raised by staff ----------------------------------------------------------------------------------------


async def manager_browser(session: Any) -> dict[str, str]:
    """A manager of the session's facility, past the second factor."""
    manager = await make_staff("facility-manager", session.facility_code)
    value = await open_sign_in(manager.id, "race", second_factor=True)
    return {"cookie": f"{cookie_name(secure=False)}={value}"}


async def raised_seats_lost(database_url: str, *, locked: bool) -> int:
    """Rounds in which, of two seats that staff add while one is given back, not all went to those who wait."""
    lost = 0
    async with race(database_url, SEAT, locked=locked) as running:
        for _ in range(ROUNDS):
            session = await a_session(1)
            holder = await someone(session, "confirmed")
            for _ in range(3):
                await someone(session, "waiting")
            strangers = [await someone(session) for _ in range(6)]
            form = {"web_seats": "3", "walk_in_seats": "0", "seen": version_of(await get_session(session.id))}
            raising = Ask("POST", f"/staff/sessions/{session.id}/seats", await manager_browser(session), form=form)
            asks = [raising, holder.ask("cancel")] + [book(session, one.child, one.cookie) for one in strangers]
            answers = await running.fire(asks)
            if locked:
                assert answers[0].status_code == 303, answers[0].text
            taken, states = await seats_and_states(session)
            lost += (taken, states.get("offered")) != (3, 3)
    return lost


async def test_seats_that_staff_add_go_to_whoever_waits_and_to_nobody_else(db: None, database_url: str) -> None:
    assert await raised_seats_lost(database_url, locked=True) == 0


async def test_without_the_locks_added_seats_are_lost_or_sold_beside_the_line(db: None, database_url: str) -> None:
    async def once() -> bool:
        return await raised_seats_lost(database_url, locked=False) > 0

    assert await breaks(once)


# ---- cancel against accept ----------------------------------------------------------------------------------------


async def cancelled_and_taken(database_url: str, *, locked: bool) -> int:
    """Rounds in which an offer was both taken and given up: the answers say one thing and the seats another."""
    torn = 0
    async with race(database_url, ROW, locked=locked) as running:
        for _ in range(ROUNDS):
            session = await a_session(1)
            now = clock.now()
            kept = await someone(session, "offered", offered_at=now, offered_until=now + timedelta(hours=5))
            next_one = await someone(session, "waiting")
            answers = await running.fire([kept.ask("accept"), kept.ask("decline")])
            taken, states = await seats_and_states(session)
            said = [one.status_code for one in answers]
            torn += said.count(200) != 1 or taken != 1
            if locked:
                assert sorted(said) == [200, 409], [one.text for one in answers]
                waits = await queries.find_reservation(next_one.reservation.id)
                assert waits is not None
                assert (waits.state == ReservationState.OFFERED) == (said[1] == 200), states
    return torn


async def test_an_offer_is_taken_or_given_up_but_not_both(db: None, database_url: str) -> None:
    assert await cancelled_and_taken(database_url, locked=True) == 0


async def test_without_the_lock_an_offer_is_taken_and_given_up(db: None, database_url: str) -> None:
    async def once() -> bool:
        return await cancelled_and_taken(database_url, locked=False) > 0

    assert await breaks(once)


# ---- expiry against accept ----------------------------------------------------------------------------------------


async def expired_and_taken(database_url: str, monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> int:
    """Rounds in which an offer ended and was taken in its last moment: two people on one seat.

    The sweep runs here, by a clock that is just past the offer's end; the answer is given in another process, by a
    clock that is not.
    """
    torn = 0
    async with race(database_url, ROW, locked=locked, servers=1) as running:
        lock = pausing(queries.lock_reservations)
        monkeypatch.setattr(queries, "lock_reservations", lock)
        for _ in range(ROUNDS):
            session = await a_session(1)
            now = clock.now()
            kept = await someone(session, "offered", offered_at=now, offered_until=now + timedelta(minutes=5))
            await someone(session, "waiting")
            clock.use_source(lambda now=now: now + timedelta(minutes=6))
            (answer,), _ = await asyncio.gather(running.fire([kept.ask("accept")]), service_offers.expire_offers())
            clock.use_source(None)
            taken, _ = await seats_and_states(session)
            found = await queries.find_reservation(kept.reservation.id)
            assert found is not None
            torn += taken != 1 or (answer.status_code == 200) != (found.state == ReservationState.CONFIRMED)
    return torn


async def test_an_offer_ends_or_is_taken_but_not_both(
    db: None, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await expired_and_taken(database_url, monkeypatch, locked=True) == 0


async def test_without_the_lock_an_offer_ends_and_is_taken(
    db: None, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def once() -> bool:
        return await expired_and_taken(database_url, monkeypatch, locked=False) > 0

    assert await breaks(once)


# ---- a party against single people --------------------------------------------------------------------------------


async def parties_torn(database_url: str, *, locked: bool) -> int:
    """Rounds in which a party got some of its seats, seats were given twice, or somebody waits beside a free one."""
    torn = 0
    async with race(database_url, SEAT, locked=locked) as running:
        for _ in range(ROUNDS):
            session = await a_session(3)
            holders = [await someone(session, "confirmed") for _ in range(3)]
            first = await someone(session, "waiting", is_party=True)
            second = await someone(session, "waiting", is_party=True)
            await house_db.execute(
                "update reservation set order_id = $1 where id = $2",
                *(first.reservation.order_id, second.reservation.id),
            )
            for _ in range(2):
                await someone(session, "waiting")
            strangers = [await someone(session) for _ in range(4)]
            asks = [one.ask("cancel") for one in holders] + [book(session, one.child, one.cookie) for one in strangers]
            await running.fire(asks)
            taken, states = await seats_and_states(session)
            party = [await queries.find_reservation(one.reservation.id) for one in (first, second)]
            is_party_torn = len({one.state for one in party if one is not None}) > 1
            alone = states.get("waiting", 0) - 2 * any(one is not None and one.state == "waiting" for one in party)
            torn += taken > 3 or is_party_torn or (taken < 3 and alone > 0) or states.get("offered", 0) < 2
    return torn


async def test_a_party_gets_all_its_seats_or_none_beside_single_people(db: None, database_url: str) -> None:
    assert await parties_torn(database_url, locked=True) == 0


async def test_without_the_locks_seats_are_lost_beside_a_party(db: None, database_url: str) -> None:
    async def once() -> bool:
        return await parties_torn(database_url, locked=False) > 0

    assert await breaks(once)
