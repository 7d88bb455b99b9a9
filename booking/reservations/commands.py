"""What reservations add to the shell: recomputing a draw from its record, without a database."""

import argparse
from pathlib import Path

from booking.kit.commands import Command, say
from booking.reservations import rules_draws
from booking.reservations.errors_draws import DrawRecordUnreadable


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="the record of a draw, as its page gives it")


def _verify(arguments: argparse.Namespace) -> int:
    """Recompute a draw; 0 when everything follows from the rest, else 1 with what does not."""
    try:
        raw = arguments.file.read_bytes()
    except OSError:
        raise DrawRecordUnreadable from None
    record = rules_draws.read_record(raw)
    faults = rules_draws.faults_of(record)
    for fault in faults:
        say(fault)
    if not faults:
        won = sum(each.outcome == "won" for each in record.entries)
        say(f"draw {record.draw}: {len(record.entries)} entries, {won} won; the order follows from the record")
    return 1 if faults else 0


COMMANDS = (
    Command(
        name="draw verify",
        help="recompute a draw from its record, without a database",
        run=_verify,
        configure=_configure,
        database=False,
    ),
)
