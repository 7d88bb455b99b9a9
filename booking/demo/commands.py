"""The demo at the shell: its data, its addresses, and synthetic data at any size."""

import argparse
import sys
from datetime import timedelta

from booking.demo import service, service_bulk, service_signing, service_today, service_years
from booking.kit import clock
from booking.kit.commands import Command, Step, Welcome, between, say
from booking.kit.i18n import N_
from booking.kpi import service_fold as kpi
from booking.occupancy import service_days as history

FEWER = "; not {}: signed days get no more, and so few members come only so often"


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--members",
        type=between(1, 1_000_000),
        default=1_000,
        metavar="N",
        help="how many members (default %(default)s)",
    )
    parser.add_argument(
        "--visits",
        type=between(1, 100_000_000),
        default=20_000,
        metavar="N",
        help="how many visits (default %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed makes the same people")
    parser.add_argument(
        "--years", type=between(1, 20), default=3, metavar="Y", help="over how many years (default %(default)s)"
    )


async def _make(args: argparse.Namespace) -> int:
    today = clock.today()
    since = await service_years.first_day(today - timedelta(days=365 * args.years))
    rows = await service_bulk.make_members(args.members, args.seed, since)
    say(f"members: {len(rows)}")
    made = await service_years.make_visits(rows, args.visits, args.seed, since, until_on=today, progress=_bar)
    say(f"\nvisits: {made}" + ("" if made >= args.visits else FEWER.format(args.visits)))
    say(f"signed facility-days: {await service_signing.sign_past_days(args.seed, since, await service.make_staff())}")
    say(f"folded facility-days: {await kpi.fold_everything()}")
    await history.fold_everything()
    return 0


def _bar(done: int, whole: int) -> None:
    filled = 40 * done // max(1, whole)
    sys.stdout.write(f"\r[{'#' * filled}{'.' * (40 - filled)}] {done} / {whole}")
    sys.stdout.flush()


async def _fill() -> None:
    await service_today.open_today()
    await service.populate()
    await service_today.book_for_family()


async def list_welcomes() -> list[Welcome]:
    """What `serve --demo` prints when it is ready."""
    return [
        Welcome(label=N_("デモのメールボックス"), path="/demo/mailbox", kind="page"),
        Welcome(label=N_("保護者としてサインイン（1回だけ）"), path=await service.new_link(service.GUARDIAN)),
        *[
            Welcome(label=label, path=await service.new_link(email))
            for label, email in (
                (N_("受付としてサインイン（1回だけ）"), "uketsuke@example.jp"),
                (N_("群馬県の管理者としてサインイン（1回だけ）"), "kanri@example.jp"),
                (N_("桐生市の管理者としてサインイン（1回だけ）"), "kiryu@example.jp"),
            )
        ],
    ]


COMMANDS = (
    Command(
        name="demo",
        help="put synthetic but plausible members and visits, at any size, into the database of serve --demo",
        run=_make,
        configure=_configure,
        demo=True,
    ),
)
DEMOS = (Step(name="demo", run=_fill),)
WELCOMES = (list_welcomes,)
