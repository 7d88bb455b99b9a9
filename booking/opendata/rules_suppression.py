"""What the public may see of counts: rounded to 5, few never exactly, and no sum that gives a hidden cell away.

Cells of one to nine read `<10`. Cells of ten and more, and totals that are not certified, are rounded to a multiple of
5, up or down by dice (a count of 12 reads 10 in three of five tables and 15 in two): who knows the rules knows a cell
within four only. A certified total is published exactly, and ties its cells together; so a table is thrown again while
the published numbers would leave a hidden cell one value only. Whether it is thrown again depends on nothing but the
numbers that would be published, so a published table excludes no count that fits it. The dice are those of a secret
and of the table's name: the same table reads the same every time. Source: decision 0051.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec

STEP = 5
LEAST = 10
EXACT_FROM = 1_000
"""A smaller total is never exact: too few tables would fit it."""
THROWS = 200


class Mark(StrEnum):
    """What stands instead of a number."""

    FEW = "<10"
    WITHHELD = "*"


Shown = int | Mark
"""A number that may be published, or the mark that stands for one that may not."""


class Bounds(msgspec.Struct, frozen=True):
    """The least and the most a cell can be, as anybody can work out who knows the rules. Both included."""

    low: int
    high: int


class Published(msgspec.Struct, frozen=True):
    """A table as the public sees it."""

    cells: dict[str, Shown]
    total: Shown


def rounded(count: int, die: int) -> Shown:
    """One count, with a die of 0 to 4: rounded down where the die is at least what is over, else up."""
    if count <= 0:
        return 0
    if count < LEAST:
        return Mark.FEW
    down, over = divmod(count, STEP)
    return (down + (die < over)) * STEP


def bounds_of(shown: Shown) -> Bounds:
    """What a reader knows of a number."""
    if shown == Mark.FEW:
        return Bounds(1, LEAST - 1)
    if isinstance(shown, Mark):
        return Bounds(LEAST, 10**12)
    return Bounds(0, 0) if shown == 0 else Bounds(max(LEAST, shown - STEP + 1), shown + STEP - 1)


def narrowed(cells: Sequence[Bounds], total: Bounds) -> list[Bounds]:
    """What the cells can be once they must add up to the total."""
    lows, highs = sum(cell.low for cell in cells), sum(cell.high for cell in cells)
    return [
        Bounds(max(cell.low, total.low - (highs - cell.high)), min(cell.high, total.high - (lows - cell.low)))
        for cell in cells
    ]


def publish(name: str, counts: Mapping[str, int], secret: bytes, *, is_certified: bool) -> Published:
    """A table and its total. Where no throw hides what must be hidden, its cells are withheld."""
    total = sum(counts.values())
    is_exact = is_certified and total >= EXACT_FROM
    for throw in range(THROWS):
        dice = _dice(secret, f"{name} {throw}")
        cells = {cell: rounded(count, next(dice)) for cell, count in counts.items()}
        said = total if is_exact else rounded(total, next(dice))
        if not gives_away(cells, Bounds(total, total) if is_exact else bounds_of(said)):
            return Published(cells, said)
    last = _dice(secret, f"{name} withheld")
    return Published(dict.fromkeys(counts, Mark.WITHHELD), rounded(total, next(last)))


def gives_away(cells: Mapping[str, Shown], total: Bounds) -> bool:
    """Whether some cell marked few can have one value only, of all tables that would read so."""
    known = narrowed([bounds_of(shown) for shown in cells.values()], total)
    return any(shown == Mark.FEW and cell.low >= cell.high for shown, cell in zip(cells.values(), known, strict=True))


def _dice(secret: bytes, name: str) -> Iterator[int]:
    """Dice of 0 to 4 that only the holder of the secret can throw again."""
    block = 0
    while True:
        for byte in hmac.digest(secret, f"{name} {block}".encode(), hashlib.sha256):
            if byte < 255:
                yield byte % STEP
        block += 1
