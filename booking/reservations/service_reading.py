"""Seeing reservations: one's own family's, or as staff, which is noted in the log of personal data viewed."""

from datetime import datetime
from uuid import UUID

from booking.access.rules import STAFF_ROLES, Role, require_account, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.facilities.queries import get_facility
from booking.kit import clock, db
from booking.kit.errors import Refusal
from booking.kit.tokens import new_id
from booking.people import queries as people
from booking.people.schemas import MemberView
from booking.programs.errors import UnknownSession
from booking.programs.queries import get_program, get_session
from booking.programs.queries_groups import list_groups_by_id
from booking.programs.queries_series import get_series
from booking.programs.rules import Selection
from booking.programs.schemas_groups import GroupView
from booking.reservations import queries, queries_enrolments, queries_options, queries_points
from booking.reservations.errors import SessionFull
from booking.reservations.errors_bookings import ReservationUnknown
from booking.reservations.queries_draws import find_draw_of
from booking.reservations.rules import ReservationState, decide_for, refusal_for, refusal_of_session, since_of
from booking.reservations.rules_draws import refusal_to_apply
from booking.reservations.rules_lists import is_in
from booking.reservations.rules_waiting import obstacle_of, refusal_to_wait
from booking.reservations.schemas import Bookings, ReservationView, Roster
from booking.reservations.schemas_enrolments import EnrolmentView
from booking.reservations.schemas_facts import OrderFacts
from booking.reservations.schemas_finding import ListedSession, Opened

Page = tuple[tuple[datetime, UUID] | None, int]
"""Where the page before ended, and how many at most."""
MOST_OF_ONE = 200
ALL_STATES = tuple(ReservationState)


async def list_own(by: Actor, *, since: datetime, session_id: UUID | None, page: Page) -> list[ReservationView]:
    """Reservations, in any state, of the members the asker acts for, in sessions that end after `since`.

    Until the desk has seen guardian and child together a claim shows no history: those members start now.
    """
    members = await people.list_members_of(require_account(by).id or new_id())
    shown = [each.id for each in members if since >= clock.now() or (each.rights and each.rights.is_confirmed)]
    after, limit = page
    return await queries.list_reservations_of(
        shown, since=since, states=ALL_STATES, session_id=session_id, after=after, limit=limit
    )


async def list_of_session(by: Actor, session_id: UUID, *, page: Page) -> list[ReservationView]:
    """Reservations, in any state, of a session at one of the asker's places; the view is noted."""
    async with db.transaction():
        session = await get_session(session_id)
        require_staff(by, scopes=session.scopes)
        after, limit = page
        found = await queries.list_reservations_of(
            None, states=ALL_STATES, session_id=session_id, after=after, limit=limit
        )
        members = (each.member_id for each in found)
        await record_view(by, members, "reservations", scope=session.facility_code, by_list=True)
        return found


async def name_for_staff(by: Actor, member_id: UUID, scope: str) -> str:
    """Who holds a reservation or a place in a group, for the page of one of them; it is noted.

    A protected member is named by its own page alone.
    """
    member = await people.get_member(member_id)
    if member.is_protected:
        return "–"
    await record_view(by, [member_id], "booking", scope=scope)
    return member.shown_name


async def list_for_desk(
    by: Actor, member_id: UUID
) -> tuple[list[ReservationView], list[tuple[GroupView, EnrolmentView]]]:
    """What a member holds from now on, and their weekly groups, at the places whose desk the asker works at.

    For the member's own page, which notes the view.
    """
    found = await queries.list_reservations_of([member_id], since=clock.now(), limit=MOST_OF_ONE)
    enrolled = await queries_enrolments.list_of_members([member_id])
    groups = await list_groups_by_id({each.group_id for each in enrolled})
    shown = [(groups[each.group_id], each) for each in enrolled if each.group_id in groups]
    return (
        [each for each in found if by.may_in(each.scopes, *STAFF_ROLES)],
        [(group, each) for group, each in shown if by.may_in(group.scopes, *STAFF_ROLES)],
    )


async def open_roster(by: Actor, session_id: UUID, *roles: Role, part: str = "", what: str = "roster") -> Roster:
    """A session's roster for the staff of its place, or a `part` of it; whoever it shows is noted as `what`.

    Protected members are counted and not listed: no list shows them but the roll call.
    """
    async with db.transaction():
        session = await get_session(session_id)
        require_staff(by, *roles, scopes=session.scopes)
        found = await queries.list_roster(session_id, with_waiting=True)
        waiting = [entry for entry in found if entry.state == ReservationState.WAITING]
        open_to_all = [entry for entry in found if not entry.member.is_protected]
        shown = [entry for entry in open_to_all if is_in(entry, part)]
        members = (each.member.id for each in shown)
        await record_view(by, members, what, scope=session.facility_code, by_list=True)
        hidden_waiting = sum(entry.member.is_protected for entry in waiting)
        return Roster(
            session=session,
            entries=[entry for entry in shown if entry.state != ReservationState.WAITING],
            waiting=[entry for entry in shown if entry.state == ReservationState.WAITING],
            taken=len(found) - len(waiting),
            here=sum(entry.state == ReservationState.ARRIVED for entry in found),
            waiting_in_all=len(waiting),
            hidden=len(found) - len(open_to_all) - hidden_waiting,
            hidden_waiting=hidden_waiting,
            wheelchairs=sum(entry.uses_wheelchair for entry in found if entry not in waiting),
            pools=(await queries_options.list_pools([session_id])).get(session_id, ()),
        )


async def open_session(by: Actor, session_id: UUID) -> Opened:
    """One session with whom of the reader's family it could be booked for now, and for whom not and why.

    Raises: UnknownSession.
    """
    members = await people.list_members_of(by.id) if by.is_signed_in and by.id is not None else []
    listed = await queries.list_session(session_id, [member.id for member in members])
    if listed is None:
        raise UnknownSession
    session, now = listed.session, clock.now()
    holdings = await queries.list_holdings([member.id for member in members], since_of([session], now))
    asked = OrderFacts(
        now=now,
        sessions=(session,),
        member_ids=(),
        members={member.id: member for member in members},
        bookable=frozenset(member.id for member in members if member.rights is not None and member.rights.may_book),
        taken={session.id: listed.taken},
        holdings=holdings,
        eligibility={session.program_id: listed.eligibility},
        enrolments=await queries_enrolments.list_held([member.id for member in members]),
        paused=await queries_points.list_paused([member.id for member in members], now),
    )
    days, is_whole = await _series_of(listed, [member.id for member in members])
    refusals = [refusal_of_session(each.session, each.taken, now) for each in (days if is_whole else (listed,))]
    return Opened(
        listed=listed,
        days=days,
        is_whole=is_whole,
        program=await get_program(session.program_code),
        facility=await get_facility(session.facility_code),
        others=await queries.list_same(session, now),
        refusal=next((refusal for refusal in refusals if refusal is not None), None),
        choices=[(member, refusal_for(asked, member.id)) for member in members],
        pools=(await queries_options.list_pools([session.id])).get(session.id, ()),
        wheelchairs=(await queries_options.count_wheelchairs([session.id])).get(session.id, 0),
        waits=_waits(asked, members),
        applies=_applies(asked, members),
        draw=await find_draw_of(session.id) if session.selection == Selection.DRAW else None,
    )


async def _series_of(listed: ListedSession, member_ids: list[UUID]) -> tuple[tuple[ListedSession, ...], bool]:
    """The days of a session's series, and whether they are booked together; none for a session by itself."""
    if listed.session.series_id is None:
        return (), False
    series = await get_series(listed.session.series_id)
    return tuple(await queries.list_series(series.id, member_ids)), series.is_whole


def _waits(asked: OrderFacts, members: list[MemberView]) -> list[tuple[MemberView, Refusal | None, Refusal | None]]:
    """Whom of the family one could put on the waiting list, when every seat is taken."""
    session = asked.sessions[0]
    if not isinstance(refusal_of_session(session, asked.taken[session.id], asked.now), SessionFull):
        return []
    decided = [(member, decide_for(asked, member.id)) for member in members]
    return [(member, refusal_to_wait(decision), obstacle_of(decision)) for member, decision in decided]


def _applies(asked: OrderFacts, members: list[MemberView]) -> list[tuple[MemberView, Refusal | None]]:
    """Who of the family could apply for the draw of a session."""
    if asked.sessions[0].selection != Selection.DRAW:
        return []
    return [(member, refusal_to_apply(decide_for(asked, member.id))) for member in members]


async def list_order(by: Actor, reservation_id: UUID) -> list[ReservationView]:
    """A reservation first, then the others of the same order that the asker may see. Raises: ReservationUnknown."""
    members = await people.list_members_of(require_account(by).id or new_id())
    seen = {member.id for member in members}
    found = await queries.list_order_of(reservation_id)
    own = sorted((each for each in found if each.member_id in seen), key=lambda each: each.id != reservation_id)
    if not own or own[0].id != reservation_id:
        raise ReservationUnknown
    return own


async def list_bookings(by: Actor, *, is_past: bool = False) -> Bookings:
    """The family's bookings to come, or those that were (once the desk has seen guardian and child together)."""
    account_id = require_account(by).id or new_id()
    members, now = await people.list_members_of(account_id), clock.now()
    if not is_past:
        coming = await queries.list_reservations_of([member.id for member in members], since=now)
        return Bookings(members=members, items=coming)
    shown = [member.id for member in members if member.rights is not None and member.rights.is_confirmed]
    past = await queries.list_reservations_of(shown, states=ALL_STATES, until=now, newest_first=True, limit=100)
    return Bookings(members=members, items=past)
