"""The shape of the demo's years: nobody impossible, days as busy as such days are, one who came 300 times."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from booking import wiring
from booking.demo import rules_days, rules_years, service_bulk, service_years
from booking.demo.rules_days import Booking, Day, Person, Pool, Slot
from booking.demo.service_loose import loosened
from booking.facilities import queries as facilities
from booking.facilities.rules import hours_of
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import service as kpi
from booking.kpi import service_fold
from tests.conftest import Clock

pytestmark = pytest.mark.anyio
MEMBERS, VISITS, SINCE = 700, 8_000, date(2024, 4, 1)

IMPOSSIBLE = {
    "two visits at once": """
        select count(*) from visit a
        join visit b on a.member = b.member and a.id <> b.id and a.visited_on = b.visited_on
        where a.entered_at < b.left_at and b.entered_at < a.left_at""",
    "longer than a day": "select count(*) from visit where left_at > entered_at + interval '1 day'",
    "before joining": """
        select count(*) from visit v where v.kind = 'member' and not exists (
          select 1 from registration r join facility f on f.body = r.body
          where r.member = v.member and f.id = v.facility and r.registered_at <= v.entered_at
            and (r.ended_at is null or r.ended_at > v.left_at))""",
    "after leaving": "select count(*) from visit v join member m on m.id = v.member where v.left_at > m.left_at",
    "no school year": """
        select count(*) from visit where kind = 'member' and (grade is null or grade not between 1 and 12
          or school_stage not in ('elementary', 'junior-high', 'high')
          or age_band not in ('6-11', '12-14', '15-17', '18-29'))""",
    "too young for the program": """
        select count(*) from visit v join eligibility e on e.program = v.program
        where v.kind = 'member' and v.grade not between e.min_grade and e.max_grade""",
    "before the facility": """
        select count(*) from visit v join facility f on f.id = v.facility where v.visited_on < f.opened_on""",
    "another session": """
        select count(*) from visit v join session s on s.id = v.session
        where s.facility <> v.facility or s.held_on <> v.visited_on or s.program <> v.program""",
    "more than the seats": """
        select count(*) from session s where s.web_seats < (
          select count(*) from reservation r where r.session = s.id and r.state in ('arrived', 'released'))""",
    "arrived without a visit": """
        select count(*) from reservation r left join visit v on v.reservation = r.id
        where (r.state = 'arrived') <> (v.id is not null)
          or (v.id is not null and (v.entered_at <> r.arrived_at or v.member <> r.member or v.session <> r.session))""",
    "booked after the start": """
        select count(*) from reservation r join session s on s.id = r.session
        where r.booked_at >= s.starts_at or r.cancelled_at < r.booked_at or r.cancelled_at > s.starts_at""",
    "a group below its minimum": """
        select count(*) from weekly_group g
        where (select count(*) from enrolment e where e."group" = g.id and e.state = 'enrolled')
          not between g.min_to_open and g.seats""",
    "one person, two keys": "select count(*) - count(distinct (member, fiscal_year)) from person_key",
}


@pytest.fixture
async def made(db: None, clock: Clock) -> int:
    """Two and a half years of visits."""
    wiring.introduce()
    for step in wiring.gather("commands", "SEEDS"):
        await step.run()
    since = await service_years.first_day(SINCE)
    members = await service_bulk.make_members(MEMBERS, 5, since)
    return await service_years.make_visits(members, VISITS, 5, since, until_on=house_clock.today())


async def test_years_are_plausible_and_nobody_is_impossible(made: int) -> None:
    assert made == VISITS == await house_db.fetchval("select count(*) from visit")
    found = {what: await house_db.fetchval(sql) for what, sql in IMPOSSIBLE.items()}
    assert found == dict.fromkeys(IMPOSSIBLE, 0)
    await _all_within_hours()
    await _one_came_300_times()
    await _grows_as_planned()
    await _noted_in_every_way()
    await service_fold.fold_everything()
    heads = (
        "select sum(heads) from visit where kind = 'group' and visited_on >= '2025-04-01' and visited_on < '2026-04-01'"
    )
    days = """select count(distinct (person_key, facility, visited_on)) filter (where person_key is not null)
                + count(*) filter (where kind = 'anonymous')
              from visit where visited_on >= '2025-04-01' and visited_on < '2026-04-01'"""
    figure = await kpi.get_annual_users(2025)
    assert figure.value == await house_db.fetchval(days) + (await house_db.fetchval(heads) or 0)


async def _all_within_hours() -> None:
    everywhere = await facilities.list_facilities()
    today = house_clock.today()
    calendar = await facilities.load_calendar([each.id for each in everywhere], SINCE, today)
    for row in await house_db.fetch(
        "select facility, visited_on, min(entered_at) as first, max(left_at) as last from visit group by 1, 2"
    ):
        span = hours_of(calendar, row["facility"], row["visited_on"]).spans[0]
        assert row["visited_on"] < today
        assert house_clock.at_local(row["visited_on"], span.opens) <= row["first"]
        assert row["last"] <= house_clock.at_local(row["visited_on"], span.closes)


async def _one_came_300_times() -> None:
    rows = await house_db.fetch(
        "select count(distinct visited_on) as days from visit where kind = 'member' group by person_key order by 1 desc"
    )
    days = [row["days"] for row in rows]
    assert days[0] == rules_years.REGULAR_DAYS
    assert days[1] < 200
    seldom = sum(each <= 3 for each in days)
    assert seldom > len(days) / 4


async def _grows_as_planned() -> None:
    rows = await house_db.fetch(
        """select extract(year from visited_on - interval '3 months')::int as year, count(*) as visits,
             count(distinct facility) as places from visit group by 1 order by 1"""
    )
    by_year = {row["year"]: row["visits"] for row in rows}
    assert 0 < by_year[2024] < by_year[2025]
    monthly_2025, monthly_2026 = by_year[2025] / 12, by_year[2026] / 7.7
    assert monthly_2025 < monthly_2026
    per_day = await house_db.fetch(
        """select extract(isodow from visited_on) >= 6 as is_weekend,
             count(*)::float / count(distinct visited_on) as visits from visit group by 1 order by 1"""
    )
    assert per_day[1]["visits"] > 1.5 * per_day[0]["visits"]


async def _noted_in_every_way() -> None:
    rows = await house_db.fetch("select kind, entered_by, closed_by, count(*) as n from visit group by 1, 2, 3")
    for column, wanted in (
        ("kind", {"member", "anonymous", "group", "guardian"}),
        ("entered_by", {"scan", "staff", "paper"}),
        ("closed_by", {"scan", "auto", "staff", "move"}),
    ):
        assert {row[column] for row in rows} == wanted
    states = {
        row["state"]: row["n"]
        for row in await house_db.fetch("select state, count(*) as n from reservation group by 1")
    }
    assert states["arrived"] > 5 * states["released"] > 0
    assert states["arrived"] > 3 * states["cancelled"] > 0
    towns = await house_db.fetchval("select count(distinct municipality_code) from visit")
    assert towns >= 6


async def test_the_same_seed_makes_the_same(made: int) -> None:
    first = await _contents()
    for table in ("visit_change", "visit", "reservation", "enrolment", "session", "group_time", "weekly_group"):
        await house_db.execute(f"delete from {table}")
    for table in ("person_key", "registration", "member", "household"):
        await house_db.execute(f"delete from {table}")
    since = await service_years.first_day(SINCE)
    members = await service_bulk.make_members(MEMBERS, 5, since)
    await service_years.make_visits(members, VISITS, 5, since, until_on=house_clock.today())
    assert await _contents() == first


async def _contents() -> list[tuple[object, ...]]:
    rows = await house_db.fetch(
        """select v.id, m.number, v.person_key, v.entered_at, v.left_at, v.session, v.reservation, r.booked_at
           from visit v left join member m on m.id = v.member left join reservation r on r.id = v.reservation
           order by v.id"""
    )
    return [tuple(row) for row in rows]


async def test_so_few_members_come_less_often_than_asked(db: None, clock: Clock) -> None:
    wiring.introduce()
    for step in wiring.gather("commands", "SEEDS"):
        await step.run()
    today = house_clock.today()
    members = await service_bulk.make_members(5, 1, today - timedelta(days=30))
    made = await service_years.make_visits(members, 5_000, 1, today - timedelta(days=30), until_on=today)
    assert 0 < made < 5_000
    assert await house_db.fetchval(IMPOSSIBLE["two visits at once"]) == 0


async def test_tables_are_as_before_when_they_have_been_filled(db: None, clock: Clock) -> None:
    before = await _shape()
    async with loosened(("visit", "reservation")) as connection:
        assert len(await _shape()) < len(before)
        await connection.execute("select 1")
    assert await _shape() == before
    with pytest.raises(ZeroDivisionError):
        async with loosened(("visit",)):
            raise ZeroDivisionError
    assert await _shape() == before


async def _shape() -> set[str]:
    rows = await house_db.fetch(
        """with t as (select unnest(array['visit'::regclass, 'reservation'::regclass]) as id)
           select pg_get_indexdef(indexrelid) as line from pg_index join t on t.id = indrelid
           union select conname || ' ' || pg_get_constraintdef(c.oid)
           from pg_constraint c join t on t.id = c.conrelid"""
    )
    return {row["line"] for row in rows}


def _person(at: int) -> Person:
    return Person(
        at, new_id(), new_id(), 5, "elementary", "6-11", "102024", date(2015, 5, 5), date(2020, 1, 1), date(2030, 1, 1)
    )


def test_a_day_has_as_many_as_asked_in_order_and_no_booking_of_who_came() -> None:
    people = [_person(n) for n in range(200)]
    day = Day(date(2026, 11, 21), 36_000, 64_800, [Slot(36_000, 43_200, 1.0), Slot(43_200, 50_400, 1.0)], {})
    stays, unused = rules_days.fill(Random(1), day, Pool(people, [1.0] * 200), 80, has_neighbour=False)
    assert len(stays) == 80
    assert [stay.starts for stay in stays] == sorted(stay.starts for stay in stays)
    came = {stay.person.at for stay in stays if stay.person}
    assert came.isdisjoint(booking.person.at for booking in unused)
    assert all(isinstance(each, Booking) for each in unused)


def test_busy_days_are_busy() -> None:
    targets = {2024: 0, 2025: 4340, 2026: 7520}
    opened = date(2020, 4, 1)
    weight = {
        day: rules_years.weight_of("tumo-gunma", opened, day, targets)
        for day in (date(2026, 6, 10), date(2026, 6, 13), date(2026, 8, 12), date(2026, 11, 3), date(2024, 6, 12))
    }
    school, saturday, summer, holiday, before = weight.values()
    assert before < school < summer < saturday == holiday
    assert rules_years.growth(targets, 2030) == 7520
    assert rules_years.growth({}, 2026) == rules_years.growth({2024: 0}, 2024) == 1.0
    assert rules_years.weight_of("x", date(2026, 6, 10), date(2026, 6, 10), targets) < school
    hours = Counter({hour: rules_years.weight_of_hour(hour, is_free=False) for hour in (13, 15, 17)})
    assert hours[13] < hours[15] == hours[17]
    assert rules_years.weight_of_hour(10, is_free=True) < rules_years.weight_of_hour(13, is_free=True)
    assert rules_years.days_of_the_regular(Random(1), {date(2026, 4, 1)}) == set()
    assert rules_years.is_free(date(2026, 1, 5))
