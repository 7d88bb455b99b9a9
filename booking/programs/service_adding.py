"""Making single sessions and series: workshops, labs of several days, trial sessions, seminars, events."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities.rules import hours_of
from booking.facilities.schemas import FacilityView, SpaceView
from booking.kit import clock, db
from booking.kit.fields import Fields
from booking.kit.settings import get_settings
from booking.kit.tokens import new_id
from booking.kit.words import others_of
from booking.programs import queries
from booking.programs.errors import (
    DrawnTooLate,
    FacilityClosedThen,
    OtherBody,
    SessionFormRefused,
    StartsInThePast,
    UnknownProgram,
)
from booking.programs.rules import Selection, SessionState, is_drawn_in_time, windows_of
from booking.programs.rules_forms import check_session
from booking.programs.schemas import ProgramView, Windows
from booking.programs.schemas_forms import NewSession, SessionForm, SessionWords
from booking.programs.service_options import offer
from booking.programs.service_rooms import find_room, take_room
from booking.programs.service_sessions import lock_facility
from booking.programs.tables import Series, Session


async def add_session(by: Actor, form: SessionForm) -> UUID:
    """Make a single session, or a series of them, while its facility is open; the id of the first.

    All of a series is made or nothing. Each takes its room and offers what its program does.
    Raises: SessionFormRefused, UnknownProgram, UnknownFacility, NotAllowed.
    """
    program = await queries.get_program(form.program)
    known = await facilities.get_facility(form.facility)
    async with db.transaction():
        facility = await lock_facility(by, known.id)
        new = check_session(form, clock.today(), facility.capacity)
        days = (new.day, *new.more_days)
        _check_program(program, facility, days[-1])
        for day in days:
            await check_open(facility, new, day)
        check_draw(new.words.selection or program.selection, _windows(program, new, new.day), new.day)
        space = await find_room(facility, form.space, new.web_seats + new.walk_in_seats)
        series_id = await _add_series(program, facility, new) if new.more_days else None
        made = [await _insert(program, facility, new, (day, series_id, space)) for day in days]
        await offer(made)
        detail = {"new": msgspec.to_builtins(new), "program": program.code, "space": space and space.code}
        for session_id in made:
            await record_audit(by, "session.add", "session", session_id, scope=facility.code, detail=detail)
    return made[0]


def _check_program(program: ProgramView, facility: FacilityView, last_day: date) -> None:
    if program.body_id != facility.body_id:
        raise SessionFormRefused(fields={"program": OtherBody()})
    if program.ended_on is not None and last_day >= program.ended_on:
        raise SessionFormRefused(fields={"program": UnknownProgram()})


async def check_open(facility: FacilityView, new: Any, day: date) -> None:
    """The facility must be open from the start to the end of what is planned. Raises: SessionFormRefused."""
    read = Fields()
    field = "starts" if day == new.day else "more_days"
    calendar = await facilities.load_calendar([facility.id], day, day)
    if not hours_of(calendar, facility.id, day).covers(new.starts, new.ends):
        read.refuse(field, FacilityClosedThen())
    if clock.at_local(day, new.starts) <= clock.now():
        read.refuse(field, StartsInThePast())
    read.refuse_if_any(SessionFormRefused)


async def _add_series(program: ProgramView, facility: FacilityView, new: NewSession) -> UUID:
    series_id, words = new_id(), new.words
    await Series.insert(
        Series(
            id=series_id,
            program=program.id,
            facility=facility.id,
            name=words.title or program.name,
            names=others_of(words.titles or program.names),
            is_whole=new.is_whole,
            created_at=clock.now(),
        )
    )
    return series_id


def _windows(program: ProgramView, new: NewSession, day: date) -> Windows:
    """As they were written, else as the program and the way of choosing have them."""
    usual = windows_of(program, clock.at_local(day, new.starts), get_settings().zone, new.words.selection)
    opens, closes = (
        None if at is None else clock.at_local(at.date(), at.time())
        for at in (new.booking_opens_at, new.booking_closes_at)
    )
    closes_at = closes or usual.booking_closes_at
    opens_at = opens or min(usual.booking_opens_at, closes_at)
    return msgspec.structs.replace(usual, booking_opens_at=opens_at, booking_closes_at=closes_at)


def check_draw(selection: str, windows: Windows, day: date) -> None:
    """A draw's number must be out before the day, and its entries not over yet. Raises: SessionFormRefused."""
    if selection != Selection.DRAW:
        return
    closes_at = windows.booking_closes_at
    if closes_at <= clock.now() or not is_drawn_in_time(clock.local_date(closes_at), day):
        raise SessionFormRefused(fields={"booking_closes_at": DrawnTooLate()})


def columns_of(words: SessionWords) -> dict[Any, Any]:
    """The words of a session as its columns."""
    columns: dict[Any, Any] = msgspec.structs.asdict(words)
    for name in ("titles", "notes"):
        columns[name] = others_of(columns[name])
    return columns


async def _insert(
    program: ProgramView, facility: FacilityView, new: NewSession, where: tuple[date, UUID | None, SpaceView | None]
) -> UUID:
    day, series_id, space = where
    session_id, starts_at, ends_at = new_id(), clock.at_local(day, new.starts), clock.at_local(day, new.ends)
    if space is not None:
        await take_room(space, session_id, (starts_at, ends_at))
    await Session.insert(
        Session(
            id=session_id,
            program=program.id,
            facility=facility.id,
            series=series_id,
            space=None if space is None else space.id,
            held_on=day,
            starts_at=starts_at,
            ends_at=ends_at,
            web_seats=new.web_seats,
            walk_in_seats=new.walk_in_seats,
            state=SessionState.DRAFT if new.is_draft else SessionState.PUBLISHED,
            created_at=clock.now(),
            **columns_of(new.words),
            **msgspec.structs.asdict(_windows(program, new, day)),
        )
    )
    return session_id
