"""A sheet of paper taken in by staff: the same path, told as it happened, marked as from paper."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.people.schemas import MemberView
from booking.visits import service
from booking.visits.schemas import Verdict
from booking.visits.schemas_facts import Asked
from tests.make.access import make_account
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_member
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.make.visits import flags, kiosk_at, make_scan, visits

pytestmark = pytest.mark.anyio


def line(member: MemberView, facility: FacilityView, account: UUID, minutes_ago: int, way: str = "in") -> Asked:
    """One line of a sheet."""
    scan = make_scan(
        at=house_clock.now() - timedelta(minutes=minutes_ago),
        kind="number",
        direction=way,
        told=("welcome", "welcome") if way == "in" else ("goodbye", "goodbye"),
    )
    return Asked(
        scan=scan, member_id=member.id, facility_code=facility.code, by_account=account, from_paper=True, language="ja"
    )


async def test_a_sheet_is_taken_in_as_it_happened(db: None, clock: Any) -> None:
    facility = await make_facility()
    session = await make_session(seats=1, walk_in=0, starts_at=clock(), facility=facility)
    booked, walked_in, stranger = [await make_member(8) for _ in range(3)]
    await make_reservation(session, booked)
    account = (await make_account()).id
    clock.advance(minutes=30)
    sheet = [
        line(booked, facility, account, 25),
        line(walked_in, facility, account, 20),
        line(booked, facility, account, 5, "out"),
        line(stranger, facility, account, 10, "out"),
    ]
    said = await service.record_batch(sheet)
    assert [one.verdict for one in said if isinstance(one, Verdict)] == ["welcome", "welcome", "goodbye", "goodbye"]
    rows = await visits()
    assert [(one["member"], one["entered_by"], one["closed_by"]) for one in rows] == [
        (booked.id, "paper", "scan"),
        (walked_in.id, "paper", None),
    ]
    assert await house_db.fetchval("select count(*) from scan where from_paper and by_account = $1", account) == 4
    # No seat was left for the second: the visit stands, and staff see that the service would have said no.
    assert sorted(await flags()) == ["disagreement", "not-inside"]
    assert await service.record_batch(sheet) == said
    assert len(await visits()) == 2
    assert await service.record_batch([]) == []


async def test_paper_that_comes_after_the_kiosk_tells_the_day_anew(db: None, clock: Any) -> None:
    facility = await make_facility()
    await make_session(walk_in=3, starts_at=clock(), facility=facility)
    child = await make_member(8)
    kiosk, token = await kiosk_at(facility), (await make_pass(child)).token
    account = (await make_account()).id
    clock.advance(minutes=40)
    await kiosk.shows(token)
    await service.record_batch([line(child, facility, account, 35), line(child, facility, account, 20, "out")])
    rows = await visits()
    assert [(one["entered_by"], one["left_at"] is None) for one in rows] == [("paper", False), ("scan", True)]


async def test_a_line_for_nowhere_is_refused_in_its_place(db: None, clock: Any) -> None:
    facility, child = await make_facility(), await make_member(8)
    await make_session(walk_in=3, starts_at=clock(), facility=facility)
    good = line(child, facility, uuid4(), 0)
    lost = Asked(scan=make_scan(kind="number"), member_id=child.id, facility_code="nowhere", from_paper=True)
    first, second = await service.record_batch([lost, good])
    assert isinstance(first, Refusal)
    assert isinstance(second, Verdict)
