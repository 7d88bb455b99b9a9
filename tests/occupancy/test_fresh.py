"""The live board of one process knows of a scan at another one's door within a second, over real LISTEN and NOTIFY."""

import asyncio
import http.client
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from booking.kit import db, installation
from booking.kit.postgres_server import PostgresServer
from tests.bench.door import Crowd, populate, scan_document
from tests.bench.report import noon_zone
from tests.served import Served, run, serving

pytestmark = pytest.mark.slow
MEMBERS = 4


async def _fill(data_dir: Path) -> tuple[Crowd, list[str]]:
    dsn = PostgresServer(data_dir).dsn
    crowd = Crowd(MEMBERS, 1, datetime.now(UTC))
    chosen = installation.chosen_settings({"BOOKING_DATA_DIR": str(data_dir), **noon_zone()})
    with installation.running(chosen, progress=print):
        connection = await asyncpg.connect(dsn)
        async with db.pool(dsn, 1):
            codes = await populate(connection, crowd)
        await connection.close()
    return crowd, codes


def _ask(served: Served, token: str, method: str, path: str, body: Any = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    assert answer.status == 200, said
    return json.loads(said)


def test_a_scan_at_one_process_is_on_the_board_of_another_within_a_second(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    zone = noon_zone()
    with serving(data_dir, env=zone) as door:
        made = run(data_dir, "token", "new", "--role", "front-desk", "--label", "a board")
        token = next(word for word in made.stdout.split() if word.startswith("bt_"))
        crowd, codes = asyncio.run(_fill(data_dir))
        env = {"BOOKING_DATABASE_URL": PostgresServer(data_dir).dsn, **zone}
        with serving(data_dir, env=env) as elsewhere:
            stream = http.client.HTTPConnection("127.0.0.1", elsewhere.port, timeout=20)
            stream.request("GET", "/api/v1/staff/occupancy/stream", headers={"Authorization": f"Bearer {token}"})
            events = stream.getresponse()
            while b"hello" not in events.readline():
                pass
            took = []
            for number, code in enumerate(codes, start=1):
                began = time.monotonic()
                answer = _ask(
                    door, crowd.token(0), "POST", "/api/v1/kiosk/scans", {"scans": [scan_document(code, number)]}
                )
                assert answer["verdicts"][0]["verdict"] == "welcome", answer
                while b"change" not in events.readline():
                    pass
                board = _ask(elsewhere, token, "GET", "/api/v1/staff/occupancy?facility=bench-0")
                took.append(time.monotonic() - began)
                assert board["places"][0]["inside"] == number
            stream.close()
    assert min(took) < 1, took
