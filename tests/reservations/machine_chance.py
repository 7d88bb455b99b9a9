"""What the machine's hardware gives by chance, made the same in every run from the same beginning."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from random import Random

from booking.kit import tokens


class Chance:
    """What the machine's hardware gives by chance and by its clock, the same in every run from the same beginning.

    Ids are made of it, and whatever is ordered by id: without this an example could not be played a second time.
    """

    def __init__(self, beginning: int) -> None:
        self.random = Random(beginning)
        self.milliseconds = count(1_796_000_000_000 + beginning * 1_000_000)

    def urandom(self, size_bytes: int) -> bytes:
        """As `os.urandom`."""
        return self.random.randbytes(size_bytes)

    def time_ns(self) -> int:
        """As `time.time_ns`: a millisecond later each time."""
        return next(self.milliseconds) * 1_000_000

    def token_urlsafe(self, size_bytes: int) -> str:
        """As `secrets.token_urlsafe`."""
        return self.random.randbytes(size_bytes).hex()


@contextmanager
def steady(beginning: int) -> Iterator[None]:
    """While this lasts, ids and secrets come from a `Chance`."""
    names = ("os", "time", "secrets")
    before = {name: getattr(tokens, name) for name in names}
    chance = Chance(beginning)
    for name in names:
        setattr(tokens, name, chance)
    try:
        yield
    finally:
        for name, module in before.items():
            setattr(tokens, name, module)
