"""A list as a file: the page's address with `.csv` or `.xlsx` behind it, for every list of the house the same way."""

import asyncio
from collections.abc import Sequence

from litestar import Response

from booking.kit.i18n import translate
from booking.kit.spreadsheets import XLSX, Cell, csv_bytes, xlsx_bytes
from booking.kit.web import Asking, language_of

CSV = "text/csv"


def file_addresses(page: str) -> list[str]:
    """The addresses of a page's list as files."""
    return [f"{page}.csv", f"{page}.xlsx"]


async def list_file(
    request: Asking, name: str, title: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> Response[bytes]:
    """The list as the file its address asks for, kept by no cache on the way.

    `name` is the file's without ending; `title` and `head` are sentences to be translated. A long workbook is written
    in a thread, so that nobody waits for it.
    """
    language = language_of(request)
    said = [translate(one, language) for one in head]
    is_csv = request.url.path.endswith(".csv")
    if is_csv:
        content = await asyncio.to_thread(csv_bytes, said, rows)
    else:
        content = await asyncio.to_thread(xlsx_bytes, translate(title, language), said, rows)
    headers = {
        "content-disposition": f'attachment; filename="{name}.{"csv" if is_csv else "xlsx"}"',
        "cache-control": "no-store",
    }
    return Response(content, media_type=CSV if is_csv else XLSX, headers=headers)
