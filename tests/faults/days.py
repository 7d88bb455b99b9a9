"""Drills of a whole day: a kiosk without network while sessions begin, and a typhoon at noon."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx

from booking.access.rules import Role, cookie_name
from booking.access.service import open_sign_in
from booking.kit.tokens import new_id
from booking.visits.service_no_show import release_missing
from tests.faults.kiosk import Kiosk
from tests.faults.load import crew_of
from tests.faults.stage import Door, Stage, member
from tests.faults.tally import Tally, count_kiosks
from tests.make.access import make_account, make_staff
from tests.make.people import make_guardianship

STARTS = 20
FIRST_START = timedelta(minutes=50)
BETWEEN = timedelta(seconds=75)
INSIDE = 12


async def offline_across_twenty_starts(stage: Stage, tally: Tally) -> None:
    """A kiosk is without network while twenty sessions begin: nobody who was scanned is a no-show or hears of one."""
    door = stage.take_door(2 * STARTS)
    came, missing = door.people[:STARTS], door.people[STARTS:]
    kiosk = stage.entrance(door)
    starts = [datetime.now(UTC) - FIRST_START + BETWEEN * number for number in range(STARTS)]
    async with stage.database() as connection:
        await _give_sessions(connection, door, starts)
        await _fall_silent(connection, door, starts[0] - timedelta(minutes=30))
    async with stage.house():
        for person in door.people:
            await make_guardianship(member(person), await make_account())
        kiosk.failures = 2
        for person, at in zip(came, starts, strict=True):
            await kiosk.show(person, stage.codes[person], at - timedelta(minutes=3))
        tally.expect(await release_missing() == 0, "somebody was judged while the kiosk was silent")
        await _expect_states(tally, stage, door.people, "confirmed")
        await kiosk.beat()
        tally.expect(await release_missing() == 0, "somebody was judged while scans waited in the kiosk")
        await kiosk.upload()
        await kiosk.beat()
        await release_missing()
        await _expect_states(tally, stage, came, "arrived")
        await _expect_states(tally, stage, missing, "released")
    await kiosk.finish()
    await count_kiosks(tally, stage, [kiosk])
    async with stage.database() as connection:
        wrong = await connection.fetchval(
            "select count(*) from message join account on account.email = message.to_address"
            " join guardianship on guardianship.account = account.id where guardianship.member = any($1)"
            " and message.kind not in ('visit-arrived', 'visit-left')",
            [member(one) for one in came],
        )
    tally.wrongly_told += wrong
    tally.expect(not wrong, f"{wrong} messages about people who had come long before")
    tally.notes.append(f"{STARTS} sessions began; {len(missing)} who did not come were released, after the upload")


async def _give_sessions(connection: asyncpg.Connection, door: Door, starts: Sequence[datetime]) -> None:
    """Sessions one after the other: of each, one who will come and one who will not."""
    for number, at in enumerate(starts):
        session = new_id()
        await connection.execute(
            "insert into session (id, program, facility, held_on, starts_at, ends_at, web_seats, walk_in_seats, state,"
            " booking_opens_at, booking_closes_at, cancel_until, roll_over_at, created_at)"
            " select $1, program, facility, ($2::timestamptz at time zone 'Asia/Tokyo')::date, $2,"
            " $2 + interval '2 hours', 2, 0, state, booking_opens_at, $2, $2, $2, created_at from session"
            " where id = $3",
            *(session, at, door.session),
        )
        for person in (door.people[number], door.people[number + len(starts)]):
            await connection.execute("update reservation set session = $1 where member = $2", session, member(person))


async def _fall_silent(connection: asyncpg.Connection, door: Door, since: datetime) -> None:
    """The kiosk of the entrance is the only one here, and was last heard of some time ago."""
    await connection.execute(
        "update kiosk set revoked_at = $2 from kiosk_facility own where own.kiosk = kiosk.id and own.facility = $1"
        " and kiosk.id <> $3",
        *(door.facility, since, door.kiosk),
    )
    await connection.execute("update kiosk set seen_at = $2 where id = $1", door.kiosk, since)


async def _expect_states(tally: Tally, stage: Stage, people: Sequence[int], wanted: str) -> None:
    async with stage.database() as connection:
        rows = await connection.fetch(
            "select state from reservation where member = any($1)", [member(one) for one in people]
        )
    states = sorted({row["state"] for row in rows})
    tally.expect(states == [wanted], f"reservations are {states} and not all {wanted}")


async def typhoon_at_noon(stage: Stage, tally: Tally) -> None:
    """Closed at once in the middle of the rush: entries stop, exits work, everyone inside is told, then it reopens."""
    door = stage.take_door(3 * INSIDE)
    early, late, back = (door.people[at * INSIDE : (at + 1) * INSIDE] for at in range(3))
    entrance, way_out = stage.entrance(door), stage.exit(door)
    others = crew_of(stage, doors=2, people=15)
    async with stage.house():
        for person in door.people:
            await make_guardianship(member(person), await make_account())
        desk = await make_staff(Role.FRONT_DESK, door.code)
        cookie = {cookie_name(secure=False): await open_sign_in(desk.id, "drill", second_factor=True)}
    busy = asyncio.create_task(others.work())
    await asyncio.gather(entrance.beat(), way_out.beat())
    async with httpx.AsyncClient(base_url=f"http://localhost:{stage.port}", cookies=cookie, trust_env=False) as staff:
        await _show_all(stage, entrance, early)
        made = await staff.post(
            "/api/v1/staff/closures", json={"facility": door.code, "reason": "weather", "now": True}
        )
        tally.expect(made.status_code == 201, f"close now: {made.status_code} {made.text}")
        refused = await _show_all(stage, entrance, late)
        tally.expect(set(refused) == {"refused"}, f"after closing people were told {sorted(set(refused))}")
        roll = (await staff.get("/api/v1/staff/roll-call", params={"facility": door.code})).json()
        left = await _show_all(stage, way_out, early)
        tally.expect(set(left) == {"goodbye"}, f"who left was told {sorted(set(left))}")
        again = await staff.post(f"/api/v1/staff/closures/{made.json()['id']}/reopen")
        tally.expect(again.status_code == 200, f"reopening: {again.status_code} {again.text}")
        welcomed = await _show_all(stage, entrance, back)
        tally.expect(set(welcomed) == {"welcome"}, f"after reopening people were told {sorted(set(welcomed))}")
    await busy
    await asyncio.gather(entrance.finish(), way_out.finish(), others.finish())
    await count_kiosks(tally, stage, [entrance, way_out, *others.kiosks])
    found = len(roll.get("items", ()))
    tally.expect(found == len(early), f"the roll call has {found} people, {len(early)} were inside")
    await _expect_letters(tally, stage, early, late)


async def _show_all(stage: Stage, kiosk: Kiosk, people: Sequence[int]) -> list[str]:
    return [(await kiosk.show(one, stage.codes[one])).shown for one in people]


async def _expect_letters(tally: Tally, stage: Stage, inside: Sequence[int], outside: Sequence[int]) -> None:
    """Everyone inside is told of the closing; who was not inside is told of the booking and nothing else."""
    async with stage.database() as connection:
        rows = await connection.fetch(
            "select message.kind, guardianship.member from message join account on account.email = message.to_address"
            " join guardianship on guardianship.account = account.id where guardianship.member = any($1)",
            [member(one) for one in (*inside, *outside)],
        )
    told: dict[UUID, set[str]] = {}
    for row in rows:
        told.setdefault(row["member"], set()).add(row["kind"])
    unaware = [one for one in inside if "closing-inside" not in told.get(member(one), set())]
    wrong = [one for one in outside if told.get(member(one), set()) - {"reservation-closed", "reservation-reopened"}]
    tally.expect(not unaware, f"{len(unaware)} of those inside were not told of the closing")
    tally.wrongly_told += len(wrong)
    tally.expect(not wrong, f"{len(wrong)} who were not inside were told of more than their booking")
    tally.notes.append(f"{len(inside)} inside were told, {len(outside)} were turned away")
