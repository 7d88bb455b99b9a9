"""JSON doors of the kiosks: scans up, the day list and the heartbeat down; the desk's are in `routes_staff`."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import JSONBody

from booking.kiosks.errors import KioskRevoked
from booking.kiosks.service import get_kiosk_by_token
from booking.kit.errors import MalformedRequest
from booking.kit.i18n import negotiate
from booking.visits import routes_day_close, routes_roll, routes_staff, service
from booking.visits.schemas import ScanBatch, VerdictBatch
from booking.visits.schemas_day_list import Heartbeat, HeartbeatAnswer
from booking.visits.schemas_roll import RollTicks, RollTicksTaken
from booking.visits.service_day_list import day_list, hear
from booking.visits.service_roll_kiosk import take_ticks

_SCANS = msgspec.json.Decoder(ScanBatch)
_ENCODER = msgspec.json.Encoder()
Asking = Request[Any, Any, Any]


def token_of(request: Asking) -> str:
    """The bearer token a kiosk shows. Raises: KioskRevoked."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not value.startswith("kt_"):
        raise KioskRevoked
    return value.strip()


@post("/api/v1/kiosk/scans", status_code=200, operation_id="recordScans", tags=["kiosk"])
async def record_scans(request: Asking) -> Response[bytes]:
    """Record what was shown and answer each scan; 1 to 500, in the order of `seq`.

    The body is decoded here and not by the framework: this door is used many times a second.
    """
    token = token_of(request)
    try:
        batch = _SCANS.decode(await request.body())
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise MalformedRequest from None
    language = negotiate(request.headers.get("accept-language", ""))
    verdicts = await service.record_scans(token, batch.scans, language)
    return Response(_ENCODER.encode(VerdictBatch(verdicts)), media_type="application/json")


@get("/api/v1/kiosk/day-list", operation_id="getDayList", tags=["kiosk"])
async def get_day_list(request: Asking) -> Response[bytes]:
    """Everything this kiosk needs for 14 days; 304 when it has it already."""
    printed = await day_list(await get_kiosk_by_token(token_of(request)))
    headers = {"ETag": printed.etag, "Cache-Control": "private, no-cache"}
    if printed.etag in request.headers.get("if-none-match", "").replace("W/", ""):
        return Response(b"", status_code=304, headers=headers, media_type="application/json")
    return Response(printed.content, headers=headers, media_type="application/json")


@post("/api/v1/kiosk/heartbeat", status_code=200, operation_id="heartbeat", tags=["kiosk"])
async def take_heartbeat(request: Asking, data: JSONBody[Heartbeat]) -> HeartbeatAnswer:
    """A kiosk's sign of life; the answer is what changes from minute to minute."""
    return await hear(await get_kiosk_by_token(token_of(request)), data)


@post("/api/v1/kiosk/roll-call", status_code=200, operation_id="recordRollCall", tags=["kiosk"])
async def record_roll_call(request: Asking, data: JSONBody[RollTicks]) -> RollTicksTaken:
    """Keep what was ticked at a kiosk; opens a roll call of its place where none is going on."""
    kiosk = await get_kiosk_by_token(token_of(request))
    return RollTicksTaken(accepted=await take_ticks(kiosk, data.marks))


ROUTES: tuple[Any, ...] = (
    record_scans,
    get_day_list,
    take_heartbeat,
    record_roll_call,
    *routes_staff.ROUTES,
    *routes_roll.ROUTES,
    *routes_day_close.ROUTES,
)
