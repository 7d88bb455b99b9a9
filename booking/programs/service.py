"""Verbs of programs: loading what we start with, and making sessions. What staff change is in `service_staff`."""

from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec

from booking.access.schemas import SYSTEM
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities.schemas import FacilityView
from booking.kit import db
from booking.kit.tokens import new_id
from booking.programs.rules import Selection
from booking.programs.rules_plan import PlannedProgram, read_programs, weekly_times

PLAN = Path(__file__).parent / "plan"


@cache
def _planned() -> tuple[PlannedProgram, ...]:
    return tuple(read_programs((PLAN / "programs.csv").read_text("utf-8")))


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
                await _seed_patterns(program_id, planned, facility)
                await record_audit(SYSTEM, "program-seeded", "program", program_id, scope=facility.code)
                added += 1
    return added


async def _seed_program(planned: PlannedProgram, facility: FacilityView) -> UUID | None:
    made: UUID | None = await db.fetchval(
        "insert into program (id, code, name, name_en, names, description, descriptions, brand, category, selection,"
        " body, booking_opens_days, booking_opens_time, booking_closes_minutes, cancel_until_minutes,"
        " roll_over_minutes, max_held, provisional)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 7, '09:00', 0, 0, 30, $12, true)"
        " on conflict (code) do nothing returning id",
        new_id(),
        planned.code,
        planned.name,
        planned.name_en,
        msgspec.json.encode({"ja-easy": planned.name_easy}).decode(),
        planned.description,
        msgspec.json.encode({"en": planned.description_en}).decode(),
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
