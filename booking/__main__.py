"""The command line: only parses. `python -m booking` and the console script `booking` are the same."""

import argparse
import sys
from collections.abc import Sequence

from booking import shell, wiring
from booking.kit.commands import Command


def parser_of(commands: Sequence[Command]) -> argparse.ArgumentParser:
    """A parser with a verb for each command; a name of two words becomes a verb within a verb."""
    parser = argparse.ArgumentParser(prog="booking", description="Booking and check-in for creative centres.")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for command in commands:
        group, _, verb = command.name.rpartition(" ")
        if group and group not in groups:
            grouped = verbs.add_parser(group, help=f"booking {group} …")
            groups[group] = grouped.add_subparsers(required=True, metavar="COMMAND")
        place = groups[group] if group else verbs
        leaf = place.add_parser(verb, help=command.help, description=command.help)
        command.configure(leaf)
        leaf.set_defaults(command=command, parser=leaf)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit status: 0, 1 refused or failed, 2 wrong usage."""
    args = parser_of([*shell.COMMANDS, *wiring.commands()]).parse_args(argv)
    command: Command = args.command
    return shell.run(command, args)


if __name__ == "__main__":
    sys.exit(main())
