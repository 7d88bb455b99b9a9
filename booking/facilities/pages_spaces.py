"""The staff's page of a facility's rooms."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities import queries, queries_spaces, service_spaces, service_staff
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas_forms import SpaceForm
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.web import Asking, form, page, redirect


async def _spaces_page(request: Asking, actor: Actor, code: str, **more: Any) -> Response[str]:
    require_staff(actor)
    facility = await queries.get_facility(code)
    require_staff(actor, scopes=facility.scopes)
    spaces = await queries_spaces.list_spaces([facility.id], clock.today())
    given: dict[str, Any] = {
        "facility": facility,
        "rows": [(space, version_of(space)) for space in spaces],
        "may_edit": actor.may_in(facility.scopes, *service_staff.EDITORS),
        "done": request.query_params.get("done", ""),
        "space_id": None,
    }
    return page(request, "facilities/spaces.html", **given | more)


@get("/staff/facilities/{code:str}/spaces", include_in_schema=False)
async def show_spaces(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[str]:
    """The rooms, how many fit in, and the form for one more."""
    return await _spaces_page(request, actor, code)


@post("/staff/facilities/{code:str}/spaces", include_in_schema=False)
async def add_space(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Add a room."""
    data = await form(request, SpaceForm)
    try:
        await service_spaces.add_space(actor, code, data)
    except Refusal as refusal:
        return await _spaces_page(request, actor, code, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/facilities/{code}/spaces", done="added")


@post("/staff/facilities/{code:str}/spaces/{space_id:uuid}", include_in_schema=False)
async def change_space(
    request: Asking, actor: NamedDependency[Actor], code: FromPath[str], space_id: FromPath[UUID]
) -> Response[Any]:
    """Change a room."""
    data = await form(request, SpaceForm)
    try:
        await service_spaces.change_space(actor, code, space_id, data)
    except Refusal as refusal:
        given: dict[str, Any] = {"status": refusal.status, "refusal": refusal, "space_form": data, "space_id": space_id}
        return await _spaces_page(request, actor, code, **given)
    return redirect(f"/staff/facilities/{code}/spaces", done="changed")


@post("/staff/facilities/{code:str}/spaces/{space_id:uuid}/end", include_in_schema=False)
async def end_space(
    request: Asking, actor: NamedDependency[Actor], code: FromPath[str], space_id: FromPath[UUID]
) -> Response[Any]:
    """Take a room out of use."""
    try:
        await service_spaces.end_space(actor, code, space_id)
    except Refusal as refusal:
        return await _spaces_page(request, actor, code, status=refusal.status, refusal=refusal)
    return redirect(f"/staff/facilities/{code}/spaces", done="ended")


PAGES = (show_spaces, add_space, change_space, end_space)
