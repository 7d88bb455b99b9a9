"""Single sessions and days decided by hand."""

import asyncio
from datetime import date, time
from typing import Any

import httpx
import pytest

from booking.access.errors import NotAllowed
from booking.facilities.errors import ChangedMeanwhile, DayDecidedAlready, UnknownClosure
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import FacilityView
from booking.facilities.schemas_forms import ClosureForm
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import InvalidForm
from booking.programs import queries, queries_taken, service, service_adding, service_sessions
from booking.programs.errors import DayHasBookings, SessionBegun, SessionHasBookings
from booking.programs.schemas_forms import SeatsForm, SessionForm
from booking.reservations.service_closing_day import close_day, revoke_day
from tests.make.access import actor_for, make_staff
from tests.make.facilities import make_facility
from tests.make.programs import make_pattern, make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
DAY = date(2026, 11, 28)
"""A Saturday, a week from now."""


async def manager_of(facility: FacilityView) -> Any:
    return await actor_for(await make_staff("facility-manager", facility.code))


def seats(web: int, walk_in: int, seen: str) -> SeatsForm:
    return SeatsForm(web_seats=str(web), walk_in_seats=str(walk_in), seen=seen)


def closing(day: date = DAY, **values: str) -> ClosureForm:
    given = {"day": day.isoformat(), "kind": "closed", "from_time": "", "until_time": "", "reason": "点検"}
    return ClosureForm(**{**given, **values})


def at(hour: int, day: date = DAY) -> Any:
    return house_clock.at_local(day, time(hour))


async def states() -> list[str]:
    rows = await house_db.fetch("select state from session order by starts_at")
    return [row["state"] for row in rows]


async def test_a_single_session_is_made_while_the_facility_is_open(client: httpx.AsyncClient) -> None:
    facility = await make_facility(opens=time(10), closes=time(18), capacity=10)
    program = await make_program(facility=facility)
    by = await manager_of(facility)
    given = {
        "program": program.code, "facility": facility.code, "day": "2026-11-28", "starts": "10:00", "ends": "12:00",
        "web_seats": "8", "walk_in_seats": "2",
    }  # fmt: skip
    session = await queries.get_session(await service_adding.add_session(by, SessionForm(**given)))
    assert (session.starts_at, session.seats, session.state, session.pattern_id) == (at(10), 10, "published", None)
    assert session.booking_opens_at == at(9, date(2026, 11, 21))
    for wrong, code in (
        ({"ends": "19:00"}, "facility-closed-then"),
        ({"day": "2026-11-21"}, "starts-in-the-past"),
    ):
        with pytest.raises(InvalidForm) as refused:
            await service_adding.add_session(by, SessionForm(**{**given, **wrong}))
        assert refused.value.fields["starts"].code == code
    with pytest.raises(NotAllowed):
        await service_adding.add_session(await manager_of(await make_facility()), SessionForm(**given))


async def test_an_ended_program_gets_no_session(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility, ended_on=DAY)
    form = SessionForm(
        program=program.code, facility=facility.code, day="2026-11-28", starts="10:00", ends="12:00", web_seats="1",
        walk_in_seats="0",
    )  # fmt: skip
    with pytest.raises(InvalidForm) as refused:
        await service_adding.add_session(await manager_of(facility), form)
    assert refused.value.fields["program"].code == "unknown-program"


async def test_a_program_of_another_body_is_not_held_there(client: httpx.AsyncClient) -> None:
    facility, program = await make_facility(), await make_program()
    by = await actor_for(await make_staff("body-administrator"))
    form = SessionForm(
        program=program.code, facility=facility.code, day="2026-11-28", starts="10:00", ends="12:00", web_seats="1",
        walk_in_seats="0",
    )  # fmt: skip
    with pytest.raises(InvalidForm) as refused:
        await service_adding.add_session(by, form)
    assert refused.value.fields["program"].code == "other-body"


async def test_seats_never_fall_below_what_is_booked(client: httpx.AsyncClient) -> None:
    session = await make_session(seats=3)
    for _ in range(2):
        await make_reservation(session=session)
    by = await actor_for(await make_staff("facility-manager", session.facility_code))
    mark = version_of(session)
    with pytest.raises(InvalidForm) as refused:
        await service_sessions.change_seats(by, session.id, seats(1, 1, mark))
    assert refused.value.fields["web_seats"].code == "seats-taken"
    await service_sessions.change_seats(by, session.id, seats(2, 1, mark))
    assert (await queries.get_session(session.id)).seats == 3
    with pytest.raises(ChangedMeanwhile):
        await service_sessions.change_seats(by, session.id, seats(5, 1, mark))


async def test_a_session_is_cancelled_only_when_nobody_has_a_seat(client: httpx.AsyncClient) -> None:
    empty, booked = await make_session(), await make_session()
    await make_reservation(session=empty, state="cancelled")
    await make_reservation(session=booked)
    by = await actor_for(await make_staff("facility-manager"))
    with pytest.raises(InvalidForm):
        await service_sessions.cancel_session(by, empty.id, " ")
    await service_sessions.cancel_session(by, empty.id, "講師の都合")
    now = await queries.get_session(empty.id)
    assert (now.state, now.cancel_reason, now.cancelled_at) == ("cancelled", "講師の都合", house_clock.now())
    with pytest.raises(SessionHasBookings):
        await service_sessions.cancel_session(by, booked.id, "講師の都合")
    with pytest.raises(SessionBegun):
        await service_sessions.cancel_session(by, empty.id, "もう一度")


async def test_a_session_that_has_begun_stays_as_it_is(client: httpx.AsyncClient) -> None:
    session = await make_session(starts_at=house_clock.now())
    by = await actor_for(await make_staff("facility-manager"))
    with pytest.raises(SessionBegun):
        await service_sessions.change_seats(by, session.id, seats(1, 1, version_of(session)))


async def _two_sessions() -> tuple[FacilityView, Any]:
    """A facility whose weekly times make sessions at 10 and at 14 on Saturdays."""
    facility = await make_facility(opens=time(10), closes=time(18))
    program = await make_program(facility=facility)
    for hour in (10, 14):
        await make_pattern(program, facility, weekday=6, starts=time(hour), ends=time(hour + 2))
    await service.generate_sessions()
    await house_db.execute("delete from session where held_on <> $1", DAY)
    return facility, await manager_of(facility)


async def test_closing_a_day_cancels_its_empty_sessions_and_taking_it_back_brings_them_back(
    client: httpx.AsyncClient,
) -> None:
    facility, by = await _two_sessions()
    closure = await close_day(by, facility.code, closing())
    assert await states() == ["cancelled", "cancelled"]
    await revoke_day(by, facility.code, closure)
    on_the_day = await queries.list_sessions(first_day=DAY, last_day=DAY)
    assert [each.cancel_reason for each in on_the_day] == [None, None]
    with pytest.raises(UnknownClosure):
        await revoke_day(by, facility.code, closure)
    noted = await house_db.fetch("select action from audit_entry order by id")
    assert [row["action"] for row in noted] == ["facility.decide-day", "facility.revoke-day"]


async def test_closing_a_part_of_a_day_touches_only_what_lies_in_it(client: httpx.AsyncClient) -> None:
    facility, by = await _two_sessions()
    await close_day(by, facility.code, closing(from_time="13:00", until_time="15:00"))
    assert await states() == ["published", "cancelled"]


async def test_a_day_with_bookings_is_not_closed(client: httpx.AsyncClient) -> None:
    facility, by = await _two_sessions()
    session = (await queries.list_sessions(first_day=DAY, last_day=DAY))[1]
    await make_reservation(session=session)
    with pytest.raises(DayHasBookings) as refused:
        await close_day(by, facility.code, closing())
    assert refused.value.params == {"sessions": 1, "taken": 1}
    assert await states() == ["published", "published"]
    assert await house_db.fetchval("select count(*) from closure") == 0
    await close_day(by, facility.code, closing(from_time="10:00", until_time="12:00"))
    assert await states() == ["cancelled", "published"]


async def test_opening_a_closed_day_makes_its_sessions(client: httpx.AsyncClient) -> None:
    facility = await make_facility(weekdays=(1, 2, 3, 4, 5), opens=time(10), closes=time(18))
    program = await make_program(facility=facility)
    await make_pattern(program, facility, weekday=6, starts=time(14), ends=time(16))
    by = await manager_of(facility)
    with pytest.raises(InvalidForm) as refused:
        await close_day(by, facility.code, closing(kind="open"))
    assert refused.value.fields["from_time"].code == "hours-needed"
    opened = closing(kind="open", from_time="13:00", until_time="17:00")
    closure = await close_day(by, facility.code, opened)
    assert await states() == ["published"]
    await revoke_day(by, facility.code, closure)
    assert await states() == ["cancelled"]


async def test_a_day_decided_refuses_every_wrong_field_at_once(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    by = await manager_of(facility)
    wrong = closing(date(2026, 11, 20), kind="now", from_time="x", until_time="9:00", reason="")
    with pytest.raises(InvalidForm) as refused:
        await close_day(by, facility.code, wrong)
    assert set(refused.value.fields) == {"day", "kind", "from_time", "reason"}


async def test_a_day_has_one_decision_at_a_time(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    by = await manager_of(facility)
    first = await close_day(by, facility.code, closing())
    with pytest.raises(DayDecidedAlready):
        await close_day(by, facility.code, closing())
    await revoke_day(by, facility.code, first)
    await close_day(by, facility.code, closing())


async def test_bookings_are_counted_after_the_lock(client: httpx.AsyncClient) -> None:
    """Somebody books while staff cancel: whoever locks first wins, the other sees it."""
    session = await make_session()
    by = await actor_for(await make_staff("facility-manager"))

    async def cancel() -> None:
        house_db.DB.current_transaction.set(None)
        await service_sessions.cancel_session(by, session.id, "講師の都合")

    async with house_db.transaction():
        await queries.lock_sessions([session.id])
        waiting = asyncio.ensure_future(cancel())
        await asyncio.sleep(0.05)
        await make_reservation(session=session)
    with pytest.raises(SessionHasBookings):
        await waiting


async def test_nothing_is_cancelled_while_nobody_counts_seats(client: httpx.AsyncClient) -> None:
    session = await make_session()
    counts = list(queries_taken._counts)
    queries_taken.use_counts([])
    try:
        with pytest.raises(RuntimeError):
            await queries_taken.count_taken([session.id])
    finally:
        queries_taken.use_counts(counts)
