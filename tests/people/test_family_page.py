"""What the family page says of each child: who looks after it, who agreed when; of another guardian no word."""

from datetime import UTC, datetime

import pytest
from httpx import AsyncClient

from booking.kit import db
from tests.make.access import make_account, sign_in
from tests.make.people import (
    make_consent_text,
    make_guardianship,
    make_household,
    make_member,
    make_municipality,
    make_protected,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]


async def test_guardians_consents_contacts_and_assistance(client: AsyncClient) -> None:
    await make_municipality()
    await make_consent_text()
    mother = await make_account(name="前橋 恵")
    father = await make_account(name="高崎 実", email="minoru@example.jp")
    home = await make_household(mother)
    await make_household(father, phone="+819055556666")
    child = await make_member(5, household=home, account=mother)
    await make_guardianship(child, father)
    await db.execute("update guardianship set relation = 'father', state = 'claimed' where account = $1", father.id)
    await db.execute("update member set assistance = '大きな音が苦手です'")
    await db.execute("update registration set consented_at = $1", datetime(2026, 4, 1, 3, tzinfo=UTC))
    await sign_in(client, mother)
    shown = (await client.get("/family")).text
    for word in ("（あなた）", "受付でまだたしかめていません", "2026年4月1日", "文の版 1", "大きな音が苦手です"):
        assert word in shown, word
    assert f"/pass/{child.id}/lost" in shown
    assert not [word for word in ("高崎", "実", "minoru", "5555", "6666") if word in shown]
    await db.execute("update registration set consented_at = null")
    assert "受付で紙に書きます" in (await client.get("/family")).text
    await sign_in(client, father)
    assert not [word for word in ("恵", "1234-5678") if word in (await client.get("/family")).text]
    await make_protected(child, mother)
    assert child.shown_name not in (await client.get("/family")).text
    await sign_in(client, mother)
    shown = (await client.get("/family")).text
    assert "（あなた）" in shown
    assert "父" not in shown
