"""The kiosk's doors over HTTP: day list, heartbeat, scans, and what hostile kiosks send."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from booking.access.schemas import SYSTEM
from booking.kiosks import service as kiosks
from booking.kit import db as house_db
from booking.passes.service import reissue_pass
from booking.visits import service_day_list
from tests.make.facilities import make_facility
from tests.make.kiosks import make_kiosk
from tests.make.passes import make_pass
from tests.make.people import make_member, make_protected
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio


@dataclass
class Door:
    """A kiosk with a running session and one booking."""

    facility: Any
    program: Any
    session: Any
    child: Any
    kiosk: Any
    paired: Any

    @property
    def headers(self) -> dict[str, str]:
        """How the kiosk says who it is."""
        return {"authorization": f"Bearer {self.paired.token}"}


@pytest.fixture
async def door(client: httpx.AsyncClient, clock: Any) -> Door:
    facility = await make_facility(name="ためし館")
    program = await make_program(facility=facility, grades=(7, 12))
    session = await make_session(seats=4, walk_in=2, starts_at=clock(), facility=facility, program=program)
    child = await make_member(8)
    await make_reservation(session, child)
    return Door(facility, program, session, child, *await make_kiosk(facility))


def scan(token: str | None, at: Any, **given: Any) -> dict[str, Any]:
    """A scan as it travels."""
    made = {"nonce": str(uuid4()), "seq": 1, "scanned_at": at.isoformat(), "kind": "pass", "token": token}
    return {**made, **given}


def beat(at: Any, **given: Any) -> dict[str, Any]:
    """A heartbeat as it travels."""
    return {"version": "1", "kiosk_time": at.isoformat(), **given}


async def test_the_list_holds_what_the_kiosk_needs_and_no_more(client: httpx.AsyncClient, door: Door) -> None:
    issued = await make_pass(door.child)
    lost = await make_pass(await make_member(9))
    await reissue_pass(lost.member_id, SYSTEM, "lost")
    answer = await client.get("/api/v1/kiosk/day-list", headers=door.headers)
    said = answer.json()
    assert (said["from_on"], said["until_on"]) == ("2026-11-21", "2026-12-05")
    assert len(said["facilities"][0]["days"]) == 14
    assert said["sessions"][0]["web_left"] == 3
    (member,) = said["members"]
    assert member["pass_ids"] == [str(issued.id)]
    assert member["programs"] == [door.program.code]
    assert member["bookings"] == [{"session": str(door.session.id), "state": "confirmed"}]
    assert said["revoked_passes"] == [str(lost.id)]
    assert [one["state"] for one in said["keys"]] == ["current"]
    for hidden in ("birth", "grade", "群馬", str(door.child.id)):
        assert hidden not in answer.text


async def test_the_same_list_is_not_sent_twice(client: httpx.AsyncClient, door: Door, clock: Any) -> None:
    first = await client.get("/api/v1/kiosk/day-list", headers=door.headers)
    asked = {**door.headers, "if-none-match": first.headers["etag"]}
    same = await client.get("/api/v1/kiosk/day-list", headers=asked)
    assert (same.status_code, same.content) == (304, b"")
    service_day_list._kept.clear()
    assert (await client.get("/api/v1/kiosk/day-list", headers=asked)).status_code == 304
    await make_reservation(door.session, await make_member(9))
    changed = await client.get("/api/v1/kiosk/day-list", headers=asked)
    assert (changed.status_code, len(changed.json()["members"])) == (200, 2)
    await make_protected(door.child)
    hidden = await client.get("/api/v1/kiosk/day-list", headers=door.headers)
    assert sorted(one["shown_name"] for one in hidden.json()["members"]) == ["", "たろう"]
    clock.advance(days=1)
    assert (await client.get("/api/v1/kiosk/day-list", headers=door.headers)).json()["from_on"] == "2026-11-22"
    assert hidden.headers.get("content-encoding") == "gzip"


async def test_the_heartbeat_tells_who_is_inside(client: httpx.AsyncClient, door: Door, clock: Any) -> None:
    token = (await make_pass(door.child)).token
    listed = (await client.get("/api/v1/kiosk/day-list", headers=door.headers)).json()
    walker = (await make_pass(await make_member(9))).token
    sent = {"scans": [scan(token, clock(), seq=4), scan(walker, clock(), seq=5)]}
    said = (await client.post("/api/v1/kiosk/scans", json=sent, headers=door.headers)).json()
    assert [one["code"] for one in said["verdicts"]] == ["welcome", "welcome-walk-in"]
    now = (await client.post("/api/v1/kiosk/heartbeat", json=beat(clock()), headers=door.headers)).json()
    assert now["last_seq"] == 5
    open_now = {"is_closed": False, "called": [], "closed_at": None}
    assert now["facilities"] == [{"code": door.facility.code, "inside": 2, **open_now}]
    assert now["sessions"] == [{"id": str(door.session.id), "walked_in": 1}]
    inside = {one["member_key"]: one for one in now["inside"]}
    assert inside[listed["members"][0]["member_key"]]["until"] is not None
    row = await house_db.fetchrow("select seen_at, app_version from kiosk where id = $1", door.kiosk.id)
    assert row is not None
    assert (row["seen_at"], row["app_version"]) == (clock(), "1")


async def test_a_revoked_kiosk_is_told_so_at_every_door(client: httpx.AsyncClient, door: Door, clock: Any) -> None:
    await kiosks.revoke_kiosk(SYSTEM, door.kiosk.id)
    answers = [
        await client.get("/api/v1/kiosk/day-list", headers=door.headers),
        await client.post("/api/v1/kiosk/heartbeat", json=beat(clock()), headers=door.headers),
        await client.post("/api/v1/kiosk/scans", json={"scans": [scan("P1", clock())]}, headers=door.headers),
        await client.get("/api/v1/kiosk/day-list"),
        await client.get("/api/v1/kiosk/day-list", headers={"authorization": "Bearer bt_x"}),
    ]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(401, "kiosk-revoked")}


async def test_hostile_bodies_are_refused(client: httpx.AsyncClient, door: Door, clock: Any) -> None:
    good = scan("P1", clock())
    bodies: list[Any] = [
        {},
        {"scans": []},
        {"scans": [good] * 501},
        {"scans": [{**good, "more": 1}]},
        {"scans": [{**good, "scanned_at": "2026-11-21T12:00:00"}]},
        {"scans": [{**good, "seq": 0}]},
        {"scans": [{**good, "nonce": "x"}]},
        {"scans": [{**good, "kind": "face"}]},
        {"scans": [{**good, "told": {"verdict": "maybe", "code": "x"}}]},
        [],
        None,
    ]
    for body in bodies:
        answer = await client.post("/api/v1/kiosk/scans", json=body, headers=door.headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed-request"), body
    raw = await client.post("/api/v1/kiosk/scans", content=b"\xff\x00{", headers=door.headers)
    assert raw.status_code == 400
    odd = {"queue_length": 2**62, "clock_offset_ms": -(2**53), "last_seq": 2**53, "parked": 2**62}
    answer = await client.post("/api/v1/kiosk/heartbeat", json=beat(clock(), **odd), headers=door.headers)
    assert answer.status_code == 200


async def test_hostile_codes_are_refused_by_name(client: httpx.AsyncClient, door: Door, clock: Any) -> None:
    token = (await make_pass(door.child)).token
    shown = [token[:cut] for cut in range(0, len(token), 16)]
    shown += [
        token[:at] + other + token[at + 1 :] for at in range(0, len(token), 12) for other in ("A", "7", "é", "\x00")
    ]
    shown += [token + "A", token * 2, "P1" + "A" * 143, " ", "💥" * 40, "P1" + "7" * 143]
    shown = [one for one in shown if one != token]
    said: list[dict[str, Any]] = []
    for begin in range(0, len(shown), 40):
        sent = {"scans": [scan(one, clock(), seq=begin + at + 1) for at, one in enumerate(shown[begin : begin + 40])]}
        answer = await client.post("/api/v1/kiosk/scans", json=sent, headers=door.headers)
        assert answer.status_code == 200
        said += answer.json()["verdicts"]
    assert len(said) == len(shown)
    assert {one["verdict"] for one in said} == {"refused"}
    assert {one["code"] for one in said} <= {"pass-malformed", "pass-forged", "pass-unknown-key"}
    times = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z")
    sent = {"scans": [{**scan(token, clock()), "scanned_at": one} for one in times]}
    answer = await client.post("/api/v1/kiosk/scans", json=sent, headers=door.headers)
    assert answer.status_code == 200
    assert all("clock-wrong" in one["flags"] for one in answer.json()["verdicts"])
    assert await house_db.fetchval("select min(happened_at) from scan") > clock() - timedelta(days=1)
