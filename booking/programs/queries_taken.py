"""How many seats are taken: counted by the rooms above, whose counters `wiring` hangs here.

A session must not be cancelled or shrunk under somebody's feet, and bookings live in a room this one may not know.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from uuid import UUID

Count = Callable[[Iterable[UUID]], Awaitable[Mapping[UUID, int]]]
_counts: list[Count] = []
_option_counts: list[Count] = []


def use_counts(counts: Sequence[Count], option_counts: Sequence[Count] = ()) -> None:
    """From now on seats taken, and options asked for, are the sum of what these say."""
    _counts[:] = counts
    _option_counts[:] = option_counts


async def count_taken(session_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Seats taken by session; whoever decides by it holds the sessions' locks."""
    return await _sum(_counts, session_ids)


async def count_options_taken(pool_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many have asked for each of these options of sessions; whoever decides by it holds the pools' locks."""
    return await _sum(_option_counts, pool_ids)


async def _sum(counts: Sequence[Count], things: Iterable[UUID]) -> dict[UUID, int]:
    if not counts:
        raise RuntimeError("nobody has said how what is taken is counted")
    ids = list(things)
    total: Counter[UUID] = Counter(dict.fromkeys(ids, 0))
    for count in counts:
        total.update(await count(ids))
    return dict(total)
