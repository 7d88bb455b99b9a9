"""A program that serves an endless event stream and a slow answer, through the same serving as the product's.

Run as `python -m tests.serving.streaming serve --port N --workers N`; without a database.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator

from litestar import Litestar, get
from litestar.response import ServerSentEvent

from booking.kit import serving
from booking.kit.listen import Hub


def create_app() -> Litestar:
    """The application; its hub has no server to listen to, which a stream must survive."""
    hub = Hub("postgresql://postgres@/none?host=/nonexistent")

    @get("/readyz")
    async def readyz() -> str:
        return "ready"

    @get("/stream")
    async def stream() -> ServerSentEvent:
        async def events() -> AsyncIterator[str]:
            async with hub.subscribe("board") as subscription:
                while not subscription.has_ended:
                    yield "still here"
                    await subscription.hear(1)

        return ServerSentEvent(events())

    @get("/slow")
    async def slow() -> str:
        await asyncio.sleep(1)
        return "done"

    def at_work(_: Litestar) -> object:
        return serving.at_work(drain=hub.drain)

    return Litestar([readyz, stream, slow], lifespan=[at_work], openapi_config=None, logging_config=None)


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("verb")
    parser.add_argument("--port", type=int)
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    place = serving.Place(port=args.port, workers=args.workers)
    with serving.stopping_on_signals(), serving.bind(place) as bound:
        serving.serve("tests.serving.streaming:create_app", place, bound, when_ready=lambda: print("ready", flush=True))


if __name__ == "__main__":
    main()
