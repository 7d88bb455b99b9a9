"""The staff's pages about kiosks: which are alive, pair a device, rename, take off the register."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import STAFF_ROLES, require_staff, scopes_of
from booking.access.schemas import Actor
from booking.facilities.queries import list_facilities
from booking.facilities.schemas import FacilityView
from booking.kiosks import queries, service
from booking.kiosks.pages_app import APP_PAGES
from booking.kiosks.rules import CLOCK_WRONG_MS, Contact, Direction, contact
from booking.kiosks.schemas import KioskView
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, translate
from booking.kit.settings import get_settings
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect

CONTACTS = {
    Contact.UNPAIRED: ("few", N_("機器を待っています")),
    Contact.REVOKED: ("closed", N_("登録から外しました")),
    Contact.NEVER: ("few", N_("まだ連絡がありません")),
    Contact.ALIVE: ("open", N_("動いています")),
    Contact.SILENT: ("flag", N_("2分以上連絡がありません")),
}
DIRECTIONS = (
    (Direction.AUTO.value, N_("入る・帰るを自動で見分ける")),
    (Direction.IN.value, N_("入るときだけ")),
    (Direction.OUT.value, N_("帰るときだけ")),
)


class KioskForm(msgspec.Struct, kw_only=True):
    """A kiosk as staff write it."""

    name: str
    facility: list[str]
    direction: str


@get("/staff/kiosks", include_in_schema=False)
async def show_kiosks(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Every kiosk of the reader's places."""
    require_staff(actor)
    mine = scopes_of(actor, *STAFF_ROLES)
    kiosks = [one for one in await queries.list_kiosks() if mine is None or mine.intersection(one.scopes)]
    rows = [(one, *_state(one)) for one in kiosks if one.revoked_at is None]
    gone = [one for one in kiosks if one.revoked_at is not None]
    may_keep = actor.has_role(*service.KEEPERS)
    return page(request, "kiosks/list.html", rows=rows, gone=gone, may_keep=may_keep, clock_wrong_ms=CLOCK_WRONG_MS)


def _state(kiosk: KioskView) -> tuple[str, str]:
    now = clock.now()
    return CONTACTS[contact(paired_at=kiosk.paired_at, revoked_at=kiosk.revoked_at, seen_at=kiosk.seen_at, now=now)]


async def _places_of(actor: Actor) -> list[FacilityView]:
    return [one for one in await list_facilities() if actor.may_in(one.scopes, *service.KEEPERS)]


@get("/staff/kiosks/new", include_in_schema=False)
async def show_new_kiosk(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The form for a new kiosk."""
    require_staff(actor, *service.KEEPERS)
    return _new_kiosk_page(request, await _places_of(actor))


def _directions(request: Asking) -> list[tuple[str, str]]:
    return [(value, translate(label, language_of(request))) for value, label in DIRECTIONS]


def _new_kiosk_page(request: Asking, facilities: list[FacilityView], **more: Any) -> Response[str]:
    return page(request, "kiosks/new.html", facilities=facilities, directions=_directions(request), **more)


@post("/staff/kiosks", include_in_schema=False)
async def add_kiosk(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Put a kiosk on the register and go to its page, where the code is made."""
    require_staff(actor, *service.KEEPERS)
    data, facilities = await form(request, KioskForm), await _places_of(actor)
    chosen = [one.code for one in facilities if one.code in data.facility]
    direction = data.direction if data.direction in list(Direction) else Direction.AUTO
    try:
        made = await service.add_kiosk(actor, data.name, chosen, direction)
    except Refusal as refusal:
        return _new_kiosk_page(request, facilities, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/kiosks/{made.kiosk_id}")


async def _mine(actor: Actor, kiosk_id: UUID) -> KioskView:
    require_staff(actor)
    kiosk = await queries.get_kiosk(kiosk_id)
    require_staff(actor, *service.KEEPERS, scopes=kiosk.scopes)
    return kiosk


def _kiosk_page(request: Asking, kiosk: KioskView, **more: Any) -> Response[str]:
    given: dict[str, Any] = {"made": None, "directions": _directions(request), "clock_wrong_ms": CLOCK_WRONG_MS, **more}
    address = f"{get_settings().public_url.rstrip('/')}/kiosk/"
    return page(request, "kiosks/kiosk.html", kiosk=kiosk, state=_state(kiosk), kiosk_address=address, **given)


@get("/staff/kiosks/{kiosk_id:uuid}", include_in_schema=False)
async def show_kiosk(request: Asking, actor: NamedDependency[Actor], kiosk_id: FromPath[UUID]) -> Response[str]:
    """One kiosk and what can be done with it."""
    return _kiosk_page(request, await _mine(actor, kiosk_id))


@post("/staff/kiosks/{kiosk_id:uuid}/code", include_in_schema=False, status_code=200)
async def make_code(request: Asking, actor: NamedDependency[Actor], kiosk_id: FromPath[UUID]) -> Response[str]:
    """Show a new pairing code, this once: it is kept as a digest, so there is nothing to redirect to."""
    kiosk = await _mine(actor, kiosk_id)
    return _kiosk_page(request, kiosk, made=await service.new_pairing_code(actor, kiosk_id))


@post("/staff/kiosks/{kiosk_id:uuid}", include_in_schema=False)
async def change_kiosk(request: Asking, actor: NamedDependency[Actor], kiosk_id: FromPath[UUID]) -> Response[Any]:
    """Rename it or change its direction."""
    kiosk = await _mine(actor, kiosk_id)
    data = await form(request, KioskForm)
    direction = data.direction if data.direction in list(Direction) else kiosk.direction
    try:
        await service.change_kiosk(actor, kiosk_id, name=data.name, direction=direction)
    except Refusal as refusal:
        response = _kiosk_page(request, kiosk, refusal=refusal, form=data)
        response.status_code = refusal.status
        return response
    return redirect("/staff/kiosks")


@get("/staff/kiosks/{kiosk_id:uuid}/revoke", include_in_schema=False)
async def ask_revoke(request: Asking, actor: NamedDependency[Actor], kiosk_id: FromPath[UUID]) -> Response[str]:
    """Ask before a device is taken off."""
    kiosk = await _mine(actor, kiosk_id)
    language = language_of(request)
    return page(
        request,
        "kit/confirm.html",
        heading=translate(N_("{name}を登録から外しますか"), language, name=kiosk.name),
        text=translate(
            N_("この機器は、すぐに受付に使えなくなります。まだ送っていない読み取りは、機器に残ります。"), language
        ),
        action=f"/staff/kiosks/{kiosk_id}/revoke",
        button=translate(N_("登録から外す"), language),
        back=f"/staff/kiosks/{kiosk_id}",
        staff=True,
    )


@post("/staff/kiosks/{kiosk_id:uuid}/revoke", include_in_schema=False)
async def revoke_kiosk(actor: NamedDependency[Actor], kiosk_id: FromPath[UUID]) -> Response[Any]:
    """Take it off the register."""
    await _mine(actor, kiosk_id)
    await service.revoke_kiosk(actor, kiosk_id)
    return redirect("/staff/kiosks")


PAGES = (
    *APP_PAGES,
    show_kiosks,
    show_new_kiosk,
    add_kiosk,
    show_kiosk,
    make_code,
    change_kiosk,
    ask_revoke,
    revoke_kiosk,
)
NAV = (
    NavItem(label=N_("受付機"), address="/staff/kiosks", icon="tablet", roles=tuple(map(str, STAFF_ROLES)), order=60),
)
