"""The staff's page of one kiosk: how it is, pair a device, its number for staff, rename, take off the register."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kiosks import queries, service, service_pin
from booking.kiosks.errors import StaffPinUnset
from booking.kiosks.queries_faults import list_faults
from booking.kiosks.rules import CLOCK_WRONG_MS, Contact, Direction, contact
from booking.kiosks.rules_faults import TO_DO, WORDS, is_older
from booking.kiosks.schemas import KioskView
from booking.kit import clock
from booking.kit.build import VERSION
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, translate
from booking.kit.settings import get_settings
from booking.kit.web import Asking, form, language_of, page, redirect, slots

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


STORY = timedelta(days=14)


class KioskForm(msgspec.Struct, kw_only=True):
    """A kiosk as staff write it."""

    name: str
    facility: list[str]
    direction: str


def state_of(kiosk: KioskView) -> tuple[str, str]:
    """The tag and the words for how a kiosk is doing."""
    now = clock.now()
    return CONTACTS[contact(paired_at=kiosk.paired_at, revoked_at=kiosk.revoked_at, seen_at=kiosk.seen_at, now=now)]


def said() -> dict[str, Any]:
    """The words for faults, and the version an app should have."""
    return {"fault_words": WORDS, "to_do": TO_DO, "version": VERSION, "is_older": is_older}


def directions(request: Asking) -> list[tuple[str, str]]:
    """What a kiosk may decide, in the reader's language."""
    return [(value, translate(label, language_of(request))) for value, label in DIRECTIONS]


async def _mine(actor: Actor, kiosk_id: UUID) -> KioskView:
    require_staff(actor)
    kiosk = await queries.get_kiosk(kiosk_id)
    require_staff(actor, *service.KEEPERS, scopes=kiosk.scopes)
    return kiosk


def _kiosk_page(request: Asking, kiosk: KioskView, **more: Any) -> Response[str]:
    given: dict[str, Any] = {
        "made": None,
        "pin": None,
        "faults": (),
        "pieces": (),
        **said(),
        "pin_refusal": None,
        "directions": directions(request),
        "clock_wrong_ms": CLOCK_WRONG_MS,
        **more,
    }
    address = f"{get_settings().public_url.rstrip('/')}/kiosk/"
    return page(request, "kiosks/kiosk.html", kiosk=kiosk, state=state_of(kiosk), kiosk_address=address, **given)


@get("/staff/kiosks/{kiosk_id:uuid}", include_in_schema=False)
async def show_kiosk(request: Asking, actor: NamedDependency[Actor], kiosk_id: FromPath[UUID]) -> Response[str]:
    """One kiosk and what can be done with it."""
    kiosk, now = await _mine(actor, kiosk_id), clock.now()
    faults = await list_faults([kiosk_id], now - STORY, now + timedelta(seconds=1))
    pieces = await slots("kiosk", request, kiosk_id=kiosk_id) if kiosk.paired_at else ()
    return _kiosk_page(request, kiosk, faults=faults, pieces=pieces)


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


class PinForm(msgspec.Struct, kw_only=True):
    """A number for the staff menu; empty asks for a new one."""

    pin: str = ""


@post("/staff/kiosks/{kiosk_id:uuid}/pin", include_in_schema=False, status_code=200)
async def set_pin(request: Asking, actor: NamedDependency[Actor], kiosk_id: FromPath[UUID]) -> Response[str]:
    """Give the kiosk a number for its staff menu, and show it."""
    kiosk = await _mine(actor, kiosk_id)
    data = await form(request, PinForm)
    try:
        pin = await service_pin.set_staff_pin(actor, kiosk_id, data.pin.strip() or None)
    except Refusal as refusal:
        response = _kiosk_page(request, kiosk, pin_refusal=refusal)
        response.status_code = refusal.status
        return response
    return _kiosk_page(request, kiosk, pin=pin)


@post("/staff/kiosks/{kiosk_id:uuid}/pin/show", include_in_schema=False, status_code=200)
async def show_pin(request: Asking, actor: NamedDependency[Actor], kiosk_id: FromPath[UUID]) -> Response[str]:
    """Show the number; who looked is in the audit trail."""
    kiosk = await _mine(actor, kiosk_id)
    try:
        pin = await service_pin.reveal_staff_pin(actor, kiosk_id)
    except StaffPinUnset as refusal:
        response = _kiosk_page(request, kiosk, pin_refusal=refusal)
        response.status_code = refusal.status
        return response
    return _kiosk_page(request, kiosk, pin=pin)


PAGES = (show_kiosk, make_code, set_pin, show_pin, change_kiosk, ask_revoke, revoke_kiosk)
