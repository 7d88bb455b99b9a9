"""What people put into every database: the provisional consent text of each body; and the shell's verb for lists."""

import argparse
import asyncio
import os
from pathlib import Path

from booking.access.schemas import SYSTEM
from booking.facilities.queries import list_bodies
from booking.kit.commands import Command, Step, language_of, tell
from booking.kit.i18n import N_
from booking.kit.spreadsheet_files import LARGEST_BYTES, FileUnreadable
from booking.people import service_import
from booking.people.errors_import import BodyCodeUnknown, RowsFaulty
from booking.people.schemas_import import ImportReport
from booking.people.service_consent import seed_consent_texts


async def _seed() -> None:
    await seed_consent_texts()


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="csv (UTF-8 or CP932) or xlsx with names of its columns"
    )
    parser.add_argument("--body", metavar="CODE", help="whose registrants they are; default: the prefecture's code")
    parser.add_argument("--commit", action="store_true", help="register everybody; without it nothing is changed")


async def import_members(args: argparse.Namespace) -> int:
    """Read a list and say every row that cannot be used; with --commit register everybody on it, or nobody."""
    bodies = {body.code: body.name for body in await list_bodies()}
    code = args.body or next(iter(bodies), "")
    if code not in bodies:
        raise BodyCodeUnknown(codes="、".join(bodies))
    content = await asyncio.to_thread(_bytes_of, args.file)
    report = await service_import.import_at_once(SYSTEM, code, content, is_for_real=False)
    tell(N_("運営：{name}（{code}）"), name=bodies[code], code=code)
    _tell(report)
    if report.faults:
        tell(RowsFaulty.sentence, n=len(report.faults))
        return 1
    if args.commit:
        report = await service_import.import_at_once(SYSTEM, code, content, is_for_real=True)
        tell(N_("{n}人を登録しました。"), n=report.new)
    else:
        tell(N_("確かめただけで、だれも登録していません。登録するときは --commit をつけてください。"))
    return 0


def _bytes_of(path: Path) -> bytes:
    """As much of a file as is ever taken. Raises: FileUnreadable."""
    try:
        with path.open("rb") as opened:
            return opened.read(LARGEST_BYTES + 1)
    except OSError:
        raise FileUnreadable from None


def _tell(report: ImportReport) -> None:
    tell(
        N_("新しく登録する人 {new}、すでに登録している人 {known}、名簿の中で同じ行 {repeats}、直すところ {faults}"),
        new=report.new,
        known=len(report.known),
        repeats=len(report.repeats),
        faults=len(report.faults),
    )
    if report.unused:
        tell(N_("読まなかった列：{columns}"), columns="、".join(report.unused))
    for one in report.faults:
        reason = one.say(language_of(os.environ))
        tell(N_("{row}行目「{column}」：{reason}"), row=one.row, column=one.column, reason=reason)


COMMANDS = (
    Command(
        name="members import",
        help="take over a list of registrants; a dry run that lists every faulty row unless --commit is given",
        run=import_members,
        configure=_configure,
    ),
)
SEEDS = (Step(name="consent texts", run=_seed),)
