"""Heads at the desk: a group by the number that came, guardians and visitors with +1 and −1."""

from collections.abc import Awaitable
from typing import Any

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from markupsafe import Markup

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities.schemas import FacilityView
from booking.kit.errors import Refusal
from booking.kit.templating import render_piece
from booking.kit.web import Asking, form, language_of, redirect
from booking.reservations.schemas_group_visits import GroupRequestView
from booking.visits import service_heads
from booking.visits.pages_desk import VIEWS, place_of, read_nonce, show_desk
from booking.visits.queries_group_arrivals import sum_arrivals
from booking.visits.schemas import Verdict
from booking.visits.service_desk import DESK


class GroupForm(msgspec.Struct, kw_only=True):
    """A group: its code of the day or its name, how many came, how many with a pass. Sent twice, it is counted once."""

    facility: str
    door_code: str
    party: str
    came: str
    members: str
    view: str
    nonce: str


class TallyForm(msgspec.Struct, kw_only=True):
    """One more or one less. `of`: guardian, visitor or walk-in; `way`: in or out."""

    facility: str
    of: str
    way: str
    view: str


def _count(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) <= 4 else -1


@post("/staff/visits/group", include_in_schema=False)
async def count_group(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """A group came: by the number that came."""
    require_staff(actor, *DESK)
    data = await form(request, GroupForm)
    place = await place_of(actor, data.facility)
    came, members = _count(data.came), _count(data.members or "0")
    scan = read_nonce(data.nonce, data)
    act = service_heads.count_group(
        actor, place.code, came=came, members=members, party=data.party, door_code=data.door_code, nonce=scan
    )
    return await _counted(request, actor, place, act, data)


@post("/staff/visits/tally", include_in_schema=False)
async def tally(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """One guardian or visitor more, or one less."""
    require_staff(actor, *DESK)
    data = await form(request, TallyForm)
    place = await place_of(actor, data.facility)
    of: Any = data.of if data.of in ("guardian", "visitor", "walk-in") else "visitor"
    count = service_heads.count_out if data.way == "out" else service_heads.count_in
    act = count(actor, place.code, 1, of)
    return await _counted(request, actor, place, act, data)


async def _counted(
    request: Asking, actor: Actor, place: FacilityView, act: Awaitable[Verdict], data: Any
) -> Response[Any]:
    """Back to the desk; where a rule or the house says no, with the sentence."""
    try:
        done = await act
    except Refusal as refusal:
        return await show_desk(request, actor, place, status=refusal.status, refusal=refusal, form=data)
    if done.verdict not in ("welcome", "goodbye"):
        said = {"code": done.code, "sentence": done.sentence, "sessions": [], "people": []}
        return await show_desk(request, actor, place, status=409, verdict=said, form=data)
    view = {"view": data.view} if data.view in VIEWS else {}
    return redirect("/staff/visits", facility=place.code, did="heads", **view)


async def _came(request: Asking, *, visit: GroupRequestView) -> Markup:
    """On the page of a request: how many came."""
    came = (await sum_arrivals([visit.id])).get(visit.id)
    if came is None:
        return Markup("")
    return render_piece("visits/group_came.html", language_of(request), visit=visit, came=came)


PAGES: tuple[Any, ...] = (count_group, tally)
SLOTS: dict[str, Any] = {"group-visit.10-came": _came}
