"""The events of the live board: that something changed, never what."""

from collections.abc import AsyncIterator

from litestar.response import ServerSentEventMessage

from booking.kit.listen import Hub

CHANNELS = ("occupancy",)
HEARTBEAT_SECONDS = 15


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
