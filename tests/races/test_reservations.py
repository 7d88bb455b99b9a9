"""Seats and personal limits, raced over HTTP in two processes: each holds with its lock and breaks without it."""

from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest

from booking.access.rules import cookie_name
from booking.access.service import open_sign_in
from booking.kit import db as house_db
from tests.make.access import make_account
from tests.make.facilities import make_facility
from tests.make.people import make_member
from tests.make.programs import make_program, make_session
from tests.races.harness import Ask, breaks, race

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ADDRESS = "/api/v1/reservations"


async def signed_in() -> tuple[Any, dict[str, str]]:
    """An account and the cookie of its browser."""
    account = await make_account()
    value = await open_sign_in(account.id, "race")
    return account, {"cookie": f"{cookie_name(secure=False)}={value}"}


def book(session: Any, member: Any, cookie: dict[str, str], **headers: str) -> Ask:
    """One booking by one browser."""
    wish = {"session_id": str(session.id), "member_ids": [str(member.id)]}
    return Ask("POST", ADDRESS, {**cookie, **headers}, wish)


def codes(answers: list[httpx.Response]) -> Counter[str]:
    """How often each answer came; nothing may break, with or without a lock."""
    return Counter("booked" if answer.status_code == 201 else str(answer.json()["code"]) for answer in answers)


async def race_for_a_seat(database_url: str, *, locked: bool, clients: int = 24) -> tuple[Counter[str], int]:
    """Many families, one seat."""
    session = await make_session(seats=1)
    asks = []
    for _ in range(clients):
        account, cookie = await signed_in()
        asks.append(book(session, await make_member(account=account, body=session.body_code), cookie))
    async with race(database_url, "programs:lock_sessions", locked=locked) as running:
        said = codes(await running.fire(asks))
    return said, await house_db.fetchval("select count(*) from reservation where session = $1", session.id)


async def race_for_a_limit(database_url: str, *, locked: bool, sessions: int = 12) -> tuple[Counter[str], int]:
    """One child, a limit of two, many sessions at once."""
    facility = await make_facility()
    program = await make_program(facility=facility, max_held=2)
    first = await make_session(facility=facility, program=program)
    later = [first.starts_at + timedelta(hours=3 * n) for n in range(1, sessions)]
    made = [first, *[await make_session(facility=facility, program=program, starts_at=at) for at in later]]
    account, cookie = await signed_in()
    child = await make_member(account=account, body=facility.body_code)
    async with race(database_url, "people:lock_members", locked=locked) as running:
        said = codes(await running.fire([book(session, child, cookie) for session in made]))
    return said, await house_db.fetchval("select count(*) from reservation where member = $1", child.id)


async def test_one_seat_goes_to_one_person(db: None, database_url: str) -> None:
    said, rows = await race_for_a_seat(database_url, locked=True)
    assert said == {"booked": 1, "session-full": 23}
    assert rows == 1


async def test_without_the_lock_a_seat_is_sold_twice(db: None, database_url: str) -> None:
    async def once() -> bool:
        said, rows = await race_for_a_seat(database_url, locked=False)
        assert rows == said["booked"]
        return rows > 1

    assert await breaks(once)


async def test_nobody_exceeds_a_limit(db: None, database_url: str) -> None:
    said, rows = await race_for_a_limit(database_url, locked=True)
    assert said == {"booked": 2, "limit-held": 10}
    assert rows == 2


async def test_without_the_lock_the_limit_breaks(db: None, database_url: str) -> None:
    async def once() -> bool:
        said, rows = await race_for_a_limit(database_url, locked=False)
        assert rows == said["booked"]
        return rows > 2

    assert await breaks(once)


async def test_one_key_has_one_effect_in_two_processes(db: None, database_url: str) -> None:
    session = await make_session()
    account, cookie = await signed_in()
    child = await make_member(account=account, body=session.body_code)
    async with race(database_url, "programs:lock_sessions", locked=True) as running:
        answers = await running.fire([book(session, child, cookie, **{"idempotency-key": "one"}) for _ in range(50)])
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert await house_db.fetchval("select count(*) from reservation") == 1
