"""A demo is open whenever somebody looks: two days are opened by hand, and a session starts within half an hour.

Runs at every start of a demo. Everything else (calendar, patterns, windows) stays what a real installation has.
"""

from contextlib import suppress
from datetime import date, datetime, time, timedelta

from booking.demo import service
from booking.demo.rules_words import OPENED_REASONS
from booking.facilities import queries as facilities
from booking.facilities.rules import ClosureKind
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.errors import Refusal
from booking.kit.tokens import new_id
from booking.kit.words import others_of
from booking.programs import queries as programs
from booking.programs.schemas import PlannedSession, ProgramView, Windows
from booking.programs.service import insert_sessions
from booking.reservations import service as reservations

OPEN_DAYS = 2
HALF_HOUR = timedelta(minutes=30)
HOUR = timedelta(hours=1)
SESSIONS_AHEAD = 4
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
        """insert into closure (id, facility, closed_on, kind, from_time, until_time, reason, reasons, decided_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (facility, closed_on) where revoked_at is null do nothing""",
        *(new_id(), facility.id, on, ClosureKind.OPEN.value, time(0), LAST_MINUTE),
        *(OPENED_REASONS["ja"], others_of(OPENED_REASONS), clock.now()),
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
                starts = [soon + HOUR * n for n in range(-1, SESSIONS_AHEAD)]
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
    """Whether another session of the facility would run at the same time."""
    there = """select exists (select 1 from session where facility = $1 and state = 'published' and pattern is null
                              and starts_at > $2 and starts_at < $3)"""
    return bool(await db.fetchval(there, facility.id, starts_at - HOUR, starts_at + HOUR))


def _session(program: ProgramView, facility: FacilityView, starts_at: datetime) -> PlannedSession:
    """An hour with seats that can be booked until it starts."""
    return PlannedSession(
        program_id=program.id,
        facility_id=facility.id,
        pattern_id=None,
        held_on=clock.local_date(starts_at),
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        web_seats=12,
        walk_in_seats=6,
        windows=Windows(
            booking_opens_at=starts_at - timedelta(days=7),
            booking_closes_at=starts_at,
            cancel_until=starts_at,
            roll_over_at=starts_at,
        ),
    )


async def book_for_family() -> None:
    """Give two of the family's children a booking they can use at once, unless they have one that is still to come."""
    guardian = await service.actor_of(service.GUARDIAN)
    now, today = clock.now(), clock.today()
    ahead = await programs.list_sessions(first_day=today, last_day=today + timedelta(days=1))
    coming = [each for each in ahead if now < each.starts_at <= now + HALF_HOUR]
    for child in (await service.list_children())[:2]:
        for session in coming:
            with suppress(Refusal):
                await reservations.book(guardian, [session.id], [child.id])
                break
