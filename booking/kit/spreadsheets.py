"""Tables as spreadsheet programs open them: csv in UTF-8 with a mark, CRLF, and no text that is taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LOOKED_AT = 500
"""Rows that say how wide the columns are."""
_NARROWEST, _WIDEST = 9, 60
_HALF_WIDTH = 0x2E7F
"""Characters after it take the room of two."""
Cell = str | int | float | None


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as csv. A text that begins like a formula gets an apostrophe before it; numbers stay numbers."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(one) for one in head])
    writer.writerows([[_cell(one) for one in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str | int | float:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def xlsx_bytes(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as xlsx without macros. Every text is a text cell, whatever it begins with; numbers stay numbers."""
    return workbook_bytes([(title, head, rows)])


def workbook_bytes(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """Tables as the sheets of one workbook: title, head and rows of each. Titles differ within 31 characters."""
    book = Workbook(write_only=True)
    bold = Font(bold=True)
    for title, head, rows in sheets:
        sheet = book.create_sheet(_NOT_IN_TITLES.sub(" ", title)[:31])
        sheet.freeze_panes = "A2"
        all_rows = iter(rows)
        first = list(islice(all_rows, _LOOKED_AT))
        for column, width in enumerate(_widths(head, first), 1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.append([_text_cell(sheet, one, bold) for one in head])
        for row in chain(first, all_rows):
            whole = len(row) == len(head)
            sheet.append([_text_cell(sheet, one, is_wrapped=whole) if isinstance(one, str) else one for one in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _widths(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Iterator[int]:
    """How wide columns are, in half-width characters, so that what is in them can be read; notes below need none."""
    for column, title in enumerate(head):
        cells = [str(row[column]) for row in rows if column < len(row) == len(head)]
        lines = [line for cell in [title, *cells] for line in cell.splitlines()]
        widest = max((sum(2 if ord(one) > _HALF_WIDTH else 1 for one in line) for line in lines), default=0)
        yield min(max(widest + 2, _NARROWEST), _WIDEST)


def _text_cell(sheet: object, text: str, font: Font | None = None, *, is_wrapped: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=None)
    cell.value = _CONTROL.sub("", text)
    cell.data_type = "s"
    if font is not None:
        cell.font = font
    if is_wrapped and len(text) * 2 > _WIDEST:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
