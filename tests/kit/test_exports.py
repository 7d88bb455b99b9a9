"""One list, two files: what a spreadsheet program needs, nothing it takes for a formula, kept by no cache."""

import io
from typing import Any

import openpyxl
import pytest
from litestar import Request

from booking.kit.exports import file_addresses, list_file

pytestmark = pytest.mark.anyio


def asked(path: str) -> Request[Any, Any, Any]:
    """A request for a file by somebody who reads Japanese."""
    headers = [(b"accept-language", b"ja")]
    return Request(
        {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b"", "state": {}}
    )


async def test_csv_opens_in_a_spreadsheet_program() -> None:
    rows = [["=1+1", 3], ["+81", -4], ["花,子", None]]
    answer = await list_file(asked("/staff/x.csv"), "x", "一覧", ["名前", "席"], rows)
    assert answer.content.decode("utf-8") == "\ufeff名前,席\r\n'=1+1,3\r\n'+81,-4\r\n\"花,子\",\r\n"
    assert answer.headers["content-disposition"] == 'attachment; filename="x.csv"'
    assert answer.headers["cache-control"] == "no-store"


async def test_the_workbook_holds_texts_as_texts_whatever_the_title() -> None:
    answer = await list_file(asked("/staff/x.xlsx"), "x", "休み/開館: [一覧]?", ["名前", "席"], [["@A1", 3]])
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()] == [
        [("名前", "s"), ("席", "s")],
        [("@A1", "s"), (3, "n")],
    ]
    assert answer.headers["content-disposition"] == 'attachment; filename="x.xlsx"'


def test_a_page_has_two_files() -> None:
    assert file_addresses("/staff/groups") == ["/staff/groups.csv", "/staff/groups.xlsx"]
