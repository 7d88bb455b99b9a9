"""The events of the live board: that something changed, never what."""

from collections import Counter
from collections.abc import AsyncIterator

from litestar.response import ServerSentEventMessage

from booking.kit.listen import Hub

CHANNELS = ("occupancy",)
HEARTBEAT_SECONDS = 15


MOST_WALLS, MOST_WALLS_OF_ONE = 200, 10
"""Streams that nobody signed in for, in one process, of all and of one network address: the screens of a building. A
wall that gets none shows itself again every 15 seconds all the same."""
_walls: Counter[str] = Counter()


async def wall_changes(hub: Hub, network: str) -> AsyncIterator[ServerSentEventMessage]:
    """The same events for a screen at an entrance; above a limit one greeting alone, so that nobody fills the house."""
    if _walls.total() >= MOST_WALLS or _walls[network] >= MOST_WALLS_OF_ONE:
        yield ServerSentEventMessage(event="hello", data="", retry=60_000)
        return
    _walls[network] += 1
    try:
        async for message in changes(hub):
            yield message
    finally:
        _walls[network] -= 1
        if not _walls[network]:
            del _walls[network]


async def changes(hub: Hub) -> AsyncIterator[ServerSentEventMessage]:
    """Events until the reader leaves or the process drains; `beat` now and then keeps the line open, and tells a reader
    who hears none that events do not come through."""
    async with hub.subscribe(*CHANNELS) as subscription:
        yield ServerSentEventMessage(event="hello", data="", retry=2000)
        while not subscription.has_ended:
            heard = await subscription.hear(HEARTBEAT_SECONDS)
            if heard is not None:
                yield ServerSentEventMessage(event="change", data="")
            elif not subscription.has_ended:
                yield ServerSentEventMessage(event="beat", data="")
