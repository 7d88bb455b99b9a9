"""The demo's past days are closed as a well-run centre closes them: signed with the figures the page reads."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from booking import wiring
from booking.demo import rules_signing, service, service_bulk, service_signing, service_years
from booking.facilities import queries as facilities
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kpi.rules import Period
from booking.kpi.schemas_certifying import Span
from booking.kpi.service_certifying import list_gaps
from booking.visits.schemas_day_close import DayCloseView
from booking.visits.service_day_close import read_days
from tests.conftest import Clock

pytestmark = pytest.mark.anyio
MEMBERS, VISITS, SEED, SINCE = 300, 4_000, 5, date(2026, 1, 10)


@pytest.fixture
async def signed(db: None, clock: Clock) -> int:
    """Ten months of visits, and how many of their facility-days were signed."""
    wiring.introduce()
    for step in wiring.gather("commands", "SEEDS"):
        await step.run()
    await _make_visits(SEED)
    return await _sign(SEED)


async def _make_visits(seed: int) -> int:
    members = await service_bulk.make_members(MEMBERS, seed, SINCE)
    return await service_years.make_visits(members, VISITS, seed, SINCE, until_on=house_clock.today())


async def _sign(seed: int) -> int:
    return await service_signing.sign_past_days(seed, SINCE, await service.make_staff())


async def _read() -> list[DayCloseView]:
    last = house_clock.today() - timedelta(days=1)
    return [view for each in await facilities.list_facilities() for view in await read_days(each, SINCE, last)]


async def test_days_are_signed_as_the_page_reads_them(signed: int) -> None:
    views = [view for view in await _read() if view.signature is not None]
    assert len(views) == signed > 500
    assert {view.differences for view in views} == {()}
    for view in views:
        assert view.signature is not None
        assert view.signature.day.figures == view.figures
        assert view.signature.coverage_permille == view.coverage_permille
        assert view.signature.signed_at >= view.may_sign_from
        assert house_clock.local_date(view.signature.signed_at) == view.on
        assert (view.signature.reason is not None) == view.needs_reason
    assert sum(view.figures.users for view in views) > VISITS / 2


async def test_heads_are_counted_once_while_people_are_inside(signed: int) -> None:
    views = [view for view in await _read() if view.signature is not None]
    counts = [count for view in views for count in view.counts]
    assert max(len(view.counts) for view in views) == 1
    assert len(counts) > 0.9 * sum(view.figures.users > 0 for view in views)
    assert all(count.known == count.inside > 0 for count in counts)
    assert all(abs(count.heads - count.known) <= 2 for count in counts)
    agreeing = Counter(count.heads == count.known for count in counts)
    assert agreeing[True] > agreeing[False] > 0


async def test_few_days_are_left_and_none_of_the_last_is_signed(signed: int) -> None:
    today = house_clock.today()
    span = Span(period=Period.YEAR, starts_on=SINCE, until_on=today - timedelta(days=3), body="")
    opened, unclosed, uncovered = await list_gaps(span)
    assert opened >= signed + len(unclosed)
    assert 0 < len(unclosed) < 0.07 * signed
    assert 0 < len(uncovered) < 0.07 * signed
    assert all(gap.reason for gap in uncovered)
    assert await house_db.fetchval("select max(closed_on) from day_close") < today - timedelta(days=3)
    _, last, _ = await list_gaps(Span(period=Period.YEAR, starts_on=span.until_on, until_on=today, body=""))
    assert len(last) >= 3


async def test_staff_of_its_body_sign_each_place(signed: int) -> None:
    rows = await house_db.fetch(
        """select distinct b.code, c.signed_by_name as name, g.scope from day_close c
           join facility f on f.id = c.facility join body b on b.id = f.body
           join role_grant g on g.account = c.signed_by"""
    )
    assert {(row["code"], row["name"]) for row in rows} == {("100005", "見本 受付"), ("102032", "見本 桐生")}
    assert all(row["scope"] == row["code"] for row in rows)


async def test_signed_days_stay_as_they_are_and_get_no_more_visits(signed: int) -> None:
    first = await _rows()
    assert await _sign(SEED) == 0
    made = await _make_visits(SEED + 1)
    assert 0 < made < 0.2 * VISITS
    assert {view.differences for view in await _read()} == {()}
    assert await _rows() == first
    assert 0 < await _sign(SEED + 1) < 0.1 * signed


async def test_the_same_seed_signs_the_same_days(signed: int) -> None:
    first = await _rows()
    await house_db.execute("delete from day_close")
    await house_db.execute("delete from head_count")
    assert await _sign(SEED) == signed
    assert await _rows() == first


async def _rows() -> list[tuple[object, ...]]:
    rows = await house_db.fetch(
        """select c.id, c.facility, c.closed_on, c.figures, c.coverage_permille, c.reason, c.signed_at, h.id as count,
             h.counted_at, h.heads, h.inside
           from day_close c left join head_count h on h.facility = c.facility and h.counted_on = c.closed_on
           order by c.id"""
    )
    return [tuple(row) for row in rows]


def test_counts_beyond_a_tenth_are_seldom_and_have_their_reason() -> None:
    counted = [rules_signing.count_heads(Random(n), 6) for n in range(1_000)]
    assert 0 < sum(heads != 6 for heads in counted) < 60
    assert set(counted) == {5, 6, 7}
    many = Counter(rules_signing.count_heads(Random(n), 60) for n in range(1_000))
    assert set(many) == {58, 59, 60, 61, 62}
    assert many.most_common(1)[0][0] == 60
    assert {rules_signing.count_heads(Random(n), 2) for n in range(1_000)} == {2}
    assert rules_signing.reason_of(Random(1), heads=7, known=6) in rules_signing.MORE_REASONS
    assert rules_signing.reason_of(Random(1), heads=6, known=7) in rules_signing.FEWER_REASONS
