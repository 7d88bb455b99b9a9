"""The door app's own files: what the build of `kiosk/` made, served under `/kiosk/` as it is."""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import anyio.to_thread
from litestar import Request, Response, get
from litestar.params import FromPath

from booking.kiosks.errors import KioskAppMissing
from booking.kit import paths
from booking.kit.assets import Asset, answer_with
from booking.kit.errors import NotFound

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
PROTECTION = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
}


@lru_cache(maxsize=64)
def _load(folder: Path, name: str) -> Asset:
    """Read a file of the build. Raises: FileNotFoundError when there is none of that name inside it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file() or path.suffix not in KINDS:
        raise FileNotFoundError(name)
    body = path.read_bytes()
    packed = None if path.suffix == ".png" else gzip.compress(body, 9)
    return Asset(body, packed, hashlib.sha256(body).hexdigest()[:12], KINDS[path.suffix])


@get(["/kiosk/", "/kiosk/{name:path}"], include_in_schema=False, cache=False)
async def serve_kiosk_app(request: Request[Any, Any, Any], name: FromPath[str] = "") -> Response[bytes]:
    """A file of the app; those whose name carries their digest are kept for ever."""
    folder, name = paths.KIOSK, name.lstrip("/") or "index.html"
    try:
        found = await anyio.to_thread.run_sync(_load, folder, name)
    except (FileNotFoundError, ValueError):
        raise KioskAppMissing if name == "index.html" else NotFound from None
    response = answer_with(found, request, fixed=name.startswith("assets/"))
    response.headers.update(PROTECTION)
    return response


APP_PAGES = (serve_kiosk_app,)
