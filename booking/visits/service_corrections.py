"""What staff put right about visits: when somebody left, and who came and was never scanned.

A correction is a row with who and why; the day it changes is noted in the same transaction, also for days long past.
"""

from datetime import datetime, timedelta
from uuid import UUID

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities.queries import get_facility
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people.queries import lock_members
from booking.people.schemas import MemberView
from booking.programs.queries import find_session
from booking.reservations.queries import list_reservations_of
from booking.reservations.rules import ReservationState
from booking.reservations.schemas import ReservationView
from booking.reservations.service import arrive
from booking.reservations.service_no_show import revive
from booking.visits.errors import ExitBeforeEntry, PersonNotFound, TimeUnusable, VisitsOverlap, VisitVoidedAlready
from booking.visits.queries_desk import list_overlapping
from booking.visits.queries_staff import get_visit, lock_visit
from booking.visits.rules_kinds import ClosedBy, EnteredBy, VisitKind
from booking.visits.schemas_facts import NewVisit, PersonFact
from booking.visits.schemas_staff import VisitRow
from booking.visits.service_desk import DESK, announce, check_reason
from booking.visits.service_writing_visits import open_visits

LEFT = "left"
"""The reason of an exit that staff saw themselves: nothing was wrong, nobody scanned."""
_LONG_PAST = timedelta(days=36600)
"""Before any house: such moments are refused before anybody asks for their day, which may not exist."""
_SEATED = (ReservationState.CONFIRMED, ReservationState.ARRIVED, ReservationState.RELEASED)


async def set_exit(by: Actor, visit_id: UUID, at: datetime, reason: str) -> VisitRow:
    """Say when somebody left, whatever the door knew of it.

    Raises: VisitUnknown, VisitVoidedAlready, ReasonMissing, ExitBeforeEntry, TimeUnusable, VisitsOverlap.
    """
    said = check_reason(reason)
    async with db.transaction():
        visit = await lock_visit(visit_id)
        require_staff(by, *DESK, scopes=visit.scopes)
        if visit.voided_at is not None:
            raise VisitVoidedAlready
        if at < visit.entered_at:
            raise ExitBeforeEntry
        if at > clock.now() or clock.local_date(at) != visit.visited_on:
            raise TimeUnusable
        if visit.member_id is not None and await list_overlapping(visit.member_id, visit.entered_at, at, [visit_id]):
            raise VisitsOverlap
        await db.execute(
            "update visit set left_at = $2, closed_by = $3 where id = $1", visit_id, at, str(ClosedBy.STAFF)
        )
        await note_correction(by, visit_id, "set-exit", at=at, reason=said)
        await record_audit(by, "visit.set-exit", "visit", visit_id, scope=visit.facility_code, reason=said)
        await announce(visit.facility_code, visit.visited_on)
        return await get_visit(visit_id)


async def end_stay(by: Actor, visit_id: UUID) -> VisitRow:
    """A group or a visitor without a pass leaves now. Raises: as `set_exit`."""
    return await set_exit(by, visit_id, clock.now(), LEFT)


async def add_visit(
    by: Actor, facility_code: str, member_id: UUID, *, entered_at: datetime, left_at: datetime | None, reason: str
) -> VisitRow:
    """Somebody came and nobody scanned: the visit is made from what staff say. A booking of that time is used, also
    one released because nobody knew that they had come.

    Raises: ReasonMissing, TimeUnusable, ExitBeforeEntry, VisitsOverlap, PersonNotFound.
    Safe: two at once wait for the member; the second finds the first.
    """
    said, now = check_reason(reason), clock.now()
    place = await get_facility(facility_code)
    require_staff(by, *DESK, scopes=place.scopes)
    _check_span(entered_at, left_at, now)
    day = clock.local_date(entered_at)
    if day < place.opened_on:
        raise TimeUnusable
    async with db.transaction():
        member = (await lock_members([member_id])).get(member_id)
        if member is None:
            raise PersonNotFound
        if await list_overlapping(member_id, entered_at, left_at):
            raise VisitsOverlap
        seats = await _seats(member_id, place.code, entered_at, left_at or now)
        made = await _made(member, place, seats[0] if seats else None, entered_at, left_at)
        await open_visits([made], now)
        await arrive({one.id: entered_at for one in seats[:1]})
        await revive(by, {one.id: entered_at for one in seats})
        await note_correction(by, made.id, "add", at=entered_at, reason=said)
        await record_audit(by, "visit.add", "visit", made.id, scope=place.code, reason=said)
        await announce(place.code, day)
        return await get_visit(made.id)


async def _made(
    member: MemberView, place: FacilityView, seat: ReservationView | None, since: datetime, until: datetime | None
) -> NewVisit:
    session = await find_session(seat.session_id) if seat is not None else None
    return NewVisit(
        id=new_id(),
        person=_person(member),
        kind=VisitKind.MEMBER,
        heads=1,
        facility=place.id,
        program=session.program_id if session else None,
        session=session.id if session else None,
        reservation=seat.id if seat else None,
        visited_on=clock.local_date(since),
        entered_at=since,
        left_at=until,
        entered_by=EnteredBy.STAFF,
        closed_by=ClosedBy.STAFF if until is not None else None,
    )


def _person(member: MemberView) -> PersonFact:
    """A member as a visit copies one; what only the door asks is left empty."""
    return PersonFact(
        id=member.id,
        number=member.number,
        shown_name=member.shown_name,
        is_protected=member.is_protected,
        birth_on=member.birth_on,
        grade_override=member.grade_override,
        grade_override_year=member.grade_override_year,
        municipality_code=member.municipality_code,
        is_held=False,
        family=(),
        visit=None,
        last=None,
        newest_at=None,
        turned_at=None,
        keys={},
        bookings=(),
        walked=(),
    )


def _check_span(entered_at: datetime, left_at: datetime | None, now: datetime) -> None:
    """A past stay within one day; only today's may still go on."""
    if entered_at > now or (left_at is not None and left_at > now):
        raise TimeUnusable
    if entered_at < now - _LONG_PAST or (left_at is not None and left_at < now - _LONG_PAST):
        raise TimeUnusable
    if left_at is None and clock.local_date(entered_at) != clock.local_date(now):
        raise TimeUnusable
    if left_at is not None and left_at <= entered_at:
        raise ExitBeforeEntry
    if left_at is not None and clock.local_date(left_at) != clock.local_date(entered_at):
        raise TimeUnusable


async def _seats(member_id: UUID, facility: str, since: datetime, until: datetime) -> list[ReservationView]:
    """The seats the member held there in that time; of one session the live one first."""
    held = await list_reservations_of([member_id], since=since, states=_SEATED)
    there = [one for one in held if one.facility_code == facility and one.starts_at < until]
    return sorted(there, key=lambda one: (one.starts_at, one.session_id, one.state == ReservationState.RELEASED))


async def note_correction(by: Actor, visit_id: UUID, kind: str, *, at: datetime | None, reason: str) -> None:
    """The row of a correction."""
    await db.execute(
        "insert into visit_correction (id, visit, kind, at, reason, by_account, made_at)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        *(new_id(), visit_id, kind, at, reason, by.id, clock.now()),
    )
