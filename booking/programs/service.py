"""Verbs of programs: loading what we start with, and making sessions. What staff change is in `service_staff`."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from booking.access.schemas import SYSTEM
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities.rules import days_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.tokens import new_id
from booking.kit.words import others_of
from booking.programs import queries
from booking.programs.queries_groups import list_groups
from booking.programs.rules import Category, Selection, sessions_of_pattern
from booking.programs.rules_groups import MEETING
from booking.programs.rules_plan import PlannedProgram, read_programs, weekly_times
from booking.programs.schemas import PatternView, PlannedSession
from booking.programs.service_group_sessions import plan_sessions
from booking.programs.service_options import offer
from booking.programs.service_rooms import give_rooms

_INSERT_SESSIONS = """
insert into session (id, program, facility, pattern, "group", held_on, starts_at, ends_at, web_seats, walk_in_seats,
                     state, booking_opens_at, booking_closes_at, cancel_until, roll_over_at, created_at, wished_space)
select id, program, facility, pattern, weekly, held_on, starts_at, ends_at, web, walk_in,
       case when is_draft then 'draft' else 'published' end, opens, closes, until, roll_over, $17, wished
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::date[], $6::timestamptz[], $7::timestamptz[],
              $8::int[], $9::int[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[],
              $14::uuid[], $15::boolean[], $16::uuid[])
       as row (id, program, facility, pattern, held_on, starts_at, ends_at, web, walk_in, opens, closes, until,
               roll_over, weekly, is_draft, wished)
    on conflict do nothing
returning id
"""
PLAN = Path(__file__).parent / "plan"


@cache
def _planned() -> tuple[PlannedProgram, ...]:
    return tuple(read_programs(*((PLAN / name).read_text("utf-8") for name in ("programs.csv", "words.csv"))))


async def seed() -> int:
    """Load the provisional programs of the plan's facilities that are not there yet; how many were new.

    Safe: repeated, and in several processes at once. A facility that is not there is passed over.
    """
    added = 0
    async with db.transaction():
        for planned in _planned():
            facility = await facilities.find_facility(planned.facility)
            program_id = None if facility is None else await _seed_program(planned, facility)
            if facility is not None and program_id is not None:
                await _seed_eligibility(program_id, planned, facility.opened_on)
                if planned.category != Category.GROUP:
                    await _seed_patterns(program_id, planned, facility)
                await record_audit(SYSTEM, "program.seed", "program", program_id, scope=facility.code)
                added += 1
    return added


async def generate_sessions() -> int:
    """Make the sessions of every pattern and weekly group for the weeks ahead; how many were new.

    Days on which the facility is closed make none. Sessions that are there, also cancelled ones, stay as they are.
    Sessions that wish for a room get it where it has become free.
    Safe: repeated and concurrent; one session per pattern or group and start.
    """
    first_day = clock.today()
    last_day = first_day + timedelta(weeks=get_settings().horizon_weeks)
    programs = {program.id: program for program in await queries.list_programs()}
    patterns = await queries.list_patterns(first_day=first_day)
    calendar = await facilities.load_calendar({pattern.facility_id for pattern in patterns}, first_day, last_day)
    days = {facility_id: days_of(calendar, facility_id) for facility_id in calendar.facilities}
    zone, now = get_settings().zone, clock.now()
    planned = await plan_sessions(await list_groups(states=MEETING))
    planned += [
        session
        for pattern in patterns
        for session in sessions_of_pattern(pattern, programs[pattern.program_id], days[pattern.facility_id], zone)
        if session.starts_at > now
    ]
    async with db.transaction():
        made = await insert_sessions(planned)
        await give_rooms()
        return made


async def plan_pattern(pattern: PatternView) -> list[PlannedSession]:
    """The sessions a weekly time makes within the horizon."""
    first_day = clock.today()
    last_day = first_day + timedelta(weeks=get_settings().horizon_weeks)
    calendar = await facilities.load_calendar([pattern.facility_id], first_day, last_day)
    programs = {program.id: program for program in await queries.list_programs()}
    days, zone = days_of(calendar, pattern.facility_id), get_settings().zone
    planned = sessions_of_pattern(pattern, programs[pattern.program_id], days, zone)
    return [each for each in planned if each.starts_at > clock.now()]


async def insert_sessions(planned: Sequence[PlannedSession]) -> int:
    """Insert sessions, published or drafted, each in its room where that is free; how many were new.

    Within the caller's transaction. A session whose room is taken is made without one and goes on wishing for it.
    A start of a pattern or group that is there is passed over. In one order everywhere, so that two at once wait
    instead of deadlocking.
    """
    rows = sorted(planned, key=lambda each: (str(each.pattern_id), str(each.group_id), each.starts_at))
    columns = [
        [new_id() for _ in rows],
        [each.program_id for each in rows],
        [each.facility_id for each in rows],
        [each.pattern_id for each in rows],
        [each.held_on for each in rows],
        [each.starts_at for each in rows],
        [each.ends_at for each in rows],
        [each.web_seats for each in rows],
        [each.walk_in_seats for each in rows],
        [each.windows.booking_opens_at for each in rows],
        [each.windows.booking_closes_at for each in rows],
        [each.windows.cancel_until for each in rows],
        [each.windows.roll_over_at for each in rows],
        [each.group_id for each in rows],
        [each.is_draft for each in rows],
        [each.space_id for each in rows],
    ]
    made = await db.fetch(_INSERT_SESSIONS, *columns, clock.now())
    ids = [row["id"] for row in made]
    await offer(ids)
    await give_rooms(ids)
    return len(made)


async def _seed_program(planned: PlannedProgram, facility: FacilityView) -> UUID | None:
    made: UUID | None = await db.fetchval(
        "insert into program (id, code, name, names, description, descriptions, brand, category, selection,"
        " body, booking_opens_days, booking_opens_time, booking_closes_minutes, cancel_until_minutes,"
        " roll_over_minutes, max_held, provisional)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 7, '09:00', 0, 0, 30, $11, true)"
        " on conflict (code) do nothing returning id",
        new_id(),
        planned.code,
        planned.name,
        others_of(planned.names),
        planned.description,
        others_of(planned.descriptions),
        facility.brand,
        planned.category,
        Selection.FIRST_COME,
        facility.body_id,
        planned.max_held,
    )
    return made


async def _seed_eligibility(program_id: UUID, planned: PlannedProgram, first_day: date) -> None:
    await db.execute(
        "insert into eligibility (id, program, valid_from_on, min_grade, max_grade, adults)"
        " values ($1, $2, $3, $4, $5, false)",
        new_id(),
        program_id,
        first_day,
        planned.min_grade,
        planned.max_grade,
    )


async def _seed_patterns(program_id: UUID, planned: PlannedProgram, facility: FacilityView) -> None:
    hours = [
        (each.weekday, each.opens, each.closes)
        for each in await facilities.list_hours([facility.id], facility.opened_on)
    ]
    await db.execute_many(
        "insert into pattern (id, program, facility, weekday, starts, ends, web_seats, walk_in_seats, valid_from_on,"
        " provisional) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true)",
        [
            (new_id(), program_id, facility.id, *times, planned.web_seats, planned.walk_in_seats, facility.opened_on)
            for times in weekly_times(hours, planned.session_minutes)
        ],
    )
