"""The same service with one room's locks taken away: the negative control of every race.

`python -m tests.races.unlocked ROOM[:lock_name] serve …` serves the product after each `lock_*` of that room's queries
(or the one named) was replaced by the same SELECT without its lock clause. `--keep ROOM[:lock_name] serve …` keeps the
clause. Both pause a little after reading, as a slow disk would, so that a pair differs in the lock and nothing else.
"""

import asyncio
import functools
import importlib
import re
import sys
import time
import types
from collections.abc import Awaitable, Callable
from typing import Any

LOCK_CLAUSE = re.compile(
    r"""\s+ for \s+ (?: no \s+ key \s+ update | update | key \s+ share | share )
        (?: \s+ of \s+ [\w", ]+? )? (?: \s+ (?: skip \s+ locked | nowait ) )?
        (?= \s* (?: $ | ; | \) | " ) )""",
    re.IGNORECASE | re.VERBOSE,
)
TICK_SECONDS = 0.1
"""All who have read wait for the next tick of the machine's clock, in every process: they go on at one moment."""

Lock = Callable[..., Awaitable[Any]]


def without_clause(value: Any) -> Any:
    """A text without its lock clauses; code with all its texts so; anything else as it is."""
    if isinstance(value, str):
        return LOCK_CLAUSE.sub("", value)
    if isinstance(value, types.CodeType):
        return value.replace(co_consts=tuple(without_clause(constant) for constant in value.co_consts))
    return value


def unlocked(lock: types.FunctionType) -> Lock:
    """The same function, reading the same rows without locking them. Raises: ValueError when it locks nothing."""
    code = without_clause(lock.__code__)
    surroundings = {
        name: without_clause(value) if isinstance(value, str) else value for name, value in lock.__globals__.items()
    }
    used = [name for name in code.co_names if surroundings.get(name) is not lock.__globals__.get(name)]
    if code == lock.__code__ and not used:
        raise ValueError(f"{lock.__module__}.{lock.__name__} has no lock clause to take away")
    made = types.FunctionType(code, surroundings, lock.__name__, lock.__defaults__, lock.__closure__)
    made.__kwdefaults__ = lock.__kwdefaults__
    return made


def pausing(lock: Lock) -> Lock:
    """The same function, taking a moment longer."""

    @functools.wraps(lock)
    async def read(*args: Any, **named: Any) -> Any:
        found = await lock(*args, **named)
        await asyncio.sleep(TICK_SECONDS - time.time() % TICK_SECONDS)
        return found

    return read


def take_away(target: str, *, keep: bool = False) -> list[str]:
    """Replace a room's locks in this process, before anything else imports them; the names replaced.

    Several targets are separated by commas: a thing two locks guard breaks only without both. A name ending in `~` is
    a read that only takes a moment longer, with and without locks: what is decided on it is then old. A room's second
    file of queries is named with it: `reservations.queries_group_visits`.
    """
    if "," in target:
        return [name for one in target.split(",") for name in take_away(one, keep=keep)]
    room, _, only = target.partition(":")
    queries = importlib.import_module(f"booking.{room}" if "." in room else f"booking.{room}.queries")
    names = [only] if only else sorted(name for name in vars(queries) if name.startswith("lock_"))
    if not names:
        raise ValueError(f"the room {room} locks nothing")
    for name in names:
        lock = getattr(queries, name.removesuffix("~"))
        kept = keep or name.endswith("~")
        setattr(queries, name.removesuffix("~"), pausing(lock if kept else unlocked(lock)))
    return names


def main(words: list[str]) -> int:
    """Take the locks away, then do as `booking` does."""
    keep = words[:1] == ["--keep"]
    target, *command = words[1:] if keep else words
    take_away(target, keep=keep)
    house = importlib.import_module("booking.__main__")
    return int(house.main(command))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
