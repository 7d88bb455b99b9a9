"""The staff's page of what a facility says about getting in and being helped."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities import queries, queries_accessibility, service_accessibility, service_staff
from booking.facilities.rules_accessibility import ANSWERS, COLUMNS, NAMES, NOTE_LIMIT, AccessibilityItem
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas_forms import AccessibilityForm
from booking.kit.errors import Refusal
from booking.kit.web import Asking, form, page, redirect


async def _items_page(request: Asking, actor: Actor, code: str, **more: Any) -> Response[str]:
    require_staff(actor)
    facility = await queries.get_facility(code)
    require_staff(actor, scopes=facility.scopes)
    kept = await queries_accessibility.list_accessibility(facility.id)
    given: dict[str, Any] = {
        "facility": facility,
        "rows": [(one, NAMES[AccessibilityItem(one.item)], COLUMNS[AccessibilityItem(one.item)]) for one in kept],
        "answers": [(str(presence.value), said) for presence, said in ANSWERS.items()],
        "seen": version_of(kept),
        "longest": NOTE_LIMIT,
        "may_edit": actor.may_in(facility.scopes, *service_staff.EDITORS),
        "done": request.query_params.get("done", ""),
    }
    return page(request, "facilities/accessibility.html", **given | more)


@get("/staff/facilities/{code:str}/accessibility", include_in_schema=False)
async def show_accessibility(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[str]:
    """Every item and its answer."""
    return await _items_page(request, actor, code)


@post("/staff/facilities/{code:str}/accessibility", include_in_schema=False)
async def change_accessibility(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Answer them."""
    data = await form(request, AccessibilityForm)
    try:
        await service_accessibility.change_accessibility(actor, code, data)
    except Refusal as refusal:
        return await _items_page(request, actor, code, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/facilities/{code}/accessibility", done="changed")


PAGES = (show_accessibility, change_accessibility)
