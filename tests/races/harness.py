"""Two server processes on one database, and many requests at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import httpx

from tests.served import BOOKING, Served, environment, free_port

SECRET = "t" * 40


class Ask(NamedTuple):
    """One request: who asks (headers), for what."""

    method: str
    path: str
    headers: Mapping[str, str] = {}
    json: Any = None
    form: Mapping[str, str] | None = None


class Race:
    """Two servers that do not know each other."""

    def __init__(self, servers: Sequence[Served], browser: httpx.AsyncClient) -> None:
        self.servers = servers
        self.browser = browser

    async def fire(self, asks: Sequence[Ask]) -> list[httpx.Response]:
        """All requests at once, in turn to one server and the other; the answers in their order.

        Every request finds its connection open, so that they start as close together as can be.
        """
        ready = asyncio.Barrier(len(asks))

        async def one(number: int, ask: Ask) -> httpx.Response:
            address = self.servers[number % len(self.servers)].address
            await ready.wait()
            await self.browser.get(address + "/healthz")
            await ready.wait()
            return await self.browser.request(
                ask.method, address + ask.path, headers=dict(ask.headers), json=ask.json, data=ask.form
            )

        return list(await asyncio.gather(*(one(number, ask) for number, ask in enumerate(asks))))


@asynccontextmanager
async def race(database_url: str, lock: str, *, locked: bool, servers: int = 2) -> AsyncIterator[Race]:
    """Serve the database in several processes, with or without a room's locks ("room" or "room:lock_name").

    Both kinds pause after reading under the lock, so that they differ in the lock alone. The servers share the
    secret key of the test settings.
    """
    words = ["-m", "tests.races.unlocked", *(["--keep"] if locked else []), lock]
    env = environment(None, {"BOOKING_DATABASE_URL": database_url, "BOOKING_SECRET_KEY": SECRET})
    async with AsyncExitStack() as stack:
        running: list[Served] = []
        for _ in range(servers):
            port = free_port()
            served = Served([*words, "serve", "--port", str(port)], port, env)
            stack.push_async_callback(asyncio.to_thread, _end, served)
            running.append(served)
        for served in running:
            await asyncio.to_thread(served.wait_until_ready)
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
        browser = await stack.enter_async_context(httpx.AsyncClient(limits=limits, timeout=60))
        yield Race(running, browser)


def _end(served: Served) -> None:
    try:
        if served.process.poll() is None:
            served.stop()
    finally:
        served.kill()


__all__ = ["BOOKING", "SECRET", "Ask", "Race", "race"]


async def breaks(once: Callable[[], Awaitable[bool]], attempts: int = 12) -> bool:
    """Whether what is raced without its lock breaks in one of some attempts: a race is lost by chance."""
    for _ in range(attempts):
        if await once():
            return True
    return False
