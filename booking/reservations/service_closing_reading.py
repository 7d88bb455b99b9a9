"""What a closure would reach, and what one did: for the staff of the place. Whoever is shown by name is noted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.facilities import queries as facilities
from booking.facilities.errors import UnknownClosure
from booking.facilities.schemas import ClosureView, FacilityView
from booking.kit import clock, db
from booking.notifications.queries import list_states
from booking.notifications.rules import MessageState
from booking.people.queries import list_guardians_to_tell, list_members
from booking.people.queries_phones import list_phones_to_call
from booking.people.schemas import MemberView
from booking.reservations import queries, queries_closing
from booking.reservations.mail_closing import letter_key
from booking.reservations.mail_closing_day import CLOSED
from booking.reservations.rules_moving import Way
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_closing import (
    Affected,
    AffectedPerson,
    AffectedSession,
    Booking,
    ClosureOutcome,
    Move,
    Moved,
    Told,
    Unreached,
)
from booking.reservations.service_closing_day import Plan, find_moves, news_key

LOST = (MessageState.FAILED, MessageState.DROPPED, MessageState.UNWANTED, MessageState.UNREACHABLE)
VIEW, VIEW_UNREACHED = "closure-affected", "closure-unreached"
LOOK_BACK = timedelta(days=60)


async def read_affected(by: Actor, plan: Plan) -> Affected:
    """Who holds or waits for a seat in the time to be closed, and where each would go; the look is noted."""
    here = {one.booking.id: one for one in await find_moves(plan, Way.MOVE_HERE)}
    anywhere = {one.booking.id: one for one in await find_moves(plan, Way.MOVE_ANYWHERE)}
    members = await list_members({one.member_id for one in plan.bookings})
    shown = [one.id for one in members.values() if not one.is_protected]
    await record_view(by, shown, VIEW, scope=plan.facility.code, by_list=True)
    found = []
    for session in plan.closed:
        theirs = [one for one in plan.bookings if one.session_id == session.id]
        people = [_person(one, members[one.member_id], here, anywhere) for one in theirs]
        listed = sorted(
            (one for one in people if not one.member.is_protected), key=lambda one: (one.member.kana, one.member.number)
        )
        waiting = sum(one.waiting_at is not None for one in theirs)
        found.append(
            AffectedSession(
                session=session,
                people=tuple(listed),
                hidden=len(people) - len(listed),
                seats=len(theirs) - waiting,
                waiting=waiting,
            )
        )
    return Affected(
        facility=plan.facility,
        day=plan.hours.day,
        sessions=tuple(found),
        groups=tuple(await queries_closing.list_groups_of([one.id for one in plan.closed])),
        bookings=len(plan.bookings),
        moves_here=sum(one.session is not None for one in here.values()),
        moves_anywhere=sum(one.session is not None for one in anywhere.values()),
        seen=plan.seen,
    )


def _person(
    booking: Booking, member: MemberView, here: Mapping[UUID, Move], anywhere: Mapping[UUID, Move]
) -> AffectedPerson:
    return AffectedPerson(
        member=member,
        state=booking.state,
        here=here[booking.id].session if booking.id in here else None,
        anywhere=anywhere[booking.id].session if booking.id in anywhere else None,
        options=tuple(booking.options),
    )


async def list_closures_of(places: Iterable[FacilityView]) -> list[tuple[FacilityView, ClosureView]]:
    """Days decided by hand at these facilities, from two months ago on, the next first and those over at the end."""
    known = {one.id: one for one in places}
    today = clock.today()
    closures = await facilities.list_closures(list(known), today - LOOK_BACK, date.max)
    closures.sort(key=lambda one: (one.closed_on < today, abs(one.closed_on - today), one.id))
    return [(known[one.facility_id], one) for one in closures]


async def read_outcome(by: Actor, code: str, closure_id: UUID) -> ClosureOutcome:
    """What a closure did, and whom to ring; the look at names and telephones is noted.

    Raises: UnknownClosure, UnknownFacility, NotAllowed.
    """
    facility = await facilities.get_facility(code)
    require_staff(by, scopes=facility.scopes)
    known = await facilities.list_closures([facility.id], clock.today() - LOOK_BACK, date.max)
    closure = next((one for one in known if one.id == closure_id), None)
    if closure is None:
        raise UnknownClosure
    bookings = await queries_closing.list_cancelled_of(facility.id, closure.closed_on, closure.decided_at)
    moved = await queries_closing.list_moved([one.id for one in bookings])
    views = await _views(bookings, moved)
    members = await list_members({one.member_id for one in bookings})
    told = {
        one.id: Told(was=views[one.id], now=views[moved[one.id].id] if one.id in moved else None) for one in bookings
    }
    open_moves = [told[one.id] for one in bookings if one.id in moved and not members[one.member_id].is_protected]
    missed = await _missed(news_key(closure, facility.code), bookings, members)
    shown = [one for one in missed if not one.is_protected]
    phones = await list_phones_to_call([one.id for one in shown])
    seen = {*(one.id for one in shown), *(one.was.member_id for one in open_moves)}
    await record_view(by, seen, VIEW_UNREACHED, scope=facility.code, by_list=True)
    return ClosureOutcome(
        closure=closure,
        facility=facility,
        sessions=await _count_sessions(facility, closure),
        cancelled=len(bookings) - len(moved),
        moved=tuple(open_moves),
        hidden_moved=len(moved) - len(open_moves),
        unreached=tuple(
            Unreached(
                member=one,
                phones=tuple(phones.get(one.id, ())),
                told=tuple(told[booking.id] for booking in bookings if booking.member_id == one.id),
            )
            for one in sorted(shown, key=lambda each: (each.kana or each.name, each.number))
        ),
        hidden=len(missed) - len(shown),
    )


async def _views(bookings: Sequence[Booking], moved: Mapping[UUID, Moved]) -> dict[UUID, ReservationView]:
    ids = [*(one.id for one in bookings), *(one.id for one in moved.values())]
    return {one.id: one for one in await queries.list_reservations(ids)}


async def _count_sessions(facility: FacilityView, closure: ClosureView) -> int:
    return int(
        await db.fetchval(
            "select count(*) from session where facility = $1 and held_on = $2 and cancelled_at = $3",
            *(facility.id, closure.closed_on, closure.decided_at),
        )
    )


async def _missed(key: str, bookings: Sequence[Booking], members: Mapping[UUID, MemberView]) -> list[MemberView]:
    """Members of whom no letter of this closure is on its way or has arrived."""
    readers = {(one.member_id, one.account_id) for one in await list_guardians_to_tell(members)}
    readers |= {(one.member_id, one.booked_by) for one in bookings if one.booked_by is not None}
    reached = await reached_by({(member_id, letter_key(key, CLOSED, account)) for member_id, account in readers})
    return [one for one in members.values() if one.id not in reached]


async def reached_by(letters: set[tuple[UUID, str]]) -> set[UUID]:
    """Of members and the names of letters about them: those of whom one is on its way or has arrived."""
    states = await list_states({name for _, name in letters})
    return {member_id for member_id, name in letters if states.get(name, MessageState.FAILED) not in LOST}
