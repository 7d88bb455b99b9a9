"""What the tests of everybody's doors share."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from tests.house.abuser import World, make_world


@pytest.fixture
async def world(client: httpx.AsyncClient) -> World:
    """The abuser's browser and the two children."""
    return await make_world(client)


@pytest.fixture
async def statements(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """The statements that went to the database, in their order: what an answer's time is made of."""
    asked: list[str] = []
    execute = asyncpg.connection.Connection._do_execute

    async def noting(self: Any, query: str, *args: Any, **named: Any) -> Any:
        asked.append(query)
        return await execute(self, query, *args, **named)

    monkeypatch.setattr(asyncpg.connection.Connection, "_do_execute", noting)
    yield asked
