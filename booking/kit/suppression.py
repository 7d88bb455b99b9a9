"""What the public may see of counts: rounded to 5, few never exactly, and no sum that gives a hidden cell away.

Certified cells never change: one to nine read `<10`, ten and more are rounded to a multiple of 5, up or down by dice (a
count of 12 reads 10 in three of five tables and 15 in two): who knows the rules knows a cell within four only. A
provisional cell may change by one visit between two downloads. So below an edge of two to nine, which nobody knows,
it reads `<10`, from there to ten above the edge `*`, and only then it is rounded: the visit that changes what it reads
tells no count below ten. A certified total is exact, and ties the tables of its year together; so they are thrown again
while the published numbers would leave a hidden cell one value only. Whether they are thrown again depends on nothing
but the numbers that would be published. The dice are those of a secret and of the cell's name: the same count reads the
same every time. Source: decision 0051.
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
EDGES = range(2, LEAST)
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


class Count(msgspec.Struct, frozen=True):
    """A count, and whether it is certified: whether it stays as it is."""

    number: int
    is_certified: bool = True


Tables = Mapping[str, Mapping[str, Count]]


class Published(msgspec.Struct, frozen=True):
    """The tables of a year as the public sees them, and its total."""

    tables: dict[str, dict[str, Shown]]
    total: Shown


def secret_of(key: str) -> bytes:
    """The secret behind the dice, from the installation's: one for everything published, or two readings of one count
    would tell more than each."""
    return hashlib.sha256(b"published counts " + key.encode()).digest()


def rounded(count: int, die: int) -> Shown:
    """One certified count, with a die of 0 to 4: rounded down where the die is at least what is over, else up."""
    if count <= 0:
        return 0
    if count < LEAST:
        return Mark.FEW
    down, over = divmod(count, STEP)
    return (down + (die < over)) * STEP


def provisional(count: int, die: int, edge: int) -> Shown:
    """One count that may still change."""
    if count < edge:
        return Mark.FEW
    return Mark.WITHHELD if count < edge + LEAST else rounded(count, die)


def bounds_of(shown: Shown, *, is_certified: bool = True) -> Bounds:
    """What a reader knows of a number."""
    if isinstance(shown, Mark):
        if is_certified:
            return Bounds(1, LEAST - 1) if shown is Mark.FEW else Bounds(0, 10**12)
        return Bounds(0, EDGES[-1] - 1) if shown is Mark.FEW else Bounds(EDGES[0], EDGES[-1] + LEAST - 1)
    return Bounds(0, 0) if shown == 0 else Bounds(max(LEAST, shown - STEP + 1), shown + STEP - 1)


def narrowed(cells: Sequence[Bounds], total: Bounds) -> list[Bounds]:
    """What the cells can be once they must add up to the total."""
    lows, highs = sum(cell.low for cell in cells), sum(cell.high for cell in cells)
    return [
        Bounds(max(cell.low, total.low - (highs - cell.high)), min(cell.high, total.high - (lows - cell.low)))
        for cell in cells
    ]


def publish(
    name: str, tables: Tables, total: Count, secret: bytes, *, is_tied: bool = True, may_be_exact: bool = True
) -> Published:
    """The tables of a year and its total, which each of them adds up to where they are tied.

    Where no throw hides what must be hidden, the cells are withheld. `may_be_exact`: whether nothing else that is
    published would make an exact total give something away.
    """
    is_exact = may_be_exact and total.is_certified and total.number >= EXACT_FROM
    for throw in range(THROWS):
        shown = {
            table: {cell: _shown(f"{name} {table} {cell}", count, secret, throw) for cell, count in counts.items()}
            for table, counts in tables.items()
        }
        said = total.number if is_exact else _shown(f"{name} total", total, secret, throw)
        whole = Bounds(total.number, total.number)
        if not is_exact:
            whole = bounds_of(said, is_certified=total.is_certified)
        known = [
            [bounds_of(shown[table][cell], is_certified=count.is_certified) for cell, count in counts.items()]
            for table, counts in tables.items()
        ]
        if not is_tied or not gives_away(known, whole):
            return Published(shown, said)
    withheld: dict[str, dict[str, Shown]] = {
        table: dict.fromkeys(counts, Mark.WITHHELD) for table, counts in tables.items()
    }
    return Published(withheld, total.number if is_exact else _shown(f"{name} total", total, secret, 0))


def gives_away(tables: Sequence[Sequence[Bounds]], total: Bounds) -> bool:
    """Whether some hidden cell below ten can have one value only, of all counts that add up to one total."""
    sums = [(sum(cell.low for cell in cells), sum(cell.high for cell in cells)) for cells in tables]
    whole = Bounds(max([total.low, *(low for low, _ in sums)]), min([total.high, *(high for _, high in sums)]))
    return any(
        before.low < before.high and after.low >= after.high and after.low < LEAST
        for cells in tables
        for before, after in zip(cells, narrowed(cells, whole), strict=True)
    )


def _shown(name: str, count: Count, secret: bytes, throw: int) -> Shown:
    die = next(_dice(secret, f"{name} {throw}", STEP))
    if count.is_certified:
        return rounded(count.number, die)
    return provisional(count.number, die, EDGES[next(_dice(secret, f"{name} edge", len(EDGES)))])


def _dice(secret: bytes, name: str, sides: int) -> Iterator[int]:
    """Dice that only the holder of the secret can throw again."""
    block = 0
    while True:
        for byte in hmac.digest(secret, f"{name} {block}".encode(), hashlib.sha256):
            if byte < 256 - 256 % sides:
                yield byte % sides
        block += 1
