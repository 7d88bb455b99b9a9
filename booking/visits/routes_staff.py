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
from booking.visits import queries_staff, service_desk
from booking.visits.errors import PersonNotFound
from booking.visits.rules_credentials import read_number
from booking.visits.schemas import Verdict
from booking.visits.schemas_staff import CheckInBody, VisitPage, VisitRow, VisitView, VoidBody
from booking.visits.service_desk import DESK


def _view(row: VisitRow) -> VisitView:
    hidden = row.is_protected
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
    number = read_number(data.number)
    member = await find_member_by_number(number) if number is not None else None
    if member is None:
        raise PersonNotFound
    return await service_desk.check_in(
        actor, place.code, member.id, direction=data.direction, session_id=data.session_id, anyway=data.anyway
    )


@post("/api/v1/staff/visits/{visit_id:uuid}/void", status_code=200, operation_id="voidVisit", tags=["visits"])
async def void_visit(actor: NamedDependency[Actor], visit_id: FromPath[UUID], data: JSONBody[VoidBody]) -> VisitView:
    """Say that a visit does not count; it stays visible with the reason."""
    require_staff(actor, *DESK, scopes=(await queries_staff.get_visit(visit_id)).scopes)
    return _view(await service_desk.void_visit(actor, visit_id, data.reason))


ROUTES: tuple[Any, ...] = (list_visits, record_visit, void_visit)
