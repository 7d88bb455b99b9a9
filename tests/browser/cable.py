"""A network cable between a browser and the service that can be pulled out: what a real outage looks like to both."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.browser.serving import free_port


class Cable:
    """Carries bytes between a port of its own and the service's while it is plugged in."""

    def __init__(self, to_port: int) -> None:
        self.port, self.to_port = free_port(), to_port
        self.address = f"http://localhost:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._carried: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._thread.start()

    def plug_in(self) -> None:
        """From now on it carries."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def pull(self) -> None:
        """Nothing goes through any more, and what was under way is lost."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(10)

    def close(self) -> None:
        """Throw it away."""
        self.pull()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._carried:
            writer.transport.abort()
        if self._carrying:
            await asyncio.wait(set(self._carrying))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._carry_both(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry_both(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._carried.add(writer)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.to_port)
            self._carried.add(back)
            try:
                await asyncio.wait(
                    [asyncio.ensure_future(_pour(reader, back)), asyncio.ensure_future(_pour(there, writer))]
                )
            finally:
                back.close()
                self._carried.discard(back)
        finally:
            writer.close()
            self._carried.discard(writer)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextmanager
def cabled(to_port: int) -> Iterator[Cable]:
    """A cable, plugged in, until the block ends."""
    cable = Cable(to_port)
    cable.plug_in()
    try:
        yield cable
    finally:
        cable.close()
