"""The page that lists the open data and says what its numbers mean."""

from litestar import Response, get

from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, page
from booking.opendata import service
from booking.opendata.rules_datasets import LICENCE


@get("/opendata", include_in_schema=False)
async def show_open_data(request: Asking) -> Response[str]:
    """Every file, what it holds and how its numbers are rounded."""
    datasets = await service.list_datasets()
    return page(request, "opendata/list.html", datasets=datasets, catalogue=service.CATALOGUE, licence=LICENCE)


PAGES = (show_open_data,)
NAV = (NavItem(label=N_("オープンデータ"), address="/opendata", place="foot", order=60),)
