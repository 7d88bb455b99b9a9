"""The first page and the API's reference: shells that the rooms fill through NAV and SLOTS."""

from functools import lru_cache

from litestar import Litestar, Response, get

from booking.kit.api_reference import Reference
from booking.kit.api_reference import describe as describe_for_people
from booking.kit.openapi import describe
from booking.kit.web import Asking, page, slots

OPENAPI_ADDRESS = "/api/v1/openapi.json"


@get("/", include_in_schema=False)
async def show_home(request: Asking) -> Response[str]:
    """What this place is, the way in, and the pieces rooms hang under `home.…`."""
    return page(request, "kit/home.html", pieces=await slots("home", request))


@get("/api/docs", include_in_schema=False)
async def show_api_docs(request: Asking) -> Response[str]:
    """The API's reference, made here from its own document."""
    return page(request, "kit/api_docs.html", reference=_reference(request.app), schema=OPENAPI_ADDRESS)


@lru_cache(maxsize=4)
def _reference(app: Litestar) -> Reference:
    return describe_for_people(describe(app))


PAGES = [show_home, show_api_docs]
