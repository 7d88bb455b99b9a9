"""What rooms declare for the shell in their `commands.py`: COMMANDS, CHECKS, SEEDS, DEMOS and WELCOMES.

Words are written with `say`; a refusal ends the command with its sentence and exit status 1. A command runs with the
database's pool started unless it says `database=False`.
"""

import argparse
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from booking.kit.i18n import translate


def no_arguments(_parser: argparse.ArgumentParser) -> None:
    """A command without arguments of its own."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A verb for the shell. `name` may have two words ("staff add"); `run` returns the exit status, None for 0.

    With `database=False` it runs outside any event loop and may be an ordinary function. With `demo=True` it works on
    the database of `serve --demo`, made where there is none, and never on another.
    """

    name: str
    help: str
    run: Callable[[argparse.Namespace], Awaitable[int | None] | int | None]
    configure: Callable[[argparse.ArgumentParser], None] = no_arguments
    database: bool = True
    demo: bool = False


@dataclass(frozen=True, kw_only=True)
class Check:
    """A question `doctor` asks. `ask` returns None when all is well, else what is wrong and what to do (a msgid).

    With `stops_requests` the answer also keeps `/readyz` from saying ready.
    """

    name: str
    ask: Callable[[], Awaitable[str | None]]
    stops_requests: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing `seed` (or `serve --demo`) puts into the database. Safe to repeat: inserts by code, never updates.

    `differ` says in one line each what `seed --diff` finds changed or missing.
    """

    name: str
    run: Callable[[], Awaitable[None]]
    differ: Callable[[], Awaitable[list[str]]] | None = None


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """A line that `serve --demo` prints when it is ready: a label (a msgid) and a path, such as a sign-in link.

    `kind` page: always printed. `kind` sign-in: made anew at each start of a demo, works once.
    """

    label: str
    path: str
    kind: Literal["page", "sign-in"] = "sign-in"


Welcomes = Callable[[], Awaitable[list[Welcome]]]


def between(low: int, high: int) -> Callable[[str], int]:
    """The type of an argument that is a whole number from `low` to `high`; anything else is wrong usage."""

    def number(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low} to {high}")
        return int(text)

    return number


def say(text: str = "") -> None:
    """Write one line for the person at the shell, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def language_of(environ: Mapping[str, str]) -> str:
    """The language of the person at the shell: Japanese when the locale says so, else English."""
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "ja" if locale.startswith("ja") else "en"


def tell(sentence: str, **params: Any) -> None:
    """Say a sentence to the person at the shell in their language."""
    say(translate(sentence, language_of(os.environ), **params))
