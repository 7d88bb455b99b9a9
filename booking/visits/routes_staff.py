"""JSON doors of the desk: the visits of a day, record one, void one."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.facilities.queries import get_facility
from booking.kit import clock
from booking.people.queries import find_member_by_number
from booking.people.schemas import MemberView
from booking.visits import queries_staff, service_corrections, service_desk, service_heads
from booking.visits.errors import PersonNotFound
from booking.visits.rules_credentials import read_number
from booking.visits.schemas import Verdict
from booking.visits.schemas_staff import (
    AddBody,
    CheckInBody,
    ExitBody,
    HeadsBody,
    VisitPage,
    VisitRow,
    VisitView,
    VoidBody,
)
from booking.visits.service_desk import DESK
from booking.visits.service_elsewhere import without_names


def _view(row: VisitRow) -> VisitView:
    hidden = row.is_protected or row.is_elsewhere
    return VisitView(
        id=row.id,
        facility=row.facility_code,
        kind=row.kind,
        heads=row.heads,
        member=None if hidden else row.member_id,
        number=None if hidden else row.number,
        name="" if hidden else row.name,
        program=row.program_name,
        entered_at=row.entered_at,
        left_at=row.left_at,
        entered_by=row.entered_by,
        closed_by=row.closed_by,
        voided_at=row.voided_at,
    )


@get("/api/v1/staff/visits", operation_id="listVisits", tags=["visits"])
async def list_visits(
    actor: NamedDependency[Actor], facility: FromQuery[str], on: FromQuery[date | None] = None
) -> VisitPage:
    """The visits of a facility on a day (today), voided ones too."""
    place = await get_facility(facility)
    require_staff(actor, scopes=place.scopes)
    items = [_view(row) for row in await queries_staff.list_visits(place.id, on or clock.today())]
    await record_view(actor, [one.member for one in items if one.member], "visits", scope=place.code, by_list=True)
    return VisitPage(items=items)


@post("/api/v1/staff/visits", status_code=200, operation_id="recordVisit", tags=["visits"])
async def record_visit(actor: NamedDependency[Actor], data: JSONBody[CheckInBody]) -> Verdict:
    """Record that a member came or goes, by the rules of the door; the answer is the door's verdict."""
    place = await get_facility(data.facility)
    require_staff(actor, *DESK, scopes=place.scopes)
    member = await _member(data.number)
    said: Any = {"anyway": data.anyway, "reason": data.reason}
    verdict = await service_desk.check_in(
        actor, place.code, member.id, direction=data.direction, session_id=data.session_id, **said
    )
    return verdict if place.body_code in member.body_codes else without_names(verdict)


async def _member(typed: str) -> MemberView:
    number = read_number(typed)
    member = await find_member_by_number(number) if number is not None else None
    if member is None:
        raise PersonNotFound
    return member


@post("/api/v1/staff/visits/{visit_id:uuid}/void", status_code=200, operation_id="voidVisit", tags=["visits"])
async def void_visit(actor: NamedDependency[Actor], visit_id: FromPath[UUID], data: JSONBody[VoidBody]) -> VisitView:
    """Say that a visit does not count; it stays visible with the reason."""
    require_staff(actor, *DESK, scopes=(await queries_staff.get_visit(visit_id)).scopes)
    return _view(await service_desk.void_visit(actor, visit_id, data.reason))


@post("/api/v1/staff/visits/{visit_id:uuid}/exit", status_code=200, operation_id="setExit", tags=["visits"])
async def set_exit(actor: NamedDependency[Actor], visit_id: FromPath[UUID], data: JSONBody[ExitBody]) -> VisitView:
    """Say when somebody left, with the reason."""
    require_staff(actor, *DESK)
    return _view(await service_corrections.set_exit(actor, visit_id, data.left_at, data.reason))


@post("/api/v1/staff/visits/add", status_code=201, operation_id="addVisit", tags=["visits"])
async def add_visit(actor: NamedDependency[Actor], data: JSONBody[AddBody]) -> VisitView:
    """Add the visit of a member who came and was not scanned, with the reason."""
    place = await get_facility(data.facility)
    require_staff(actor, *DESK, scopes=place.scopes)
    member = await _member(data.number)
    made = await service_corrections.add_visit(
        actor, place.code, member.id, entered_at=data.entered_at, left_at=data.left_at, reason=data.reason
    )
    return _view(made)


@post("/api/v1/staff/visits/heads", status_code=200, operation_id="recordHeads", tags=["visits"])
async def record_heads(actor: NamedDependency[Actor], data: JSONBody[HeadsBody]) -> Verdict:
    """Record a group by the number that came, or guardians and visitors; the answer is the door's verdict."""
    require_staff(actor, *DESK, scopes=(await get_facility(data.facility)).scopes)
    if data.heads_of == "group":
        return await service_heads.count_group(
            actor,
            data.facility,
            came=data.heads,
            members=data.members,
            party=data.party,
            door_code=data.door_code,
        )
    heads = data.heads - data.members
    return await service_heads.count_in(actor, data.facility, heads, data.heads_of, party=data.party)


ROUTES: tuple[Any, ...] = (list_visits, record_visit, void_visit, set_exit, add_visit, record_heads)
