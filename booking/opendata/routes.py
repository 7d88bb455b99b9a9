"""The files of open data: for anybody, from anywhere, again only when they have changed."""

import hashlib

from litestar import Response, get
from litestar.params import FromPath

from booking.kit.web import Asking
from booking.opendata import service


@get("/opendata/{file:str}", operation_id="get_open_data", tags=["opendata"])
async def get_open_data(request: Asking, file: FromPath[str]) -> Response[bytes]:
    """A file: csv in UTF-8 with a mark and CRLF, or the catalogue in DCAT. 304 for whoever has it already."""
    content = await service.read_file(file)
    media_type = "application/ld+json" if file == service.CATALOGUE else "text/csv; charset=utf-8"
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "public, no-cache", "Access-Control-Allow-Origin": "*"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    headers |= {"Content-Disposition": f'inline; filename="{file}"', "Access-Control-Expose-Headers": "ETag"}
    return Response(content, headers=headers, media_type=media_type)


ROUTES = (get_open_data,)
