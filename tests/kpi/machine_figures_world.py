"""The small world in which the machine of `machine_figures.py` plays: the last days of a fiscal year.

Three facilities of two bodies, one of them TUMO's and two of them at one place, each with a kiosk and another one that
was in a drawer; six members; programs of both brands, one of them a trial; sessions from early in the morning.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import msgspec

from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.facilities.schemas import BodyView, FacilityView
from booking.kit import clock, db
from booking.kpi import service as kpi
from booking.people.schemas import MemberView
from booking.programs.schemas import ProgramView
from booking.reservations.queries_group_visits import get_request
from tests.make.access import actor_for, make_staff
from tests.make.facilities import make_body, make_facility, make_place
from tests.make.group_visits import make_visit
from tests.make.kiosks import make_kiosk
from tests.make.passes import make_pass
from tests.make.people import make_member, make_municipality
from tests.make.programs import make_program, make_session

WORLD = "figures_world"
BEGINS = datetime(2027, 3, 29, 1, 30, tzinfo=UTC)
"""Monday 29 March 2027, 10:30 in Tokyo: three days later another fiscal year begins."""
BODIES = ("100005", "102032")
HOURS = (time(6, 30), time(10), time(14))
DAYS = 6
GRADES = (1, 5, 7, 8, 11, None)
MUNICIPALITIES = ("102016", "102032", "102016", "102041", "102032", "102016")


class World(msgspec.Struct, kw_only=True):
    """Who and what there is at the beginning. `kiosks` and `drawers`: facility → the token of its kiosk."""

    desk: Actor
    facilities: list[str]
    programs: list[str]
    kiosks: dict[str, str]
    drawers: dict[str, str]
    members: list[UUID]
    passes: dict[UUID, str]
    group: str


async def make_world() -> World:
    """Make it, with the house's own makers."""
    prefecture, city = [await make_body(code) for code in BODIES]
    hub, beside, away = await _make_facilities(prefecture, city)
    programs = [
        await make_program(facility=hub, code="make", brand="tumo"),
        await make_program(facility=hub, code="trial", brand="tumo", category="trial"),
        await make_program(facility=beside, code="free", brand="tsukurun"),
        await make_program(facility=away, code="away", brand="tsukurun"),
    ]
    await _make_sessions([hub, hub, beside, away], programs)
    coming = await make_visit(hub, days=1)
    members = [await _make_member(number, grade) for number, grade in enumerate(GRADES)]
    await kpi.seed()
    return World(
        desk=await actor_for(await make_staff(Role.BODY_ADMINISTRATOR)),
        facilities=[each.code for each in (hub, beside, away)],
        programs=[each.code for each in programs],
        kiosks={each.code: (await make_kiosk(each))[1].token for each in (hub, beside, away)},
        drawers={each.code: (await make_kiosk(each))[1].token for each in (hub, beside, away)},
        members=[each.id for each in members],
        passes={each.id: (await make_pass(each)).token for each in members},
        group=(await get_request(coming.id)).door_code or "",
    )


async def _make_member(number: int, grade: int | None) -> MemberView:
    """Somebody who lives here or there and is registered with one body or the other."""
    made = await make_member(grade, body=BODIES[number % 2])
    where = await make_municipality(MUNICIPALITIES[number])
    await db.execute("update member set municipality = $2 where id = $1", made.id, where)
    return made


async def _make_facilities(prefecture: BodyView, city: BodyView) -> tuple[FacilityView, ...]:
    """One is open until six, one day and night, and of one nobody knows when it closes."""
    shared = await make_place()
    return (
        await make_facility(code="hub", body=prefecture, place=shared, brand="tumo", kind="hub", capacity=90),
        await make_facility(code="beside", body=prefecture, place=shared, opens=time(6), closes=time(18), capacity=90),
        await make_facility(code="away", body=city, weekdays=(1, 2, 3), capacity=90),
    )


async def _make_sessions(facilities: list[FacilityView], programs: list[ProgramView]) -> None:
    days: list[date] = [clock.today() + timedelta(days=number) for number in range(DAYS)]
    for day in days:
        for number, (facility, program) in enumerate(zip(facilities, programs, strict=True)):
            for wall in HOURS[number % 2 :: 2] if facility.code == "hub" else HOURS:
                await make_session(
                    facility=facility, program=program, starts_at=clock.at_local(day, wall), walk_in=40, minutes=180
                )
