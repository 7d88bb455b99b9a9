"""Seats changed for every session of a span in one step: first the list, then the change, in one transaction."""

from typing import Any

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities import queries_spaces
from booking.facilities.errors import ChangedMeanwhile
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.fields import Fields
from booking.programs import queries, service_lines
from booking.programs.errors import SessionFormRefused
from booking.programs.queries_taken import count_taken
from booking.programs.rules import SessionState
from booking.programs.rules_forms import check_days, check_seats, obstacle_of
from booking.programs.schemas import SessionView, SpanRow
from booking.programs.schemas_forms import Outcome, SpanForm
from booking.programs.service_sessions import lock_facility
from booking.programs.service_staff import EDITORS
from booking.programs.tables import Session

HELD = (SessionState.PUBLISHED, SessionState.DRAFT)


async def list_span(by: Actor, form: SpanForm) -> tuple[list[SpanRow], str]:
    """The sessions a change of seats would touch, with what stands in its way, and a mark of that list.

    Raises: SessionFormRefused, UnknownFacility, UnknownProgram, NotAllowed.
    """
    facility = await facilities.get_facility(form.facility)
    require_staff(by, *EDITORS, scopes=facility.scopes)
    rows = await _rows(facility, form, await _sessions(facility, form))
    return rows, _mark(rows)


def _mark(rows: list[SpanRow]) -> str:
    return version_of([(str(row.session.id), row.session.seats, row.obstacle) for row in rows])


async def _sessions(facility: FacilityView, form: SpanForm) -> list[SessionView]:
    read = Fields()
    first, last = check_days(read, form, clock.today())
    read.refuse_if_any(SessionFormRefused)
    program = await queries.get_program(form.program) if form.program else None
    found = await queries.list_sessions(
        first_day=first,
        last_day=last,
        facility_ids=[facility.id],
        program_id=None if program is None else program.id,
        states=HELD,
    )
    return [one for one in found if one.starts_at > clock.now()]


async def _rows(facility: FacilityView, form: SpanForm, sessions: list[SessionView]) -> list[SpanRow]:
    web, walk_in = check_seats(form, facility.capacity)
    taken = await count_taken(one.id for one in sessions)
    rooms = {one.id: one.capacity for one in await queries_spaces.list_spaces([facility.id], clock.today())}
    return [
        SpanRow(
            session=one,
            taken=taken[one.id],
            obstacle=obstacle_of(
                one, taken[one.id], web, walk_in, None if one.space_id is None else rooms.get(one.space_id)
            ),
        )
        for one in sessions
    ]


async def change_span(by: Actor, form: SpanForm) -> Outcome:
    """Change the seats of every session of the span that can have them; the others stay as they are, as listed.

    Whoever waits for one of them gets what is free at once.
    Raises: SessionFormRefused, ChangedMeanwhile, UnknownFacility, UnknownProgram, NotAllowed.
    """
    known = await facilities.get_facility(form.facility)
    async with db.transaction():
        facility = await lock_facility(by, known.id)
        ids = [one.id for one in await _sessions(facility, form)]
        await service_lines.lock_ahead(ids)
        locked = await queries.lock_sessions(ids)
        sessions = sorted(locked.values(), key=lambda one: (one.starts_at, one.program_code, one.id))
        rows = await _rows(facility, form, [one for one in sessions if one.state in HELD])
        if form.seen != _mark(rows):
            raise ChangedMeanwhile
        fitting = [row.session.id for row in rows if not row.obstacle]
        web, walk_in = check_seats(form, facility.capacity)
        seats: dict[Any, Any] = {"web_seats": web, "walk_in_seats": walk_in}
        if fitting:
            await Session.update(seats).where(Session.id.is_in(fitting))
        outcome = Outcome(changed=len(fitting), kept=len(rows) - len(fitting))
        detail = {"new": seats, "sessions": [str(one) for one in fitting], "kept": outcome.kept}
        await record_audit(by, "sessions.seats", "facility", facility.id, scope=facility.code, detail=detail)
        await service_lines.serve(fitting)
        return outcome
