"""The staff's pages about kiosks: which are alive, and a new one."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from booking.access.rules import STAFF_ROLES, require_staff, scopes_of
from booking.access.schemas import Actor
from booking.facilities.queries import list_facilities
from booking.facilities.schemas import FacilityView
from booking.kiosks import pages_kiosk, queries, service
from booking.kiosks.pages_app import APP_PAGES
from booking.kiosks.pages_kiosk import KioskForm, directions, said, state_of
from booking.kiosks.queries_faults import list_faults
from booking.kiosks.rules import CLOCK_WRONG_MS, Direction
from booking.kiosks.rules_faults import TRIED
from booking.kiosks.schemas import FaultView, KioskView
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, form, page, redirect


@get("/staff/kiosks", include_in_schema=False)
async def show_kiosks(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Every kiosk of the reader's places."""
    require_staff(actor)
    mine = scopes_of(actor, *STAFF_ROLES)
    kiosks = [one for one in await queries.list_kiosks() if mine is None or mine.intersection(one.scopes)]
    faults = await _going_on(kiosks)
    rows = [(one, *state_of(one)) for one in kiosks if one.revoked_at is None]
    gone = [one for one in kiosks if one.revoked_at is not None]
    given = {"may_keep": actor.has_role(*service.KEEPERS), "clock_wrong_ms": CLOCK_WRONG_MS, **said()}
    return page(request, "kiosks/list.html", rows=rows, gone=gone, faults=faults, **given)


async def _going_on(kiosks: list[KioskView]) -> dict[UUID, list[FaultView]]:
    now = clock.now()
    going = await list_faults([one.id for one in kiosks], now, now + timedelta(seconds=1))
    return {kiosk.id: [one for one in going if one.kiosk_id == kiosk.id and one.ended_at is None] for kiosk in kiosks}


@get("/staff/kiosks/faults", include_in_schema=False)
async def show_faults(
    request: Asking, actor: NamedDependency[Actor], since: FromQuery[str | None] = None
) -> Response[str]:
    """One page for whoever repairs the devices: what, since when, where, and what has been tried."""
    require_staff(actor)
    mine = scopes_of(actor, *STAFF_ROLES)
    kiosks = {one.id: one for one in await queries.list_kiosks() if mine is None or mine.intersection(one.scopes)}
    first_day = first_of_period(since)
    faults = await list_faults(kiosks, clock.day_span(first_day)[0], clock.now() + timedelta(seconds=1))
    return page(request, "kiosks/faults.html", faults=faults, kiosks=kiosks, first_day=first_day, tried=TRIED, **said())


def first_of_period(text: str | None) -> date:
    """The first day of the sheet: the one asked for, within a year; a week ago when it cannot be read."""
    today = clock.today()
    try:
        asked = date.fromisoformat(text or "")
    except ValueError:
        return today - timedelta(days=7)
    return min(max(asked, today - timedelta(days=366)), today)


async def _places_of(actor: Actor) -> list[FacilityView]:
    return [one for one in await list_facilities() if actor.may_in(one.scopes, *service.KEEPERS)]


@get("/staff/kiosks/new", include_in_schema=False)
async def show_new_kiosk(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The form for a new kiosk."""
    require_staff(actor, *service.KEEPERS)
    return _new_kiosk_page(request, await _places_of(actor))


def _new_kiosk_page(request: Asking, facilities: list[FacilityView], **more: Any) -> Response[str]:
    return page(request, "kiosks/new.html", facilities=facilities, directions=directions(request), **more)


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


PAGES = (
    *APP_PAGES,
    show_kiosks,
    show_faults,
    show_new_kiosk,
    add_kiosk,
    *pages_kiosk.PAGES,
)
NAV = (
    NavItem(label=N_("受付機"), address="/staff/kiosks", icon="tablet", roles=tuple(map(str, STAFF_ROLES)), order=45),
)
