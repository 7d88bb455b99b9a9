"""Paper: the morning's list to print, and the grid that takes a sheet in afterwards."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.errors import MalformedRequest, NotFound, Refusal
from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, form, page
from booking.visits import service_paper as service
from booking.visits.pages_day_close import day_asked, day_of, place_at_desk
from booking.visits.pages_desk import places_of
from booking.visits.rules_kinds import HeadsOf
from booking.visits.rules_paper import DAYS_BACK
from booking.visits.schemas_paper import Line, Tally
from booking.visits.service_desk import DESK

ROWS, TALLIES, BLANK_ROWS = 20, 5, 12
HEADS_WORDS = {
    HeadsOf.GROUP: N_("団体"),
    HeadsOf.WALK_IN: N_("名前のない人"),
    HeadsOf.GUARDIAN: N_("保護者"),
    HeadsOf.VISITOR: N_("見学の人"),
}


class SheetForm(msgspec.Struct, kw_only=True):
    """A sheet as typed: the fields of each row in the order of the rows."""

    facility: str
    on: str
    nonce: list[str]
    who: list[str]
    came: list[str]
    left: list[str]
    tally_nonce: list[str]
    of: list[str]
    heads: list[str]
    at: list[str]
    party: list[str]


async def _chosen(request: Asking, actor: Actor) -> tuple[FacilityView, list[FacilityView]]:
    require_staff(actor, *DESK)
    places = [one for one in await places_of(actor) if actor.may_in(one.scopes, *DESK)]
    asked = request.query_params.get("facility", "")
    place = next((one for one in places if one.code == asked), None if asked else next(iter(places), None))
    if place is None:
        raise NotFound
    return place, places


@get("/staff/paper", include_in_schema=False)
async def show_list(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The list of a day for paper: who is booked, room for everybody else, tallies."""
    place, places = await _chosen(request, actor)
    today = clock.today()
    day = day_asked(request.query_params.get("on", ""), latest=today + DAYS_BACK)
    sessions = await service.read_list(actor, place, day)
    given: dict[str, Any] = {
        "place": place,
        "places": places,
        "day": day,
        "sessions": sessions,
        "groups": await service.read_groups(actor, place, day),
        "blank_rows": BLANK_ROWS,
    }
    return page(request, "visits/paper.html", heads_words=HEADS_WORDS, **given)


@get("/staff/paper/enter", include_in_schema=False)
async def show_grid(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """An empty grid for a sheet."""
    place, places = await _chosen(request, actor)
    day = day_asked(request.query_params.get("on", ""))
    return _grid(request, place, day=day, places=places, lines=[], tallies=[])


def _grid(request: Asking, place: FacilityView, **given: Any) -> Response[str]:
    """The grid: rows with a fault first, then empty ones with a mark of their own."""
    lines = [*given.pop("lines"), *((Line(nonce=uuid4()), None) for _ in range(ROWS))][:ROWS]
    tallies = [*given.pop("tallies"), *((Tally(nonce=uuid4(), of="group"), None) for _ in range(TALLIES))][:TALLIES]
    shown: dict[str, Any] = {
        "heads_words": HEADS_WORDS,
        "recorded": [],
        "first_on": clock.today() - DAYS_BACK,
        "status": 200,
        **given,
    }
    return page(
        request, "visits/paper_enter.html", place=place, lines=lines, tallies=tallies, today=clock.today(), **shown
    )


@post("/staff/paper/enter", include_in_schema=False)
async def enter(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Take a sheet in; rows with a fault come back with the sentence at the field, the others are recorded."""
    data = await form(request, SheetForm)
    place, day = await place_at_desk(actor, data.facility), day_of(data.on)
    lines, tallies = _read(data)
    places = [one for one in await places_of(actor) if actor.may_in(one.scopes, *DESK)]
    try:
        said, counted = await service.enter_sheet(actor, place.code, day, lines, tallies)
    except Refusal as refusal:
        kept = {"lines": [(one, None) for one in lines], "tallies": [(one, None) for one in tallies]}
        return _grid(request, place, day=day, places=places, status=refusal.status, refusal=refusal, **kept)
    faulty = [(line, one) for line, one in zip(lines, said, strict=True) if one.state == "fault"]
    miscounted = [(tally, one) for tally, one in zip(tallies, counted, strict=True) if one.state == "fault"]
    recorded = [one for one in (*said, *counted) if one.state in ("done", "again")]
    status = 422 if faulty or miscounted else 200
    shown = {"lines": faulty, "tallies": miscounted, "recorded": recorded, "status": status}
    return _grid(request, place, day=day, places=places, **shown)


def _read(data: SheetForm) -> tuple[list[Line], list[Tally]]:
    """The rows of the form. Raises: MalformedRequest when it is not ours."""
    columns = (data.nonce, data.who, data.came, data.left)
    counts = (data.tally_nonce, data.of, data.heads, data.at, data.party)
    if len({len(one) for one in columns}) != 1 or len({len(one) for one in counts}) != 1:
        raise MalformedRequest
    if len(data.nonce) > ROWS or len(data.tally_nonce) > TALLIES:
        raise MalformedRequest
    try:
        lines = [
            Line(nonce=UUID(nonce), who=who.strip()[:60], came=came.strip()[:8], left=left.strip()[:8])
            for nonce, who, came, left in zip(*columns, strict=True)
        ]
        tallies = [
            Tally(nonce=UUID(nonce), of=of, heads=heads.strip()[:8], at=at.strip()[:8], party=party.strip()[:200])
            for nonce, of, heads, at, party in zip(*counts, strict=True)
        ]
    except ValueError:
        raise MalformedRequest from None
    return lines, tallies


PAGES: tuple[Any, ...] = (show_list, show_grid, enter)
NAV = (NavItem(label=N_("紙の名簿"), address="/staff/paper", icon="print", roles=tuple(map(str, DESK)), order=19),)
