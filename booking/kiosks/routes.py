"""JSON doors of the device register."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct
from msgspec.structs import replace

from booking.access.rules import STAFF_ROLES, require_staff, scopes_of
from booking.access.schemas import Actor
from booking.access.service import limit_attempts
from booking.facilities.queries import get_facility
from booking.kiosks import queries, service
from booking.kiosks.schemas import KioskBody, KioskView, NewKiosk, Paired, PairRequest
from booking.kit.tokens import keyed_digest

PAIR_LIMIT, PAIR_WINDOW_SECONDS = 20, 900


class KioskPage(Struct, frozen=True):
    """Kiosks of the reader's places; the register is short and never paged."""

    items: list[KioskView]
    next_cursor: str | None = None


@post("/api/v1/kiosks/pair", status_code=201, operation_id="pairKiosk", tags=["kiosk"])
async def pair_kiosk(request: Request[Any, Any, Any], data: JSONBody[PairRequest]) -> Paired:
    """Make this device the kiosk that waits for the code. The token is in this answer and never again."""
    address = keyed_digest(request.client.host if request.client else "")
    await limit_attempts(f"kiosk-pair:{address}", limit=PAIR_LIMIT, window_seconds=PAIR_WINDOW_SECONDS)
    return await service.pair(data.code)


@get("/api/v1/staff/kiosks", operation_id="listKiosks", tags=["kiosk"])
async def list_kiosks(actor: NamedDependency[Actor]) -> KioskPage:
    """The register: what each kiosk last said of itself."""
    require_staff(actor)
    mine = scopes_of(actor, *STAFF_ROLES)
    kiosks = await queries.list_kiosks()
    return KioskPage([one for one in kiosks if mine is None or mine.intersection(one.scopes)])


@post("/api/v1/staff/kiosks", status_code=201, operation_id="addKiosk", tags=["kiosk"])
async def add_kiosk(actor: NamedDependency[Actor], data: JSONBody[KioskBody]) -> NewKiosk:
    """Put a kiosk on the register; the answer holds the code that pairs its device.

    The number for its staff menu is on the kiosk's page alone: answers of writes are kept for a day.
    """
    require_staff(actor, *service.KEEPERS)
    for code in data.facilities:
        require_staff(actor, *service.KEEPERS, scopes=(await get_facility(code)).scopes)
    made = await service.add_kiosk(actor, data.name, data.facilities, data.direction)
    return replace(made, staff_pin=None)


@post("/api/v1/staff/kiosks/{kiosk_id:uuid}/code", status_code=201, operation_id="newPairingCode", tags=["kiosk"])
async def new_pairing_code(actor: NamedDependency[Actor], kiosk_id: FromPath[UUID]) -> NewKiosk:
    """A new pairing code; the ones before die."""
    require_staff(actor, *service.KEEPERS, scopes=(await queries.get_kiosk(kiosk_id)).scopes)
    return await service.new_pairing_code(actor, kiosk_id)


@post("/api/v1/staff/kiosks/{kiosk_id:uuid}/revoke", status_code=204, operation_id="revokeKiosk", tags=["kiosk"])
async def revoke_kiosk(actor: NamedDependency[Actor], kiosk_id: FromPath[UUID]) -> None:
    """Take the device off the register at once."""
    require_staff(actor, *service.KEEPERS, scopes=(await queries.get_kiosk(kiosk_id)).scopes)
    await service.revoke_kiosk(actor, kiosk_id)


ROUTES = (pair_kiosk, list_kiosks, add_kiosk, new_pairing_code, revoke_kiosk)
