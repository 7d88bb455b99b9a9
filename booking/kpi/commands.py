"""What the annual-users figure offers at the shell."""

import argparse
import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from booking.access.schemas import SYSTEM
from booking.kit.commands import Command, Step, between, language_of, say, tell
from booking.kit.i18n import N_, translate
from booking.kpi import (
    paper_report,
    rules_verifying,
    service,
    service_exporting,
    service_fold,
    service_handing,
    service_key,
    service_report,
)
from booking.kpi.rules_signing import fingerprint


async def _seed() -> None:
    await service.seed()


async def _rebuild(_: argparse.Namespace) -> int:
    differences = await service_fold.rebuild()
    for line in differences:
        say(line)
    say(f"{len(differences)} differences" if differences else "No differences: every figure agrees with its visits.")
    return 1 if differences else 0


def _configure_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fiscal-year", required=True, type=between(2000, 2100), help="in whose September it is read")
    parser.add_argument("--body", metavar="CODE", default="", help="of this body, such as 100005; default: of the plan")
    parser.add_argument("--out", required=True, type=_report_file, metavar="FILE", help="ends in .pdf, .xlsx or .csv")


def _report_file(text: str) -> Path:
    found = Path(text).expanduser()
    if found.suffix not in (".pdf", ".xlsx", ".csv"):
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .pdf, .xlsx or .csv")
    return found


async def _report(args: argparse.Namespace) -> None:
    report = await service_report.make_report(SYSTEM, args.fiscal_year, args.body)
    content = await paper_report.write_file(report, args.out.suffix.removeprefix("."))
    await asyncio.to_thread(args.out.write_bytes, content)
    say(str(args.out))


def _configure_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fiscal-year", required=True, type=between(2000, 2099), help="such as 2026")
    parser.add_argument("--body", metavar="CODE", default="", help="of this body, such as 100005; default: of the plan")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.zip", help="where to write it")


@contextmanager
def _written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is there complete or not at all."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("w+b") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


async def _export(args: argparse.Namespace) -> None:
    with _written_whole(args.out) as file:
        manifest = await service_exporting.export_year(SYSTEM, args.fiscal_year, args.body, file)
    if manifest.certification is None:
        tell(N_("{file} に書き出しました。まだ確定していない年度なので、暫定です。"), file=args.out)
    else:
        tell(N_("{file} に書き出しました。確定した年度です。"), file=args.out)


def _configure_hand_over(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fiscal-year", required=True, type=between(2000, 2099), help="such as 2026")
    parser.add_argument("--body", metavar="CODE", required=True, help="of this body, such as 102032")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.json", help="where to write it")


async def _hand_over(args: argparse.Namespace) -> None:
    content = await service_handing.hand_over(SYSTEM, args.fiscal_year, args.body)
    with _written_whole(args.out) as file:
        file.write(content)
    sentence = N_("{file} に書き出しました。相手に渡して、署名の鍵 {key} を読み合わせてください。")
    tell(sentence, file=args.out, key=fingerprint(await service_key.get_public_key()))


def _configure_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.zip", help="a file from `booking kpi export`")


def _verify(args: argparse.Namespace) -> int:
    """Say in one line whether the file is what was exported, and what it says."""
    try:
        with args.file.open("rb") as file:
            found = rules_verifying.verify(file)
    except rules_verifying.Unsound as unsound:
        _tell_one_line(N_("合いません：{reason}"), reason=_said(unsound.sentence, **unsound.params))
        return 1
    by, definition = found.certification, found.definition
    reading = f"{definition.unit} ({definition.code}, {definition.status})"
    figure = f"{found.fiscal_year} {found.body or '-'} {found.value} {reading}"
    said = {"figure": figure, "rows": found.visits.rows + found.imports.rows, "digest": found.digest}
    said |= {"key": fingerprint(found.public_key)}
    if by is None:
        sentence = N_("合っています（暫定、{on}現在）：{figure}、{rows}行、SHA-256 {digest}、署名の鍵 {key}")
        _tell_one_line(sentence, on=found.as_of_on, **said)
    else:
        sentence = N_("合っています：{figure}、{rows}行、SHA-256 {digest}、確定した人 {by}、署名の鍵 {key}")
        _tell_one_line(sentence, by=f"{by.office} {by.certified_by}", **said)
    return 0


def _said(sentence: str, **params: Any) -> str:
    return translate(sentence, language_of(os.environ), **params)


def _tell_one_line(sentence: str, **params: Any) -> None:
    """What a file says of itself may hold anything; a line stays a line."""
    say("".join(each if each.isprintable() else " " for each in _said(sentence, **params)))


SEEDS = (Step(name="annual-users", run=_seed),)
COMMANDS = (
    Command(
        name="kpi rebuild",
        help="fold every figure again from the visits and say the differences found (none, normally)",
        run=_rebuild,
    ),
    Command(
        name="kpi report",
        help="write the report for the review in September of a fiscal year: pdf, xlsx or csv",
        run=_report,
        configure=_configure_report,
    ),
    Command(
        name="kpi export",
        help="write a fiscal year into one file from which an auditor recomputes the figure without the database",
        run=_export,
        configure=_configure_export,
    ),
    Command(
        name="kpi hand-over",
        help="write the certified total of a body's year into a signed file for another installation",
        run=_hand_over,
        configure=_configure_hand_over,
    ),
    Command(
        name="kpi verify",
        help="recompute the figure from such a file; needs no database and no settings",
        run=_verify,
        configure=_configure_verify,
        database=False,
    ),
)
