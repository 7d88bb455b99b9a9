"""The small world in which the machine of `machine.py` plays: few seats, few people, everything in each other's way.

Two facilities of two bodies, one with two rooms and a kiosk; three guardians with children of different school years,
one child with two guardians in different households, one protected child whom a second guardian no longer sees; the
desk; sessions first come and by draw; three weekly groups of one program.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from booking import wiring
from booking.access.rules import Role
from booking.access.schemas import AccountView, Actor
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit import db as house_db
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings, use_settings
from booking.kit.tokens import new_id
from booking.people.schemas import MemberView
from booking.programs.schemas import ProgramView, SessionView
from booking.programs.schemas_groups import WeeklyTime
from booking.programs.tables import SessionOption
from tests.conftest import NOON, Clock
from tests.make.access import actor_for, make_account, make_staff
from tests.make.facilities import make_body, make_facility, make_space
from tests.make.groups import make_group
from tests.make.kiosks import make_kiosk
from tests.make.passes import make_pass
from tests.make.people import make_guardianship, make_member, make_protected
from tests.make.programs import make_option, make_program, make_session
from tests.reservations.machine_chance import steady

WORLD = "machine_world"
HIDDEN = "ひめゆり"
"""The shown name of the protected child; a message with it may go to one address only."""


class World(msgspec.Struct, kw_only=True):
    """Who and what there is at the beginning, by id."""

    guardians: list[UUID]
    desk: UUID
    members: list[UUID]
    passes: dict[UUID, str]
    protected: UUID
    programs: dict[UUID, str]
    codes: list[str]
    weekly: str
    facilities: list[str]
    rooms: list[UUID]
    kiosk: str
    actors: dict[UUID, Actor] = {}


async def make_world() -> World:
    """Make it, with the house's own makers."""
    body, other = await make_body(), await make_body()
    here, there = await make_facility(body=body), await make_facility(body=other)
    accounts = [await make_account(f"guardian{number}@example.jp") for number in range(3)]
    children = await _make_children(accounts, (body.code, other.code))
    rooms = [(await make_space(here, capacity=6, wheelchair_places=1)).id for _ in range(2)]
    programs = await _make_sessions(here, there)
    weekly = await make_program(facility=here, grades=(7, 12), adults=False, category="group", max_held=1)
    times = (WeeklyTime(6, time(10), time(12)), WeeklyTime(6, time(11), time(13)), WeeklyTime(7, time(13), time(15)))
    room = {"space": rooms[0], "without_room": True}
    for number, (each, seats) in enumerate(zip(times, (2, 2, 3), strict=True)):
        await make_group(
            facility=here,
            program=weekly,
            times=(each,),
            seats=seats,
            min_to_open=2,
            starts_after_days=number * 3,
            **room,
        )
    return World(
        guardians=[each.id for each in accounts],
        desk=(await make_staff(Role.BODY_ADMINISTRATOR)).id,
        members=[each.id for each in children],
        passes={each.id: (await make_pass(each)).token for each in children},
        protected=children[5].id,
        programs={each.id: name for name, each in {**programs, "weekly": weekly}.items()},
        codes=[programs["make"].code, programs["lab"].code],
        weekly=weekly.code,
        facilities=[here.code, there.code],
        rooms=rooms,
        kiosk=(await make_kiosk(here))[1].token,
    )


async def _make_children(accounts: Sequence[AccountView], both: tuple[str, str]) -> list[MemberView]:
    first, second, third = accounts
    children = [
        await _member("あおい", 8, first, both),
        await _member("いずみ", 5, first, both[:1]),
        await _member("うみ", 9, second, both),
        await _member("えま", 2, second, both),
        await _member("おと", 12, third, both[:1]),
        await _member(HIDDEN, 8, third, both),
    ]
    await make_guardianship(children[1], second)
    await make_guardianship(children[5], second)
    await make_protected(children[5], third)
    return children


async def _member(name: str, grade: int, account: object, bodies: tuple[str, ...]) -> MemberView:
    made = await make_member(grade, account=account, body=bodies[0], shown_name=name)
    for code in bodies[1:]:
        await house_db.execute(
            "insert into registration (id, member, body, consent_text, on_paper, registered_at, consented_at)"
            " select $1, $2, body.id, (select consent_text from registration where member = $2 limit 1), true, $4, $4"
            "   from body where code = $3",
            *(new_id(), made.id, code, clock.now()),
        )
    return made


async def _make_sessions(here: FacilityView, there: FacilityView) -> dict[str, ProgramView]:
    make = await make_program(facility=here, max_held=2, max_per_week=3)
    lab = await make_program(facility=here, grades=(7, 12), adults=False)
    away = await make_program(facility=there, grades=(1, 9), adults=False, max_per_week=1)
    trial = await make_program(facility=here, category="event", selection="draw")
    today = clock.today()
    await _session(make, here, _at(today, 13), web=2, walk_in=1)
    await _session(lab, here, _at(today, 15), web=1, walk_in=1)
    await _session(make, here, _at(today + timedelta(1), 10), web=2, walk_in=1, with_option=True)
    await _session(lab, here, _at(today + timedelta(1), 11), web=1, walk_in=1)
    await _session(make, here, _at(today + timedelta(2), 10), web=2, walk_in=0, with_option=True)
    await _session(make, here, _at(today + timedelta(2), 13), web=1, walk_in=1)
    await _session(lab, here, _at(today + timedelta(7), 10), web=1, walk_in=0)
    await _session(away, there, _at(today + timedelta(2), 11), web=1, walk_in=1)
    await _draw(trial, here, _at(today + timedelta(5), 10), web=1)
    await _draw(trial, here, _at(today + timedelta(5), 14), web=2, opens_at=_at(today + timedelta(1), 9))
    return {"make": make, "lab": lab, "away": away, "trial": trial}


async def _draw(
    program: ProgramView, facility: FacilityView, starts_at: datetime, *, web: int, opens_at: datetime | None = None
) -> None:
    """Entries until Sunday evening; the number that is mixed in is of Tuesday, since Monday is a holiday."""
    closes_at = _at(clock.today() + timedelta(1), 20)
    more = {"booking_opens_at": opens_at} if opens_at else {}
    await _session(program, facility, starts_at, web=web, walk_in=1, booking_closes_at=closes_at, **more)


def _at(day: date, hour: int) -> datetime:
    return clock.at_local(day, time(hour))


async def _session(
    program: ProgramView,
    facility: FacilityView,
    starts_at: datetime,
    *,
    web: int,
    walk_in: int,
    with_option: bool = False,
    **windows: datetime,
) -> None:
    given: dict[str, Any] = {
        "booking_closes_at": starts_at - timedelta(minutes=40),
        "cancel_until": starts_at - timedelta(hours=1),
        "roll_over_at": starts_at - timedelta(minutes=30),
        "wheelchair_places": 1 if with_option else None,
        **windows,
    }
    made = await make_session(
        program=program, facility=facility, starts_at=starts_at, seats=web, walk_in=walk_in, **given
    )
    if with_option:
        await _offer(made)


async def _offer(session: SessionView) -> None:
    """One laptop for a session."""
    known = await house_db.fetchval("select id from program_option where program = $1", session.program_id)
    if known is None:
        await make_option(session)
    else:
        await SessionOption.insert(SessionOption(id=new_id(), session=session.id, option=known, quota=1))


def prepare(server: PostgresServer, template: str, settings: Settings) -> World:
    """A database with the world in it, from which every example gets a clone."""

    async def make() -> World:
        world = await make_world()
        world.actors = {each: await actor_for(each) for each in (*world.guardians, world.desk)}
        return world

    return prepare_world(server, template, settings, make)


def prepare_world(
    server: PostgresServer,
    template: str,
    settings: Settings,
    make: Callable[[], Awaitable[Any]],
    *,
    name: str = WORLD,
    begins_at: datetime = NOON,
) -> Any:
    """A database of this name with what `make` puts into it."""
    with steady(0):
        return asyncio.run(_prepare(server, template, settings, make, name=name, begins_at=begins_at))


async def _prepare(
    server: PostgresServer,
    template: str,
    settings: Settings,
    make: Callable[[], Awaitable[Any]],
    *,
    name: str,
    begins_at: datetime,
) -> Any:
    await _recreate(server, name, template)
    clock.use_source(Clock(begins_at))
    use_settings(settings)
    house_db.learn_constraints(wiring.gather_named("errors", "BY_CONSTRAINT"))
    wiring.introduce()
    try:
        async with house_db.pool(server.dsn_of(name), 2):
            return await make()
    finally:
        clock.use_source(None)


async def _recreate(server: PostgresServer, name: str, template: str) -> None:
    admin = await asyncpg.connect(server.dsn)
    try:
        await admin.execute(f"drop database if exists {name} with (force)")
        await admin.execute(f"create database {name} template {template} strategy file_copy")
    finally:
        await admin.close()


async def clone(server: PostgresServer, name: str, of: str = WORLD) -> str:
    """The address of a fresh clone of a world."""
    await _recreate(server, name, of)
    return server.dsn_of(name)


async def drop(server: PostgresServer, name: str) -> None:
    """Remove a clone."""
    admin = await asyncpg.connect(server.dsn)
    await admin.execute(f"drop database if exists {name} with (force)")
    await admin.close()
