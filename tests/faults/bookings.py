"""Guardians who book for their children beside the scans, each with a key, and ask again until they are answered."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from booking.access.rules import cookie_name
from booking.access.service import open_sign_in
from booking.kit.tokens import new_id
from tests.faults.kiosk import RETRY_SECONDS, TIMEOUT_SECONDS
from tests.faults.stage import Door, Stage, member
from tests.faults.tally import Tally
from tests.make.access import make_account
from tests.make.people import make_guardianship

GIVES_UP_AFTER = 200
PLANNED = timedelta(days=1)
_NEW_SESSION = """
insert into session (id, program, facility, held_on, starts_at, ends_at, web_seats, walk_in_seats, state,
  booking_opens_at, booking_closes_at, cancel_until, roll_over_at, created_at)
select $1, program, facility, ($2::timestamptz at time zone 'Asia/Tokyo')::date, $2, $2 + interval '2 hours', $3, 0,
  state, booking_opens_at, $2, $2, $2, created_at from session where id = $4
"""


@dataclass
class Guardians:
    """Everybody who wants a seat in a session with too few of them."""

    stage: Stage
    session: UUID
    seats: int
    wishes: list[tuple[UUID, dict[str, str]]]
    dice: random.Random
    booked: dict[UUID, str] = field(default_factory=dict)
    refused: dict[UUID, str] = field(default_factory=dict)
    retries: int = 0

    async def book(self, seconds: float) -> None:
        """Everybody books at some moment of this time, and asks again until there is an answer."""
        await asyncio.gather(*(self._insist(child, cookie, seconds) for child, cookie in self.wishes))

    async def _insist(self, child: UUID, cookie: dict[str, str], seconds: float) -> None:
        await asyncio.sleep(self.dice.uniform(0, seconds))
        key = {"idempotency-key": str(uuid4())}
        body = {"member_ids": [str(child)], "session_id": str(self.session)}
        address = f"http://localhost:{self.stage.port}"
        async with httpx.AsyncClient(
            base_url=address, cookies=cookie, headers=key, timeout=TIMEOUT_SECONDS, trust_env=False
        ) as browser:
            for _ in range(GIVES_UP_AFTER):
                if (answer := await self._ask(browser, body)) is not None:
                    self._note(child, answer)
                    return
                self.retries += 1
                await asyncio.sleep(RETRY_SECONDS)

    async def _ask(self, browser: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response | None:
        """An answer, or none: the service was gone, or had too much to do."""
        try:
            answer = await browser.post("/api/v1/reservations", json=body)
        except httpx.HTTPError:
            return None
        return None if answer.status_code >= 500 or answer.status_code == 429 else answer

    def _note(self, child: UUID, answer: httpx.Response) -> None:
        if answer.status_code == 201:
            self.booked[child] = answer.json()["items"][0]["id"]
        else:
            self.refused[child] = f"{answer.status_code} {answer.text}"

    async def check(self, tally: Tally) -> None:
        """Every acknowledged booking is there once, nobody has one unawares, and no seat is sold twice."""
        async with self.stage.database() as connection:
            rows = await connection.fetch(
                "select id, member from reservation where session = $1 and state = 'confirmed'", self.session
            )
        found = [(row["member"], str(row["id"])) for row in rows]
        lost, unaware = set(self.booked.items()) - set(found), set(found) - set(self.booked.items())
        tally.lost += len(lost)
        tally.doubled += len(found) - len({child for child, _ in found})
        tally.expect(not lost, f"{len(lost)} acknowledged bookings are gone")
        tally.expect(not unaware, f"{len(unaware)} bookings nobody was told of")
        tally.expect(len(found) == self.seats, f"{len(found)} bookings for {self.seats} seats")
        answered = len(self.booked) + len(self.refused)
        tally.expect(answered == len(self.wishes), f"{len(self.wishes) - answered} who booked were never answered")
        strange = sorted({one for one in self.refused.values() if not one.startswith("409 ")})
        tally.expect(not strange, f"refusals that are none for want of seats: {strange[:1]}")
        tally.notes.append(
            f"{len(self.wishes)} booked {self.seats} seats: {len(self.booked)} got one, {len(self.refused)} were told"
            f" it was full, asked again {self.retries} times"
        )


async def guardians_of(stage: Stage, door: Door, *, seats: int, seed: int = 1) -> Guardians:
    """A guardian for everybody of a door, and a session of tomorrow with so many seats."""
    session, wishes = new_id(), []
    async with stage.house():
        for person in door.people:
            account = await make_account()
            await make_guardianship(member(person), account)
            cookie = {cookie_name(secure=False): await open_sign_in(account.id, "drill", second_factor=False)}
            wishes.append((member(person), cookie))
    async with stage.database() as connection:
        await connection.execute(_NEW_SESSION, session, datetime.now(UTC) + PLANNED, seats, door.session)
    return Guardians(stage, session, seats, wishes, random.Random(seed))
