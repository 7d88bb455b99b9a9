"""Staff pages of certified totals from other installations: whose key is trusted, what a file says, taking it over."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit.errors import Refusal
from booking.kit.spreadsheet_files import FileEmpty
from booking.kit.web import Asking, form, language_of, page, redirect
from booking.kit.words import say_words
from booking.kpi import queries, service_handing, service_key
from booking.kpi.rules_signing import fingerprint
from booking.kpi.rules_words import UNITS
from booking.kpi.schemas_handing import HandedView, HandInForm, PressForm, TakeForm, TrustForm
from booking.kpi.service_definitions import LEAD_BODY

HOME = "/staff/kpi/handed-over"


async def _home(request: Asking, actor: Actor, refusal: Refusal | None = None, **more: Any) -> Response[str]:
    keys = await service_handing.list_keys(actor)
    own_key = await service_key.get_public_key()
    given: dict[str, Any] = {
        "keys": [(fingerprint(each.public_key), each) for each in keys],
        "taken": await service_handing.list_taken_over(actor),
        "own": (fingerprint(own_key), own_key),
        "bodies": await _bodies(request),
        "units": UNITS,
        "may_change": actor.may_in((LEAD_BODY,), Role.BODY_ADMINISTRATOR),
        "errors": refusal.fields if refusal else {},
        "done": request.query_params.get("done", ""),
    }
    status = refusal.status if refusal else 200
    return page(request, "kpi/handed_over.html", status=status, refusal=refusal, **given | more)


async def _bodies(request: Asking) -> list[tuple[str, str]]:
    return [(each.code, say_words(each.names, language_of(request))) for each in await facilities.list_bodies()]


@get(HOME, include_in_schema=False)
async def show_handed_over(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Trusted keys, what was taken over, and the form for a file."""
    return await _home(request, actor)


@post(f"{HOME}/keys", include_in_schema=False)
async def trust_key(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Trust a key for a body."""
    data = await form(request, TrustForm)
    require_staff(actor, Role.BODY_ADMINISTRATOR, scopes=(LEAD_BODY,))
    try:
        await service_handing.trust_key(actor, data)
    except Refusal as refusal:
        return await _home(request, actor, refusal, form=data)
    return redirect(HOME, done="trusted")


@post(f"{HOME}/keys/{{key_id:uuid}}/revoke", include_in_schema=False)
async def revoke_key(request: Asking, actor: NamedDependency[Actor], key_id: FromPath[UUID]) -> Response[Any]:
    """Trust it no more."""
    await form(request, PressForm)
    await service_handing.revoke_key(actor, key_id)
    return redirect(HOME, done="revoked")


@post(f"{HOME}/check", include_in_schema=False)
async def look_at(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Show what a file says and would bring; nothing is changed."""
    data = await form(request, HandInForm)
    require_staff(actor, Role.BODY_ADMINISTRATOR, scopes=(LEAD_BODY,))
    try:
        if data.file is None:
            raise FileEmpty
        found = await service_handing.look_at(actor, await data.file.read())
    except Refusal as refusal:
        return await _home(request, actor, refusal)
    return await _check_page(request, found)


async def _check_page(request: Asking, found: HandedView) -> Response[str]:
    said = found.said
    return page(
        request,
        "kpi/handed_over_check.html",
        found=found,
        said=said,
        content=service_handing.text_of(found),
        key=fingerprint(said.public_key),
        units=UNITS,
        names=(await queries.list_names(language_of(request)))["facility"],
        body_name=dict(await _bodies(request)).get(said.body, said.body),
    )


@post(HOME, include_in_schema=False)
async def take_over(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Let it count."""
    data = await form(request, TakeForm)
    require_staff(actor, Role.BODY_ADMINISTRATOR, scopes=(LEAD_BODY,))
    try:
        await service_handing.take_over(actor, data.content.encode())
    except Refusal as refusal:
        return await _home(request, actor, refusal)
    return redirect(HOME, done="taken")


@get("/staff/kpi/closing/hand-over.json", include_in_schema=False)
async def get_hand_over(
    actor: NamedDependency[Actor],
    fiscal_year: FromQuery[int],
    body_code: Annotated[str, QueryParameter(name="body")],
) -> Response[bytes]:
    """The certified total of a body's year as a signed file for another installation."""
    content = await service_handing.hand_over(actor, fiscal_year, body_code)
    name = f"kpi-total-{fiscal_year}-{body_code}.json"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type="application/json", headers=headers)


PAGES: tuple[Any, ...] = (show_handed_over, trust_key, revoke_key, look_at, take_over, get_hand_over)
