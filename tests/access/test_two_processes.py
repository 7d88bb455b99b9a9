"""Guesses are limited over processes: two of them try one card and one address at the same time."""

import asyncio
import json
import os
import sys

import pytest

from booking.kit import db as house_db
from booking.kit.settings import Settings
from tests.make.access import make_card

pytestmark = pytest.mark.anyio

GUESSES = """
import asyncio, json, sys
from booking.access.service_sign_in import request_code, sign_in_with_pin
from booking.access.schemas import NOBODY, Browser
from booking.kit import db
from booking.kit.errors import Refusal
from booking.kit.settings import get_settings

async def said(attempt):
    try:
        await attempt
    except Refusal as refusal:
        return refusal.code
    return "yes"

async def main(name):
    db.use_address(get_settings().database_url)
    await db.start_pool(4)
    here = [Browser(device=f"{name}{n}", network=name) for n in range(8)]
    pins = [await said(sign_in_with_pin("12345674", "0001", each, before=NOBODY)) for each in here]
    mails = [await said(request_code("a@example.jp", each)) for each in here]
    await db.stop_pool()
    print(json.dumps([pins, mails]))

asyncio.run(main(sys.argv[1]))
"""


async def _guess(name: str, settings: Settings) -> list[list[str]]:
    known = {"BOOKING_DATABASE_URL": settings.database_url, "BOOKING_SECRET_KEY": settings.secret_key}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", GUESSES, name), env={**os.environ, **known}, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    answers: list[list[str]] = json.loads(out)
    return answers


async def test_two_processes_guess_no_more_than_one(db: None, settings: Settings) -> None:
    await make_card()
    answers = await asyncio.gather(_guess("one", settings), _guess("two", settings))
    pins = [said for each in answers for said in each[0]]
    assert sorted(set(pins)) == ["pin-locked", "wrong-pin"] and pins.count("wrong-pin") <= 4
    assert await house_db.fetchval("select failed_count from credential") == 5
    mails = [said for each in answers for said in each[1]]
    assert (mails.count("yes"), mails.count("too-many-attempts")) == (5, 11)
