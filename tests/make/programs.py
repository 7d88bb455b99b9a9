"""Programs, patterns and sessions, as small as they may be."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from booking.facilities.schemas import FacilityView, SpaceView
from booking.kit import clock
from booking.kit.tokens import new_id
from booking.programs import queries
from booking.programs.schemas import OptionView, ProgramView, SessionView
from booking.programs.tables import Eligibility, Pattern, Program, ProgramOption, Publication, Session, SessionOption
from tests.make.facilities import LONG_AGO, make_facility


async def make_program(
    *,
    facility: FacilityView | None = None,
    grades: tuple[int, int] | None = (1, 12),
    adults: bool = True,
    code: str | None = None,
    **columns: Any,
) -> ProgramView:
    """A drop-in program of the facility's body (one is made if needed) for everybody in school and adults."""
    facility = facility or await make_facility()
    code = code or f"program-{new_id().hex[-8:]}"
    program_id = new_id()
    given = {
        "name": "ためしの時間",
        "names": '{"en": "Trial Time"}',
        "description": "",
        "brand": facility.brand,
        "category": "drop-in",
        "selection": "first-come",
        "booking_opens_time": time(9),
        **columns,
    }
    await Program.insert(Program(id=program_id, code=code, body=facility.body_id, **given))
    await Eligibility.insert(
        Eligibility(
            id=new_id(),
            program=program_id,
            valid_from_on=LONG_AGO,
            min_grade=grades[0] if grades else None,
            max_grade=grades[1] if grades else None,
            adults=adults,
        )
    )
    return await queries.get_program(code)


async def make_pattern(
    program: ProgramView,
    facility: FacilityView,
    *,
    weekday: int,
    starts: time = time(10),
    ends: time = time(12),
    web_seats: int = 10,
    walk_in_seats: int = 0,
    valid_from_on: date = LONG_AGO,
    valid_until_on: date | None = None,
    space: SpaceView | None = None,
) -> Pattern:
    """A weekly time of a program at a facility."""
    made = Pattern(
        id=new_id(),
        program=program.id,
        facility=facility.id,
        weekday=weekday,
        starts=starts,
        ends=ends,
        web_seats=web_seats,
        walk_in_seats=walk_in_seats,
        valid_from_on=valid_from_on,
        valid_until_on=valid_until_on,
        space=None if space is None else space.id,
    )
    await Pattern.insert(made)
    return made


async def make_session(
    *,
    seats: int = 10,
    walk_in: int = 0,
    starts_at: datetime | None = None,
    minutes: int = 120,
    facility: FacilityView | None = None,
    program: ProgramView | None = None,
    state: str = "published",
    **columns: Any,
) -> SessionView:
    """A published session of `seats` web seats that can be booked now: tomorrow at this hour unless said otherwise."""
    facility = facility or await make_facility()
    program = program or await make_program(facility=facility)
    now = clock.now()
    starts_at = starts_at or now + timedelta(days=1)
    given = {
        "booking_opens_at": min(now, starts_at) - timedelta(days=7),
        "booking_closes_at": starts_at,
        "cancel_until": starts_at,
        "roll_over_at": starts_at,
        **columns,
    }
    session_id = new_id()
    await Session.insert(
        Session(
            id=session_id,
            program=program.id,
            facility=facility.id,
            held_on=clock.local_date(starts_at),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            web_seats=seats,
            walk_in_seats=walk_in,
            state=state,
            created_at=now,
            **given,
        )
    )
    return await queries.get_session(session_id)


async def make_option(session: SessionView, code: str = "laptop", *, quota: int = 1, **columns: Any) -> OptionView:
    """An option of the session's program, with a pool in that one session."""
    option_id, given = new_id(), {"name": "ノートPC", "names": '{"en": "Laptop"}', **columns}
    await ProgramOption.insert(ProgramOption(id=option_id, program=session.program_id, code=code, quota=quota, **given))
    await SessionOption.insert(SessionOption(id=new_id(), session=session.id, option=option_id, quota=quota))
    return next(one for one in await queries.list_options([session.id]) if one.code == code)


async def make_publication(facility: FacilityView) -> UUID:
    """Drafts of a facility that will be published tomorrow."""
    made, today = new_id(), clock.today()
    await Publication.insert(
        Publication(
            id=made,
            facility=facility.id,
            from_on=today,
            until_on=today + timedelta(days=7),
            publish_at=clock.now() + timedelta(days=1),
        )
    )
    return made
