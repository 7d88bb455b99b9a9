"""`python -m tests.faults [NAME …]` plays bad days against a real service: what was lost, and who was wrongly told?

Everything runs on 127.0.0.1 in a directory of its own. `--short` plays the same with fewer people; `--list` says what
there is.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

from tests.bench.report import say
from tests.faults import days, devices, networks, servers
from tests.faults.stage import Stage, stage
from tests.faults.tally import Tally, table

Drill = Callable[[Stage, Tally], Awaitable[None]]
DRILLS: dict[str, Drill] = {
    "sixty": networks.sixty_in_the_queue,
    "clock-wrong": networks.clock_wrong,
    "network-flapping": networks.network_flapping,
    "postgres-killed": servers.postgres_killed,
    "server-killed": servers.server_killed,
    "kiosk-killed": devices.kiosk_killed,
    "power-cut": devices.power_cut,
    "twenty-starts": days.offline_across_twenty_starts,
    "typhoon": days.typhoon_at_noon,
}
FACILITIES = 48


async def play(names: Sequence[str], *, is_short: bool) -> list[Tally]:
    """Play some drills on one stage, one after the other."""
    tallies = []
    async with stage(facilities=FACILITIES, people=60 if is_short else 320, is_short=is_short) as made:
        for name in names:
            tally = Tally(name)
            began = time.monotonic()
            try:
                await DRILLS[name](made, tally)
            except Exception as error:
                tally.faults.append(f"{type(error).__name__}: {error}")
            tally.seconds = time.monotonic() - began
            say(table([tally]).splitlines()[-1] if tally.is_good else table([tally]))
            tallies.append(tally)
    return tallies


def main() -> int:
    """Play what was asked for; 1 when anything was lost, doubled or wrongly told."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="drills; all without a name")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--short", action="store_true", help="with fewer people, as the checks of every change do")
    args = parser.parse_args()
    if args.list:
        for name, drill in DRILLS.items():
            print(f"{name:18} {(drill.__doc__ or '').splitlines()[0]}")
        return 0
    if unknown := [name for name in args.names if name not in DRILLS]:
        parser.error(f"there is no drill {unknown[0]}; --list says what there is")
    began = time.monotonic()
    tallies = asyncio.run(play(args.names or list(DRILLS), is_short=args.short))
    print(f"\n{table(tallies)}\n\n{time.monotonic() - began:.0f} seconds")
    return 0 if all(one.is_good for one in tallies) else 1


if __name__ == "__main__":
    sys.exit(main())
