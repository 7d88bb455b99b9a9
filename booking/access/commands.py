"""Verbs for the shell: the first member of staff, and API tokens. Whoever has the shell may do everything."""

import argparse

from booking.access import service_staff, service_tokens
from booking.access.rules import STAFF_ROLES
from booking.access.schemas import SYSTEM
from booking.kit.commands import Command, say
from booking.kit.settings import get_settings


def _for_whom(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", required=True, choices=[str(role) for role in STAFF_ROLES])
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("--body", metavar="CODE", help="only for this body, such as 100005")
    scope.add_argument("--facility", metavar="CODE", help="only for this facility")


def _configure_staff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", help="as colleagues call them; default: the address before the @")
    _for_whom(parser)


async def _add_staff(args: argparse.Namespace) -> None:
    name = args.name or args.email.partition("@")[0]
    path = await service_staff.add_staff(args.email, name, args.role, args.body or args.facility, SYSTEM)
    say(get_settings().public_url.rstrip("/") + path)


def _configure_token(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", required=True, metavar="TEXT", help="what the token is for")
    _for_whom(parser)


async def _new_token(args: argparse.Namespace) -> None:
    say(await service_tokens.new_token(args.label, args.role, args.body or args.facility, SYSTEM))


COMMANDS = (
    Command(
        name="staff add",
        help="let somebody work here: prints the link (24 h, once) that registers the authenticator",
        run=_add_staff,
        configure=_configure_staff,
    ),
    Command(
        name="token new",
        help="make an API token and print it, once",
        run=_new_token,
        configure=_configure_token,
    ),
)
