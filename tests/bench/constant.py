"""A Litestar handler that parses the same body as the scans' door and answers a constant: what the framework costs.

Run as `python -m tests.bench.constant serve --port N`.
"""

import argparse
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get, post

from booking.kit import serving
from booking.visits.schemas import ScanBatch

_SCANS = msgspec.json.Decoder(ScanBatch)
_ANSWER = b'{"verdicts":[{"nonce":"018f0000-0000-7000-8000-000000000000","verdict":"welcome","code":"welcome"}]}'


@get("/readyz", sync_to_thread=False)
def readyz() -> str:
    """It answers."""
    return "ready"


@post("/api/v1/kiosk/scans", status_code=200)
async def record_scans(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Parse, and answer the same to everybody."""
    _SCANS.decode(await request.body())
    return Response(_ANSWER, media_type="application/json")


def create_app() -> Litestar:
    """The application of one handler."""
    return Litestar([readyz, record_scans], openapi_config=None, logging_config=None)


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("verb")
    parser.add_argument("--port", type=int)
    place = serving.Place(port=parser.parse_args().port)
    with serving.stopping_on_signals(), serving.bind(place) as bound:
        serving.serve("tests.bench.constant:create_app", place, bound, when_ready=lambda: None)


if __name__ == "__main__":
    main()
