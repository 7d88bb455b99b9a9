"""A kiosk of the first version at the present service: what it sends is taken, and what it was answered it still is.

What the first version was answered is recorded in `kiosk/tests/answers`; the app's own tests show that it is enough.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.make.passes import make_pass
from tests.make.people import make_member
from tests.make.reservations import make_reservation
from tests.visits.test_hostile import Gate

pytestmark = pytest.mark.anyio
ANSWERS = Path(__file__).parents[2] / "kiosk" / "tests" / "answers" / "0.1.0.json"
RECORDED = json.loads(ANSWERS.read_text("utf-8"))


def fields(answer: Any, at: str = "") -> Iterator[str]:
    """The address of every field of an answer; the languages of a name are its own business."""
    if isinstance(answer, list):
        for one in answer:
            yield from fields(one, f"{at}[]")
    elif isinstance(answer, dict) and not at.endswith(".names"):
        for name, value in answer.items():
            yield f"{at}.{name}"
            yield from fields(value, f"{at}.{name}")


NEEDED = set(fields({door: RECORDED[door] for door in ("list", "live", "verdicts")}))


def lost(present: dict[str, Any]) -> list[str]:
    """What the first version was answered and would not be any more."""
    return sorted(NEEDED - set(fields(present)))


def without(answer: Any, field: str) -> Any:
    """The answer as it would be if that field had been taken out."""
    head, _, rest = field.partition("[]")
    names, kept = head.split(".")[1:], answer
    if rest and not names:
        return [without(one, rest) for one in answer]
    name, more = names[0], field[len(names[0]) + 1 :]
    if name not in kept:
        return kept
    if not more:
        return {key: value for key, value in kept.items() if key != name}
    return kept | {name: without(kept[name], more)}


async def answered(client: httpx.AsyncClient, clock: Any) -> dict[str, Any]:
    """What a kiosk of the first version is answered at all its doors, sending what it sends."""
    gate = await Gate(client, clock).open()
    await make_reservation(gate.session)
    headers = {"authorization": f"Bearer {gate.paired.token}"}
    listed = (await client.get("/api/v1/kiosk/day-list", headers=headers)).json()
    scan = {
        **gate.scan(),
        "clock_offset_ms": -180,
        "direction": "auto",
        "offline": True,
        "told": {"verdict": "welcome", "code": "welcome"},
    }
    verdicts = await gate.show(scan)
    walked_in = (await make_pass(await make_member(9))).token
    await gate.show(gate.scan(walked_in))
    assert [(one["nonce"], one["verdict"], one["code"]) for one in verdicts] == [(scan["nonce"], "welcome", "welcome")]
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
    return {"list": listed, "live": live, "verdicts": verdicts}


async def test_a_kiosk_of_the_first_version_goes_on_working(client: httpx.AsyncClient, clock: Any) -> None:
    present = await answered(client, clock)
    assert lost(present) == []
    for field in NEEDED:
        assert field in lost(without(present, field)), field
