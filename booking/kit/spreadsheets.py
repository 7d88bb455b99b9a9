"""Tables as spreadsheet programs open them: csv in UTF-8 with a mark, CRLF, and no text that is taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
        sheet.append([_text_cell(sheet, one, bold) for one in head])
        for row in rows:
            sheet.append([_text_cell(sheet, one) if isinstance(one, str) else one for one in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: object, text: str, font: Font | None = None) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=None)
    cell.value = _CONTROL.sub("", text)
    cell.data_type = "s"
    if font is not None:
        cell.font = font
    return cell
