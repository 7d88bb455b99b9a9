"""The events of the live board: that something changed, never what."""

from collections.abc import AsyncIterator

from litestar.response import ServerSentEventMessage

from booking.kit.listen import Hub

CHANNELS = ("occupancy",)
HEARTBEAT_SECONDS = 15


MOST_WALLS = 200
"""Streams that nobody signed in for, in one process; a wall that gets none asks again by itself."""
_walls: set[object] = set()


async def wall_changes(hub: Hub) -> AsyncIterator[ServerSentEventMessage]:
    """The same events for a screen at an entrance; above a limit one greeting alone, so that nobody fills the house."""
    me = object()
    if len(_walls) >= MOST_WALLS:
        yield ServerSentEventMessage(event="hello", data="", retry=60_000)
        return
    _walls.add(me)
    try:
        async for message in changes(hub):
            yield message
    finally:
        _walls.discard(me)


async def changes(hub: Hub) -> AsyncIterator[ServerSentEventMessage]:
    """Events until the reader leaves or the process drains; a comment now and then keeps the line open."""
    async with hub.subscribe(*CHANNELS) as subscription:
        yield ServerSentEventMessage(event="hello", data="", retry=2000)
        while not subscription.has_ended:
            heard = await subscription.hear(HEARTBEAT_SECONDS)
            if heard is not None:
                yield ServerSentEventMessage(event="change", data="")
            elif not subscription.has_ended:
                yield ServerSentEventMessage(comment="still here")
