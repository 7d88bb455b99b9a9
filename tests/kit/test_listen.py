"""Announcements between processes: quick, and never silently lost."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from booking.kit.listen import RESYNC, Announcement, Hub
from booking.kit.postgres_server import PostgresServer

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of its own: one of these tests kills it."""
    with tempfile.TemporaryDirectory(prefix="booking-test-") as made:
        server = PostgresServer(Path(made) / "data")
        server.start()
        yield server
        server.stop()


async def announce(server: PostgresServer, channel: str, *payloads: str) -> None:
    connection = await asyncpg.connect(server.dsn)
    for payload in payloads:
        await connection.execute("SELECT pg_notify($1, $2)", channel, payload)
    await connection.close()


async def test_everyone_hears_what_is_announced_on_their_channel(server: PostgresServer) -> None:
    async with Hub(server.dsn) as hub, hub.subscribe("board") as one, hub.subscribe("board", "kiosk") as two:
        await announce(server, "kiosk", "k1")
        await announce(server, "board", "b1")
        assert await one.hear(5) == Announcement("board", "b1")
        assert [await two.hear(5), await two.hear(5)] == [Announcement("kiosk", "k1"), Announcement("board", "b1")]
        assert await one.hear(0.01) is None
        assert not one.has_ended


async def test_a_slow_listener_is_told_to_read_everything_again(server: PostgresServer) -> None:
    async with (
        Hub(server.dsn, longest_queue=3) as hub,
        hub.subscribe("board") as slow,
        hub.subscribe("kiosk") as witness,
    ):
        await announce(server, "board", *"abcde")
        await announce(server, "kiosk", "last")
        assert await witness.hear(5) == Announcement("kiosk", "last")
        assert [await slow.hear(1), await slow.hear(1)] == [RESYNC, Announcement("board", "e")]


async def test_a_lost_connection_comes_back_and_says_so(server: PostgresServer) -> None:
    async with Hub(server.dsn) as hub, hub.subscribe("board") as subscription:
        connection = await asyncpg.connect(server.dsn)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'booking-listen'"
        )
        await connection.close()
        assert await subscription.hear(5) == RESYNC
        await announce(server, "board", "after")
        assert await subscription.hear(5) == Announcement("board", "after")


async def test_a_killed_server_is_found_again(server: PostgresServer) -> None:
    async with Hub(server.dsn) as hub, hub.subscribe("board") as subscription:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        assert await subscription.hear(15) == RESYNC
        await announce(server, "board", "after")
        assert await subscription.hear(5) == Announcement("board", "after")


async def test_draining_ends_every_stream_at_once(server: PostgresServer) -> None:
    async with Hub(server.dsn) as hub, hub.subscribe("board") as early:
        waiting = asyncio.create_task(anext(early, None))
        await asyncio.sleep(0)
        hub.drain()
        assert await asyncio.wait_for(waiting, 1) is None
        assert [heard async for heard in early] == []
        assert early.has_ended
        async with hub.subscribe("board") as late:
            assert [heard async for heard in late] == []


async def test_who_subscribes_while_the_server_is_away_is_told_to_read_when_it_is_back(server: PostgresServer) -> None:
    await asyncio.to_thread(server.stop)
    async with Hub(server.dsn) as hub, hub.subscribe("board") as subscription:
        await asyncio.to_thread(server.start)
        assert await subscription.hear(15) == RESYNC
        await announce(server, "board", "after")
        assert await subscription.hear(5) == Announcement("board", "after")


async def test_nobody_who_listens_costs_no_connection(server: PostgresServer) -> None:
    async with Hub(server.dsn):
        connection = await asyncpg.connect(server.dsn)
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'booking-listen'"
        assert await connection.fetchval(query) == 0
        await connection.close()
