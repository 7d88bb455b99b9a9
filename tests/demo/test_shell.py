"""`booking demo` fills a demo's database of its own, and never one that people rely on."""

import os
import subprocess
import sys

import pytest

from booking.kit import db as house_db
from booking.kit import installation
from booking.kit.settings import Settings

pytestmark = pytest.mark.anyio


def _fill(settings: Settings) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "BOOKING_DATABASE_URL": settings.database_url, "BOOKING_SECRET_KEY": "t" * 40, "LANG": "C"}
    command = [sys.executable, "-m", "booking", "demo", "--members", "20", "--visits", "100"]
    return subprocess.run(command, env=environ, check=False, capture_output=True, text=True)


async def test_an_empty_database_becomes_a_demo_with_so_many_visits(db: None, settings: Settings) -> None:
    done = _fill(settings)
    assert (done.returncode, done.stderr) == (0, "")
    assert await house_db.fetchval("select count(*) from member") == 20
    assert 60 <= await house_db.fetchval("select count(*) from visit") <= 140
    assert await house_db.fetchval("select kind from installation") == "demo"
    again = _fill(settings)
    assert (again.returncode, again.stderr) == (0, "")
    assert await house_db.fetchval("select count(*) from member") == 40


def test_a_number_that_is_none_is_told_as_usage() -> None:
    for wrong in ("0", "-5", "many", "1000001"):
        command = [sys.executable, "-m", "booking", "demo", f"--members={wrong}"]
        assert subprocess.run(command, check=False, capture_output=True).returncode == 2


async def test_a_real_database_is_refused_and_stays_as_it_is(db: None, settings: Settings) -> None:
    await installation.be_born("real")
    refused = _fill(settings)
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert await house_db.fetchval("select count(*) from member") == 0
