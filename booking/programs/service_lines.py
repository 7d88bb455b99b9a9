"""Who waits for a seat: served in the transaction that makes room, by the room above that keeps the waiting lists.

Seats are raised here, and who waits for them lives in a room this one may not know: `wiring` hangs its verbs here.
Source: docs/decisions/0043-waiting-lists.md.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from uuid import UUID

from booking.kit import clock
from booking.programs import queries

Verb = Callable[[Iterable[UUID]], Awaitable[Any]]
_verbs: list[tuple[Verb, Verb]] = []


def use_lines(lock_ahead: Verb, promote: Verb) -> None:
    """From now on `lock_ahead` locks those first in line with their sessions, and `promote` gives them free seats."""
    _verbs[:] = [(lock_ahead, promote)]


async def lock_ahead(session_ids: Iterable[UUID]) -> None:
    """Lock what more seats in these sessions may touch, in the order of the house: after facilities, before sessions
    and their options."""
    for lock, _ in _verbs:
        await lock(session_ids)


async def serve(session_ids: Iterable[UUID]) -> None:
    """Give the free seats of these sessions, locked ahead, to those who wait for them. Safe: repeated."""
    for _, promote in _verbs:
        await promote(session_ids)


async def serve_room(space_id: UUID) -> None:
    """A room takes more by now: serve who waits for its sessions to come, within the transaction that changed it."""
    ids = await queries.list_session_ids_in_space(space_id, clock.now())
    await lock_ahead(ids)
    await serve(ids)
