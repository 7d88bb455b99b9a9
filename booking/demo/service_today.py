"""A demo is open whenever somebody looks: the two days ahead are opened by hand, and sessions start every half hour.

Runs at every start of a demo. Everything else (calendar, patterns, windows) stays what a real installation has.
"""

from datetime import date, datetime, time, timedelta

from booking.facilities import queries as facilities
from booking.facilities.rules import ClosureKind
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.programs import queries as programs
from booking.programs.schemas import PlannedSession, ProgramView, Windows
from booking.programs.service import insert_sessions

OPEN_DAYS = 2
HALF_HOUR = timedelta(minutes=30)
SESSIONS_AHEAD = 6
LAST_MINUTE = time(23, 59)


async def open_today() -> None:
    """Open today and tomorrow, and give each facility of the walk sessions that begin soon. Safe: repeated."""
    today = clock.today()
    async with db.transaction():
        for facility in await facilities.list_facilities():
            for n in range(OPEN_DAYS):
                await _open(facility, today + timedelta(days=n))
        await _add_sessions()


async def _open(facility: FacilityView, on: date) -> None:
    await db.execute(
        """insert into closure (id, facility, closed_on, kind, from_time, until_time, reason, decided_at)
           values ($1, $2, $3, $4, $5, $6, 'デモのため', $7)
           on conflict (facility, closed_on) where revoked_at is null do nothing""",
        *(new_id(), facility.id, on, ClosureKind.OPEN.value, time(0), LAST_MINUTE, clock.now()),
    )


async def _add_sessions() -> None:
    soon = _next_half_hour(clock.now())
    planned = []
    for program in await programs.list_programs():
        for facility in await facilities.list_facilities():
            if (
                facility.place_code == "gmesse-4f"
                and facility.brand == program.brand
                and await _is_home(program, facility)
            ):
                starts = [soon + HALF_HOUR * n for n in range(-1, SESSIONS_AHEAD)]
                planned += [
                    _session(program, facility, start) for start in starts if not await _is_there(facility, start)
                ]
    await insert_sessions(planned)


def _next_half_hour(now: datetime) -> datetime:
    return now.replace(minute=30 * (now.minute // 30), second=0, microsecond=0) + HALF_HOUR


async def _is_home(program: ProgramView, facility: FacilityView) -> bool:
    """Whether the program has a weekly time at the facility."""
    home = "select exists (select 1 from pattern where program = $1 and facility = $2)"
    return bool(await db.fetchval(home, program.id, facility.id))


async def _is_there(facility: FacilityView, starts_at: datetime) -> bool:
    there = "select exists (select 1 from session where facility = $1 and starts_at = $2 and state = 'published')"
    return bool(await db.fetchval(there, facility.id, starts_at))


def _session(program: ProgramView, facility: FacilityView, starts_at: datetime) -> PlannedSession:
    """An hour with seats that can be booked until it starts."""
    return PlannedSession(
        program_id=program.id,
        facility_id=facility.id,
        pattern_id=None,
        held_on=clock.local_date(starts_at),
        starts_at=starts_at,
        ends_at=starts_at + HALF_HOUR * 2,
        web_seats=12,
        walk_in_seats=6,
        windows=Windows(
            booking_opens_at=starts_at - timedelta(days=7),
            booking_closes_at=starts_at,
            cancel_until=starts_at,
            roll_over_at=starts_at,
        ),
    )
