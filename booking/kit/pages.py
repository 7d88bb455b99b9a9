"""The first page and the API's reference: shells that the rooms fill through NAV and SLOTS."""

from litestar import Response, get

from booking.kit.assets import STATIC_DIR
from booking.kit.web import Asking, page, slots

VENDOR = "vendor/swagger-ui"
OPENAPI_ADDRESS = "/api/v1/openapi.json"


@get("/", include_in_schema=False)
async def show_home(request: Asking) -> Response[str]:
    """What this place is, the way in, and the pieces rooms hang under `home.…`."""
    return page(request, "kit/home.html", pieces=await slots("home", request))


@get("/api/docs", include_in_schema=False)
async def show_api_docs(request: Asking) -> Response[str]:
    """The API's reference, from files of ours; in a checkout without a build it says where the schema is."""
    is_built = (STATIC_DIR / VENDOR / "swagger-ui-bundle.js").is_file()
    return page(request, "kit/api_docs.html", is_built=is_built, vendor=VENDOR, schema=OPENAPI_ADDRESS)


PAGES = [show_home, show_api_docs]
