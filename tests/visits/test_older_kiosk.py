"""A kiosk of the first version at the present service: what it sends is taken, and what it needs is answered."""

from typing import Any

import httpx
import pytest

from tests.make.reservations import make_reservation
from tests.visits.test_hostile import Gate

pytestmark = pytest.mark.anyio
LIST = {"from_on", "until_on", "configuration", "facilities", "sessions", "members", "keys", "revoked_passes"}
CONFIGURATION = {
    "kiosk_id",
    "label",
    "facilities",
    "direction",
    "languages",
    "language",
    "timezone",
    "answer_wait_ms",
    "verdict_seconds",
    "demo",
}
NEEDED = {
    "facilities": {"code", "names", "capacity", "door_minutes", "days"},
    "sessions": {"id", "facility", "program", "names", "starts_at", "ends_at", "door_opens_at", "walk_in", "web_left"},
    "members": {"member_key", "shown_name", "number", "pass_ids", "programs", "bookings", "family", "is_held"},
    "keys": {"kid", "public_key", "state"},
}
LIVE = {"server_time", "configuration", "last_seq", "day_list_etag", "facilities", "sessions", "inside"}


async def test_a_kiosk_of_the_first_version_goes_on_working(client: httpx.AsyncClient, clock: Any) -> None:
    gate = await Gate(client, clock).open()
    await make_reservation(gate.session)
    headers = {"authorization": f"Bearer {gate.paired.token}"}
    listed = (await client.get("/api/v1/kiosk/day-list", headers=headers)).json()
    assert set(listed) >= LIST
    assert set(listed["configuration"]) >= CONFIGURATION
    for name, needed in NEEDED.items():
        assert listed[name], name
        assert all(set(one) >= needed for one in listed[name]), name
    scan = {
        **gate.scan(),
        "clock_offset_ms": -180,
        "direction": "auto",
        "offline": True,
        "told": {"verdict": "welcome", "code": "welcome"},
    }
    (said,) = await gate.show(scan)
    assert (said["nonce"], said["verdict"], said["code"]) == (scan["nonce"], "welcome", "welcome")
    beat = {
        "version": "0.1.0+3f1e8c5",
        "kiosk_time": clock().isoformat(),
        "clock_offset_ms": -180,
        "queue_length": 0,
        "last_seq": scan["seq"],
        "parked": 0,
        "camera": "ok",
        "is_storage_persistent": True,
        "day_list_etag": "",
    }
    live = (await client.post("/api/v1/kiosk/heartbeat", json=beat, headers=headers)).json()
    assert set(live) >= LIVE
    assert all(set(one) >= {"code", "inside", "is_closed"} for one in live["facilities"])
    assert all(set(one) >= {"member_key", "facility", "entered_at"} for one in live["inside"])
    assert live["inside"]
