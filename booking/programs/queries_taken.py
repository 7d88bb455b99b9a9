"""How many seats are taken: counted by the rooms above, whose counters `wiring` hangs here.

A session must not be cancelled or shrunk under somebody's feet, and bookings live in a room this one may not know.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from uuid import UUID

Count = Callable[[Iterable[UUID]], Awaitable[Mapping[UUID, int]]]
_counts: list[Count] = []


def use_counts(counts: Sequence[Count]) -> None:
    """From now on seats taken are the sum of what these say."""
    _counts[:] = counts


async def count_taken(session_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Seats taken by session; whoever decides by it holds the sessions' locks."""
    if not _counts:
        raise RuntimeError("nobody has said how taken seats are counted")
    ids = list(session_ids)
    total: Counter[UUID] = Counter(dict.fromkeys(ids, 0))
    for count in _counts:
        total.update(await count(ids))
    return dict(total)
