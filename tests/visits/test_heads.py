"""People counted by head: who they are, that they go again, and who of them counts as a user."""

from typing import Any

import pytest

from booking.facilities.schemas import FacilityView
from booking.kit import db as house_db
from booking.occupancy.queries import count_now
from booking.visits.schemas import Verdict
from tests.make.facilities import make_facility
from tests.make.visits import KioskHere, flags, kiosk_at, make_scan, visits

pytestmark = pytest.mark.anyio


@pytest.fixture
async def facility(db: None) -> FacilityView:
    return await make_facility(capacity=40)


@pytest.fixture
async def kiosk(facility: FacilityView) -> KioskHere:
    return await kiosk_at(facility)


async def count(kiosk: KioskHere, facility: FacilityView, heads: int, of: str | None = None, **given: Any) -> Verdict:
    return await kiosk.shows(kind="heads", facility=facility.code, heads=heads, heads_of=of, **given)


async def open_kinds() -> list[tuple[str, int]]:
    return [(one["kind"], one["heads"]) for one in await visits() if one["left_at"] is None]


async def test_each_kind_is_a_visit_of_its_own(kiosk: KioskHere, facility: FacilityView) -> None:
    await count(kiosk, facility, 20, "group", party="ためし小学校 5年")
    await count(kiosk, facility, 2, "walk-in")
    await count(kiosk, facility, 1, "guardian")
    said = await count(kiosk, facility, 3, "visitor")
    assert (said.code, said.inside) == ("welcome-heads", 26)
    assert await open_kinds() == [("group", 20), ("anonymous", 2), ("guardian", 1), ("visitor", 3)]
    assert [one["party"] for one in await visits()] == ["ためし小学校 5年", None, None, None]
    stored = await house_db.fetch("select heads_of, party from scan order by happened_at, seq")
    assert [(row["heads_of"], row["party"]) for row in stored][:2] == [("group", "ためし小学校 5年"), ("walk-in", None)]
    now = await count_now([facility.id], (await visits())[0]["visited_on"])
    assert now[facility.id] == (26, 22, 22)


async def test_without_a_word_it_is_as_ever(kiosk: KioskHere, facility: FacilityView) -> None:
    await count(kiosk, facility, 24)
    await count(kiosk, facility, 1)
    assert await open_kinds() == [("group", 24), ("anonymous", 1)]


async def test_all_of_them_fit_in_or_none(kiosk: KioskHere, facility: FacilityView) -> None:
    await count(kiosk, facility, 39, "visitor")
    assert (await count(kiosk, facility, 2, "guardian")).code == "building-full"
    assert await open_kinds() == [("visitor", 39)]


async def test_they_go_as_they_came(kiosk: KioskHere, facility: FacilityView, clock: Any) -> None:
    for heads in (5, 3):
        await count(kiosk, facility, heads, "group")
        clock.advance(minutes=5)
    await count(kiosk, facility, 3, "guardian")
    out = await count(kiosk, facility, 5, "group", direction="out")
    assert (out.verdict, out.code, out.inside) == ("goodbye", "goodbye-heads", 6)
    assert await open_kinds() == [("group", 3), ("guardian", 3)]
    none = await count(kiosk, facility, 2, "group", direction="out")
    assert (none.verdict, none.code) == ("refused", "heads-unknown")
    assert await open_kinds() == [("group", 3), ("guardian", 3)]
    (gone,) = [one for one in await visits() if one["left_at"] is not None]
    assert (gone["closed_by"], gone["exit_scan"] is not None, gone["left_at"]) == ("scan", True, clock())


async def test_in_and_out_in_one_batch(kiosk: KioskHere, facility: FacilityView) -> None:
    both = [
        make_scan(kind="heads", facility=facility.code, heads=4, heads_of="visitor"),
        make_scan(kind="heads", facility=facility.code, heads=4, heads_of="visitor", direction="out"),
        make_scan(kind="heads", facility=facility.code, heads=4, heads_of="visitor", direction="out"),
    ]
    said = await kiosk.sends(both)
    assert [one.code for one in said] == ["welcome-heads", "goodbye-heads", "heads-unknown"]
    assert await open_kinds() == []


async def test_a_second_copy_with_what_was_told_counts_nobody_twice(kiosk: KioskHere, facility: FacilityView) -> None:
    scan = make_scan(kind="heads", facility=facility.code, heads=4, heads_of="group")
    await kiosk.sends([scan])
    copy = make_scan(
        kind="heads",
        facility=facility.code,
        heads=4,
        heads_of="group",
        nonce=scan.nonce,
        seq=scan.seq,
        told=("welcome", "welcome-heads"),
    )
    assert (await kiosk.sends([copy]))[0].verdict == "welcome"
    assert await open_kinds() == [("group", 4)]
    assert await flags() == []
