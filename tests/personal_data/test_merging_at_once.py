"""Merging beside whatever else happens to the two at the same moment: one thing or the other, never half of both."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from booking.access.schemas import SYSTEM
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.people import queries_staff
from booking.people.schemas import MemberView
from booking.personal_data import service, service_merging
from booking.personal_data.errors import ChangedMeanwhile
from booking.reservations import service as reservations
from tests.make.access import make_account
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_member
from tests.make.programs import make_session
from tests.make.visits import kiosk_at, visits
from tests.personal_data.test_erasing import found_in, the_body
from tests.personal_data.waiting import somebody_waits, when

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock")]
TIMES = 6
LOGS = {"audit_entry", "personal_data_view", "member_merged", "idempotency_key"}


async def side_by_side(*acts: Any) -> list[Any]:
    """What each gave; a refusal is an answer, anything else is not."""
    given = await asyncio.gather(*acts, return_exceptions=True)
    for one in given:
        if isinstance(one, BaseException) and not isinstance(one, Refusal):
            raise one
    return list(given)


def merging(kept: MemberView, gone: MemberView) -> Any:
    return service_merging.merge(SYSTEM, gone.id, kept.number)


async def members() -> set[Any]:
    return {row["id"] for row in await house_db.fetch("select id from member")}


async def test_a_check_in_counts_for_who_stays() -> None:
    here = await make_facility(body=await the_body())
    await make_session(facility=here, starts_at=house_clock.now(), walk_in=99)
    kiosk = await kiosk_at(here)
    for _ in range(TIMES):
        kept, gone = await make_member(8), await make_member(8)
        cards = [(await make_pass(one)).token for one in (kept, gone)]
        done, mine, theirs = await side_by_side(merging(kept, gone), *(kiosk.shows(card) for card in cards))
        assert not isinstance(mine, Refusal)
        assert not isinstance(theirs, Refusal)
        left = [gone.id] if gone.id not in await members() else []
        assert bool(left) is not isinstance(done, Refusal)
        for one in left:
            assert await found_in([str(one)], LOGS) == {}
        came = [row for row in await visits() if row["member"] in (kept.id, gone.id)]
        keys = await house_db.fetch("select key from person_key where member = any($1)", [kept.id, gone.id])
        assert {row["person_key"] for row in came} == {row["key"] for row in keys}


async def test_a_booking_is_of_who_stays_or_of_nobody() -> None:
    here = await make_facility(body=await the_body())
    for _ in range(TIMES):
        session = await make_session(facility=here, starts_at=house_clock.now() + timedelta(days=2), seats=9)
        kept, gone = await make_member(8), await make_member(8)
        acts = (reservations.book(SYSTEM, [session.id], [one.id]) for one in (gone, kept))
        await side_by_side(merging(kept, gone), *acts)
        sql = "select member from reservation where session = $1 and state = 'confirmed'"
        holders = [row["member"] for row in await house_db.fetch(sql, session.id)]
        if gone.id not in await members():
            assert set(holders) <= {kept.id}
        assert len(holders) == len(set(holders))


async def test_one_who_is_erased_is_not_merged() -> None:
    for _ in range(TIMES):
        kept, gone = await make_member(8), await make_member(8)
        done, erased = await side_by_side(merging(kept, gone), service.erase(SYSTEM, gone.id, gone.number))
        assert isinstance(done, Refusal) is not isinstance(erased, Refusal)
        assert await members() & {kept.id, gone.id} == {kept.id}


async def test_of_two_that_swallow_each_other_one_stays() -> None:
    for _ in range(TIMES):
        one, other = await make_member(8), await make_member(8)
        done = await side_by_side(merging(one, other), merging(other, one))
        assert sum(isinstance(each, Refusal) for each in done) == 1
        assert len(await members() & {one.id, other.id}) == 1


async def test_one_who_comes_in_is_not_erased_by_halves() -> None:
    here = await make_facility(body=await the_body())
    await make_session(facility=here, starts_at=house_clock.now(), walk_in=99)
    kiosk = await kiosk_at(here)
    for _ in range(TIMES):
        member = await make_member(8)
        card = (await make_pass(member)).token
        erased, came = await side_by_side(service.erase(SYSTEM, member.id, member.number), kiosk.shows(card))
        assert not isinstance(came, Refusal)
        assert isinstance(erased, Refusal) is (member.id in await members())
        assert isinstance(erased, Refusal) is (came.verdict == "welcome")


async def test_a_guardian_who_registers_another_child_meanwhile_is_not_erased_along() -> None:
    mother = await make_account()
    child = await make_member(5, account=mother)
    go = asyncio.Event()
    erasing = asyncio.create_task(when(go, lambda: service.erase(SYSTEM, child.id, child.number)))
    async with house_db.transaction():
        await house_db.execute("select from registration where member = $1 for update", child.id)
        go.set()
        await somebody_waits()
        sister = await make_member(7, account=mother)
    with pytest.raises(ChangedMeanwhile):
        await erasing
    assert await members() == {child.id, sister.id}
    assert [one.account_id for one in await queries_staff.list_guardians(sister.id)] == [mother.id]
    assert (await service.erase(SYSTEM, child.id, child.number)).accounts == 0
