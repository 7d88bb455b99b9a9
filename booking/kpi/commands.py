"""What the annual-users figure offers at the shell."""

import argparse
import asyncio
from pathlib import Path

from booking.access.schemas import SYSTEM
from booking.kit.commands import Command, Step, between, say
from booking.kpi import paper_report, service, service_fold, service_report


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
)
