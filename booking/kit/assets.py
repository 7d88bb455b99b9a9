"""Files that pages need (styles, scripts): each address carries the content's digest and may be kept for ever."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import anyio.to_thread
from litestar import Request, Response, get
from litestar.params import FromPath

from booking.kit.errors import NotFound

STATIC_DIR = Path(__file__).parent / "static"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".webmanifest": "application/json"}
_PACKED = ("text/", "application/json", "application/wasm", "image/svg+xml")


@dataclass(frozen=True)
class Asset:
    """A file in memory, packed once."""

    body: bytes
    packed: bytes | None
    version: str
    media_type: str


@lru_cache(maxsize=64)
def load(name: str) -> Asset:
    """Read a file of the static folder. Raises: FileNotFoundError when there is none of that name inside it."""
    path = (STATIC_DIR / name).resolve()
    if not path.is_relative_to(STATIC_DIR) or not path.is_file():
        raise FileNotFoundError(name)
    body = path.read_bytes()
    kind = _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 9) if kind.startswith(_PACKED) else None
    return Asset(body, packed, hashlib.sha256(body).hexdigest()[:12], kind)


def asset(name: str) -> str:
    """The address of a static file, with its version. Raises: FileNotFoundError."""
    return f"/static/{name}?v={load(name).version}"


@get("/static/{name:path}", include_in_schema=False, cache=False)
async def serve_asset(name: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
    """A static file; for ever when its version is asked for, else to be asked for again."""
    try:
        found = await anyio.to_thread.run_sync(load, name.lstrip("/"))
    except (FileNotFoundError, ValueError):
        raise NotFound from None
    return answer_with(found, request, fixed=request.query_params.get("v") == found.version)


def answer_with(found: Asset, request: Request[Any, Any, Any], *, fixed: bool) -> Response[bytes]:
    """The file as an answer: packed when the browser can unpack it, nothing when it has it already."""
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if fixed else "no-cache",
        "ETag": f'"{found.version}"',
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers, media_type=found.media_type)
    if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=found.media_type)
    return Response(found.body, headers=headers, media_type=found.media_type)
