"""The review report as files: A4 paper (PDF/UA-1) for a board, a workbook, and one csv. All say the same numbers."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from booking.kit.charts import Chart, draw
from booking.kit.spreadsheets import Cell, csv_bytes, workbook_bytes
from booking.kit.typesetting import typeset
from booking.kpi.rules_report import day_words, era
from booking.kpi.schemas_report import Report, ReportTable

Ending = Literal["pdf", "xlsx", "csv"]
CSV_HEAD = ("表", "行", "列", "値")
ROUNDED = (
    "この報告書は公開されます。来た人の数は、10人より少ないもの（0をふくむことがあります）を「<10」、少ないと分からないようにするものを「*」とし、ほかを5の倍数に丸めています。"
    "そのため、足した数が合わないことがあります。丸めないのは、確定した年間利用者数（1,000以上）と、計画の数字だけです。"
)
_PAPER = """
#let ink = rgb("#000060")
#let line_ink = luma(150)
#set page(
  width: 210mm, height: 297mm, margin: (x: 18mm, top: 24mm, bottom: 20mm),
  header: context if counter(page).get().first() > 1 or data.mark != "" {
    set text(size: 8.5pt, fill: luma(70))
    grid(columns: (1fr, auto),
      if counter(page).get().first() > 1 { data.running } else { [] },
      if data.mark != "" {
        box(stroke: 0.8pt + ink, inset: (x: 2.4mm, y: 1.2mm), text(size: 10pt, fill: ink, data.mark))
      })
  },
  footer: context {
    set text(size: 8.5pt, fill: luma(70))
    grid(columns: (1fr, auto), data.head, [#counter(page).display() / #counter(page).final().first()])
  },
)
#set text(size: 9.5pt)
#set par(leading: 0.7em, spacing: 1em)
#show heading.where(level: 2): it => block(above: 7mm, below: 3mm, width: 100%, sticky: true,
  stroke: (left: 2mm + ink), inset: (left: 4mm, y: 1mm), text(size: 12.5pt, fill: ink, it.body))
#align(right, { data.date; linebreak(); text(size: 11pt, data.head) })
#v(8mm)
#align(center, {
  text(size: 10pt, data.subtitle)
  v(1mm)
  heading(level: 1, text(size: 20pt, fill: ink, data.title))
  v(1mm)
  text(size: 10pt, data.period) })
#v(6mm)
#grid(columns: data.summary.map(_ => 1fr), column-gutter: 4mm,
  ..data.summary.map(it => block(width: 100%, height: 27mm, stroke: 1pt + ink, inset: 3.5mm, {
    text(size: 9pt, it.at(0)); v(-0.5mm)
    text(size: 22pt, fill: ink, it.at(1)); h(1mm); text(size: 9pt, data.unit); v(-1.5mm)
    text(size: 8pt, it.at(2))
  })))
#v(2mm)
#text(size: 8.5pt, data.rounded)
#let shown(t) = {
  set text(size: if t.head.len() > 8 { 7.5pt } else { 9pt })
  table(
    columns: t.widths.map(one => one * 1fr),
    align: (column, row) => if t.numbers.at(column) { right + horizon } else { left + horizon },
    inset: (x: if t.head.len() > 8 { 1.2mm } else { 2mm }, y: 1.7mm),
    stroke: (x, y) => (top: if y == 0 { 1pt + ink } else { 0.4pt + line_ink }, bottom: 0.4pt + line_ink),
    fill: (_, y) => if y == 0 { rgb("#e8f1fe") } else { none },
    table.header(..t.head.map(one => [#one])),
    ..t.rows.flatten().map(one => [#one]),
  )
}
#for (n, t) in data.tables.enumerate(start: 1) {
  let whole = {
    heading(level: 2, str(n) + "　" + t.title)
    for note in t.notes { text(size: 8.5pt, par(note)) }
    if t.code in data.charts {
      image(bytes(data.charts.at(t.code)), format: "svg", width: 100%, alt: data.alts.at(t.code))
    }
    shown(t)
  }
  if t.is_short { block(breakable: false, width: 100%, whole) } else { whole }
}
"""


async def write_file(report: Report, ending: Ending) -> bytes:
    """The report as a file of this kind."""
    if ending == "pdf":
        return await _paper(report)
    if ending == "xlsx":
        return await asyncio.to_thread(workbook_bytes, _sheets(report))
    return csv_bytes(CSV_HEAD, lines_of(report))


def file_name(report: Report, ending: Ending) -> str:
    """A name that says of which year and body it is."""
    return f"kpi-report-{report.fiscal_year}{f'-{report.body}' if report.body else ''}.{ending}"


def lines_of(report: Report) -> list[list[Cell]]:
    """Every cell of every table as one line: table, row, column and value."""
    found: list[list[Cell]] = [["この報告書", said, "", value] for said, value in _cover(report)]
    for table in report.tables:
        for row in table.rows:
            name = "・".join(str(one) for one in row[: table.labels] if one != "")
            found += [[table.title, name, head, value] for head, value in _values(table, row)]
    return found


def _values(table: ReportTable, row: list[Cell]) -> Iterator[tuple[str, Cell]]:
    """The cells of a row under their heads; a head of a share says of which column it is."""
    before = ""
    for head, value in zip(table.head[table.labels :], row[table.labels :], strict=True):
        is_repeated = table.head.count(head) > 1
        yield (f"{before} {head}" if is_repeated else head), value
        before = before if is_repeated else head


def _cover(report: Report) -> list[tuple[str, str]]:
    return [
        ("題", report.title),
        ("計画", report.subtitle),
        ("だれの報告書か", report.head),
        ("年度", era(report.fiscal_year)),
        ("作った日", day_words(report.made_on)),
        ("暫定か", report.mark or NOT_PROVISIONAL),
        ("丸め方", ROUNDED),
    ]


NOT_PROVISIONAL = "数え方は確定"
_NUMBER = re.compile(r"-?[0-9][0-9,.]*%?|<10|\*|[－-]|1%より少ない|")
_UNTIL = re.compile(r"年度（(?=[0-9])")
_LINE, _SHORT_LINES = 55, 16
"""Characters of a line as wide as the paper, and how many lines of a table are not torn apart."""


def _sheets(report: Report) -> list[tuple[str, tuple[str, ...] | list[str], list[list[Cell]]]]:
    sheets: list[tuple[str, tuple[str, ...] | list[str], list[list[Cell]]]] = [
        ("表紙", ("項目", "内容"), [[said, value] for said, value in _cover(report)])
    ]
    for n, table in enumerate(report.tables, 1):
        notes: list[list[Cell]] = [[str(note)] for note in table.notes]
        marked: list[list[Cell]] = [[report.mark]] if report.mark else []
        sheets.append((f"{n} {table.title}", table.head, [*table.rows, *notes, *marked]))
    return sheets


def _charts(report: Report) -> dict[str, Chart]:
    """The picture above a table, by its code."""
    months = Chart(
        title="月ごとの利用者数",
        kind="lines",
        rows=tuple(report.trend),
        x="month",
        y="users",
        series="year",
        order=tuple(f"{(n + 3) % 12 + 1}月" for n in range(12)),
        breaks=tuple(report.breaks),
        width=760,
        height=230,
    )
    drawn = {"hours": _heat, "arrivals": _arrivals}
    return {"months": months} | {each.code: drawn[each.code](each) for each in report.tables if each.code in drawn}


def _heat(table: ReportTable) -> Chart:
    rows = [
        {"hour": hour, "day": str(row[0])[0], "users": value}
        for row in table.rows
        for hour, value in zip(table.head[1:], row[1:], strict=True)
        if isinstance(value, int)
    ]
    return Chart(
        title=table.title,
        kind="heat",
        rows=tuple(rows),
        x="hour",
        y="day",
        value="users",
        order=tuple(table.head[1:]),
        y_order=tuple(str(row[0])[0] for row in table.rows),
        width=760,
        height=190,
    )


def _arrivals(table: ReportTable) -> Chart:
    rows = [{"hour": row[0], "percent": int(re.sub(r"%.*", "", str(row[1])))} for row in table.rows]
    return Chart(
        title=table.title,
        kind="bars",
        rows=tuple(rows),
        x="hour",
        y="percent",
        order=tuple(str(row[0]) for row in table.rows),
        y_title="%",
        width=760,
        height=170,
    )


async def _paper(report: Report) -> bytes:
    charts = _charts(report)
    return await typeset(
        _PAPER,
        {
            "title": report.title,
            "lang": "ja",
            "running": f"{report.title}　{report.head}",
            "subtitle": report.subtitle,
            "head": report.head,
            "date": day_words(report.made_on),
            "period": f"{era(report.fiscal_year)}9月の検証のための報告",
            "mark": report.mark,
            "unit": "人",
            "summary": report.summary,
            "rounded": ROUNDED,
            "tables": [_laid_out(table) for table in report.tables],
            "charts": {code: await draw(chart) for code, chart in charts.items()},
            "alts": {
                "months": "月ごとの利用者数を年度ごとに線で表した図。数字は、下の表と同じです。"
                + ("縦の点線は、数え方が変わった月です。" if report.breaks else ""),
                "hours": "曜日と時間ごとの人数の平均を、色の濃さで表した図。数字は、下の表と同じです。",
                "arrivals": "来た時刻ごとの人数の割合を棒で表した図。数字は、下の表と同じです。",
            },
        },
    )


def _laid_out(table: ReportTable) -> dict[str, Any]:
    """A table as the paper sets it: numbers to the right, and whole on one page where it is short."""
    rows = [[_printed(one) for one in row] for row in table.rows]
    numbers = [
        n >= table.labels and all(_NUMBER.fullmatch(row[n]) for row in rows) and not table.is_words
        for n in range(len(table.head))
    ]
    room = [_LINE * width / sum(table.widths) for width in table.widths]
    lines = sum(max(-(-len(one) // at) for one, at in zip(row, room, strict=True)) for row in rows)
    said = {"head": [_printed(one) for one in table.head], "rows": rows, "numbers": numbers}
    plain: dict[str, Any] = msgspec.to_builtins(table)
    return plain | said | {"is_short": lines <= _SHORT_LINES}


def _printed(value: Cell) -> str:
    """A number with its commas; the day until which a year was counted on a line of its own."""
    return f"{value:,}" if isinstance(value, int) else _UNTIL.sub("年度\n（", str(value or ""))
