"""What ran and when, for those who answer for the service."""

from typing import Any

from litestar import Request, Response, get
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from booking.jobs import queries
from booking.kit import clock
from booking.kit.errors import NotFound
from booking.kit.i18n import N_
from booking.kit.web import NavItem, actor_of, page

_ROLES = ("body-administrator", "auditor")


async def _only_for_administrators(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """This room lies below the one that knows people, and asks only for the names of their roles."""
    actor = actor_of(connection)
    if actor is None or not any(str(grant.role) in _ROLES for grant in actor.grants):
        raise NotFound


@get("/staff/jobs", guards=[_only_for_administrators], include_in_schema=False)
async def show_jobs(request: Request[Any, Any, Any]) -> Response[str]:
    """The jobs and their last runs."""
    return page(request, "jobs/jobs.html", jobs=await queries.list_jobs(clock.now()))


PAGES = (show_jobs,)
NAV = (NavItem(label=N_("自動の作業"), address="/staff/jobs", icon="clock", roles=_ROLES, order=95),)
