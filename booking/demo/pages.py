"""The walk on one laptop: pass, kiosk, board and figure side by side. Exists only in a demo."""

from typing import Any

from anyio.to_thread import run_sync
from litestar import Request, Response, get
from litestar.response import ServerSentEvent
from markupsafe import Markup

from booking.access.schemas import SYSTEM
from booking.demo import service
from booking.kit import clock
from booking.kit.errors import NotFound
from booking.kit.i18n import N_
from booking.kit.settings import get_settings
from booking.kit.web import NavItem, page
from booking.kpi import service as kpi
from booking.occupancy import service as occupancy
from booking.occupancy.live import changes
from booking.occupancy.rules import LEVELS
from booking.passes import drawing
from booking.passes import service as passes


def _only_in_a_demo() -> None:
    if not get_settings().demo:
        raise NotFound


@get("/demo/", include_in_schema=False)
async def show_walk(request: Request[Any, Any, Any]) -> Response[str]:
    """The walk. Without JavaScript the kiosk does not run; everything else shows what is so now."""
    _only_in_a_demo()
    children = await service.list_children()
    shown = [await passes.issue_pass(child.id, SYSTEM) for child in children]
    pictures = [Markup((await run_sync(drawing.draw_svg, each.token, each.number)).decode()) for each in shown]  # noqa: S704 - we drew it
    return page(
        request,
        "demo/walk.html",
        passes=list(zip(children, shown, pictures, strict=True)),
        pairing_code=await service.find_pairing_code(),
        board=await occupancy.get_board(SYSTEM),
        figure=await kpi.get_annual_users(clock.fiscal_year(clock.today())),
        visits=await service.list_latest_visits(),
        levels=LEVELS,
    )


@get("/demo/events", include_in_schema=False)
async def stream_walk(request: Request[Any, Any, Any]) -> ServerSentEvent:
    """The walk's events: somebody came or went."""
    _only_in_a_demo()
    return ServerSentEvent(changes(request.app.state.hub))


PAGES = (show_walk, stream_walk)
NAV = (NavItem(label=N_("デモの入口へ"), address="/demo/", place="foot", order=90),)
