"""Whoever waits is served in the transaction that makes room: by staff, or by what the same child gives back."""

from datetime import timedelta
from typing import Any

import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.facilities import queries_spaces
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas_forms import SpaceForm
from booking.facilities.service_spaces import change_space
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.programs import (
    queries,
    queries_options,
    service_changing,
    service_options,
    service_sessions,
    service_spans,
    service_staff,
)
from booking.programs.schemas import SessionView
from booking.programs.schemas_forms import OptionForm, SeatsForm, SpanForm
from booking.programs.service_lines import use_lines
from booking.reservations import (
    service,
    service_enrolments,
    service_moves,
    service_no_show,
    service_offers,
    service_waiting,
)
from booking.reservations.errors_bookings import ReservationUnknown
from booking.reservations.mail_closing import News
from booking.reservations.schemas import Wish
from booking.reservations.service_closing import cancel_for_closing
from tests.conftest import Clock
from tests.make.facilities import make_facility, make_space
from tests.make.groups import SATURDAY, enrol, make_group
from tests.make.programs import make_option, make_pattern, make_program, make_session
from tests.programs.test_rooms_and_options import change_form, manager_of
from tests.reservations.test_waiting import Family, audited, full, make_family, state_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("hung")]


@pytest.fixture
def hung() -> None:
    """The rooms know each other as when they are served."""
    wiring.introduce()


async def waits_for(session: SessionView, family: Family | None = None, **wish: Any) -> tuple[Family, Any]:
    """A family whose child waits for a session."""
    family = family or await make_family(session)
    (child, *_) = family.children
    asked = Wish(session_ids=(session.id,), member_ids=(child.id,), waits=True, **wish)
    (waits,) = (await service.place_order(family.by, asked, all_or_nothing=True)).items
    assert waits.state == "waiting"
    return family, waits


# ---- staff make room ----------------------------------------------------------------------------------------------


async def test_more_seats_go_to_whoever_waits_before_anybody_can_book_them(db: None, clock: Clock) -> None:
    session, _ = await full()
    (_, first), (_, second) = [await waits_for(session) for _ in range(2)]
    now = await queries.get_session(session.id)
    form = SeatsForm(web_seats="2", walk_in_seats="0", seen=version_of(now))
    await service_sessions.change_seats(SYSTEM, session.id, form)
    assert (await state_of(first), await state_of(second)) == ("offered", "waiting")
    assert await audited(first) == ["reservation.waiting", "reservation.offered"]
    assert await house_db.fetchval("select count(*) from message where kind = 'reservation-offered'") == 1


async def test_more_seats_of_a_weekly_time_and_of_a_span_go_to_whoever_waits(db: None, clock: Clock) -> None:
    facility = await make_facility(capacity=20)
    program = await make_program(facility=facility)
    made = await make_pattern(program, facility, weekday=6, web_seats=1)
    pattern = await queries.find_pattern(made.id)
    assert pattern is not None
    session, _ = await full(facility=facility, program=program, pattern=pattern.id)
    (_, first), (_, second) = [await waits_for(session) for _ in range(2)]
    form = SeatsForm(web_seats="2", walk_in_seats="0", seen=version_of(pattern))
    await service_staff.change_pattern_seats(SYSTEM, pattern.id, form)
    assert (await state_of(first), await state_of(second)) == ("offered", "waiting")
    day = session.held_on.isoformat()
    span = {
        "facility": facility.code, "program": program.code, "from_on": day, "last_on": day, "web_seats": "3",
        "walk_in_seats": "0",
    }  # fmt: skip
    by = await manager_of(facility)
    _, seen = await service_spans.list_span(by, SpanForm(**span))
    await service_spans.change_span(by, SpanForm(**span, seen=seen))
    assert await state_of(second) == "offered"


async def test_more_of_an_option_lets_those_in_who_wait_for_a_seat_with_it(db: None, clock: Clock) -> None:
    session = await make_session(seats=2, starts_at=house_clock.now() + timedelta(days=3))
    bus = await make_option(session, "bus", quota=1)
    holder, other = await make_family(session), await make_family(session)
    await service.place_order(
        holder.by,
        Wish(session_ids=(session.id,), member_ids=(holder.children[0].id,), options=("bus",)),
        all_or_nothing=True,
    )
    (seat,) = await other.order(session)
    _, waits = await waits_for_bus(session)
    await service.cancel(other.by, seat.id)
    assert await state_of(waits) == "waiting", "the bus is full"
    (option,) = await queries_options.list_program_options(session.program_id, house_clock.today())
    form = OptionForm(name=bus.name, names=["", "Bus"], quota="2", seen=version_of(option))
    program = (await queries.get_session(session.id)).program_code
    await service_options.change_option(SYSTEM, program, option.id, form)
    assert await state_of(waits) == "offered"


async def waits_for_bus(session: SessionView) -> tuple[Family, Any]:
    """A child who waits for a seat with a seat on the bus, asked for while the bus still had one."""
    await house_db.execute("update session_option set quota = 2 where session = $1", session.id)
    found = await waits_for(session, options=("bus",))
    await house_db.execute("update session_option set quota = 1 where session = $1", session.id)
    return found


async def test_more_of_an_option_in_one_session_lets_those_in_who_wait_for_it(db: None, clock: Clock) -> None:
    session = await make_session(seats=1, starts_at=house_clock.now() + timedelta(days=3))
    await make_option(session, "bus", quota=0)
    holder = await make_family(session)
    (seat,) = await holder.order(session)
    _, waits = await waits_for_bus(session)
    await house_db.execute("update session_option set quota = 0 where session = $1", session.id)
    await service.cancel(holder.by, seat.id)
    assert await state_of(waits) == "waiting"
    now = await queries.get_session(session.id)
    await service_changing.change_session(SYSTEM, session.id, await change_form(now, quotas=["1"]))
    assert await state_of(waits) == "offered"


async def test_more_places_for_wheelchairs_let_those_in_who_wait_with_one(db: None, clock: Clock) -> None:
    """In the session's own form, and in its room's."""
    facility = await make_facility(capacity=20)
    room = await make_space(facility, wheelchair_places=1)
    starts_at = house_clock.now() + timedelta(days=3)
    session, [(first, seat)] = await full(facility=facility, space=room.id, starts_at=starts_at)
    waiting = []
    for _ in range(2):
        family = await make_family(session)
        chair = frozenset({family.children[0].id})
        waiting.append((await waits_for(session, family, wheelchair_ids=chair))[1])
    await house_db.execute("update space set wheelchair_places = 0 where id = $1", room.id)
    await service.cancel(first.by, seat.id)
    await house_db.execute("update session set web_seats = 2 where id = $1", session.id)
    assert [await state_of(one) for one in waiting] == ["waiting"] * 2
    now = await queries_spaces.get_space(room.id)
    more = SpaceForm(name=now.name, names=["", "Studio"], capacity="20", wheelchair_places="1", seen=version_of(now))
    await change_space(SYSTEM, facility.code, room.id, more)
    assert [await state_of(one) for one in waiting] == ["offered", "waiting"]
    form = await change_form(await queries.get_session(session.id), wheelchair_places="2", space="")
    await service_changing.change_session(SYSTEM, session.id, form)
    assert [await state_of(one) for one in waiting] == ["offered"] * 2


async def test_rooms_below_change_seats_also_where_nobody_keeps_waiting_lists(db: None, clock: Clock) -> None:
    session, _ = await full()
    _, waits = await waits_for(session)

    async def nobody(_: Any) -> None:
        return None

    use_lines(nobody, nobody)
    now = await queries.get_session(session.id)
    form = SeatsForm(web_seats="2", walk_in_seats="0", seen=version_of(now))
    await service_sessions.change_seats(SYSTEM, session.id, form)
    assert await state_of(waits) == "waiting"


# ---- what a child gives back stands no longer in its own way -------------------------------------------------------


async def one_at_a_time() -> tuple[SessionView, Family, SessionView]:
    """A program that lets everybody hold one booking: a session with a free seat for which a child waits, who holds
    something else there; and that other session, still to be booked."""
    facility = await make_facility()
    program = await make_program(facility=facility, max_held=1)
    session, [(first, seat)] = await full(facility=facility, program=program)
    family = await make_family(session)
    starts_at = house_clock.now() + timedelta(days=5)
    other = await make_session(facility=facility, program=program, seats=1, starts_at=starts_at)
    holder = await make_family(session)
    (held,) = await holder.order(other)
    _, elsewhere = await waits_for(other, family)
    await waits_for(session, family)
    await service.cancel(holder.by, held.id)
    assert await state_of(elsewhere) == "offered"
    await service.cancel(first.by, seat.id)
    return session, family, other


async def waiting_of(family: Family, session: SessionView) -> str:
    """In which state a family's reservation of a session is."""
    state = await house_db.fetchval(
        "select state from reservation where session = $1 and member = $2", session.id, family.children[0].id
    )
    return str(state)


async def reservation_of(family: Family, session: SessionView) -> Any:
    """A family's reservation of a session."""
    return await house_db.fetchval(
        "select id from reservation where session = $1 and member = $2", session.id, family.children[0].id
    )


async def test_declining_an_offer_lets_the_child_in_where_it_stood_in_the_way(db: None, clock: Clock) -> None:
    session, family, other = await one_at_a_time()
    assert await waiting_of(family, session) == "waiting"
    await service_offers.decline(family.by, await reservation_of(family, other))
    assert await waiting_of(family, session) == "offered"


async def test_an_offer_that_runs_out_lets_the_child_in_where_it_stood_in_the_way(db: None, clock: Clock) -> None:
    session, family, _ = await one_at_a_time()
    clock.set(house_clock.now() + timedelta(days=1, hours=12))
    assert await service_offers.expire_offers() == 1
    assert await waiting_of(family, session) == "offered"


async def test_a_no_show_lets_the_child_in_where_it_stood_in_the_way(db: None, clock: Clock) -> None:
    session, family, other = await one_at_a_time()
    (taken,) = await service_offers.accept(family.by, await reservation_of(family, other))
    assert await service_no_show.release(SYSTEM, [taken.id]) == [taken.id]
    assert await waiting_of(family, session) == "offered"


async def test_a_closing_lets_the_child_in_where_it_stood_in_the_way(db: None, clock: Clock) -> None:
    session, family, other = await one_at_a_time()
    await service_offers.accept(family.by, await reservation_of(family, other))
    await house_db.execute("update session set state = 'cancelled' where id = $1", other.id)
    news = News(key="closed", reason="停電のため", at=house_clock.now())
    await cancel_for_closing(SYSTEM, [other.id], house_clock.now(), news)
    assert await waiting_of(family, session) == "offered"


@pytest.mark.parametrize("how", ["leaves", "group ends"])
async def test_leaving_a_group_lets_the_child_in_where_it_stood_in_the_way(db: None, clock: Clock, how: str) -> None:
    """One booking at a time: the place in a weekly group is one, also while the group gathers."""
    facility = await make_facility()
    program = await make_program(facility=facility, max_held=1, category="group")
    group = await make_group(facility=facility, program=program, times=(SATURDAY,))
    session, [(first, seat)] = await full(facility=facility, program=program)
    family = await make_family(session)
    (enrolment,) = await enrol(group, family.children[0])
    _, waits = await waits_for(session, family)
    await service.cancel(first.by, seat.id)
    assert await state_of(waits) == "waiting"
    if how == "leaves":
        await service_enrolments.leave(family.by, enrolment.id)
    else:
        await service_moves.end(SYSTEM, group.id)
    assert await state_of(waits) == "offered"
    assert await service_waiting.settle_waiting() == 0
    with pytest.raises(ReservationUnknown):
        await service_offers.decline(first.by, waits.id)
