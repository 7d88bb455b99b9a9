"""A temporary card is lent at one desk's tablet while the other takes it out of use, in two processes."""

import pytest

from booking.access.rules import cookie_name
from booking.access.schemas import SYSTEM
from booking.access.service import open_sign_in
from booking.facilities.queries import list_bodies
from booking.kit import db as house_db
from booking.passes.service_cards import make_cards
from tests.make.access import make_staff
from tests.make.facilities import make_facility
from tests.make.people import make_body, make_member
from tests.races.harness import Ask, breaks, race

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
CARD = "passes:lock_card"
CARDS = 8


async def lend_beside_revoke(database_url: str, *, locked: bool) -> tuple[set[int], int]:
    """Every card is lent and revoked at one moment: the statuses, and how many revoked cards somebody still holds."""
    await make_body()
    body = next(one for one in await list_bodies() if one.code == "100005")
    place = await make_facility(body=body)
    desk = await make_staff("front-desk", place.code)
    value = await open_sign_in(desk.id, "race", second_factor=True)
    cookie, asks = {"cookie": f"{cookie_name(secure=False)}={value}"}, []
    for card in await make_cards(SYSTEM, place.code, CARDS):
        child = await make_member(5)
        lent = {"facility": place.code, "card": card.label, "member": str(child.id), "number": ""}
        asks.append(Ask("POST", "/staff/cards/lend", cookie, form=lent))
        asks.append(Ask("POST", f"/staff/cards/{card.id}/revoke", cookie, form={"back": ""}))
    async with race(database_url, CARD, locked=locked) as running:
        said = {answer.status_code for answer in await running.fire(asks)}
    held = "select count(*) from card_loan l join temporary_card c on c.id = l.card"
    return said, await house_db.fetchval(held + " where c.revoked_at is not null and l.returned_at is null")


async def test_a_card_taken_out_of_use_is_held_by_nobody(db: None, database_url: str) -> None:
    said, held = await lend_beside_revoke(database_url, locked=True)
    assert said <= {303, 409, 410, 422} and 303 in said
    assert held == 0
    assert await house_db.fetchval("select count(*) from temporary_card where revoked_at is null") == 0


async def test_without_the_lock_a_lost_card_is_lent(db: None, database_url: str) -> None:
    async def once() -> bool:
        return (await lend_beside_revoke(database_url, locked=False))[1] > 0

    assert await breaks(once)
