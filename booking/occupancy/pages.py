"""The live board for staff, and how full it is for residents."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from markupsafe import Markup

from booking.access.rules import STAFF_ROLES, Role
from booking.access.schemas import Actor
from booking.kit import clock, web
from booking.kit.charts import Chart, draw
from booking.kit.i18n import N_, translate
from booking.kit.templating import render
from booking.kit.web import NavItem, page
from booking.occupancy import pages_history, pages_wall, rules_words, service
from booking.occupancy.rules import LEVELS
from booking.occupancy.schemas import Board, LevelView, PlaceNow

HOME = "/staff/"
AT_WORK = tuple(role for role in STAFF_ROLES if role is not Role.AUDITOR)
LEVELS_KEPT = timedelta(seconds=5)


@get(HOME, include_in_schema=False)
async def show_board(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], facility: FromQuery[str] = ""
) -> Response[str]:
    """Who is inside now, body by body and place by place, or in one place room by room; live with JavaScript."""
    board = await service.get_board(actor, facility=facility or None)
    return page(
        request,
        "occupancy/board.html",
        board=board,
        seen=await service.list_seen(actor),
        facility=facility,
        here_address=f"{HOME}?facility={facility}" if facility else HOME,
        levels=LEVELS,
        may_close=actor.has_role(*AT_WORK),
        **await _of_one_place(board, web.language_of(request)),
    )


async def _of_one_place(board: Board, language: str) -> dict[str, Any]:
    """What the page says more of a place that is on it alone."""
    place = board.places[0] if len(board.places) == 1 else None
    return {
        "one_place": place,
        "course_chart": await _course_chart(place, language) if place is not None and place.course else {},
        "today": clock.local_date(board.as_of),
        "words": rules_words,
    }


async def _course_chart(place: PlaceNow, language: str) -> dict[str, Any]:
    """The course of a place's day as a picture; the same one until an hour strikes."""
    said = {"inside": translate(rules_words.TODAY, language), "usual": translate(rules_words.USUAL, language)}
    rows = tuple(
        {"at": f"{each.hour}:00", "people": getattr(each, name), "of": said[name]}
        for name in said
        for each in place.course
        if getattr(each, name) is not None
    )
    chart = Chart(
        title=translate(rules_words.COURSE, language),
        description=translate(N_("数字は表にあります。"), language),
        kind="lines",
        rows=rows,
        x="at",
        y="people",
        series="of",
        order=tuple(f"{each.hour}:00" for each in place.course),
    )
    has_usual = place.course[0].usual is not None
    return {"picture": Markup(await draw(chart)) if rows else "", "has_usual": has_usual}  # noqa: S704 - ours


async def _crowding(request: Request[Any, Any, Any], **context: Any) -> Markup:
    """A level for one facility, as residents see it: `code` names the facility."""
    found = (await _levels(request)).get(context["code"])
    return Markup() if found is None else Markup(_piece(request, found))  # noqa: S704 - rendered by a template


async def _levels(request: Request[Any, Any, Any]) -> dict[str, LevelView]:
    """Every facility's level, read at most once in some seconds: a rush for the list of sessions asks once."""
    state = request.app.state
    kept: tuple[datetime, dict[str, LevelView]] | None = state.get("levels")
    if kept is None or not timedelta() <= clock.now() - kept[0] < LEVELS_KEPT:
        kept = clock.now(), {each.code: each for each in (await service.list_levels()).items}
        state["levels"] = kept
    return kept[1]


def _piece(request: Request[Any, Any, Any], found: Any) -> str:
    return render("occupancy/level.html", web.language_of(request), level=found, levels=LEVELS)


PAGES = (show_board, *pages_history.PAGES, *pages_wall.PAGES)
NAV = (
    NavItem(label=N_("いまの様子"), address=HOME, icon="gauge", roles=tuple(STAFF_ROLES), order=10),
    *pages_history.NAV,
)
SLOTS = {"facility.crowding": _crowding}
