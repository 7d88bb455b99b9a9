"""JSON doors of the annual-users figure."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from booking.access.schemas import Actor
from booking.kit import clock
from booking.kpi import routes_definitions, service_certifying, service_closing, service_reading, service_visits
from booking.kpi.schemas import AnnualUsers, PublishedUsers
from booking.kpi.schemas_behind import CountedVisits
from booking.kpi.schemas_certifying import Certification, Certifications, CertifyForm


@get("/api/v1/kpi/annual-users", operation_id="get_annual_users", tags=["kpi"])
async def get_annual_users(
    actor: NamedDependency[Actor],
    fiscal_year: FromQuery[int | None] = None,
    body_code: Annotated[str | None, QueryParameter(name="body")] = None,
) -> AnnualUsers | PublishedUsers:
    """The annual-users figure of a fiscal year (default: this one): for staff with the breakdowns of their own body,
    for everybody the certified figure once there is one."""
    year = clock.fiscal_year(clock.today()) if fiscal_year is None else fiscal_year
    if not actor.is_staff:
        published = await service_reading.find_published(year, body_code)
        if published is not None:
            return published
    return await service_reading.read_annual_users(actor, year, body_code)


@get("/api/v1/kpi/visits", operation_id="list_counted_visits", tags=["kpi"])
async def list_counted_visits(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    fiscal_year: FromQuery[str | None] = None,
    month: FromQuery[str | None] = None,
    facility: FromQuery[str | None] = None,
    program: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
) -> CountedVisits:
    """The visits behind a number, at facilities whose data the asker may see. The view is logged.

    Further filters: `day body scope unit municipality school_stage entered_by closed_by often`; an empty text asks for
    visits without a program, of an unknown municipality or stage.
    """
    asked = await service_visits.read_asked(actor, request.query_params)
    return await service_visits.list_counted_visits(actor, asked, cursor=cursor, limit=limit)


@get("/api/v1/kpi/certifications", operation_id="list_certifications", tags=["kpi"])
async def list_certifications(
    actor: NamedDependency[Actor],
    fiscal_year: FromQuery[int | None] = None,
    body_code: Annotated[str | None, QueryParameter(name="body")] = None,
) -> Certifications:
    """What of a fiscal year (default: this one) is certified, with what differs since; body empty: the plan alone."""
    year = clock.fiscal_year(clock.today()) if fiscal_year is None else fiscal_year
    return Certifications(items=await service_closing.list_certifications(actor, year, body_code))


@post("/api/v1/kpi/certifications", operation_id="certify", tags=["kpi"])
async def certify(actor: NamedDependency[Actor], data: JSONBody[CertifyForm]) -> Certification:
    """Certify a month or a fiscal year, for ever."""
    return await service_certifying.certify(actor, data)


ROUTES = (get_annual_users, list_counted_visits, list_certifications, certify, *routes_definitions.ROUTES)
