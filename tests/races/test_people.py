"""How many people one account registers, raced over HTTP in two processes: holds with the lock, breaks without it."""

from collections import Counter

import pytest

from booking.access.rules import cookie_name
from booking.access.service import open_sign_in
from booking.kit import db as house_db
from booking.people.rules import MEMBERS_PER_ACCOUNT
from tests.make.access import make_account
from tests.make.people import make_consent_text, make_household, make_member, make_municipality
from tests.races.harness import Ask, breaks, race

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def race_for_the_last_place(database_url: str, *, locked: bool, clients: int = 8) -> tuple[Counter[str], int]:
    """One account with room for one more, many requests at once."""
    account = await make_account()
    household = await make_household(account)
    await make_municipality()
    for _ in range(MEMBERS_PER_ACCOUNT - 1):
        await make_member(account=account, household=household)
    child = {
        "family_name": "群馬",
        "given_name": "結衣",
        "family_kana": "ぐんま",
        "given_kana": "ゆい",
        "birth_on": "2013-04-02",
        "municipality": "102016",
        "contact": {"relation": "mother"},
        "consent": {"body": "100005", "text_id": str(await make_consent_text()), "agreed": True},
    }
    cookie = {"cookie": f"{cookie_name(secure=False)}={await open_sign_in(account.id, 'race')}"}
    async with race(database_url, "people:lock_household", locked=locked) as running:
        answers = await running.fire([Ask("POST", "/api/v1/members", cookie, child) for _ in range(clients)])
    said = Counter("added" if answer.status_code == 201 else str(answer.json()["code"]) for answer in answers)
    rows = "select count(*) from guardianship where account = $1 and ended_at is null"
    return said, await house_db.fetchval(rows, account.id)


async def test_one_account_registers_no_more_than_its_share(db: None, database_url: str) -> None:
    said, rows = await race_for_the_last_place(database_url, locked=True)
    assert said == {"added": 1, "too-many-members": 7}
    assert rows == MEMBERS_PER_ACCOUNT


async def test_without_the_lock_it_registers_more(db: None, database_url: str) -> None:
    async def once() -> bool:
        said, rows = await race_for_the_last_place(database_url, locked=False)
        return said["added"] > 1 and rows > MEMBERS_PER_ACCOUNT

    assert await breaks(once)
