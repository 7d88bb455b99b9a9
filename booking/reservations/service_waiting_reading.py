"""Seeing where one's own family stands in waiting lists, and what is kept for it."""

from uuid import UUID

from booking.access.rules import require_account
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.tokens import new_id
from booking.people import queries as people
from booking.programs.queries import list_sessions_by_id, load_eligibility
from booking.reservations import queries, queries_draws, queries_enrolments, queries_points
from booking.reservations.rules import TAKING_A_SEAT, ReservationState, since_of
from booking.reservations.rules_waiting import obstacle_for
from booking.reservations.schemas import ReservationView, Waits
from booking.reservations.schemas_draws import DrawView
from booking.reservations.schemas_facts import OrderFacts


async def list_waits(by: Actor) -> Waits:
    """What is kept for the reader's family, and where it waits."""
    members = {each.id: each for each in await people.list_members_of(require_account(by).id or new_id())}
    now = clock.now()
    states = (ReservationState.OFFERED, ReservationState.WAITING, ReservationState.APPLIED)
    items = await queries.list_reservations_of(members, since=now, states=states)
    waiting = [each for each in items if each.state == ReservationState.WAITING]
    sessions = await list_sessions_by_id({each.session_id for each in waiting})
    holdings = await queries.list_holdings(members, since_of(list(sessions.values()), now)) if waiting else ()
    facts = OrderFacts(
        now=now,
        sessions=tuple(sessions.values()),
        member_ids=tuple(members),
        members=members,
        bookable=frozenset(members),
        taken=dict.fromkeys(sessions, 0),
        holdings=tuple(each for each in holdings if each.state in TAKING_A_SEAT),
        eligibility=await load_eligibility({each.program_id for each in sessions.values()}),
        is_drawn=True,
        enrolments=await queries_enrolments.list_held(members),
        paused=await queries_points.list_paused(members, now),
    )
    offered: dict[UUID, list[ReservationView]] = {}
    for each in items:
        if each.state == ReservationState.OFFERED:
            offered.setdefault(each.order_id if each.is_party else each.id, []).append(each)
    return Waits(
        offered=list(offered.values()),
        waiting=[(each, obstacle_for(facts, each)) for each in waiting],
        applied=await _entries([each for each in items if each.state == ReservationState.APPLIED]),
    )


async def _entries(applied: list[ReservationView]) -> list[tuple[ReservationView, DrawView | None, int | None]]:
    """Entries in draws, each with its draw and, once the list is closed, its number."""
    numbers = await queries_draws.list_numbers([each.id for each in applied]) if applied else {}
    draws = {one: await queries_draws.find_draw_of(one) for one in {each.session_id for each in applied}}
    return [(each, draws[each.session_id], numbers.get(each.id)) for each in applied]
