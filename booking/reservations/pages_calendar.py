"""The page where one makes and ends private calendar addresses; the secret is shown once."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from booking.access import service_private
from booking.access.rules import AccountKind, require_adult
from booking.access.schemas import Actor
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, language_of, translate
from booking.kit.settings import get_settings
from booking.kit.templating import render_piece
from booking.kit.web import Asking, actor_of, form, page, redirect

HOME = "/account/calendar"
KEPT_NOWHERE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class NothingForm(msgspec.Struct, kw_only=True):
    """A button alone."""


async def _calendar_page(request: Asking, actor: Actor, **said: Any) -> Response[str]:
    refusal = said.get("refusal")
    return page(
        request,
        "reservations/calendar.html",
        status=refusal.status if refusal else 200,
        headers=KEPT_NOWHERE,
        addresses=await service_private.list_addresses(actor),
        most=service_private.MOST,
        **{"address": "", **said},
    )


@get(HOME, include_in_schema=False)
async def show_addresses(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Which addresses there are, without their secrets."""
    return await _calendar_page(request, actor)


@post(HOME, include_in_schema=False, status_code=200)
async def make_address(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Make an address, and show it this once."""
    require_adult(actor)
    await form(request, NothingForm)
    try:
        secret = await service_private.new_address(actor)
    except Refusal as refusal:
        return await _calendar_page(request, actor, refusal=refusal)
    host = get_settings().public_url.rstrip("/")
    return await _calendar_page(request, actor, address=f"{host}/api/v1/calendar/{secret}.ics")


@get(f"{HOME}/{{address_id:uuid}}/end", include_in_schema=False)
async def ask_end(request: Asking, address_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[str]:
    """Ask before an address stops: the calendar that reads it becomes empty."""
    require_adult(actor)
    language = language_of(request)
    said: dict[str, Any] = {
        "heading": translate(N_("このカレンダーのアドレスを止めますか"), language),
        "text": translate(N_("これを入れたカレンダーには、予約が出なくなります。元にはもどせません。"), language),
        "button": translate(N_("止める"), language),
    }
    return page(request, "kit/confirm.html", **said, action=f"{HOME}/{address_id}/end", back=HOME, staff=False)


@post(f"{HOME}/{{address_id:uuid}}/end", include_in_schema=False)
async def end_address(request: Asking, address_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """End an address."""
    await form(request, NothingForm)
    await service_private.end_address(actor, address_id)
    return redirect(HOME)


async def _on_account(request: Asking) -> Markup:
    """On the page of the account: the way to the addresses."""
    actor = actor_of(request)
    if actor is None or not actor.is_signed_in or actor.account_kind is not AccountKind.RESIDENT:
        return Markup("")
    return render_piece("reservations/calendar_piece.html", language_of(request))


PAGES: tuple[Any, ...] = (show_addresses, make_address, ask_end, end_address)
SLOTS = {"account.60-calendar": _on_account}
