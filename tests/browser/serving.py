"""The whole service on a free port of 127.0.0.1, in a thread of its own, for a real browser."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg
import msgspec
import uvicorn

from booking import wiring
from booking.kit import db
from booking.kit.commands import Welcome
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings, use_settings
from booking.kit.tokens import new_id

T = TypeVar("T")
Fill = Callable[[str], Coroutine[Any, Any, None]]
"""What puts a test's own people into a seeded database, whose address it is given."""


class Served(msgspec.Struct, frozen=True):
    """Where it answers, the one-time links of its demo, and where it keeps its data."""

    address: str
    welcomes: list[Welcome]
    database_url: str

    @property
    def port(self) -> int:
        """The port of its address."""
        return urlsplit(self.address).port or 0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a thread of its own: Playwright keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(work())).result()


async def _clone(server: PostgresServer, template: str, name: str) -> None:
    admin = await asyncpg.connect(server.dsn)
    await admin.execute(f"create database {name} template {template}")
    await admin.close()


async def _fill(settings: Settings, fill: Fill | None) -> list[Welcome]:
    wiring.introduce()
    db.use_address(settings.database_url)
    await db.start_pool(2)
    try:
        for step in [
            *wiring.gather("commands", "SEEDS"),
            *(wiring.gather("commands", "DEMOS") if fill is None else ()),
        ]:
            await step.run()
        if fill is not None:
            await fill(settings.database_url)
            return []
        return [welcome for ask in wiring.gather("commands", "WELCOMES") for welcome in await ask()]
    finally:
        await db.stop_pool()


@contextmanager
def serving(server: PostgresServer, template: str, settings: Settings, fill: Fill | None = None) -> Iterator[Served]:
    """A demo on a fresh database, or what `fill` puts there, answering until the block ends.

    `settings` gives all but the addresses.
    """
    name, port = f"t_{new_id().hex}", free_port()
    apart(lambda: _clone(server, template, name))
    url, address = server.dsn_of(name), f"http://localhost:{port}"
    settings = msgspec.structs.replace(
        settings,
        database_url=url,
        database_direct_url=url,
        public_url=address,
        demo=fill is None,
        secret_key="t" * 40,
    )
    use_settings(settings)
    welcomes = apart(lambda: _fill(settings, fill))
    config = uvicorn.Config(
        wiring.create_app(), host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    _wait_for(address, thread)
    try:
        yield Served(address, welcomes, url)
    finally:
        running.should_exit = True
        thread.join(10)


def _wait_for(address: str, thread: threading.Thread) -> None:
    place = urlsplit(address)
    for _ in range(200):
        if not thread.is_alive():
            raise RuntimeError("the service did not start")
        with socket.socket() as probe:
            if probe.connect_ex((place.hostname or "", place.port or 0)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the service does not answer")
