"""Days of the demo that more people want than can come: a draw, a full workshop with people waiting, an offer."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, time, timedelta
from uuid import UUID

from booking.access.schemas import SYSTEM, Actor
from booking.demo.rules_words import DRAWN_TITLES, EVENT_NOTES, FULL_TITLES, OFFERED_TITLES
from booking.demo.service_bulk import Row
from booking.facilities import queries as facilities
from booking.facilities.rules import hours_of
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.people.rules import grade
from booking.people.schemas import MemberView
from booking.programs.schemas_forms import SessionForm
from booking.programs.service_adding import add_session
from booking.reservations import service as reservations
from booking.reservations.schemas import ReservationView

PROGRAM, FACILITY = "tumo-self-learning", "tumo-gunma"
STARTS, ENDS = time(13), time(15)
SOON, LATER = range(2, 7), range(10, 7, -1)
"""Days ahead. Bookings open seven days before; entries of a draw are open for the week before its last."""
DRAWN, FULL, OFFERED = (DRAWN_TITLES, 6, 11), (FULL_TITLES, 4, 6), (OFFERED_TITLES, 3, 3)
"""Title, seats, how many want one."""


async def make_events(guardian: Actor, rows: list[Row], children: list[MemberView]) -> None:
    """One day by draw, one that is full, and one where a seat has just been given back to the family's eldest."""
    soon, later = await _open_days(SOON), await _open_days(LATER)
    own = [child.id for child in children if (child.grade or 0) >= 7]
    fitting = [row.id for row in rows if (grade(row.who.birth_on, clock.today()) or 0) >= 7]
    if len(soon) < 2 or not later or not own:
        return
    for day, event, selection, family in ((later[0], DRAWN, "draw", own[-1:]), (soon[1], FULL, "", [])):
        session_id = await _add(day, event, selection)
        await _want(SYSTEM, session_id, fitting, event[2])
        await _want(guardian, session_id, family)
    session_id = await _add(soon[0], OFFERED)
    booked = await _want(SYSTEM, session_id, fitting[::-1], OFFERED[2])
    await _want(guardian, session_id, own[:1])
    for view in booked[:1]:
        await reservations.cancel(SYSTEM, view.id)


async def _open_days(days_ahead: range) -> list[date]:
    """Which of these days ahead the facility is open at these hours, in their order."""
    facility = await facilities.get_facility(FACILITY)
    ahead = [clock.today() + timedelta(days=n) for n in days_ahead]
    calendar = await facilities.load_calendar([facility.id], min(ahead), max(ahead))
    return [day for day in ahead if hours_of(calendar, facility.id, day).covers(STARTS, ENDS)]


async def _add(day: date, event: tuple[dict[str, str], int, int], selection: str = "") -> UUID:
    titles, seats, _ = event
    form = SessionForm(
        program=PROGRAM,
        facility=FACILITY,
        day=day.isoformat(),
        starts=STARTS.isoformat("minutes"),
        ends=ENDS.isoformat("minutes"),
        web_seats=str(seats),
        walk_in_seats="0",
        title=titles["ja"],
        titles=titles,
        note=EVENT_NOTES["ja"],
        notes=EVENT_NOTES,
        selection=selection,
    )
    return await add_session(SYSTEM, form)


async def _want(by: Actor, session_id: UUID, members: Sequence[UUID], most: int = 1) -> list[ReservationView]:
    """The first of these who can book or wait, so many of them; who has another booking then stays away."""
    made: list[ReservationView] = []
    for each in members:
        if len(made) < most:
            with suppress(Refusal):
                made += await reservations.book(by, [session_id], [each], waits=True)
    return made
