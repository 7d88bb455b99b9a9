"""Days that are kept: equal to the plain SQL over the visits at every moment, whatever happens in between."""

import random
from datetime import date, time, timedelta
from statistics import median
from uuid import UUID

import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import service as kpi
from booking.kpi import service_fold
from booking.occupancy import service, service_days
from booking.occupancy.rules_history import Period
from booking.occupancy.service_history import get_utilisation
from booking.visits.service_changes import note_changes
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.facilities import make_facility
from tests.make.programs import make_program
from tests.occupancy import plain

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def loaded(db: None, clock: Clock) -> None:
    await kpi.seed()


async def fold() -> int:
    await service_fold.fold_everything()
    return await service_days.fold_everything()


async def courses(*places: FacilityView) -> dict[str, list[tuple[int, int | None, float | None]]]:
    board = await service.get_board(SYSTEM)
    return {
        one.code: [(each.hour, each.inside, each.usual) for each in one.course]
        for one in board.places
        if one.code in {place.code for place in places}
    }


async def test_the_course_of_today_beside_the_usual_saturday(clock: Clock) -> None:
    here = await make_facility(opens=time(10), closes=time(14, 30))
    now = house_clock.now()  # 12:00 on a Saturday
    for week, heads in enumerate((4, 8, 6), start=1):
        at = now - timedelta(weeks=week, minutes=30)
        await visit(here, None, entered_at=at, left_at=at + timedelta(hours=1), heads=heads)
    at = now - timedelta(days=1)
    await visit(here, None, entered_at=at, left_at=at + timedelta(hours=1), heads=40)  # a Friday
    await visit(
        here, None, kind="guardian", heads=2, entered_at=now - timedelta(minutes=90), left_at=None, closed_by=None
    )
    await visit(here, new_id(), entered_at=now - timedelta(minutes=61), left_at=now)  # gone when it strikes
    expected = [(10, 0, 0), (11, 3, 0), (12, 2, 6), (13, None, 0), (14, None, 0), (15, None, 0)]
    assert (await courses(here))[here.code] == expected
    assert await fold() > 0
    clock.advance(minutes=10)
    assert (await courses(here))[here.code] == expected


async def test_what_is_usual_is_the_median_of_eight_days_on_which_somebody_came(clock: Clock) -> None:
    here, quiet = await make_facility(), await make_facility()
    came = [5, 1, 9, 2, 7, 7, 4, 3, 50, 60]
    for week, heads in enumerate(came, start=1):
        shut = week + 2 * (week > 4)  # two Saturdays nobody came
        at = house_clock.now() - timedelta(weeks=shut, minutes=10)
        await visit(here, None, heads=heads, entered_at=at)
    for _ in range(2):
        found = await courses(here, quiet)
        assert found[here.code][12] == (12, 0, median(came[:8]))
        assert found[quiet.code][12] == (12, 0, None)
        await fold()
        clock.advance(minutes=10)


async def test_a_late_visit_changes_the_usual_day_before_it_is_folded(clock: Clock) -> None:
    here = await make_facility()
    at = house_clock.now() - timedelta(weeks=1, minutes=10)
    await visit(here, None, heads=4, entered_at=at)
    await fold()
    assert (await courses(here))[here.code][12] == (12, 0, 4)
    await visit(here, None, heads=3, entered_at=at)
    clock.advance(minutes=10)
    assert (await courses(here))[here.code][12] == (12, 0, 7)
    await service_fold.fold_everything()
    clock.advance(minutes=10)
    assert (await courses(here))[here.code][12] == (12, 0, 7)


async def test_today_is_kept_when_it_is_over(clock: Clock) -> None:
    here = await make_facility()
    await visit(here, new_id())
    assert await fold() == 0
    clock.advance(days=1)
    assert await fold() == 1
    assert await house_db.fetchval("select counts->'all'->>'' from use_day") == "1"
    assert await fold() == 0


ROUNDS, VISITS_A_ROUND = 25, 6


class World:
    """Places, programs and people to whom anything may happen."""

    def __init__(self, seed: int, places: list[FacilityView], programs: list[UUID]) -> None:
        self.chance = random.Random(seed)
        self.places, self.programs = places, programs
        self.people = [new_id() for _ in range(8)]

    async def come(self) -> None:
        """Somebody came, today or on a day that is long over."""
        chance, now = self.chance, house_clock.now()
        here = chance.choice(self.places)
        at = now - timedelta(
            minutes=chance.choice((0, 1, 61, 1440, 9000, 525_600, 80 * 1440, chance.randrange(800_000)))
        )
        kind = chance.choice(("member", "member", "member", "group", "anonymous", "guardian"))
        left = chance.choice((None, at, at + timedelta(minutes=59), at + timedelta(hours=5)))
        await visit(
            here,
            chance.choice(self.people) if kind == "member" else None,
            kind=kind,
            heads=1 if kind == "member" else chance.randint(1, 12),
            entered_at=at,
            left_at=None if left is None or left > now else left,
            program=chance.choice((None, *self.programs)),
            school_stage=chance.choice((None, "elementary", "high")),
            municipality_code=chance.choice((None, "102016", "102032")),
        )

    async def change(self) -> None:
        """Something that was written changes: voided, an exit set, two people are one."""
        rows = await house_db.fetch("select id, entered_at, person_key from visit where voided_at is null order by id")
        row = self.chance.choice(rows)
        how = self.chance.choice(("voided_at = $2", "left_at = $2", "person_key = $2"))
        if how.startswith("person"):
            if row["person_key"] is None:
                return
            kept = self.chance.choice(self.people)
            changed = await house_db.fetch(
                "update visit set person_key = $2 where person_key = $1 returning facility, visited_on",
                row["person_key"],
                kept,
            )
        else:
            at = row["entered_at"] + timedelta(minutes=self.chance.randrange(200))
            changed = await house_db.fetch(
                f"update visit set {how} where id = $1 returning facility, visited_on", row["id"], at
            )
        await note_changes(sorted({(each["facility"], each["visited_on"]) for each in changed}))

    async def fold(self) -> None:
        """One of the two folds does a part or all of its work, or neither does."""
        how = self.chance.randrange(4)
        if how == 0:
            await service_fold.fold(self.chance.choice((1, 3, 500)))
        elif how == 1:
            await service_days.fold(self.chance.choice((1, 2, 5)))
        elif how == 2:
            await fold()

    def period(self) -> tuple[date, date]:
        """Days to ask about."""
        today = house_clock.today()
        ends = today - timedelta(days=self.chance.choice((0, 0, 1, 30, 300)))
        return ends - timedelta(days=self.chance.choice((0, 10, 83, 364, 700))), ends


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_history_equals_counting_by_hand_after_anything(clock: Clock, seed: int) -> None:
    hub = await make_facility(brand="tumo")
    places = [hub, await make_facility(), await make_facility()]
    programs = [(await make_program(facility=hub, brand=brand)).id for brand in ("tumo", "tsukurun")]
    world = World(seed, places, programs)
    for _ in range(ROUNDS):
        for _ in range(VISITS_A_ROUND):
            await world.come()
        await world.change()
        await world.fold()
        clock.advance(minutes=world.chance.choice((0, 7, 60, 1440)))
        chosen = world.chance.choice((None, *places))
        await compare(chosen, places, *world.period())


async def compare(chosen: FacilityView | None, places: list[FacilityView], first: date, last: date) -> None:
    now = house_clock.now()
    found = await get_utilisation(SYSTEM, chosen.code if chosen else None, first, last)
    days = Period(first=first, last=last)
    everywhere = await plain.rows_of([one.id for one in places])
    mine = [row for row in everywhere if chosen is None or row["facility"] == chosen.id]
    for span, period in ((found.now, days), (found.year_before, days.before)):
        rows = plain.within(mine, period)
        assert (span.users, span.days) == (plain.person_days(rows), len({row["visited_on"] for row in rows}))
        members = plain.person_days(row for row in rows if row["person_key"])
        firsts = plain.first_time(mine, period)
        assert (span.returning.first_time, span.returning.returning) == (firsts, members - firsts)
        assert (span.flow.tumo, span.flow.then_tsukurun) == plain.flow(plain.within(everywhere, period))
    rows, before = plain.within(mine, days), plain.within(mine, days.before)
    for shares, name in (
        (found.by_facility, "facility_code"),
        (found.by_program, "program_code"),
        (found.by_school_stage, "school_stage"),
        (found.by_municipality, "municipality_code"),
    ):
        assert {one.code: one.users for one in shares if one.users} == plain.by(rows, name)
        assert {one.code: one.year_before for one in shares if one.year_before} == plain.by(before, name)
    assert {one.month: one.users for one in found.by_month if one.users} == plain.months(rows)
    assert {one.at: one.users for one in found.arrivals if one.users} == plain.arrivals(rows)
    assert {one.at: one.year_before for one in found.arrivals if one.year_before} == plain.arrivals(before)
    assert {(one.weekday, one.hour): (one.users, one.days) for one in found.heat if one.users} == plain.heat(rows, now)
