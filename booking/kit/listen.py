"""What other processes announce: one LISTEN connection per process, fanned out to whoever is interested.

NOTIFY is lossy: what was sent while the connection was down is gone. After a reconnect, and for a subscriber that was
too slow, the next announcement is therefore `RESYNC`: read the truth again.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterable
from typing import Any, NamedTuple

import asyncpg
import structlog

log = structlog.get_logger()

LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

_HEARTBEAT_SECONDS = 15
_ANSWER_SECONDS = 5
_PATIENCE_SECONDS = 2
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0


class Announcement(NamedTuple):
    """One NOTIFY: the channel and what was said on it."""

    channel: str
    payload: str


RESYNC = Announcement("", "resync")


class Subscription:
    """The announcements one listener has not heard yet; iterating ends when the process drains."""

    def __init__(self, channels: frozenset[str], longest: int) -> None:
        self.channels = channels
        self._waiting: asyncio.Queue[Announcement | None] = asyncio.Queue(longest + 1)
        self._longest = longest
        self._ended = False

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Announcement:
        heard = await self.hear()
        if heard is None:
            raise StopAsyncIteration
        return heard

    @property
    def has_ended(self) -> bool:
        """Whether nothing will be heard any more."""
        return self._ended and self._waiting.empty()

    async def hear(self, timeout_seconds: float | None = None) -> Announcement | None:
        """The next announcement; None when the time is up or, with `has_ended`, when the process drains."""
        if self.has_ended:
            return None
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._waiting.get()
        except TimeoutError:
            return None

    def tell(self, announcement: Announcement) -> None:
        """Add an announcement; a listener too slow to keep up is told to read everything again."""
        if self._ended or (announcement is not RESYNC and announcement.channel not in self.channels):
            return
        if self._waiting.qsize() >= self._longest:
            self._forget()
            announcement = RESYNC
        self._waiting.put_nowait(announcement)

    def end(self) -> None:
        """Let whoever waits go, at once."""
        if not self._ended:
            self._ended = True
            self._forget()
            self._waiting.put_nowait(None)

    def _forget(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()


class Hub:
    """The listening connection of a process and its subscriptions; it connects when somebody first subscribes.

    Used as a context manager, it stops listening at the end of the block.
    """

    def __init__(self, dsn: str, *, longest_queue: int = 100) -> None:
        self._dsn = dsn
        self._longest = longest_queue
        self._channels: set[str] = set()
        self._subscriptions: set[Subscription] = set()
        self._draining = False
        self._task: asyncio.Task[None] | None = None
        self._connection: Any = None
        self._asking = asyncio.Lock()
        self._connected = asyncio.Event()

    async def __aenter__(self) -> "Hub":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.drain()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    @contextlib.asynccontextmanager
    async def subscribe(self, *channels: str) -> AsyncIterator[Subscription]:
        """Hear what is announced on these channels while the block lasts.

        Nothing said after the block begins is missed: without a connection, `RESYNC` follows as soon as there is one.
        """
        subscription = Subscription(frozenset(channels), self._longest)
        if self._draining:
            subscription.end()
        else:
            with contextlib.suppress(TimeoutError, *LOST):
                await self._listen_to(channels)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def drain(self) -> None:
        """End every subscription, now and from now on, so that open streams close before the process does."""
        self._draining = True
        for subscription in self._subscriptions:
            subscription.end()

    async def _listen_to(self, channels: Iterable[str]) -> None:
        new = set(channels) - self._channels
        self._channels |= new
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="listen")
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self._connected.wait()
            async with self._asking:
                for channel in sorted(new):
                    await self._connection.add_listener(channel, self._hear)

    async def _run(self) -> None:
        """Keep listening until cancelled; a lost connection is made again, a little later each time."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                async with self._listening() as lost:
                    pause = _FIRST_PAUSE_SECONDS
                    await self._watch(lost)
            except (TimeoutError, *LOST) as error:
                log.warning("listening connection lost", error=type(error).__name__)
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads reconnects, guards nothing
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    @contextlib.asynccontextmanager
    async def _listening(self) -> AsyncIterator[asyncio.Event]:
        connection = await asyncpg.connect(
            self._dsn, timeout=5, statement_cache_size=0, server_settings={"application_name": "booking-listen"}
        )
        self._connection = connection
        lost = asyncio.Event()
        connection.add_termination_listener(lambda *_: lost.set())
        try:
            async with self._asking:
                for channel in sorted(self._channels):
                    await connection.add_listener(channel, self._hear)
            self._connected.set()
            self._tell_all(RESYNC)
            yield lost
        finally:
            self._connected.clear()
            connection.terminate()

    async def _watch(self, lost: asyncio.Event) -> None:
        """Return when the connection is lost; asking it now and then also finds one that is only half open."""
        while not lost.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_HEARTBEAT_SECONDS):
                    await lost.wait()
            if not lost.is_set():
                async with asyncio.timeout(_ANSWER_SECONDS), self._asking:
                    await self._connection.execute("SELECT 1")

    def _hear(self, _connection: Any, _pid: int, channel: str, payload: Any) -> None:
        self._tell_all(Announcement(channel, str(payload)))

    def _tell_all(self, announcement: Announcement) -> None:
        for subscription in tuple(self._subscriptions):
            subscription.tell(announcement)
