"""What is wrong with a kiosk begins and ends as a row, by its own words and by what the service sees."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest

from booking.access.rules import Role
from booking.access.schemas import SYSTEM
from booking.kiosks import service
from booking.kiosks.rules_faults import SAID, SEEN, TO_DO, WORDS, is_older
from booking.kiosks.schemas import KioskReport
from booking.kiosks.service_faults import judge_kiosks, note_contact
from booking.kit import db as house_db
from booking.kit.build import VERSION
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.kiosks import make_kiosk

pytestmark = pytest.mark.anyio
HOUSE = Path(__file__).parents[2]


def report(**given: Any) -> KioskReport:
    """A kiosk in good health, unless said otherwise."""
    well = {
        "version": VERSION,
        "queue_length": 0,
        "clock_offset_ms": 0,
        "last_seq": 0,
        "is_storage_persistent": True,
        "parked": 0,
        "camera": "ok",
    }
    return KioskReport(**{**well, **given})


async def going() -> list[str]:
    """Codes of the faults going on."""
    return [
        row["code"] for row in await house_db.fetch("select code from kiosk_fault where ended_at is null order by code")
    ]


def test_every_code_has_words_and_every_app_one_version() -> None:
    assert set(WORDS) == set(TO_DO) == {*SAID, *SEEN}
    sent = (HOUSE / "kiosk" / "src" / "faults.ts").read_text().split("as const")[0]
    assert set(re.findall(r'"([a-z-]+)"', sent)) == set(SAID)
    assert tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"] == VERSION
    assert json.loads((HOUSE / "kiosk" / "package.json").read_text())["version"] == VERSION
    assert is_older("0.0.9", "0.1.0")
    assert not any(is_older(one, "0.1.0") for one in ("0.1.0", "0.2", "0.10.0", "dev", "", None))


async def test_faults_begin_and_end_with_what_the_kiosk_says(db: None, clock: Any) -> None:
    kiosk, _ = await make_kiosk()
    await note_contact(kiosk.id, report(faults=("camera-missing", "made-up"), parked=2))
    assert await going() == ["camera-missing", "scans-parked"]
    began = clock()
    clock.advance(seconds=30)
    await note_contact(kiosk.id, report(faults=("camera-missing",)))
    assert await going() == ["camera-missing"]
    row = await house_db.fetchrow("select began_at, ended_at from kiosk_fault where code = 'scans-parked'")
    assert row is not None
    assert (row["began_at"], row["ended_at"]) == (began, clock())
    await note_contact(kiosk.id, report())
    assert await going() == []


async def test_an_older_app_without_codes_is_read_by_its_figures(client: httpx.AsyncClient, clock: Any) -> None:
    _, paired = await make_kiosk()
    said = {"version": "0.0.9", "kiosk_time": clock().isoformat(), "clock_offset_ms": -130_000, "camera": "coarse"}
    headers = {"authorization": f"Bearer {paired.token}"}
    answer = await client.post("/api/v1/kiosk/heartbeat", json=said, headers=headers)
    assert answer.status_code == 200
    assert await going() == ["camera-coarse", "clock-wrong", "storage-not-persistent"]
    await judge_kiosks()
    assert "version-old" in await going()


async def test_silence_is_a_fault_while_the_place_is_open(db: None, clock: Any) -> None:
    kiosk, _ = await make_kiosk(await make_facility())
    await note_contact(kiosk.id, report())
    clock.advance(seconds=119)
    assert await judge_kiosks() == 0
    clock.advance(seconds=1)
    assert await judge_kiosks() == 1
    await judge_kiosks()
    assert await going() == ["silent"]
    await note_contact(kiosk.id, report())
    assert await going() == []
    await house_db.execute("update opening_hours set closes = '12:30'")
    clock.advance(hours=2)
    assert await judge_kiosks() == 0
    await service.revoke_kiosk(SYSTEM, kiosk.id)
    await judge_kiosks()
    assert await going() == []


async def test_a_queue_is_stuck_after_ten_minutes(db: None, clock: Any) -> None:
    kiosk, _ = await make_kiosk()
    for length in (0, 3, 4):
        await note_contact(kiosk.id, report(queue_length=length))
        await judge_kiosks()
        clock.advance(minutes=5)
    assert await going() == []
    await note_contact(kiosk.id, report(queue_length=2))
    await judge_kiosks()
    assert await going() == ["queue-stuck"]
    await note_contact(kiosk.id, report())
    await judge_kiosks()
    assert await going() == []


async def test_staff_read_them_in_words_and_print_the_sheet(client: httpx.AsyncClient, clock: Any) -> None:
    mine, other = await make_facility(name="ためし館"), await make_facility(name="よその館")
    kiosk, _ = await make_kiosk(mine)
    elsewhere, _ = await make_kiosk(other)
    quota = {"storage_used_mb": 95, "storage_quota_mb": 100}
    await note_contact(kiosk.id, report(faults=("storage-low",), **quota))
    await note_contact(elsewhere.id, report(faults=("voice-missing",)))
    await sign_in(client, await make_staff(Role.FACILITY_MANAGER, mine.code))
    listed = (await client.get("/staff/kiosks")).text
    assert WORDS["storage-low"] in listed
    assert TO_DO["storage-low"] in listed
    one = (await client.get(f"/staff/kiosks/{kiosk.id}")).text
    assert "95 MB を使用（全体 100 MB）" in one
    assert WORDS["storage-low"] in one
    await note_contact(kiosk.id, report())
    for since in ("", "?since=2026-11-01", "?since=x"):
        sheet = (await client.get(f"/staff/kiosks/faults{since}")).text
        assert (WORDS["storage-low"] in sheet, WORDS["voice-missing"] in sheet) == (True, False)
    clock.advance(days=9)
    assert WORDS["storage-low"] not in (await client.get("/staff/kiosks/faults")).text
