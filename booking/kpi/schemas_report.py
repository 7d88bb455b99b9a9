"""The review report as values: what its paper, workbook and csv are all written from, and the forms that fill it."""

from datetime import date, datetime

import msgspec

from booking.kit.spreadsheets import Cell


class ReportTable(msgspec.Struct, frozen=True, kw_only=True):
    """One table of the report. The first `labels` columns name a row; `widths` are shares of the paper's width."""

    code: str
    title: str
    head: list[str]
    rows: list[list[Cell]]
    widths: list[float]
    notes: list[str] = []
    labels: int = 1
    is_words: bool = False


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The report of one body, or (body empty) of the whole plan, for the review in September of a fiscal year."""

    fiscal_year: int
    body: str
    head: str
    title: str
    subtitle: str
    made_on: date
    mark: str
    summary: list[tuple[str, str, str]]
    tables: list[ReportTable]
    trend: list[dict[str, int | str]]
    breaks: list[str] = []


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says in words, and who wrote it when."""

    factors: str
    issues: str
    next_steps: str
    author: str
    made_at: datetime


class Actual(msgspec.Struct, frozen=True, kw_only=True):
    """A value of another indicator of the plan in a fiscal year, by hand."""

    kpi: int
    fiscal_year: int
    value: int
    as_of_on: date
    source: str
    author: str
    made_at: datetime


class RemarkForm(msgspec.Struct, kw_only=True):
    """要因・課題・次年度への反映 of the report of a fiscal year and body; empty for the plan."""

    fiscal_year: str
    body: str = ""
    factors: str
    issues: str
    next_steps: str


class ActualForm(msgspec.Struct, kw_only=True):
    """The value of indicator 1, 2 or 3 in a fiscal year, as of a day, and where it is written."""

    kpi: str
    fiscal_year: str
    value: str
    as_of_on: str
    source: str
