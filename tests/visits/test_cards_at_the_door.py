"""A temporary card at the door stands for whoever it is lent to at that moment; names go where they may be shown."""

from datetime import timedelta
from typing import Any

import pytest

from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.facilities.queries import list_bodies
from booking.facilities.schemas import FacilityView
from booking.kiosks.service import get_kiosk_by_token
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.passes import service_cards
from booking.passes.schemas import CardView
from booking.visits.service_day_list import build_day_list, day_list
from tests.make.access import actor_for, make_account, make_staff
from tests.make.facilities import make_facility
from tests.make.kiosks import make_kiosk
from tests.make.people import make_body, make_guardianship, make_household, make_member
from tests.make.programs import make_session
from tests.make.visits import KioskHere, kiosk_at, make_scan, visits

pytestmark = pytest.mark.anyio


class Desk:
    """A facility with a running session, its kiosk, its clerk and one temporary card."""

    def __init__(self, facility: FacilityView, kiosk: KioskHere, clerk: Actor, card: CardView, code: str) -> None:
        self.facility, self.kiosk, self.clerk, self.card, self.code = facility, kiosk, clerk, card, code


@pytest.fixture
async def desk(db: None, clock: Any) -> Desk:
    await make_body()
    body = next(one for one in await list_bodies() if one.code == "100005")
    facility = await make_facility(body=body)
    await make_session(walk_in=9, starts_at=clock(), facility=facility)
    clerk = await actor_for(await make_staff(Role.FRONT_DESK, facility.code))
    (card,) = await service_cards.make_cards(clerk, facility.code, 1)
    return Desk(facility, await kiosk_at(facility), clerk, card, await service_cards.code_of(card))


async def test_a_lent_card_is_the_member_and_given_back_it_is_nobody(desk: Desk, clock: Any) -> None:
    not_yet = await desk.kiosk.shows(desk.code)
    assert (not_yet.verdict, not_yet.code, not_yet.name) == ("refused", "card-not-lent", "")
    child, other = await make_member(8), await make_member(5)
    await service_cards.lend(desk.clerk, desk.facility.code, desk.card.label, child.id)
    assert (await desk.kiosk.shows(desk.code)).code == "welcome-walk-in"
    clock.advance(minutes=30)
    await service_cards.give_back(desk.clerk, desk.card.id)
    assert (await desk.kiosk.shows(desk.code)).code == "card-not-lent"
    await service_cards.lend(desk.clerk, desk.facility.code, desk.card.label, other.id)
    assert (await desk.kiosk.shows(desk.code)).code == "welcome-walk-in"
    assert [one["member"] for one in await visits()] == [child.id, other.id]
    stored = await house_db.fetchval("select count(*) from scan where pass_id = $1", desk.card.id)
    assert stored == 4


async def test_a_scan_that_comes_late_is_whose_the_card_was(desk: Desk, clock: Any) -> None:
    child, other = await make_member(8), await make_member(5)
    await service_cards.lend(desk.clerk, desk.facility.code, desk.card.label, child.id)
    shown_at = clock() + timedelta(minutes=5)
    clock.advance(minutes=10)
    await service_cards.give_back(desk.clerk, desk.card.id)
    await service_cards.lend(desk.clerk, desk.facility.code, desk.card.label, other.id)
    clock.advance(minutes=10)
    said = await desk.kiosk.sends([make_scan(desk.code, at=shown_at, offline=True), make_scan(desk.code)])
    assert [one.verdict for one in said] == ["welcome", "welcome"]
    assert [one["member"] for one in await visits()] == [child.id, other.id]


async def test_a_loan_ends_with_the_day_and_a_lost_card_opens_nothing(desk: Desk, clock: Any) -> None:
    child = await make_member(8)
    await service_cards.lend(desk.clerk, desk.facility.code, desk.card.label, child.id)
    clock.advance(days=1)
    assert (await desk.kiosk.shows(desk.code)).code == "card-not-lent"
    await service_cards.revoke_card(desk.clerk, desk.card.id)
    assert (await desk.kiosk.shows(desk.code)).code == "pass-revoked"
    assert await visits() == []


async def test_the_day_list_knows_whose_the_card_is(desk: Desk, clock: Any) -> None:
    kiosk, _ = await make_kiosk(desk.facility)
    days = [house_clock.today()]
    assert (await build_day_list(kiosk, days)).members == ()
    child = await make_member(8)
    await service_cards.lend(desk.clerk, desk.facility.code, desk.card.label, child.id)
    (listed,) = (await build_day_list(kiosk, days)).members
    assert (listed.number, desk.card.id in listed.pass_ids) == (child.number, True)
    await service_cards.give_back(desk.clerk, desk.card.id)
    assert (await build_day_list(kiosk, days)).members == ()


async def test_a_card_lost_in_its_drawer_is_on_the_next_day_list(desk: Desk, clock: Any) -> None:
    """A kiosk that is told that nothing has changed would welcome it while there is no network."""
    identity = await get_kiosk_by_token(desk.kiosk.token)
    before = (await day_list(identity)).etag
    await service_cards.revoke_card(desk.clerk, desk.card.id)
    after = await day_list(identity)
    assert after.etag != before and str(desk.card.id) in after.content.decode()


async def test_where_names_are_hidden_a_family_goes_by_numbers(db: None, clock: Any) -> None:
    facility = await make_facility(shows_names=False)
    await make_session(walk_in=9, starts_at=clock(), facility=facility)
    account = await make_account()
    parent = await make_member(None, household=await make_household(account))
    await make_guardianship(parent, account)
    await house_db.execute("update guardianship set relation = 'self' where member = $1", parent.id)
    child = await make_member(6, account=account)
    kiosk = await kiosk_at(facility)
    asked = await kiosk.shows(kind="number", number=parent.number)
    assert {one.label for one in asked.choices} == {f"…{parent.number[-3:]}", f"…{child.number[-3:]}"}
    key = next(one.id for one in asked.choices if one.label == f"…{child.number[-3:]}").removeprefix("member:")
    said = await kiosk.shows(kind="number", number=parent.number, member_key=key)
    assert (said.verdict, said.name) == ("welcome", "")
