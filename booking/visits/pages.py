"""The desk, one page for a tablet: due, here, missing, flags; in and out by name or number, with one tap a row."""

from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import STAFF_ROLES, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.kit.errors import NotFound, Refusal
from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, form, redirect
from booking.passes.service_cards import find_holder
from booking.people.queries import find_member, find_member_by_number
from booking.people.queries_staff import find_exactly, search_members
from booking.people.schemas import MemberView
from booking.people.service_desk import bodies_of
from booking.visits import (
    pages_closing,
    pages_day_close,
    pages_first,
    pages_heads,
    pages_notices,
    pages_paper,
    pages_refusals,
    pages_roll,
    pages_start,
    pages_visit,
    queries_staff,
    service_desk,
)
from booking.visits.errors import PersonNotFound, ReasonMissing
from booking.visits.pages_answer import RecordForm, answer
from booking.visits.pages_desk import place_of, places_of, show_desk
from booking.visits.rules_credentials import read_number
from booking.visits.schemas import Verdict
from booking.visits.service_desk import DESK


class FlagForm(msgspec.Struct, kw_only=True):
    """A button beside a flag."""

    view: str


@get("/staff/visits", include_in_schema=False)
async def show_visits(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """The desk of one of the reader's places; the first unless another is asked for."""
    places = await places_of(actor)
    asked = request.query_params.get("facility", "")
    place = next((one for one in places if one.code == asked), places[0] if places else None)
    if place is None:
        raise NotFound
    return await show_desk(request, actor, place)


@post("/staff/visits", include_in_schema=False)
async def record(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Record who came or goes; when several fit, or a rule says no, say so and offer what can be done."""
    data = await form(request, RecordForm)
    place = await place_of(actor, data.facility)
    try:
        found = await _find(actor, data)
        if len(found) > 1:
            return await show_desk(request, actor, place, found=found, form=data)
        verdict = await _check_in(actor, place.code, found[0].id, data)
    except (Refusal, ValueError) as error:
        return await _refused(request, actor, data, error if isinstance(error, Refusal) else PersonNotFound())
    return await answer(request, actor, found[0], verdict, data)


async def _refused(request: Asking, actor: Actor, data: RecordForm, refusal: Refusal) -> Response[Any]:
    """The desk with the sentence; where only the reason was missing, with the field to write it into."""
    place, more = await place_of(actor, data.facility), {}
    if isinstance(refusal, ReasonMissing):
        member = (await _find(actor, data))[0]
        more = {"verdict": {"code": "reason", "sentence": "", "sessions": [], "people": []}, "member": member}
    return await show_desk(request, actor, place, status=refusal.status, refusal=refusal, form=data, **more)


async def _check_in(actor: Actor, facility: str, member_id: UUID, data: RecordForm) -> Verdict:
    direction: Literal["in", "out"] = "out" if data.direction == "out" else "in"
    session = UUID(data.session) if data.session else None
    said: Any = {"anyway": data.anyway, "reason": data.reason}
    return await service_desk.check_in(actor, facility, member_id, direction=direction, session_id=session, **said)


async def _find(actor: Actor, data: RecordForm) -> list[MemberView]:
    """Whom the desk means. Raises: PersonNotFound."""
    number, bodies = read_number(data.q), await bodies_of(actor, *DESK)
    scanned = await find_holder(data.q) if data.q else None
    if data.member or scanned:
        one = await find_member(scanned or UUID(data.member))
    elif number is not None:
        one = await find_member_by_number(number)
    else:
        found = await search_members(bodies, data.q)
        await record_view(actor, [each.id for each in found], "member-search", by_list=True)
        if found:
            return found
        one = await find_exactly(bodies, data.q, None) if data.q else None
    if one is None:
        raise PersonNotFound
    return [one]


@post("/staff/visits/flags/{flag_id:uuid}", include_in_schema=False)
async def settle(request: Asking, actor: NamedDependency[Actor], flag_id: FromPath[UUID]) -> Response[Any]:
    """Note that somebody has looked at it."""
    require_staff(actor, *DESK)
    await form(request, FlagForm)
    found = await queries_staff.find_flag(flag_id)
    if found is None:
        raise NotFound
    place = await place_of(actor, found.facility_code)
    await service_desk.settle_flag(actor, flag_id)
    return redirect("/staff/visits", facility=place.code, view="flags")


PAGES: tuple[Any, ...] = (
    show_visits,
    record,
    settle,
    *pages_visit.PAGES,
    *pages_heads.PAGES,
    *pages_first.PAGES,
    *pages_start.PAGES,
    *pages_roll.PAGES,
    *pages_closing.PAGES,
    *pages_day_close.PAGES,
    *pages_paper.PAGES,
)
NAV = (
    NavItem(label=N_("来館"), address="/staff/visits", icon="in", roles=tuple(map(str, STAFF_ROLES)), order=15),
    *pages_roll.NAV,
    *pages_closing.NAV,
    *pages_day_close.NAV,
    *pages_paper.NAV,
)
SLOTS = {**pages_notices.SLOTS, **pages_refusals.SLOTS, **pages_heads.SLOTS}
