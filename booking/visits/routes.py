"""JSON doors of the kiosks: scans up, the day list and the heartbeat down."""

from typing import Any

import msgspec
from litestar import Request, Response, post

from booking.kiosks.errors import KioskRevoked
from booking.kit.errors import MalformedRequest
from booking.kit.i18n import negotiate
from booking.visits import service
from booking.visits.schemas import ScanBatch, VerdictBatch

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
    except msgspec.MsgspecError:
        raise MalformedRequest from None
    language = negotiate(request.headers.get("accept-language", ""))
    verdicts = await service.record_scans(token, batch.scans, language)
    return Response(_ENCODER.encode(VerdictBatch(verdicts)), media_type="application/json")


ROUTES: tuple[Any, ...] = (record_scans,)
