"""The shell's verb for kiosks: a device is paired without a browser for staff."""

import argparse

from booking.access.schemas import SYSTEM
from booking.facilities.queries import get_facility
from booking.kiosks import service
from booking.kit.commands import Command, say, tell
from booking.kit.i18n import N_
from booking.kit.settings import get_settings


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--facility", action="append", required=True, metavar="CODE", help="may be given several times")
    parser.add_argument("--name", default="", help="what staff call the device")


async def pair(args: argparse.Namespace) -> None:
    """Put a kiosk on the register and print the code that pairs its device."""
    places = [await get_facility(code) for code in args.facility]
    name = args.name or "・".join(place.name for place in places)[:60]
    made = await service.add_kiosk(SYSTEM, name, [place.code for place in places])
    address = f"{get_settings().public_url.rstrip('/')}/kiosk/"
    say(made.code)
    tell(N_("30分のあいだ、1台だけに使えます。機器で開くページ：{address}"), address=address)
    tell(N_("職員メニューの番号：{pin}"), pin=made.staff_pin)


COMMANDS = (
    Command(
        name="kiosk pair",
        help="print a code that makes one device a kiosk of these facilities of one place",
        run=pair,
        configure=_configure,
    ),
)
CHECKS = ()
