"""The staff's pages of qualifications: which there are, and on a member's page who holds them."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from booking.access.rules import STAFF_ROLES
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.templating import render_piece
from booking.kit.web import Asking, NavItem, actor_of, form, language_of, page, redirect
from booking.people import queries_qualifications, service_qualifications
from booking.people.errors import QualificationUnknown
from booking.people.schemas_qualifications import GrantForm, QualificationForm
from booking.people.service_desk import MANAGERS, bodies_of


async def _list_page(request: Asking, actor: Actor, **more: Any) -> Response[str]:
    rows = await service_qualifications.list_for(actor)
    is_manager = actor.has_role(*MANAGERS)
    allowed = await bodies_of(actor, *MANAGERS) if is_manager else frozenset()
    bodies = [one for one in await facilities.list_bodies() if allowed is None or one.code in allowed]
    given: dict[str, Any] = {
        "rows": rows,
        "bodies": [(one.code, one.name) for one in bodies],
        "body_names": {one.code: one.name for one in await facilities.list_bodies()},
        "done": request.query_params.get("done", ""),
        "may_edit": is_manager,
    }
    return page(request, "people/qualifications.html", **given | more)


@get("/staff/qualifications", include_in_schema=False)
async def show_qualifications(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The qualifications of one's bodies."""
    return await _list_page(request, actor)


@post("/staff/qualifications", include_in_schema=False)
async def add_qualification(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Add one."""
    data = await form(request, QualificationForm)
    try:
        await service_qualifications.add_qualification(actor, data)
    except Refusal as refusal:
        return await _list_page(request, actor, status=refusal.status, refusal=refusal, form=data)
    return redirect("/staff/qualifications", done="added")


@post("/staff/qualifications/{qualification_id:uuid}/end", include_in_schema=False)
async def end_qualification(actor: NamedDependency[Actor], qualification_id: FromPath[UUID]) -> Response[Any]:
    """Grant it no longer."""
    await service_qualifications.end_qualification(actor, qualification_id)
    return redirect("/staff/qualifications", done="ended")


@post("/staff/members/{member_id:uuid}/qualifications", include_in_schema=False)
async def grant(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Give a member a qualification."""
    data = await form(request, GrantForm)
    try:
        wanted = UUID(data.qualification)
    except ValueError:
        wanted = member_id
    await service_qualifications.grant(actor, member_id, wanted)
    return redirect(f"/staff/members/{member_id}", done="saved")


@post("/staff/members/{member_id:uuid}/qualifications/{qualification_id:uuid}/take-back", include_in_schema=False)
async def take_back(
    actor: NamedDependency[Actor], member_id: FromPath[UUID], qualification_id: FromPath[UUID]
) -> Response[Any]:
    """Take it back."""
    await service_qualifications.take_back(actor, member_id, qualification_id)
    return redirect(f"/staff/members/{member_id}", done="saved")


async def _of_member(request: Asking, **context: Any) -> Markup:
    """What a member holds and may be given, on the member's staff page; empty where the body has no qualifications."""
    actor, member_id = actor_of(request), context["member_id"]
    if actor is None:
        raise QualificationUnknown
    bodies = await bodies_of(actor)
    held = await queries_qualifications.list_held(member_id, bodies)
    has = {each.id for each, _ in held}
    offered = [each for each in await service_qualifications.list_for(actor) if each.id not in has]
    if not held and not offered:
        return Markup()
    language = language_of(request)
    given: dict[str, Any] = {"member_id": member_id, "held": held, "offered": offered}
    return render_piece("people/member_qualifications.html", language, **given)


PAGES = (show_qualifications, add_qualification, end_qualification, grant, take_back)
SLOTS = {"staff-member.50-qualifications": _of_member}
NAV = (
    NavItem(
        label=N_("資格"),
        address="/staff/qualifications",
        icon="check",
        roles=tuple(map(str, STAFF_ROLES)),
        order=36,
    ),
)
