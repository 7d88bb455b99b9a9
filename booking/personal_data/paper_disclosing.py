"""The record of one person as a file: one zip with a paper (PDF/UA-1) to read, json for programs, a csv each kind."""

import asyncio
import io
import zipfile
from datetime import datetime
from typing import Any

import msgspec

from booking.kit import clock
from booking.kit.i18n import format_day
from booking.kit.spreadsheets import csv_bytes
from booking.kit.typesetting import typeset
from booking.personal_data.rules_disclosing import NOT_INSIDE, NOT_OURS
from booking.personal_data.rules_kinds import YES
from booking.personal_data.schemas_disclosing import Asker, Part, Record
from booking.visits.sentences import gist

ZIP = "application/zip"
NAME = "kiroku.zip"
ASKERS = {
    Asker.SELF: "本人",
    Asker.GUARDIAN: "法定代理人（保護者など）",
    Asker.AGENT: "任意の代理人",
    "account": "サインインした本人か保護者",
}
TITLE = "あなたの記録"
_WIDE = 6
_PAPER = """
#let ink = rgb("#000060")
#set page(width: 297mm, height: 210mm, margin: (x: 14mm, top: 18mm, bottom: 16mm),
  footer: context { set text(size: 8pt, fill: luma(70))
    grid(columns: (1fr, auto), data.foot, [#counter(page).display() / #counter(page).final().first()]) })
#set text(size: 8.5pt)
#set par(leading: 0.65em)
#show heading.where(level: 2): it => block(above: 6mm, below: 2.5mm, width: 100%, sticky: true,
  stroke: (left: 1.6mm + ink), inset: (left: 3mm, y: 0.8mm), text(size: 11pt, fill: ink, it.body))
#heading(level: 1, text(size: 18pt, fill: ink, data.title))
#v(2mm)
#table(columns: (40mm, 1fr), inset: 2mm, stroke: 0.4pt + luma(150),
  ..data.about.map(row => (strong(row.at(0)), row.at(1))).flatten())
#for part in data.parts {
  heading(level: 2, part.title)
  if part.rows.len() == 0 { data.nothing } else if part.is_tall {
    for row in part.rows {
      block(below: 2mm, table(columns: (52mm, 1fr), inset: 1.5mm, stroke: 0.4pt + luma(150),
        ..part.head.zip(row).map(pair => (strong(pair.at(0)), pair.at(1))).flatten()))
    }
  } else {
    set text(size: if part.head.len() > 8 { 7pt } else { 8.5pt })
    table(columns: part.head.map(_ => 1fr), inset: 1.5mm, stroke: 0.4pt + luma(150),
      fill: (_, y) => if y == 0 { rgb("#e8f1fe") } else { none },
      table.header(..part.head.map(one => [#one])), ..part.rows.flatten().map(one => [#one]))
  }
}
#heading(level: 2, data.not_inside_head)
#list(..data.not_inside)
"""


async def write_record(record: Record) -> bytes:
    """The zip."""
    paper = await _paper(record)
    return await asyncio.to_thread(_zip, record, paper)


def _zip(record: Record, paper: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("kiroku.pdf", paper)
        made.writestr("kiroku.json", _json(record))
        for number, part in enumerate(record.parts, 1):
            rows = [list(row) for row in _said(part)]
            made.writestr(f"csv/{number:02d}_{part.kind.code}.csv", csv_bytes(list(part.kind.columns.values()), rows))
    return out.getvalue()


def _json(record: Record) -> bytes:
    """The codes as they are kept, with the words of the paper beside the columns; instants with their offset."""
    said: dict[str, Any] = {
        "made_at": clock.local(record.made_at),
        "number": record.number,
        "bodies": record.bodies,
        "asked_on": record.asked_on,
        "asker": record.asker,
        "not_inside": _not_inside(record),
        "parts": {
            part.kind.code: {
                "title": part.kind.title,
                "columns": part.kind.columns,
                "rows": [{name: _local(value) for name, value in row.items()} for row in part.rows],
            }
            for part in record.parts
        },
    }
    return msgspec.json.format(msgspec.json.encode(said), indent=1)


def _not_inside(record: Record) -> list[str]:
    return [*NOT_INSIDE] if record.shows_facts else [NOT_OURS, *NOT_INSIDE]


def _local(value: Any) -> Any:
    return clock.local(value) if isinstance(value, datetime) else value


def _said(part: Part) -> list[list[str]]:
    return [[_words(part, name, row[name]) for name in part.kind.columns] for row in part.rows]


def _words(part: Part, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return YES[value]
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    said = part.kind.words.get(name, {}).get(value, "" if value is None else str(value))
    return gist(said, "ja") if (part.kind.code, name) == ("scans", "code") else said


def _printed(part: Part) -> dict[str, Any]:
    """A kind on the paper: what is empty in every row of a long list takes no column."""
    rows = _said(part)
    is_tall = len(part.kind.columns) > _WIDE and len(rows) < 2
    heads = list(part.kind.columns.values())
    kept = [n for n in range(len(heads)) if is_tall or not rows or any(row[n] for row in rows)]
    return {
        "title": part.kind.title,
        "head": [heads[n] for n in kept],
        "rows": [[row[n] for n in kept] for row in rows],
        "is_tall": is_tall,
    }


async def _paper(record: Record) -> bytes:
    made_on = format_day(record.made_at, "ja", year=True)
    return await typeset(
        _PAPER,
        {
            "title": TITLE,
            "lang": "ja",
            "foot": f"会員番号 {record.number}　{made_on}",
            "about": [
                ["会員番号", record.number],
                ["記録を持つところ", "、".join(record.bodies)],
                ["求めた人", ASKERS[record.asker]],
                ["求めた日", format_day(record.asked_on, "ja", year=True)],
                ["作った日", made_on],
            ],
            "nothing": "ありません。",
            "parts": [_printed(part) for part in record.parts],
            "not_inside_head": "この記録に入れていないもの",
            "not_inside": _not_inside(record),
        },
    )
