"""Spreadsheets that people hand in: csv as programs write it here, xlsx without trusting it. Cells, not meanings.

Csv is UTF-8 (with or without its mark) or CP932, with comma, semicolon or tab. Of xlsx only the first sheet is read, a
formula counts as the value that was kept with it, and what would unpack to more than anybody types is refused unopened.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import openpyxl
from msgspec import Struct

from booking.kit.errors import Refusal
from booking.kit.i18n import N_

LARGEST_BYTES = 5_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 60
LAST_ROW = MOST_ROWS + 1_000
"""Where reading ends: a mark in the last of a million rows is not worth a million empty ones."""
MOST_UNPACKED_BYTES = 60_000_000
MOST_PARTS = 500
LONGEST_CELL = 2_000
_SEPARATORS = ",;\t"
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')


class FileTooBig(Refusal):
    """More bytes than are taken."""

    code = "file-too-big"
    status = 422
    sentence = N_("ファイルが{limit}MBより大きいので、読んでいません。人を分けて、いくつかのファイルにしてください。")


class FileEmpty(Refusal):
    """Nothing in it, or nothing was chosen."""

    code = "file-empty"
    status = 422
    sentence = N_("ファイルが空です。名簿を入れたファイルをえらんでください。")


class FileTooLong(Refusal):
    """More rows than are taken at once."""

    code = "file-too-long"
    status = 422
    sentence = N_("1回に読めるのは{limit}行までです。人を分けて、いくつかのファイルにしてください。")


class FileIsUtf16(Refusal):
    """The kind of text Excel calls Unicode."""

    code = "file-is-unicode-text"
    status = 422
    sentence = N_(
        "「Unicode テキスト」（UTF-16）は読めません。Excelで「CSV UTF-8」か .xlsx として保存し直してください。"
    )


class FileUnreadable(Refusal):
    """No text in an encoding we know, and no workbook."""

    code = "file-unreadable"
    status = 422
    sentence = N_("このファイルは読めませんでした。Excelで「CSV UTF-8」か .xlsx として保存し直してください。")


class FileLocked(Refusal):
    """A workbook with a password, or of the kind before 2007."""

    code = "file-locked"
    status = 422
    sentence = N_(
        "パスワードつきか、古い形式（.xls）のファイルです。パスワードなしの .xlsx として保存し直してください。"
    )


class FormulaWithoutValue(Refusal):
    """A formula whose value is not kept in the file, or is an error, or would run as one in a csv."""

    code = "formula-without-value"
    status = 422
    sentence = N_("計算式の答えが読めません。Excelで「値として貼り付け」をしてから、保存し直してください。")


class Unusable(Struct, frozen=True):
    """A cell whose content must not be read as a text."""


Cell = str | int | float | date | Unusable
Row = list[Cell]


class Table(Struct, frozen=True):
    """Rows as they stand in the file, empty ones too, so that the first is row 1.

    `counts_from_1904`: what its day numbers count from.
    """

    rows: list[Row]
    counts_from_1904: bool = False


def read_table(content: bytes) -> Table:
    """The rows of a csv or xlsx file. Takes seconds for a large one: call it in a thread.

    Raises: FileEmpty, FileTooBig, FileTooLong, FileIsUtf16, FileLocked, FileUnreadable.
    """
    if len(content) > LARGEST_BYTES:
        raise FileTooBig(limit=LARGEST_BYTES // 1_000_000)
    if not content.strip():
        raise FileEmpty
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileLocked
    if content.startswith(b"PK"):
        return _read_workbook(content)
    return Table(_within(_csv_rows(_text(content))))


def _within(rows: Iterator[Row]) -> list[Row]:
    """The rows without empty ones at the end. Raises: FileTooLong."""
    kept: list[Row] = []
    filled = 0
    for place, row in enumerate(rows, start=1):
        if any(cell != "" for cell in row):
            filled = place
            if place > MOST_ROWS + 20:
                raise FileTooLong(limit=MOST_ROWS)
        if place <= MOST_ROWS + 20:
            kept.append(row)
    if not filled:
        raise FileEmpty
    return kept[:filled]


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileIsUtf16
    if b"\x00" in content:
        raise FileIsUtf16 if content.count(b"\x00") * 12 > len(content) else FileUnreadable
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable


def _csv_rows(text: str) -> Iterator[Row]:
    head, _, rest = text.partition("\n")
    if re.fullmatch(r"sep=[,;\t]\r?", head):
        separator, text = head[4], rest
    else:
        lines = _QUOTED.sub("", text[:100_000]).split("\n")
        bare = next((line for line in lines if line.strip("\r ")), "")
        separator = max(_SEPARATORS, key=bare.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            yield [_csv_cell(cell) for cell in row[:MOST_COLUMNS]]
    except csv.Error:
        raise FileUnreadable from None


def _csv_cell(text: str) -> Cell:
    """A text; `="012"` is how Excel is told to keep a zero, any other formula is not read."""
    text = text.strip()
    if text.startswith(("'=", "'+", "'-", "'@")):
        text = text[1:]
    elif text.startswith("="):
        found = _TEXT_FORMULA.fullmatch(text)
        if found is None:
            return Unusable()
        text = found[1].replace('""', '"').strip()
    return text[: LONGEST_CELL + 1]


def _read_workbook(content: bytes) -> Table:
    """The first sheet. Whatever goes wrong inside a file made to break readers is a file that cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            has_formulas = _look_inside(archive)
        return _read_sheet(content, has_formulas=has_formulas)
    except Refusal:
        raise
    except Exception as error:
        raise FileUnreadable from error


def _look_inside(archive: zipfile.ZipFile) -> bool:
    """Whether any sheet has formulas; sizes are looked at before anything is unpacked.

    Unpacking stops at the size a part says it has, so what it says is what is limited.
    """
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise FileTooBig(limit=LARGEST_BYTES // 1_000_000)
    if any(part.flag_bits & 1 for part in parts):
        raise FileLocked
    sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
    if not sheets:
        raise FileUnreadable
    return any(_FORMULA.search(archive.read(part)) for part in sheets)


def _read_sheet(content: bytes, *, has_formulas: bool) -> Table:
    values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False) if has_formulas else None
    try:
        shown = values.worksheets[0].iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS)
        asked = (
            formulas.worksheets[0].iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS) if formulas is not None else None
        )
        rows = _within(_sheet_rows(shown, asked))
        return Table(rows, counts_from_1904=values.epoch.year == 1904)
    finally:
        values.close()
        if formulas is not None:
            formulas.close()


def _sheet_rows(shown: Iterator[Any], asked: Iterator[Any] | None) -> Iterator[Row]:
    for cells in shown:
        beneath = next(asked, ()) if asked is not None else ()
        row = [_cell(cell) for cell in cells]
        for place, cell in enumerate(beneath[: len(row)]):
            if cell.data_type == "f" and row[place] == "":
                row[place] = Unusable()
        while row and row[-1] == "":
            row.pop()
        yield row


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return Unusable()
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.strip()[: LONGEST_CELL + 1] if isinstance(value, str) else value
