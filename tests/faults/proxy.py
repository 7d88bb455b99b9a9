"""A network of our own between a kiosk and the service, that is as bad as it is told to be."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

STALL_SECONDS = 2.5


class Network:
    """Forwards connections. `badness` is how often an exchange fails; `is_cut`: nothing comes through at all."""

    def __init__(self, target: int, dice: random.Random) -> None:
        self.target = target
        self.dice = dice
        self.badness = 0.0
        self.is_cut = False
        self.cuts = 0
        self.port = 0
        self.spoilt = {"refused": 0, "lost before": 0, "lost after": 0, "stalled": 0, "cut in half": 0}
        self._open: set[asyncio.StreamWriter] = set()

    async def cut(self) -> None:
        """Nothing comes through from now on, also on connections that are open."""
        self.is_cut = True
        self.cuts += 1
        for writer in list(self._open):
            _reset(writer)

    def mend(self) -> None:
        """As good as new."""
        self.is_cut, self.badness = False, 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a kiosk."""
        if self.is_cut or self._happens("refused", 0.3):
            _reset(writer)
            return
        self._open.add(writer)
        try:
            theirs, ours = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            _reset(writer)
            self._open.discard(writer)
            return
        ways = [asyncio.create_task(self._up(reader, ours)), asyncio.create_task(self._down(theirs, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        self._open.discard(writer)
        for one in (writer, ours):
            _reset(one)

    async def _up(self, reader: asyncio.StreamReader, ours: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self._happens("lost before", 0.3):
                    return
                ours.write(data)
                await ours.drain()

    async def _down(self, theirs: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers: what is lost here was done by the service, and the kiosk never hears of it."""
        with suppress(OSError):
            while data := await theirs.read(65536):
                if self._happens("lost after", 0.5):
                    return
                if self._happens("stalled", 0.2):
                    await asyncio.sleep(STALL_SECONDS)
                    return
                if self._happens("cut in half", 0.3):
                    writer.write(data[: len(data) // 2])
                    await writer.drain()
                    return
                writer.write(data)
                await writer.drain()

    def _happens(self, what: str, share: float) -> bool:
        happens = self.dice.random() < self.badness * share
        self.spoilt[what] += happens
        return happens


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a dead network does: not with a goodbye."""
    raw = writer.get_extra_info("socket")
    with suppress(OSError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def network(target: int, seed: int) -> AsyncIterator[Network]:
    """A network in front of a port of this machine, on a port of its own."""
    made = Network(target, random.Random(seed))
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.cut()
