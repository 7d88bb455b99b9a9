"""What the annual-users figure offers at the shell."""

import argparse

from booking.kit.commands import Command, Step, say
from booking.kpi import service, service_fold


async def _seed() -> None:
    await service.seed()


async def _rebuild(_: argparse.Namespace) -> int:
    differences = await service_fold.rebuild()
    for line in differences:
        say(line)
    say(f"{len(differences)} differences" if differences else "No differences: every figure agrees with its visits.")
    return 1 if differences else 0


SEEDS = (Step(name="annual-users", run=_seed),)
COMMANDS = (
    Command(
        name="kpi rebuild",
        help="fold every figure again from the visits and say the differences found (none, normally)",
        run=_rebuild,
    ),
)
