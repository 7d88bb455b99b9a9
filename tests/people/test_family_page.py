"""What the family page says of each child: who looks after it, who agreed when; of another guardian no word."""

from datetime import UTC, datetime, timedelta

import pytest
from httpx import AsyncClient

from booking.access import service as access
from booking.access.schemas import SYSTEM
from booking.kit import clock, db
from tests.make.access import make_account, sign_in
from tests.make.passes import make_pass
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


async def test_the_pass_and_the_cards_of_each_child(client: AsyncClient) -> None:
    """A card lent today tells of a visit: it is told to whom the desk has seen with the child."""
    mother = await make_account()
    child = await make_member(5, household=await make_household(mother), account=mother)
    await sign_in(client, mother)
    shown = (await client.get("/family")).text
    assert "入館パスは、開いたときにできます" in shown
    assert "番号とPINのカード：ありません" in shown
    await make_pass(child)
    card = await access.create_card_account("はな", "ja", SYSTEM)
    await make_guardianship(child, card)
    await db.execute("update guardianship set relation = 'self' where account = $1", card)
    await access.set_pin(card, child.number, "8052", SYSTEM)
    await db.execute(
        "with made as (insert into temporary_card (id, scope, label, kid, valid_from_at, valid_until, made_at) values"
        " (gen_random_uuid(), 'here', 'A-07', 1, $2, $3, $2) returning id) insert into card_loan"
        " (id, card, member, lent_at, until_at) select gen_random_uuid(), id, $1, $2, $3 from made",
        *(child.id, clock.now(), clock.now() + timedelta(hours=3)),
    )
    shown = (await client.get("/family")).text
    for word in ("入館パス <time", "番号とPINのカード：あります", "その日のカード A-07"):
        assert word in shown, word
    await db.execute("update credential set locked_at = $1", clock.now())
    assert "PINが5回ちがったので" in (await client.get("/family")).text
    await db.execute("update guardianship set state = 'claimed'")
    assert "A-07" not in (await client.get("/family")).text
