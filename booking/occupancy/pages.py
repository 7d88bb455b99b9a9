"""The live board for staff, and how full it is for residents."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from markupsafe import Markup

from booking.access.rules import STAFF_ROLES
from booking.access.schemas import Actor
from booking.kit import web
from booking.kit.i18n import N_
from booking.kit.templating import render
from booking.kit.web import NavItem, page
from booking.occupancy import service
from booking.occupancy.rules import LEVELS


@get("/staff/", include_in_schema=False)
async def show_board(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[str]:
    """Who is inside now, place by place; live with JavaScript."""
    board = await service.get_board(actor)
    return page(request, "occupancy/board.html", board=board, levels=LEVELS)


async def _crowding(request: Request[Any, Any, Any], **context: Any) -> Markup:
    """A level for one facility, as residents see it: `code` names the facility."""
    levels = getattr(request.state, "levels", None)
    if levels is None:
        levels = request.state.levels = {each.code: each for each in (await service.list_levels()).items}
    found = levels.get(context["code"])
    return Markup() if found is None else Markup(_piece(request, found))  # noqa: S704 - rendered by a template


def _piece(request: Request[Any, Any, Any], found: Any) -> str:
    return render("occupancy/level.html", web.language_of(request), level=found, levels=LEVELS)


PAGES = (show_board,)
NAV = (NavItem(label=N_("いまの様子"), address="/staff/", icon="gauge", roles=tuple(STAFF_ROLES), order=10),)
SLOTS = {"facility.crowding": _crowding}
