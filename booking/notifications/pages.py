"""The demo's mailbox: what would have been mailed, to be read on the spot."""

from litestar import Response, get

from booking.kit.errors import NotFound
from booking.kit.settings import get_settings
from booking.kit.web import Asking, page
from booking.notifications import queries


@get("/demo/mailbox", include_in_schema=False)
async def show_mailbox(request: Asking) -> Response[str]:
    """The newest messages of a demo; no such page anywhere else."""
    if not get_settings().demo:
        raise NotFound
    return page(request, "notifications/mailbox.html", messages=await queries.list_newest())


PAGES = (show_mailbox,)
NAV = ()
